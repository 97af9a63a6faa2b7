//! When the train departs: the timetable, what people changed in it, and the departures that come of both.
//!
//! Everything is wall-clock time in the train's zone. 09:00 stays 09:00 across daylight saving (P14); a time that the
//! clocks skip is read as that much later (02:30 in a gap of one hour is 03:30), a time that they show twice is its
//! first instant. That is `compatible` of RFC 9557's Temporal, and of jiff.

mod ask;
mod departure;
mod freeze;
mod line;
mod stop;
#[cfg(test)]
pub(crate) mod tests;
mod timetable;
mod walk;
mod weektime;
mod zone;

pub use crate::changes::{Changes, Noted, PushMove};
pub(crate) use ask::holds;
pub use ask::{departure_of, departures, is_frozen, nearest, next};
pub use departure::{Departure, Standing};
pub use freeze::Freeze;
pub use timetable::{BadTimetable, Timetable};
pub use weektime::{WeekTime, weeks};
pub use zone::Zone;
