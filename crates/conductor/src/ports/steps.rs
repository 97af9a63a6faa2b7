//! Steps that carry wishes out, as they are kept beyond the process that is at them: what each said, and what came of it. A wish
//! that came with a key of its sender's is carried out once, also where the server was ended in between.

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
    /// How it ended; none until it is over.
    pub end: Option<KeptEnd>,
}

/// The end of a step as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEnd {
    /// What it said, as a document.
    pub said: String,
    /// What was answered, as a document.
    pub answer: String,
}

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
    /// When it came, to the millisecond.
    pub at: Timestamp,
    /// Whether what is answered is for those alone who are told of what is embargoed (P9).
    pub hears: bool,
}

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new: the wish is to be carried out now.
    New,
    /// It came before.
    Before {
        /// The wish that it came with.
        wish: KeyedWish,
        /// What was answered; none where the end of its step is not kept.
        answer: Option<String>,
    },
}

/// The steps of a server, so many at most, of which the oldest go; and the keys of their wishes, of the last day and of each
/// person so many at most.
#[async_trait]
pub trait KeptSteps: Send + Sync {
    /// Notes a wish that is about to begin, unless its key is there: of several at once one is new. Keys that are over by then are
    /// forgotten.
    async fn begin(&self, wish: &KeyedWish) -> Result<Begun>;

    /// Keeps a step that is about to begin, or one that is over in its place. When it answers it is on the disk. The key that it
    /// was wished with has its answer from the same moment on, also after the step is forgotten.
    async fn keep(&self, step: &KeptStep) -> Result<()>;

    /// One of them.
    async fn kept(&self, id: &str) -> Result<Option<KeptStep>>;
}
