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
}

/// One text, with what everybody wrote in it.
pub trait SharedText: Send {
    /// The text by now.
    fn text(&self) -> String;

    /// Makes edits of the text as it is, in its order and without overlap; answers with the update that brings them to
    /// others.
    fn write(&mut self, edits: &[Edit]) -> Vec<u8>;

    /// Takes an update in: in any order with others, each once or more often, it comes to the same text.
    ///
    /// # Errors
    /// It can't be read.
    fn take_in(&mut self, update: &[u8]) -> Result<()>;

    /// All of it, to be kept.
    fn kept(&self) -> Vec<u8>;
}
