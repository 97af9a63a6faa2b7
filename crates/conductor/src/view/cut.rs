//! What `tag` and `pick` tell: one outcome per repository, and failures as one document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::base::BaseFrom;
use train::id::{Oid, PushDate, RepoName};
use train::pick::ConflictReport;

use super::compare::CommitView;
use super::outcome::{FailureView, OutcomeWord};
use super::security::MergedRepo;

/// `tag --json`, `pick --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CutView {
    /// The push.
    pub push: PushDate,
    /// The plan's digest, for `--if`.
    pub digest: String,
    /// What `tag --with-security` merges first; for the security role only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<MergedRepo>,
    /// One per repository.
    pub repos: Vec<RepoOutcome>,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepoOutcome {
    /// Its name.
    pub name: RepoName,
    /// The tag, new or there.
    pub tag: Option<String>,
    /// Its commit.
    pub commit: Option<Oid>,
    /// What it is compared with.
    pub base: Option<String>,
    /// Where that was read from.
    pub base_from: BaseFrom,
    /// What became of it.
    pub outcome: OutcomeWord,
    /// Why not, where it was not.
    pub error: Option<FailureView>,
    /// The link that compares them.
    pub compare_url: Option<String>,
    /// Commits it brings.
    pub commit_count: Option<usize>,
    /// The newest of them, where it is a plan to cut.
    pub commits: Vec<CommitView>,
    /// Their authors, most commits first.
    pub authors: Vec<(String, usize)>,
    /// Migrations among them.
    pub migrations: Vec<String>,
    /// What is new on the tag by pick or revert.
    pub picks: Vec<train::intent::PickRecord>,
    /// Commits asked for that the tag had already.
    pub contained: Vec<Oid>,
    /// Commits to take back that were taken back on the tag already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<Oid>,
    /// Remarks.
    pub notes: Vec<String>,
    /// What does not apply.
    pub conflict: Option<ConflictReport>,
}
