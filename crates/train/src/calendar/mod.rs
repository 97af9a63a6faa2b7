//! When the train departs: the timetable, what people changed in it, and the departures that come of both.
//!
//! Everything is wall-clock time in the train's zone. 09:00 stays 09:00 across daylight saving (P14); a time that the
//! clocks skip is read as that much later (02:30 in a gap of one hour is 03:30), a time that they show twice is its
//! first instant. That is `compatible` of RFC 9557's Temporal, and of jiff.

mod changes;
mod departure;
mod line;
mod timetable;
mod wish;

pub use changes::{Changes, PushMove};
pub use departure::{Departure, Standing, departure_of, departures, nearest, next, on_schedule};
pub use timetable::{BadTimetable, Freeze, Timetable, WeekTime, Zone, is_frozen, weeks};
pub(crate) use wish::known;
pub use wish::{cancel, move_push};
