//! The private twin of a repository, in an object store of its own (P9).

use async_trait::async_trait;
use jiff::Timestamp;
use train::facts::Commit;
use train::id::{Oid, RepoName};
use train::intent::IntentId;
use train::publish::Pushed;

use super::ledger::Lock;
use super::repository::{Conflict, Publish, Stamp};
use crate::failure::Result;

/// A branch on the security remote. Everything but its number is embargoed until it is on upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Stable: given once per name, kept in the security store.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its tip.
    pub commit: Oid,
    /// The tip's subject.
    pub subject: String,
    /// The tip's author.
    pub author: String,
    /// The names and mail addresses of all who wrote commits on it that upstream lacks.
    pub authors: Vec<String>,
    /// How many commits upstream lacks.
    pub commit_count: usize,
}

impl Branch {
    /// Whether upstream's main has it all.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.commit_count == 0
    }
}

/// One look at the security remote, beside upstream's main as last fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityLook {
    /// When it was asked.
    pub observed_at: Timestamp,
    /// The name of main: the same as upstream's.
    pub branch: String,
    /// Its main; none when it has none yet.
    pub main: Option<Oid>,
    /// Upstream's main, as last fetched.
    pub upstream: Option<Oid>,
    /// Commits of security's main that upstream's lacks: any at all break P1.
    pub ahead: Vec<Oid>,
    /// Whether upstream's main has commits that security's lacks: `sync` brings them.
    pub behind: bool,
    /// Every branch but main, by number.
    pub branches: Vec<Branch>,
}

/// What came of merging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The tip with every merge done, up to the conflict if there is one.
    pub tip: Oid,
    /// The commit that did not merge; nothing after it was tried.
    pub conflict: Option<Conflict>,
}

/// The security side of a repository. Its store borrows objects from upstream's, never the reverse.
#[async_trait]
pub trait SecurityRepository: Send + Sync {
    /// The repository's name in the configuration.
    fn name(&self) -> &RepoName;

    /// Asks the security remote. Upstream should have been fetched just before.
    async fn fetch(&self, at: Timestamp) -> Result<SecurityLook>;

    /// As last fetched, without asking; none when never fetched.
    async fn last_look(&self, at: Timestamp) -> Result<Option<SecurityLook>>;

    /// Merges each commit into `onto` in turn, one merge commit each, all with `message` (which names nothing embargoed).
    async fn merge(
        &self,
        onto: &Oid,
        commits: &[Oid],
        message: &str,
        stamp: &Stamp,
    ) -> Result<Merged>;

    /// The commits of `tip` that `main` lacks, newest first, at most `limit`.
    async fn commits(&self, main: &Oid, tip: &Oid, limit: usize) -> Result<Vec<Commit>>;

    /// The difference that a publish would bring, as a patch with statistics, control characters escaped.
    async fn diff(&self, from: &Oid, to: &Oid) -> Result<String>;

    /// A digest of that difference: two merges with the same one need no second yes.
    async fn diff_digest(&self, from: &Oid, to: &Oid) -> Result<String>;

    /// Whether `commit` is `tip` or in its history, by this store.
    async fn contains(&self, tip: &Oid, commit: &Oid) -> Result<bool>;

    /// Keeps objects until the intent is settled.
    async fn keep(&self, intent: &IntentId, objects: &[Oid]) -> Result<()>;

    /// Lets them go.
    async fn release(&self, intent: &IntentId) -> Result<()>;

    /// Refuses where a push to the security remote would go to another place than it is configured to be at (P9).
    async fn check_address(&self) -> Result<()>;

    /// Pushes from this store to *upstream*: the only way embargoed commits leave it.
    async fn publish_upstream(&self, lock: &Lock, publish: &Publish) -> Result<Pushed>;

    /// Pushes to the security remote.
    async fn publish_security(&self, lock: &Lock, publish: &Publish) -> Result<Pushed>;
}
