//! Departures as everybody asks for them.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::departure::Departure;
use super::freeze::Freeze;
use super::line::Line;
use super::timetable::Timetable;
use crate::changes::Changes;
use crate::id::{PersonName, PushDate};

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

/// Whether a departure, running or not, is on this date already.
pub(crate) fn holds(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    date: PushDate,
) -> bool {
    Line { timetable, order, changes }.holds(date)
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

/// The freeze that holds at an instant, if any.
#[must_use]
pub fn is_frozen(timetable: &Timetable, at: Timestamp) -> Option<&Freeze> {
    let begins = |freeze: &Freeze| timetable.instant(freeze.from).timestamp();
    let ends = |freeze: &Freeze| timetable.instant(freeze.to).timestamp();
    timetable.freezes.iter().find(|freeze| begins(freeze) <= at && at < ends(freeze))
}
