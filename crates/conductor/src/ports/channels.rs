//! Where announcements go, and what is remembered of their way there (P13).

use std::fs::File;
use std::time::Duration;

use async_trait::async_trait;
use train::announce::{Announcement, Delivery};

use super::Examined;
use crate::failure::Result;

/// A channel has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// From now on.
    Now,
    /// It had it before, told by its name.
    Before,
}

/// Why a channel may not have it: a sentence for people without its full stop, filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// It has not.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
}

/// Somewhere that people read.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Hands an announcement over. `repeat`: it may have arrived before; a channel that can't tell says so to its readers.
    async fn hand_over(
        &self,
        announcement: &Announcement,
        repeat: bool,
    ) -> std::result::Result<Handed, Undelivered>;

    /// Whether it could take one now, for `check`; nothing is handed over.
    async fn examine(&self) -> Examined;
}

/// The right to hand over: one process at a time. Only a store makes one.
///
/// It is an OS file lock, and ends with its process. What is found begun by whoever holds it was begun by a process that is
/// gone.
#[derive(Debug)]
pub struct OutboxLock {
    _file: File,
}

impl OutboxLock {
    /// For stores: the lock that holding `file` means.
    #[must_use]
    pub fn held_by(file: File) -> Self {
        Self { _file: file }
    }
}

/// What is on its way to channels. It is no part of the chain: it says how far the machine has come, and not what people did.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// From now on entries are announced; what is older never is. Changes nothing where that was said before.
    async fn begin(&self) -> Result<()>;

    /// Waits for the right to hand over, at most `patience` of real time; `Busy` after it.
    async fn hold(&self, patience: Duration) -> Result<OutboxLock>;

    /// The last entry of which announcements were made; none before [`Outbox::begin`].
    async fn reached(&self) -> Result<Option<u64>>;

    /// Whether an announcement of that name was ever on its way to a channel.
    async fn knows(&self, id: &str, channel: &str) -> Result<bool>;

    /// Everything that is not over, in the order in which it was added.
    async fn on_its_way(&self) -> Result<Vec<Delivery>>;

    /// Adds deliveries that were not known, in one transaction with how far announcements were made.
    async fn add(&self, lock: &OutboxLock, new: &[Delivery], reached: u64) -> Result<()>;

    /// Keeps what became of one. Of one that is over, the texts are forgotten.
    async fn keep(&self, lock: &OutboxLock, delivery: &Delivery) -> Result<()>;
}
