//! What people are typing in a page: kept from the moment on that anybody else sees it, until it is recorded.
//!
//! Each key would be an entry of the ledger otherwise. It is no part of the record and needs no lock: whoever types waits
//! for nobody who publishes. Recorded twice it comes to the same text, so that a crash in between loses nothing.

use async_trait::async_trait;
use train::id::PushDate;
use train::people::Actor;

use crate::failure::Result;

/// A piece that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The push, as it was called then.
    pub push: PushDate,
    /// The page: the date that the push was scheduled for.
    pub page: PushDate,
    /// Who.
    pub by: Actor,
    /// The update of the shared document.
    pub update: Vec<u8>,
}

/// Where it is kept.
#[async_trait]
pub trait Typing: Send + Sync {
    /// Keeps all of it, in this order, or nothing. When it answers it is on the disk.
    async fn keep(&self, typed: &[Typed]) -> Result<()>;

    /// What was typed in a page and is not recorded yet, in its order, each with its number.
    async fn typed(&self, page: PushDate) -> Result<Vec<(i64, Typed)>>;

    /// The pages that there is something of.
    async fn pages(&self) -> Result<Vec<PushDate>>;

    /// Forgets a page's up to this number: it is recorded.
    async fn forget(&self, page: PushDate, last: i64) -> Result<()>;
}
