//! What `tag` and `pick` tell: one outcome per repository, and failures as one document.

use serde::Serialize;
use train::base::BaseFrom;
use train::id::{Oid, PushDate, RepoName};
use train::pick::ConflictReport;
use train::refusal::{Code, Refusal};

/// What became of one repository; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// On the remote, by us.
    Published,
    /// On the remote, before us.
    Already,
    /// Not done: a plan.
    Planned,
    /// Keeps its production tag.
    Stays,
    /// Nothing to do.
    Skipped,
    /// A rule or the remote refused.
    Refused,
    /// Not known: the same command again looks first.
    Unknown,
    /// Not done.
    Failed,
}

/// `tag --json`, `pick --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutView {
    /// The push.
    pub push: PushDate,
    /// The plan's digest, for `--if`.
    pub digest: String,
    /// One per repository.
    pub repos: Vec<RepoOutcome>,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Migrations among them.
    pub migrations: Vec<String>,
    /// What is new on the tag by pick or revert.
    pub picks: Vec<train::intent::PickRecord>,
    /// Commits asked for that the tag had already.
    pub contained: Vec<Oid>,
    /// Remarks.
    pub notes: Vec<String>,
    /// What does not apply.
    pub conflict: Option<ConflictReport>,
}

/// A failure, for documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureView {
    /// The stable word.
    pub code: Code,
    /// The exit code.
    pub exit: u8,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The repository it is about.
    pub repo: Option<RepoName>,
    /// Whether the same command may succeed later.
    pub retry: bool,
}

impl From<&Refusal> for FailureView {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code,
            exit: refusal.code.exit(),
            message: refusal.message.clone(),
            hint: refusal.hint.clone(),
            repo: refusal.repo.clone(),
            retry: refusal.code.retry(),
        }
    }
}
