//! Departures as everybody asks for them.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::line::Line;
use super::timetable::Timetable;
use crate::id::{PersonName, PushDate};

/// One departure of the train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Its name (P4).
    pub push: PushDate,
    /// The date it was scheduled for; another than the name when it was moved before its cut.
    pub scheduled: PushDate,
    /// When it is cut, in the train's zone.
    pub cut_at: ZonedDateTime,
    /// When production is to start, in the train's zone.
    pub push_at: ZonedDateTime,
    /// What became of it.
    pub standing: Standing,
    /// Who is on duty; nobody where no rotation is set up, everybody is away, or it does not run.
    pub hero: Option<PersonName>,
    /// Whose turn it is, also when it is the hero's own; none for a push off the schedule, which takes no turn.
    pub turn: Option<PersonName>,
    /// What there is to say about the duty: who is away, who serves for whom.
    pub note: Option<String>,
}

/// What became of a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// It runs, on its day.
    Scheduled,
    /// It runs, on another day.
    Moved,
    /// It runs, off the schedule.
    OffCycle,
    /// Somebody cancelled it.
    Cancelled {
        /// Why.
        because: String,
    },
    /// Its date is skipped in the configuration.
    Skipped,
    /// It would leave in a freeze.
    Frozen {
        /// Why.
        because: String,
    },
}

impl Departure {
    /// Whether it runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(self.standing, Standing::Scheduled | Standing::Moved | Standing::OffCycle)
    }

    /// The day it leaves, in the train's zone.
    #[must_use]
    pub fn departs(&self) -> Date {
        self.push_at.date()
    }
}

/// Every departure that leaves from `from` to `to`, both included, in the order of leaving; those that don't run too.
#[must_use]
pub fn departures(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    from: Date,
    to: Date,
) -> Vec<Departure> {
    Line { timetable, order, changes }.between(from, to)
}

/// The first departure that runs and leaves after `now`; none where nothing departs for ten years.
#[must_use]
pub fn next(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    now: Timestamp,
) -> Option<Departure> {
    let today = timetable.date_of(now);
    let from = today.yesterday().unwrap_or(today);
    // A year nearly always has it; a long freeze is worth the second look.
    [100, 400, 3700].iter().find_map(|days| {
        let to = today.checked_add(days.days()).unwrap_or(Date::MAX);
        departures(timetable, order, changes, from, to)
            .into_iter()
            .find(|d| d.runs() && d.push_at.timestamp() > now)
    })
}

/// The departure that goes by this name; failing that, the one that was scheduled for this date.
#[must_use]
pub fn departure_of(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    push: PushDate,
) -> Option<Departure> {
    Line { timetable, order, changes }.named(push)
}

/// Whether a departure of this name runs: by the rules, by a move, or declared.
#[must_use]
pub fn on_schedule(timetable: &Timetable, changes: &Changes, push: PushDate) -> bool {
    departure_of(timetable, &[], changes, push).is_some_and(|d| d.push == push && d.runs())
}

/// The departure that runs, leaves after `now`, and is nearest to a date; of two equally near, the earlier.
#[must_use]
pub fn nearest(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    date: Date,
    now: Timestamp,
) -> Option<Departure> {
    let around = |days: i32| (date.checked_sub(days.days()), date.checked_add(days.days()));
    let distance = |d: &Departure| (d.departs() - date).get_days().abs();
    let (from, to) = around(400);
    let found =
        departures(timetable, order, changes, from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX));
    let coming = found.into_iter().filter(|d| d.runs() && d.push_at.timestamp() > now);
    coming.min_by_key(distance).or_else(|| next(timetable, order, changes, now))
}
