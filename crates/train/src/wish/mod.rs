//! Wishes to change the calendar, judged before they become events: moves, cancellations, swaps, absences.

pub mod already;
mod departures;
mod duty;

pub use departures::{between, cancel, known, move_push};
pub use duty::{away, back, swap};
