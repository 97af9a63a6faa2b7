//! Where a remote shows something else than was recorded (P2, P15): told, never papered over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Look;
use crate::id::{Oid, RepoName};
use crate::state::{Given, State};

/// A tag that is gone, or is another, by somebody else's doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The repository.
    pub repo: RepoName,
    /// The ref's full name.
    pub name: String,
    /// What the ledger has.
    pub recorded: Oid,
    /// What is there; none: it is gone.
    pub found: Option<Oid>,
    /// In a sentence without its full stop.
    pub message: String,
}

impl Difference {
    /// What the ledger keeps of it, once.
    #[must_use]
    pub fn event(&self) -> Event {
        Event::Noticed {
            repo: self.repo.clone(),
            name: self.name.clone(),
            recorded: self.recorded.clone(),
            found: self.found.clone(),
        }
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
        recorded: recorded.clone(),
        found,
        message,
    })
}
