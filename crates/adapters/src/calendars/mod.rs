//! Calendars out and in: the train's departures as RFC 5545, and other people's calendars as days.

mod absences;
mod event;
mod lines;
mod read;
mod recur;
#[cfg(test)]
mod tests;
mod when;
mod write;

use jiff::civil::Date;

pub use absences::{Matched, absences};
pub use read::{Reading, read};
pub use write::write_ics;

/// Something in an external calendar, in whole days of the train's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalDay {
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
    /// What the calendar calls it; text from outside, filter it before showing.
    pub summary: String,
}

/// Something in a calendar that could not be read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line it is about, from 1.
    pub line: usize,
    /// What is wrong and what became of it, fit to be shown.
    pub message: String,
}
