//! What a tip holds of commits that somebody names: by itself or by a pick, and not taken back since.

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use train::id::Oid;

use crate::footer;
use crate::history::History;
use crate::objects::Objects;
use crate::process::Git;
use crate::raw::Raw;
use crate::reverted;

/// What a tip holds of the commits that were asked about.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Each commit that it holds by the names it has there: its own, and those of its picks.
    names: HashMap<Oid, Oid>,
    /// Commits that it had and that something on it took back: their own names, and those of their picks.
    taken_back: HashSet<Oid>,
}

impl Held {
    /// Looks at what `tip` has of `commits`.
    pub(crate) async fn on(git: &Git, tip: &Oid, commits: Vec<Oid>) -> Result<Self> {
        if commits.is_empty() {
            return Ok(Self::default());
        }
        let tip = tip.clone();
        git.apart(move |objects| {
            let history = History::of(objects);
            let mut held = Self::default();
            for commit in commits {
                held.look(objects, &history, &tip, commit)?;
            }
            Ok(held)
        })
        .await
    }

    /// Follows one commit through what the tip has beside its history, oldest first.
    fn look(
        &mut self,
        objects: &Objects,
        history: &History<'_>,
        tip: &Oid,
        commit: Oid,
    ) -> Result<()> {
        let mut is_there = history.is_in(&commit, [tip])?;
        let mut names = HashSet::from([commit.clone()]);
        let mut takers = HashSet::new();
        let newer = history.without(std::slice::from_ref(tip), std::slice::from_ref(&commit))?;
        for id in history.topological(&newer)?.into_iter().rev() {
            let bytes = objects.commit(&id)?.unwrap_or_default();
            let message = Raw::parse(&bytes).message;
            let reverts = footer::reverts(message);
            if footer::origins(message).iter().any(|origin| names.contains(origin)) {
                is_there = true;
                names.insert(id);
                continue;
            }
            let Some(reverted) = reverts else { continue };
            for (depth, name) in reverted::names(objects, &reverted)? {
                let is_taken = names.contains(&name);
                if is_taken || takers.contains(&name) {
                    // What takes back a revert brings back what that took.
                    is_there = is_taken != (depth % 2 == 0);
                    if !is_there {
                        takers.insert(id);
                    }
                    break;
                }
            }
        }
        if is_there {
            self.names.extend(names.into_iter().map(|name| (name, commit.clone())));
        } else if !takers.is_empty() {
            self.taken_back.extend(names);
        }
        Ok(())
    }

    /// Whether the tip holds that commit.
    pub(crate) fn has(&self, commit: &Oid) -> bool {
        self.names.get(commit) == Some(commit)
    }

    /// Whether the tip had that commit, and something on it took it back.
    pub(crate) fn lost(&self, commit: &Oid) -> bool {
        self.taken_back.contains(commit)
    }

    /// A commit of that name was taken back just now.
    pub(crate) fn take_back(&mut self, name: &Oid) {
        if let Some(commit) = self.names.get(name).cloned() {
            self.names.retain(|_, held| *held != commit);
        }
    }
}
