//! Wishes that came with a key of their sender's, so that one that is sent twice is carried out once: also where the server
//! was ended in between.

use async_trait::async_trait;
use jiff::Timestamp;
use train::id::PersonName;

use crate::failure::Result;

/// A wish with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedWish {
    /// Whose. Another person's same key is another key.
    pub person: PersonName,
    /// The key, as the sender made it up.
    pub key: String,
    /// What stands for the wish: the same for the same.
    pub digest: String,
    /// The step that carries it out.
    pub step: String,
    /// When it came.
    pub at: Timestamp,
}

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new: the wish is to be carried out now.
    New,
    /// It came before.
    Before {
        /// What stands for the wish that it came with.
        digest: String,
        /// The step that carries it out, or did.
        step: String,
        /// What was answered; none where nobody has noted yet what came of it.
        answer: Option<String>,
    },
}

/// The keyed wishes of a server: of the last day, and of each person so many at most.
#[async_trait]
pub trait Wishes: Send + Sync {
    /// Notes a wish that is about to begin, unless its key is there: of several at once one is new. What is over by then is
    /// forgotten.
    async fn begin(&self, wish: &KeyedWish) -> Result<Begun>;

    /// Notes what was answered.
    async fn end(&self, person: &PersonName, key: &str, answer: &str) -> Result<()>;
}
