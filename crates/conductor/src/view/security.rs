//! `security … --json`: numbers for everybody who may cut, names for the security role.

use serde::Serialize;
use train::id::{Oid, RepoName};
use train::security::BranchState;

use super::Moment;
use super::outcome::{FailureView, OutcomeWord};

/// `security list`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityView {
    /// The repositories with a security remote.
    pub repos: Vec<SecurityRepoView>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityRepoView {
    /// Its name.
    pub name: RepoName,
    /// Whether security's main is upstream's.
    pub in_sync: bool,
    /// Commits of its main that upstream's lacks (P1).
    pub ahead: usize,
    /// Its branches.
    pub branches: Vec<BranchView>,
    /// When it was asked.
    pub observed_at: Moment,
}

/// One branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BranchView {
    /// Its number, stable.
    pub n: u32,
    /// Its tip.
    pub commit: Oid,
    /// How it stands.
    pub state: BranchState,
    /// Its name: for the security role only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Its tip's subject: for the security role only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its tip's author: for the security role only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Commits that upstream lacks.
    pub commit_count: Option<usize>,
    /// Since when it is public, while production does not have it yet.
    pub public_since: Option<Moment>,
}

/// `security merge`, `sync` and `repair`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeView {
    /// The plan's digest, for `--if`; null where there is nothing to read first.
    pub digest: Option<String>,
    /// The repositories.
    pub repos: Vec<MergedRepo>,
    /// The command by which an admin resets security's main, after `repair --set-aside`.
    pub command: Option<String>,
}

/// One repository: of a merge, a sync or a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedRepo {
    /// Its name.
    pub name: RepoName,
    /// What became of it.
    pub outcome: OutcomeWord,
    /// Upstream's main with it.
    pub commit: Option<Oid>,
    /// Branches merged, by number.
    pub branches: Vec<u32>,
    /// Branches that moved since their review: held.
    pub held: Vec<u32>,
    /// Why not, where it was not.
    pub error: Option<FailureView>,
}

impl MergedRepo {
    /// What is planned for a repository: main at this commit, where there is anything to do.
    #[must_use]
    pub fn planned(name: RepoName, commit: Option<Oid>) -> Self {
        let outcome = OutcomeWord::Planned;
        Self { name, outcome, commit, branches: Vec::new(), held: Vec::new(), error: None }
    }
}
