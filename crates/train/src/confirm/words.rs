//! What was said of a push's changes: confirmations and calls, as events have them and as they are folded.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Oid, PersonName, RepoName};
use crate::people::Proof;

/// What an author confirms of one repository, as an event has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The repository.
    pub repo: RepoName,
    /// The tag that stage showed.
    pub tag: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// The tag's commit.
    pub commit: Oid,
    /// The changes that are confirmed.
    pub changes: Vec<Oid>,
    /// How we know who it was.
    pub proof: Proof,
}

/// A change that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The repository.
    pub repo: RepoName,
    /// The change.
    pub change: Oid,
    /// The tag that stage showed.
    pub tag: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Everybody aboard was called, as an event has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whom.
    pub whom: BTreeSet<PersonName>,
    /// What for, where that was said.
    pub text: Option<String>,
    /// Whether those were called too who have nothing left to confirm.
    pub all: bool,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What was confirmed of a push, and who was called. A fold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Words {
    /// What was confirmed and not taken back, oldest first.
    pub confirmed: Vec<Confirmed>,
    /// The calls, oldest first.
    pub calls: Vec<Called>,
}

impl Words {
    /// None of either.
    pub(crate) const NONE: Self = Self { confirmed: Vec::new(), calls: Vec::new() };

    /// With one more confirmation; said again, the last one counts.
    pub(crate) fn confirm(&mut self, said: &Confirmation, at: Timestamp, by: &str) {
        self.take_back(&said.repo, &said.changes, by);
        self.confirmed.extend(said.changes.iter().map(|change| Confirmed {
            repo: said.repo.clone(),
            change: change.clone(),
            tag: said.tag.clone(),
            by: by.to_owned(),
            at,
        }));
    }

    /// Without somebody's words for these changes.
    pub(crate) fn take_back(&mut self, repo: &RepoName, changes: &[Oid], by: &str) {
        let gone =
            |one: &Confirmed| one.repo == *repo && one.by == by && changes.contains(&one.change);
        self.confirmed.retain(|one| !gone(one));
    }

    /// With one more call.
    pub(crate) fn call(&mut self, call: &Call, at: Timestamp, by: &str) {
        self.calls.push(Called { call: call.clone(), by: by.to_owned(), at });
    }

    /// The word of its author for a change.
    #[must_use]
    pub fn of(&self, repo: &RepoName, change: &Oid, author: &PersonName) -> Option<&Confirmed> {
        self.confirmed
            .iter()
            .find(|one| one.repo == *repo && one.change == *change && one.by == author.as_str())
    }
}
