//! What became of one repository, and failures as one document: alike in every command.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::RepoName;
use train::refusal::{Code, Refusal};

/// What became of one repository; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

/// A failure, for documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// What happened, as whoever is not of the train reads it, where that is less.
    #[serde(skip)]
    pub unquoted: Option<String>,
}

impl FailureView {
    /// The same as whoever is not of the train reads it.
    #[must_use]
    pub fn for_strangers(self) -> Self {
        let message = self.unquoted.unwrap_or(self.message);
        Self { message, unquoted: None, ..self }
    }
}

impl From<FailureView> for Refusal {
    fn from(view: FailureView) -> Self {
        let FailureView { code, message, hint, repo, unquoted, .. } = view;
        Self { code, message, hint, repo, unquoted }
    }
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
            unquoted: refusal.unquoted.clone(),
        }
    }
}
