//! Wishes to change the calendar, judged before they become events: moves, cancellations, swaps, offers, absences.

pub mod already;
mod departures;
mod duty;
mod offers;

pub use departures::{between, cancel, known, move_push};
pub use duty::{away, back, swap};
pub use offers::{Open, decline, keep, last_offer, made_to, must_be_hero, offer, open, take};
