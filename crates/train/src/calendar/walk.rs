//! The line as it was walked last: every departure since the rotation began follows from those before it, and of one train
//! many are asked for in the same moment.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::departure::Departure;
use super::timetable::Timetable;
use crate::changes::Changes;
use crate::id::{PersonName, PushDate};

/// How much further than asked one walks, in days: whoever asks next, asks for a little more.
const FURTHER: i32 = 400;
/// How long a walk is remembered at most, in days: sixty years. A longer one is nobody's calendar.
const LONGEST: i32 = 60 * 366;

/// The departures of a part of the line.
#[derive(Debug)]
pub(super) struct Walk {
    timetable: Timetable,
    order: Vec<PersonName>,
    from: Date,
    to: Date,
    /// In the order scheduled, each with the day that it leaves on by the line.
    departures: Vec<(Date, Departure)>,
}

impl Walk {
    /// Those that leave from `from` to `to`, both included, in the order of leaving.
    pub fn leaving(&self, from: Date, to: Date) -> Vec<&Departure> {
        let inside = |(departs, _): &&(Date, Departure)| from <= *departs && *departs <= to;
        let leaving = self.departures.iter().filter(inside).map(|(_, departure)| departure);
        let mut leaving: Vec<&Departure> = leaving.collect();
        leaving.sort_by_key(|departure| (departure.push_at.timestamp(), departure.push));
        leaving
    }

    /// The one that goes by this name; failing that, the one that was scheduled for it.
    pub fn named(&self, push: PushDate) -> Option<&Departure> {
        let mut all = self.departures.iter().map(|(_, departure)| departure);
        let scheduled = all.clone().find(|departure| departure.scheduled == push);
        all.find(|departure| departure.push == push).or(scheduled)
    }

    fn serves(
        &self,
        timetable: &Timetable,
        order: &[PersonName],
        (from, to): (Date, Date),
    ) -> bool {
        let reaches = self.from <= from && to <= self.to;
        reaches && self.order == order && self.timetable == *timetable
    }
}

/// A walk by these rules that reaches from and to there: the one that `changes` remember, or another, that `walks` between two
/// dates.
pub(super) fn reaching(
    changes: &Changes,
    (timetable, order): (&Timetable, &[PersonName]),
    (from, to): (Date, Date),
    walks: impl FnOnce(Date, Date) -> Vec<(Date, Departure)>,
) -> Arc<Walk> {
    let last = changes.worked_out.last::<Walk>();
    if let Some(known) = last.as_ref().filter(|l| l.serves(timetable, order, (from, to))) {
        return Arc::clone(known);
    }
    // Both that and what is remembered, so that nobody who asks for one makes the other forgotten.
    let (first, past) = last.map_or((from, to), |last| (last.from.min(from), last.to.max(to)));
    let past = past.checked_add(FURTHER.days()).unwrap_or(Date::MAX);
    let is_kept = (past - first).get_days() <= LONGEST;
    let (from, to) = if is_kept { (first, past) } else { (from, to) };
    let departures = walks(from, to);
    let (timetable, order) = (timetable.clone(), order.to_vec());
    let walk = Arc::new(Walk { timetable, order, from, to, departures });
    if is_kept {
        changes.worked_out.keep(Arc::clone(&walk));
    }
    walk
}
