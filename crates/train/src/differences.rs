//! Where a remote shows something else than was recorded (P2, P15): told, never papered over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Look, SeenFence};
use crate::id::{Oid, RepoName, TrainName, quoted};
use crate::state::{Given, State};

/// A tag or a fence that is gone, or is another, by somebody else's doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The repository.
    pub repo: RepoName,
    /// The ref's full name.
    pub name: String,
    /// What the ledger has; none: it never gave it.
    pub recorded: Option<Oid>,
    /// What is there; none: it is gone.
    pub found: Option<Oid>,
    /// In a sentence without its full stop.
    pub message: String,
}

impl Difference {
    /// What the ledger keeps of it, once: of what it had given.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        Some(Event::Noticed {
            repo: self.repo.clone(),
            name: self.name.clone(),
            recorded: self.recorded.clone()?,
            found: self.found.clone(),
        })
    }

    /// Whether the ledger has noticed it already.
    #[must_use]
    pub fn is_known(&self, state: &State) -> bool {
        state.has_noticed(&self.repo, &self.name, self.found.as_ref())
    }
}

/// The tags of `repo` that were given and are not there any more, or name something else. Where somebody else had made
/// the tag, only its commit counts: the object was never ours.
#[must_use]
pub fn of(state: &State, repo: &RepoName, look: &Look) -> Vec<Difference> {
    among(state, repo, look, |_| true)
}

/// The sentences of all that differs.
pub fn told(state: &State, looks: &BTreeMap<RepoName, Look>) -> impl Iterator<Item = String> {
    let differs = looks.iter().flat_map(|(repo, look)| of(state, repo, look));
    differs.map(|difference| difference.message)
}

/// The same for a look from before: it says nothing of tags that were given since.
#[must_use]
pub fn by_then(state: &State, repo: &RepoName, look: &Look) -> Vec<Difference> {
    among(state, repo, look, |given| given.at < look.observed_at)
}

fn among(
    state: &State,
    repo: &RepoName,
    look: &Look,
    known: impl Fn(&Given) -> bool,
) -> Vec<Difference> {
    let given = state.pushes.values().filter_map(|push| push.tags.get(repo)).flatten();
    let given = given.filter(|given| known(given));
    let newest: BTreeMap<&str, &Given> =
        given.map(|given| (given.tag.tag.as_str(), given)).collect();
    newest.into_iter().filter_map(|(name, given)| one(repo, look, name, given)).collect()
}

fn one(repo: &RepoName, look: &Look, name: &str, given: &Given) -> Option<Difference> {
    let seen = look.tags.get(name);
    let (recorded, found) = if given.by_other {
        (&given.tag.commit, seen.map(|s| s.commit.clone()))
    } else {
        (&given.tag.object, seen.map(|s| s.object.clone()))
    };
    if found.as_ref() == Some(recorded) {
        return None;
    }
    let message = match &found {
        None => format!("{name} was deleted from {repo} by somebody else"),
        Some(_) if seen.is_some_and(|s| s.commit == given.tag.commit) => {
            format!("{name} of {repo} was made again by somebody else, on the same commit")
        }
        Some(_) => {
            let now = seen.map_or("", |s| s.commit.short());
            let (was, by) = (given.tag.commit.short(), "by somebody else");
            format!("{name} of {repo} was moved {by}, from {was} to {now}")
        }
    };
    Some(Difference {
        repo: repo.clone(),
        name: format!("refs/tags/{name}"),
        recorded: Some(recorded.clone()),
        found,
        message,
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
    })
}
