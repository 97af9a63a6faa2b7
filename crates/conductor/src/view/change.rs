//! What small changes come to: of the calendar, of a push's day, of deploys that run, of who conducts the train.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::attempt::DeployRun;
use train::differences::Difference;
use train::id::{Oid, PushDate, RepoName};

use super::{FailureView, OutcomeWord};

/// A change of the calendar or of a push's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeView {
    /// Whether it is so now; else it is a plan.
    pub done: bool,
    /// In a sentence.
    pub change: String,
    /// What else becomes of it, a sentence each.
    pub more: Vec<String>,
}

/// `promote`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromoteView {
    /// The push.
    pub push: PushDate,
    /// The attempt.
    pub attempt: u32,
    /// Whether it is promoted; else it is a plan.
    pub done: bool,
    /// In a sentence.
    pub change: String,
}

/// `start --stop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoppedView {
    /// Whether they are ended; else it is a plan.
    pub done: bool,
    /// What was ended, or would be: a repository and its tag each.
    pub stopped: Vec<String>,
}

impl StoppedView {
    /// Of these runs.
    #[must_use]
    pub fn of(runs: &[(PushDate, DeployRun)], done: bool) -> Self {
        let stopped = runs.iter().map(|(_, run)| format!("{} {}", run.repo, run.tag)).collect();
        Self { done, stopped }
    }
}

/// `log --deploy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeployOutputView {
    /// Its key.
    pub deploy: String,
    /// What it put out, as far as it is kept.
    pub output: String,
}

/// `security approve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewView {
    /// The repository.
    pub repo: RepoName,
    /// The branch's number.
    pub n: u32,
    /// The commit that is reviewed.
    pub commit: Oid,
    /// Whether the reviewer wrote on it.
    pub own: bool,
    /// What `--if` binds.
    pub digest: String,
    /// Whether it is recorded; else it is a plan.
    pub done: bool,
}

/// `adopt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdoptView {
    /// Whether this ledger conducts the train now; else it is a plan.
    pub done: bool,
    /// This ledger.
    pub ledger: String,
    /// The repositories' fences.
    pub repos: Vec<FencedView>,
    /// Tags that somebody moved or deleted.
    pub moved: Vec<Difference>,
}

/// A repository's fence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FencedView {
    /// The repository.
    pub name: RepoName,
    /// Whether it had one.
    pub has_fence: bool,
    /// Suffixes in it that nobody gave.
    pub nonsense: Vec<String>,
    /// The ledger that it named; none of one that this version can't read.
    pub ledger_before: Option<String>,
    /// The machine that it named.
    pub node_before: Option<String>,
    /// What became of it.
    pub outcome: OutcomeWord,
    /// Why not, where it was not.
    pub error: Option<FailureView>,
}
