//! The append-only record. Every store passes the same contract suite (`ledger::contract`).

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::event::Event;
use train::facts::Head;
use train::people::Actor;

use crate::failure::Result;

/// Which ledger this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerIdentity {
    /// Random, given once: the name that fences carry.
    pub id: String,
    /// Whether its clock may be set, for ever.
    pub rehearsal: bool,
}

/// An entry to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Event time; the store raises it to the last entry's where it would run backwards.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub event: Event,
}

/// An entry as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// Event time.
    pub at: Timestamp,
    /// The stream: `train` or `push/YYYY.MM.DD`.
    pub stream: String,
    /// The event's kind.
    pub kind: String,
    /// Its hash, which covers the one before.
    pub hash: String,
    /// Who and what; none when it was erased.
    pub content: Option<(Actor, Event)>,
}

/// A view of the stream kept in the same transaction: JSON by name, droppable and rebuilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Its name.
    pub name: String,
    /// The last entry it has seen.
    pub seq: u64,
    /// JSON.
    pub body: String,
}

/// Something observed, kept for `status`, replaced by the next look; not part of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What was observed: `look/<repo>`, `versions/<environment>/<service>`.
    pub name: String,
    /// When.
    pub observed_at: Timestamp,
    /// JSON.
    pub body: String,
}

/// What `verify` finds of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many entries there are.
    pub entries: u64,
    /// The first thing wrong, as a sentence; none when the chain holds.
    pub broken: Option<String>,
}

/// The right to write: to remotes, and to the ledger. Only a ledger makes one.
///
/// It is an OS file lock that git children inherit (P12): while an orphaned push of a killed process lives on, the lock
/// stays held. There is no expiry and no clock in it.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// For stores: the lock that holding `file` means.
    #[must_use]
    pub fn held_by(file: File) -> Self {
        Self { file }
    }

    /// The open file, to be handed to children that write to remotes.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }
}

/// Two numbers that say that something is another, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// Of the entries, those too that not everybody may know of.
    pub entries: u64,
    /// Of what was seen; that the same was seen once more makes it another every ten minutes.
    pub seen: u64,
}

/// All that was seen and where the chain ended, at one moment.
#[derive(Debug)]
pub struct Glimpse {
    /// The end of the chain.
    pub head: Head,
    /// What is another one wherever this is.
    pub pulse: Pulse,
    /// The newest observation of each name.
    pub observations: BTreeMap<String, Observation>,
}

/// The record and what hangs on it.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Which ledger this is.
    fn identity(&self) -> &LedgerIdentity;

    /// Waits for the right to write, at most `patience` of real time; `Busy` after it, naming the holder where known.
    async fn lock(&self, patience: Duration) -> Result<Lock>;

    /// The end of the chain; sequence 0 and 64 zeros when empty.
    async fn head(&self) -> Result<Head>;

    /// All that was seen and where the chain ends, read at one moment; the very same where nothing was kept since.
    async fn glimpse(&self) -> Result<Arc<Glimpse>>;

    /// What is another one after something was kept that is not as it was, by whatever process.
    async fn pulse(&self) -> Result<Pulse> {
        Ok(self.glimpse().await?.pulse)
    }

    /// Appends `drafts` after `head` in one transaction and stores `projections` with them. Refuses with
    /// `PlanChanged`, nothing written, when the head is another by now. Returns the entries made.
    ///
    /// `project` is called with the entries before they are committed and returns the projections to keep. `Busy` where
    /// `lock` is not, or no longer, a lock on this ledger.
    async fn append(
        &self,
        lock: &Lock,
        head: &Head,
        drafts: Vec<Draft>,
        project: &(dyn for<'a> Fn(&'a [Entry]) -> Vec<Projection> + Send + Sync),
    ) -> Result<Vec<Entry>>;

    /// Entries after `after`, oldest first, at most `limit`; of one stream, or of all. Refuses, naming number and kind,
    /// where one of them was made by a newer version: nothing is skipped.
    async fn read(&self, after: u64, limit: usize, stream: Option<&str>) -> Result<Vec<Entry>>;

    /// A projection by name.
    async fn projection(&self, name: &str) -> Result<Option<Projection>>;

    /// Replaces a projection, for rebuilding; one that has seen more entries stays. Refuses one that has seen more than
    /// there are.
    async fn put_projection(&self, projection: Projection) -> Result<()>;

    /// The newest observation of that name.
    async fn observation(&self, name: &str) -> Result<Option<Observation>>;

    /// Every observation whose name starts with `prefix`, by name.
    async fn observations(&self, prefix: &str) -> Result<Vec<Observation>>;

    /// Keeps observations, all or none, each in place of the last of its name.
    async fn observe(&self, observations: Vec<Observation>) -> Result<()>;

    /// The number of the entry with that hash, which an anchor from outside names; none when there is no such entry.
    async fn seq_of(&self, hash: &str) -> Result<Option<u64>>;

    /// Withholds an entry's payload for ever and marks the entry as erased; the chain stays provable. Once more is the
    /// same; `NotFound` where there is no such entry. Views that quote the payload are the caller's to rebuild, and who
    /// asked for it is the caller's to record.
    async fn erase(&self, lock: &Lock, seq: u64) -> Result<()>;

    /// Checks the whole chain: numbers without gaps, hashes, payloads, projections' places.
    async fn verify(&self) -> Result<ChainReport>;
}
