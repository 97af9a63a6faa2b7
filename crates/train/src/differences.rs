//! Where a remote shows something else than was recorded, or than was seen there first (P2, P15): told, never papered over.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Look, SeenFence, SeenRef};
use crate::id::{Oid, RepoName, TrainName, quoted};
use crate::settings::{Repo, Settings};
use crate::state::State;

/// What is to be done about a tag that is not what it was.
pub const WAY_OUT: &str =
    "find out who did it and put it back, or take it as it is with `pushduty adopt --because TEXT`";

/// A tag or a fence that is gone, or is another, by somebody else's doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Difference {
    /// The repository.
    pub repo: RepoName,
    /// The ref's full name.
    pub name: String,
    /// What the ledger has, or what was there when it was first seen; none: neither is known.
    pub recorded: Option<Oid>,
    /// What is there; none: it is gone.
    pub found: Option<Oid>,
    /// In a sentence without its full stop.
    pub message: String,
    /// What a tag named that this ledger never gave.
    #[serde(skip)]
    pub first: Option<SeenRef>,
}

impl Difference {
    /// What the ledger keeps of it, once.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        Some(Event::Noticed {
            repo: self.repo.clone(),
            name: self.name.clone(),
            recorded: self.recorded.clone()?,
            found: self.found.clone(),
            commit: self.first.as_ref().map(|first| first.commit.clone()),
        })
    }

    /// Whether the ledger has noticed it already.
    #[must_use]
    pub fn is_known(&self, state: &State) -> bool {
        state.has_noticed(&self.repo, &self.name, self.found.as_ref())
    }

    /// The tag's name; none of a fence.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.name.strip_prefix("refs/tags/")
    }

    /// What is to be done about it.
    #[must_use]
    pub fn way_out(&self) -> &'static str {
        match self.tag() {
            Some(_) => WAY_OUT,
            None => "find out who did it; what the remote shows counts",
        }
    }

    /// Told in a plan, with what to do.
    #[must_use]
    pub fn warning(&self) -> String {
        with_way_out(&self.message)
    }
}

/// What somebody did to a tag, with what to do about it.
#[must_use]
pub fn with_way_out(message: &str) -> String {
    format!("{message}; {WAY_OUT}")
}

/// The tags of `repo` that are not there any more, or name something else: than this ledger gave or took over, or than
/// they named when they were first seen. Where somebody else had made a tag in our place, only its commit counts: the
/// object was never ours. Tags of other schemes are none of the train's.
#[must_use]
pub fn of(state: &State, repo: &Repo, look: &Look) -> Vec<Difference> {
    differing(repo, look, known(state, repo, look))
}

/// The warnings of all that differs.
pub fn told(
    settings: &Settings,
    state: &State,
    looks: &BTreeMap<RepoName, Look>,
) -> impl Iterator<Item = String> {
    let aboard = looks.iter().filter_map(|(name, look)| Some((settings.repo(name)?, look)));
    let differs = aboard.flat_map(|(repo, look)| of(state, repo, look));
    differs.map(|difference| difference.warning())
}

/// The same for a look that was kept: it says nothing of tags that were recorded since, nor of those that are older than all
/// it has.
#[must_use]
pub fn by_then(state: &State, repo: &Repo, look: &Look) -> Vec<Difference> {
    let push = |name: &str| repo.scheme.parse(name).map(|revision| revision.push);
    let oldest = look.tags.keys().filter_map(|name| push(name)).min();
    let mut known = known(state, repo, look);
    known.retain(|name, known| {
        let before = known.at.is_none_or(|at| at < look.observed_at);
        let kept = look.tags.contains_key(*name) || look.moved.contains_key(*name);
        before && (kept || oldest.is_none_or(|oldest| push(name) >= Some(oldest)))
    });
    differing(repo, look, known)
}

/// The tags of other schemes that somebody moved or deleted: they are no part of the train.
pub fn of_other_schemes<'a>(repo: &'a Repo, look: &'a Look) -> impl Iterator<Item = &'a str> {
    look.moved.keys().map(String::as_str).filter(|name| repo.scheme.parse(name).is_none())
}

/// What a tag is to name.
struct Known<'a> {
    /// The object; none where only the commit counts.
    object: Option<&'a Oid>,
    /// The commit; none where it is known to be gone.
    commit: Option<&'a Oid>,
    /// When that was recorded; none: it was seen, no more.
    at: Option<Timestamp>,
}

impl<'a> Known<'a> {
    fn seen(seen: Option<&'a SeenRef>, at: Option<Timestamp>) -> Self {
        Self { object: seen.map(|seen| &seen.object), commit: seen.map(|seen| &seen.commit), at }
    }
}

/// What each tag is to name, by the newest of what was recorded; failing that, by what was seen first.
fn known<'a>(state: &'a State, repo: &Repo, look: &'a Look) -> BTreeMap<&'a str, Known<'a>> {
    let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for (name, moved) in &look.moved {
        known.insert(name, Known::seen(Some(&moved.first), None));
    }
    for (name, first) in state.moved.get(&repo.name).into_iter().flatten() {
        known.insert(name, Known::seen(Some(first), None));
    }
    known.retain(|name, _| repo.scheme.parse(name).is_some());
    for given in state.pushes.values().filter_map(|push| push.tags.get(&repo.name)).flatten() {
        let object = (!given.by_other).then_some(&given.tag.object);
        let is = Known { object, commit: Some(&given.tag.commit), at: Some(given.at) };
        known.insert(&given.tag.tag, is);
    }
    for (name, taken) in state.taken.get(&repo.name).into_iter().flatten() {
        let later = |known: &Known<'_>| known.at.is_some_and(|at| at > taken.at);
        if !known.get(name.as_str()).is_some_and(later) {
            known.insert(name, Known::seen(taken.seen.as_ref(), Some(taken.at)));
        }
    }
    known
}

fn differing(repo: &Repo, look: &Look, known: BTreeMap<&str, Known<'_>>) -> Vec<Difference> {
    known.into_iter().filter_map(|(name, known)| one(repo, look, name, &known)).collect()
}

fn one(repo: &Repo, look: &Look, name: &str, known: &Known<'_>) -> Option<Difference> {
    let seen = look.tags.get(name).or_else(|| look.moved.get(name)?.now.as_ref());
    let only_commit = known.object.is_none();
    let found = seen.map(|seen| if only_commit { &seen.commit } else { &seen.object });
    let recorded = known.object.or(known.commit);
    if found == recorded {
        return None;
    }
    let (repo, who) = (&repo.name, "by somebody else");
    let message = match (known.commit, seen) {
        (None, _) => format!("{name} of {repo} was there no more, and is again"),
        (Some(was), None) => {
            format!("{name} was deleted from {repo} {who}; it was on {}", was.short())
        }
        (Some(was), Some(seen)) if *was == seen.commit => {
            format!("{name} of {repo} was made again {who}, on the same commit")
        }
        (Some(was), Some(seen)) => {
            let (was, now) = (was.short(), seen.commit.short());
            format!("{name} of {repo} was moved {who}, from {was} to {now}")
        }
    };
    let first = known.object.zip(known.commit).filter(|_| known.at.is_none());
    let first =
        first.map(|(object, commit)| SeenRef { object: object.clone(), commit: commit.clone() });
    Some(Difference {
        repo: repo.clone(),
        name: format!("refs/tags/{name}"),
        recorded: recorded.cloned(),
        found: found.cloned(),
        message,
        first,
    })
}

/// The fence of `repo`, where it is not this ledger's any more (P12): gone though it was moved there, unreadable, or another
/// ledger's. That ours is cut short is no difference: the chain is broken then ([`crate::fence::check`]).
#[must_use]
pub fn of_fence(
    state: &State,
    train: &TrainName,
    repo: &RepoName,
    fence: Option<&SeenFence>,
    ours: &str,
) -> Option<Difference> {
    let message = match fence.map(|seen| seen.body.as_ref()) {
        None if !state.published_to.contains_key(repo) => return None,
        None => format!("the fence of {repo} was deleted by somebody else"),
        Some(None) => format!("the fence of {repo} is none that this version can read"),
        Some(Some(body)) if body.ledger == ours => return None,
        Some(Some(body)) => format!(
            "{repo} is run by another ledger, {}, last used on {}",
            quoted(&body.ledger),
            quoted(&body.node)
        ),
    };
    Some(Difference {
        repo: repo.clone(),
        name: crate::fence::ref_name(train),
        recorded: None,
        found: fence.map(|seen| seen.object.clone()),
        message,
        first: None,
    })
}
