//! `approve --json`: what is put one's name to, and what changed since the last time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{Oid, PushDate, RepoName};
use train::people::Role;

use super::compare::CommitView;

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApproveView {
    /// The push.
    pub push: PushDate,
    /// In which role.
    pub role: Role,
    /// The plan's digest, for `--if`.
    pub digest: String,
    /// Whether it is recorded.
    pub done: bool,
    /// Whether it is the hero's own word.
    pub own: bool,
    /// What changed in the configuration since their last sign-off, a line each.
    pub configuration: Vec<String>,
    /// The repositories.
    pub repos: Vec<ToSignView>,
}

/// One repository's tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToSignView {
    /// Its name.
    pub name: RepoName,
    /// The tag.
    pub tag: String,
    /// The tag object.
    pub tag_object: Oid,
    /// The commit.
    pub commit: Oid,
    /// Whether they have signed it off already.
    pub already: bool,
    /// What it is compared with; null on a first push.
    pub since: Option<String>,
    /// Whether that is the tag of their last sign-off, not the base.
    pub since_signed: bool,
    /// The link that compares them.
    pub compare_url: Option<String>,
    /// Commits since, newest first; as many as are shown.
    pub commits: Vec<CommitView>,
    /// How many there are.
    pub commit_count: usize,
    /// Commits that are on it no more.
    pub behind_count: usize,
    /// Files changed.
    pub files: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// Migrations among them.
    pub migrations: Vec<String>,
}

/// The body of `approve --withdraw`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithdrawView {
    /// The push.
    pub push: PushDate,
    /// Why.
    pub because: String,
    /// The plan's digest, for `--if`.
    pub digest: String,
    /// Whether it is recorded.
    pub done: bool,
    /// What is taken back.
    pub repos: Vec<WithdrawnView>,
}

/// One sign-off that is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithdrawnView {
    /// The repository.
    pub name: RepoName,
    /// In which role it was given.
    pub role: Role,
    /// For which tag.
    pub tag: String,
}
