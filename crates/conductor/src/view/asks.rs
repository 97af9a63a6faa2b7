//! `ask --json`, and the asks that other documents show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::asks::AskState;
use train::id::{Oid, PushDate, RepoName};

use super::{Moment, PutOffView};

/// A pick that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskView {
    /// The item of the notes that it stands in; null of a plan.
    pub id: Option<String>,
    /// Its repository; null where that is not said.
    pub repo: Option<RepoName>,
    /// Its commit; null where there is no such one, or several of a pull request.
    pub commit: Option<Oid>,
    /// The pull request, where one is asked for.
    pub pull_request: Option<u64>,
    /// What is asked for, as it is written.
    pub asked: String,
    /// What is said of it: why, or when.
    pub why: String,
    /// Who asks.
    pub by: String,
    /// Since when.
    pub at: Moment,
    /// How it stands.
    pub state: AskState,
    /// The same in a sentence.
    pub says: String,
    /// Its line in the notes, from 1; null where it has none.
    pub line: Option<usize>,
    /// Who wants to be asked later about it.
    #[serde(default)]
    pub put_off: Vec<PutOffView>,
}

impl AskView {
    /// What people call it: `server@3f2a91c04b`, `server#12`.
    #[must_use]
    pub fn name(&self) -> String {
        let repo = self.repo.as_ref().map(ToString::to_string).unwrap_or_default();
        match (&self.commit, self.pull_request) {
            (_, Some(number)) => format!("{repo}#{number}"),
            (Some(commit), None) => format!("{repo}@{}", commit.short()),
            (None, None) if repo.is_empty() => self.asked.clone(),
            (None, None) => format!("{repo}@{}", self.asked),
        }
    }
}

/// The asks of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsksView {
    /// The push.
    pub push: PushDate,
    /// Its asks, in the order of the notes.
    pub asks: Vec<AskView>,
}
