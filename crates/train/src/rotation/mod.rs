//! Who is on duty: turns that are fair over time, swaps, absences.
//!
//! The person whose last turn is longest ago is next; the configured order settles ties. So nobody's place depends on a
//! count, and people join and leave without shifting the others' order. A turn belongs to a person; who *serves* it may be
//! somebody else, by a swap.

#[cfg(test)]
mod tests;
mod turns;

pub(crate) use turns::{Duty, Slot, Turns};
