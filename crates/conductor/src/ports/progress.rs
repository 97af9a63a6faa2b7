//! What is going on, for people who wait.

use train::attempt::DeployEnd;
use train::id::RepoName;
use train::refusal::Refusal;

/// Told of each step of long work. Never fails, never waits.
pub trait Progress: Send + Sync {
    /// A repository's work begins, goes on or ends, in a few words: `fetching`, `pushing 2026.11.26`, `done`.
    fn step(&self, repo: &RepoName, words: &str);
    /// A repository's work is over.
    fn done(&self, repo: &RepoName, words: &str);
    /// A repository's deploy is over.
    fn ended(&self, repo: &RepoName, end: &DeployEnd) {
        self.done(repo, &end.words());
    }
    /// A line that a program put out while it worked for a repository, or a remote said to git.
    fn output(&self, repo: &RepoName, line: &str);
    /// A remark about no repository in particular.
    fn remark(&self, words: &str);
    /// Something failed that stops nothing else: its message may quote what a program or a remote said.
    fn failed(&self, failure: &Refusal) {
        self.remark(&failure.message);
    }
    /// Whether something else has the terminal to ask a question on: nothing is drawn meanwhile.
    fn make_room(&self, _asking: bool) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: &RepoName, _: &str) {}
    fn done(&self, _: &RepoName, _: &str) {}
    fn output(&self, _: &RepoName, _: &str) {}
    fn remark(&self, _: &str) {}
}
