//! `import notes --json` and `history --json`: past pushes.

use serde::Serialize;
use train::id::PushDate;
use train::import::Problem;

/// `import notes`' body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportView {
    /// Whether it was done, or is only planned.
    pub done: bool,
    /// How many pages were read, each of a push.
    pub pushes: usize,
    /// Compare links on them, of repositories aboard.
    pub links: usize,
    /// Commits and pull requests that were to be picked.
    pub picks: usize,
    /// Blockers.
    pub blockers: usize,
    /// Tasks, of all phases.
    pub tasks: usize,
    /// Starts and ends with a time.
    pub times: usize,
    /// How many of the pushes the record has new, or in a new version.
    pub added: usize,
    /// How many of those take the place of an earlier version.
    pub changed: usize,
    /// Those pushes.
    pub new: Vec<ImportedPush>,
    /// What to look at again.
    pub problems: Vec<Problem>,
}

/// A push that an import adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedPush {
    /// The push.
    pub push: PushDate,
    /// The file that tells of it.
    pub file: String,
    /// Whether an earlier version of it is in the record.
    pub replaces: bool,
}
