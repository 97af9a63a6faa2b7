//! `log --json` and `verify --json`: the record, and whether it holds.

use serde::Serialize;
use train::differences::Difference;
use train::id::RepoName;

use super::Moment;

/// `log`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogView {
    /// Entries, oldest first.
    pub entries: Vec<EntryView>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// Its number; null for those without the security role where a repository has a security remote (P9).
    pub seq: Option<u64>,
    /// Event time.
    pub at: Moment,
    /// The stream.
    pub stream: String,
    /// The kind.
    pub kind: String,
    /// Who; null when erased.
    pub actor: Option<String>,
    /// How we know.
    pub proof: Option<train::people::Proof>,
    /// What; null when erased.
    pub event: Option<serde_json::Value>,
    /// Whether those without the security role do not see the entry (P9).
    pub withheld: bool,
    /// Its hash.
    pub hash: String,
    /// In a sentence.
    pub words: String,
}

/// `verify`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyView {
    /// How many entries there are that this reader may know of.
    pub entries: u64,
    /// `ok` or `broken`.
    pub chain: &'static str,
    /// What is wrong with the chain.
    pub broken: Option<String>,
    /// How many anchors outside were compared with the chain.
    pub anchors: usize,
    /// Whether the remotes were compared with the record; not where a broken chain leaves nothing that can be read.
    pub compared: bool,
    /// Where remotes differ from the record.
    pub differences: Vec<Difference>,
    /// Remotes that could not be asked.
    pub unreachable: Vec<RepoName>,
}
