//! A text that several people write at once.

use train::notes::Edit;

use crate::failure::Result;

/// Opens shared texts. What one is kept as, and the updates it hands out, are for it alone to read.
pub trait SharedTexts: Send + Sync {
    /// A text as it was kept, or an empty one, in which `author` writes.
    ///
    /// # Errors
    /// What was kept can't be read.
    fn open(&self, kept: Option<&[u8]>, author: &str) -> Result<Box<dyn SharedText>>;

    /// The high bits of every number that this author writes by: so each piece of a text says whose it is. 21 bits.
    fn mark(&self, author: &str) -> u32;

    /// Several updates as one.
    ///
    /// # Errors
    /// One of them can't be read.
    fn joined(&self, updates: &[Vec<u8>]) -> Result<Vec<u8>>;

    /// What an editor says, read.
    ///
    /// # Errors
    /// `usage` where it is nothing that an editor says.
    fn read(&self, message: &[u8]) -> Result<Message>;

    /// What an editor is told, in bytes.
    fn bytes(&self, message: &Message) -> Vec<u8>;
}

/// One text, with what everybody wrote in it.
pub trait SharedText: Send {
    /// The text by now.
    fn text(&self) -> String;

    /// Its pieces, in its order: how many bytes each has, and the mark of whoever wrote it.
    fn pieces(&self) -> Vec<(usize, u32)>;

    /// Makes edits of the text as it is, in its order and without overlap; answers with the update that brings them to
    /// others.
    fn write(&mut self, edits: &[Edit]) -> Vec<u8>;

    /// Takes an update in: in any order with others, each once or more often, it comes to the same text. Answers with what was
    /// new in it, as an update; what it says of what is known is not in that, whatever it is.
    ///
    /// # Errors
    /// It can't be read.
    fn take_in(&mut self, update: &[u8]) -> Result<Option<Vec<u8>>>;

    /// Whether everything that an update stands on is here, or in it.
    fn fits(&self, update: &[u8]) -> bool;

    /// Refuses an update from outside that is more than `author` writing: that brings what is by the mark of somebody else, known or not,
    /// leaves a gap, does not fit, or stands between two that never stood side by side, so that not everybody would read it in the
    /// same order; and one that takes more than people do. Answers with how many bytes of text it brings at most.
    ///
    /// # Errors
    /// `refused`, with what is odd.
    fn by(&self, update: &[u8], author: &str) -> Result<usize>;

    /// All of it, to be kept.
    fn kept(&self) -> Vec<u8>;

    /// What it has, to be told to others (a state vector).
    fn have(&self) -> Vec<u8>;

    /// The update that brings it to somebody who has that.
    ///
    /// # Errors
    /// It can't be read.
    fn since(&self, have: &[u8]) -> Result<Vec<u8>>;
}

/// What an editor and a server say to each other: the protocol of Yjs' editors (y-protocols), and one word of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// What the sender has: the other answers with what is missing.
    Have(Vec<u8>),
    /// What was missing.
    Missing(Vec<u8>),
    /// What was written now.
    Written(Vec<u8>),
    /// Who is there, and where their carets are.
    Present(Vec<Presence>),
    /// A question for that.
    WhoIsThere,
    /// Ours: what is kept for good, as a state vector and as the number of the receiver's own updates.
    Kept(Vec<u8>, u64),
}

/// One editor that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The number that it writes by.
    pub number: u64,
    /// How often it said something of itself.
    pub clock: u64,
    /// JSON for the other editors: a name and a caret; none of one that left.
    pub state: Option<String>,
}
