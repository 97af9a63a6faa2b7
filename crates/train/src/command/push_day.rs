//! Wishes of push day: words for what is to leave, its way to production and back, its end.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::tags::RepoCommit;
use crate::id::{PushDate, RepoName};
use crate::people::Role;
use crate::reason::Reason;

/// What `start` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct StartWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories: a part of the push.
    pub repos: BTreeSet<RepoName>,
    /// Gates to let go.
    pub overrides: BTreeSet<String>,
    /// Why.
    pub because: Option<Reason>,
    /// Repositories whose deploy is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `promote` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct PromoteWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Why its own tasks may be left, where they may.
    pub because: Option<Reason>,
    /// Repositories whose promotion is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `rollback` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct RollbackWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories.
    pub repos: BTreeSet<RepoName>,
    /// Why; none where a way back that was decided goes on.
    pub because: Option<Reason>,
    /// Repositories whose way back is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `finish` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct FinishWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// What there is to tell of it in the mail, beside the notes' *Issues*.
    pub issues: Vec<Reason>,
    /// Why it is over though production does not show its tags.
    pub because: Option<Reason>,
}

/// What `approve` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ApproveWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories.
    pub repos: BTreeSet<RepoName>,
    /// In which role; the one that a gate wants of the actor if not said.
    pub role: Option<Role>,
    /// Take back what was signed off, for this reason.
    pub withdraw: Option<Reason>,
}

/// What `confirm` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ConfirmWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these commits; all of one's own if empty.
    pub commits: Vec<RepoCommit>,
    /// Only of these repositories.
    pub repos: BTreeSet<RepoName>,
    /// Take back what was confirmed, for this reason.
    pub withdraw: Option<Reason>,
}

/// What `call` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct CallWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// What for, in a line.
    pub text: Option<Reason>,
    /// Those too who have confirmed all of their changes.
    pub all: bool,
    /// Though somebody called a moment ago.
    pub again: bool,
}
