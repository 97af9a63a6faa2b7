//! What is confirmed: the changes that a push's tags bring.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::fixed::{self, Said};
use crate::id::{Oid, RepoName};

/// A change of a push: a commit, no merge, that its tag has over its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The commit.
    pub commit: Oid,
    /// The commit that it was picked from.
    pub origin: Option<Oid>,
    /// Its subject, as git has it; filter it before showing.
    pub subject: String,
    /// Its author's name.
    pub author: String,
    /// Its author's mail address.
    pub email: String,
}

impl Change {
    /// Whether it is that commit, or was picked from it.
    #[must_use]
    pub fn is_of(&self, commit: &Oid) -> bool {
        self.commit == *commit || self.origin.as_ref() == Some(commit)
    }
}

/// What stage shows of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStage {
    /// No service of stage is built from its repository: there is nothing to confirm.
    NotSetUp,
    /// Not every one shows it, or is known to.
    NotYet,
    /// All of them, on all samples.
    Shown,
}

/// The changes that a push's newest tag of a repository brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brings {
    /// The repository.
    pub repo: RepoName,
    /// The tag.
    pub tag: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// The tag's commit.
    pub commit: Oid,
    /// Whether stage shows it.
    pub stage: OnStage,
    /// The changes, newest first.
    pub changes: Vec<Change>,
}

/// The changes among these commits, which a tag has over its base, newest first: no merges, and nothing that one of them takes
/// back again, nor what takes it back.
#[must_use]
pub fn changes(said: Vec<Said>) -> Vec<Change> {
    let inside: BTreeSet<Oid> = said
        .iter()
        .flat_map(|one| [Some(one.commit.id.clone()), fixed::origin(&one.message)])
        .flatten()
        .collect();
    let mut gone: BTreeSet<Oid> = BTreeSet::new();
    let mut changes = Vec::new();
    for Said { commit, message, .. } in said.into_iter().filter(|one| !one.commit.is_merge()) {
        let origin = fixed::origin(&message);
        if gone.contains(&commit.id) || origin.as_ref().is_some_and(|name| gone.contains(name)) {
            continue;
        }
        // What takes back something from before the base is a change of its own.
        if let Some(taken) = fixed::taken_back(&message).filter(|taken| inside.contains(taken)) {
            gone.insert(taken);
            continue;
        }
        let (subject, author, email) = (commit.subject, commit.author, commit.email);
        changes.push(Change { commit: commit.id, origin, subject, author, email });
    }
    changes
}
