//! Steps that carry wishes out, as they are kept beyond the process that is at them: what each said, and what came of it.

use async_trait::async_trait;
use jiff::Timestamp;
use train::id::{PersonName, TrainName};

use crate::failure::Result;

/// A step as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStep {
    /// What it is called by.
    pub id: String,
    /// Its train.
    pub train: TrainName,
    /// Whose wish it carries out.
    pub by: PersonName,
    /// When it began, to the millisecond.
    pub at: Timestamp,
    /// Whether what it says is for those alone who are told of what is embargoed (P9).
    pub hears: bool,
    /// Whether that it is there at all is for them alone.
    pub secret: bool,
    /// The wish, as a document.
    pub wish: String,
    /// What it said and what was answered, as a document; none until it is over.
    pub end: Option<String>,
}

/// The steps of a server: so many at most, of which the oldest go.
#[async_trait]
pub trait KeptSteps: Send + Sync {
    /// Keeps a step that is about to begin, or one that is over in its place. When it answers it is on the disk.
    async fn keep(&self, step: &KeptStep) -> Result<()>;

    /// One of them.
    async fn kept(&self, id: &str) -> Result<Option<KeptStep>>;
}
