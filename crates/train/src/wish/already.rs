//! Wishes that are recorded already: made again because nobody was told how they ended, they change nothing (P11).

use jiff::Timestamp;

use crate::calendar::{Departure, Standing, departure_of, departures};
use crate::changes::{Absence, Changes};
use crate::id::{PersonName, PushDate};
use crate::settings::Settings;

/// The push that departs on `to` already: the one named, or where none was, one that was moved there.
#[must_use]
pub fn moved(
    settings: &Settings,
    changes: &Changes,
    named: Option<PushDate>,
    to: PushDate,
) -> Option<Departure> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    let there = |d: &Departure| d.runs() && d.departs() == to.0;
    match named {
        Some(push) => departure_of(timetable, order, changes, push).filter(there),
        None => departures(timetable, order, changes, to.0, to.0)
            .into_iter()
            .find(|d| there(d) && d.standing == Standing::Moved),
    }
}

/// The push that is cancelled already for this very reason: the one named, or where none was, the last to come before
/// `next`, the one that would be meant.
#[must_use]
pub fn cancelled(
    settings: &Settings,
    changes: &Changes,
    named: Option<PushDate>,
    next: PushDate,
    because: &str,
    now: Timestamp,
) -> Option<PushDate> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    let so = |d: &Departure| matches!(&d.standing, Standing::Cancelled { because: why } if why == because);
    let found = match named {
        Some(push) => departure_of(timetable, order, changes, push).filter(so),
        None => departures(timetable, order, changes, timetable.date_of(now), next.0)
            .into_iter()
            .rfind(|d| so(d) && d.push_at.timestamp() > now),
    };
    found.map(|d| d.push)
}

/// Whether `with` serves the push already.
#[must_use]
pub fn serves(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    with: &PersonName,
    now: Timestamp,
) -> bool {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    departure_of(timetable, order, changes, push).is_some_and(|d| {
        let takes_turn = d.runs() && d.standing != Standing::OffCycle;
        takes_turn && d.push_at.timestamp() > now && d.hero.as_ref() == Some(with)
    })
}

/// Whether this very absence is noted already.
#[must_use]
pub fn away(changes: &Changes, absence: &Absence) -> bool {
    changes.absences.contains(absence)
}
