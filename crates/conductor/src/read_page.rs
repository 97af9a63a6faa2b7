//! What a page of notes is read as.

use std::ops::Range;

use train::id::PushDate;
use train::notes::page::Page;
use train::notes::{Context, Notes};

/// A page as it is read under today's configuration.
#[derive(Debug)]
pub struct ReadPage {
    /// The push.
    pub push: PushDate,
    /// Whether it is opened; one that is not says what it will begin as.
    pub opened: bool,
    /// What it says.
    pub notes: Notes,
    /// What is known of it.
    pub page: Page,
    /// What of its text the machine wrote, in bytes and in its order.
    pub machine: Vec<Range<usize>>,
    /// What it is read with.
    pub(crate) context: Context,
}
