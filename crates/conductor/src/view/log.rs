//! `log --json` and `verify --json`: the record, and whether it holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::differences::Difference;
use train::id::RepoName;

use super::Moment;

/// `log`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogView {
    /// Entries, oldest first.
    pub entries: Vec<EntryView>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// What; null when erased. What tells of the configuration is null for those who are not of the train.
    pub event: Option<serde_json::Value>,
    /// Whether those without the security role do not see the entry (P9).
    pub withheld: bool,
    /// Its hash; null where its number is.
    pub hash: Option<String>,
    /// In a sentence.
    pub words: String,
}

/// Whether a chain holds; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainWord {
    /// Every entry follows from the one before.
    Ok,
    /// One does not.
    Broken,
}

/// `verify`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyView {
    /// How many entries there are that this reader may know of.
    pub entries: u64,
    /// Whether it holds.
    pub chain: ChainWord,
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
