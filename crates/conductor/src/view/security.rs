//! `security … --json`: numbers for everybody who may cut, names for the security role.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{Oid, RepoName};
use train::security::BranchState;

use super::outcome::{FailureView, OutcomeWord};
use super::{Moment, OnEnvironment};

/// `security list`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecurityView {
    /// The repositories with a security remote.
    pub repos: Vec<SecurityRepoView>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BranchView {
    /// Its number, stable.
    pub n: u32,
    /// Its tip.
    pub commit: Oid,
    /// How it stands.
    pub state: BranchState,
    /// Its name: for the security role only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Its tip's subject: for the security role only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its tip's author: for the security role only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Commits that upstream lacks.
    pub commit_count: Option<usize>,
    /// Since when it is public; null before.
    pub public_since: Option<Moment>,
    /// The newest tag of the newest push that has it; null before it is public, or where no tag has it.
    pub tag: Option<String>,
    /// Whether production has it; null before it is public.
    pub production: Option<InProduction>,
}

/// Whether production has a fix, by what its services show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InProduction {
    /// Whether it has.
    pub state: ProductionWord,
    /// The version it has it with.
    pub version: Option<String>,
    /// When that version was first seen there.
    pub since: Option<Moment>,
    /// When it was last seen there.
    pub observed_at: Option<Moment>,
    /// Why a service gives no good answer now; null while all do.
    pub failing: Option<String>,
}

/// Whether production has a fix; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductionWord {
    /// Every service shows a version with it, or showed it before it failed.
    There,
    /// It shows a version without it.
    NotYet,
    /// What it shows is not known: it has no services, gives no answer, or shows several versions or one that is no tag.
    NotKnown,
}

impl InProduction {
    /// One of which there is no more to tell.
    #[must_use]
    pub fn of(state: ProductionWord) -> Self {
        Self { state, version: None, since: None, observed_at: None, failing: None }
    }

    /// It is there.
    #[must_use]
    pub fn there(on: OnEnvironment) -> Self {
        let OnEnvironment { version, since, observed_at, failing, .. } = on;
        Self {
            state: ProductionWord::There,
            version: Some(version),
            since,
            observed_at: Some(observed_at),
            failing,
        }
    }
}

/// `security merge`, `sync` and `repair`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MergeView {
    /// The plan's digest, for `--if`; null where there is nothing to read first.
    pub digest: Option<String>,
    /// The repositories.
    pub repos: Vec<MergedRepo>,
    /// The command by which an admin resets security's main, after `repair --set-aside`.
    pub command: Option<String>,
}

/// Two mains that have diverged: what only security's has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DivergedView {
    /// The repository.
    pub repo: RepoName,
    /// The name of both mains.
    pub branch: String,
    /// Where security's is.
    pub commit: Oid,
    /// How many commits of it upstream's lacks.
    pub ahead: usize,
    /// Whether it merges into upstream's.
    pub merges: bool,
}

/// One repository: of a merge, a sync or a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
