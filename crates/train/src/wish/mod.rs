//! Wishes to change the calendar, judged before they become events: moves, cancellations, swaps, absences.

mod departures;
mod duty;

pub use departures::{cancel, known, move_push};
pub use duty::{away, swap};
