//! The line of departures: every date the rules give, what became of each, and the duty that falls on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use super::departure::{Departure, Standing};
use super::stop::Stop;
use super::timetable::Timetable;
use super::walk::{Walk, reaching};
use crate::changes::Changes;
use crate::id::{PersonName, PushDate};
use crate::rotation::{Duty, Slot, Turns};

/// Where the rotation begins when neither the ledger nor the timetable says so.
const EPOCH: Date = date(1970, 1, 1);

/// For how many years the line goes on from where it begins: nobody plans for the year 9999, and it takes seconds to walk there.
const YEARS: i32 = 200;

/// How many departures beyond the rotation's length are searched for one that serves a push off the schedule.
const SEARCHED: i32 = 26;

/// Timetable, rotation and changes: all that departures come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub timetable: &'a Timetable,
    pub order: &'a [PersonName],
    pub changes: &'a Changes,
}

impl<'a> Line<'a> {
    /// Every departure that leaves from `from` to `to`, both included, in the order of leaving.
    pub fn between(&self, from: Date, to: Date) -> Vec<Departure> {
        let moved = self.changes.moved.iter().filter(|(_, change)| change.to.0 <= to);
        let late = moved.map(|(scheduled, _)| scheduled.0).max();
        let walk = self.walk(from, late.map_or(to, |late| late.max(to)));
        walk.leaving(from, to).into_iter().cloned().collect()
    }

    /// The departure that goes by this name; failing that, the one that was scheduled for it.
    pub fn named(&self, push: PushDate) -> Option<Departure> {
        let moved = self.changes.moved.iter().filter(|(_, change)| change.name == push);
        let keys = moved.map(|(scheduled, _)| scheduled.0);
        let (mut first, mut last) = (push.0, push.0);
        for key in keys {
            (first, last) = (first.min(key), last.max(key));
        }
        self.walk(first, last).named(push).cloned()
    }

    /// The line at least from `from` to `to`, as far as it goes: as it was walked before, where that has both.
    fn walk(&self, from: Date, to: Date) -> Arc<Walk> {
        let begins = self.begins();
        let ends = begins.checked_add(YEARS.years()).unwrap_or(Date::MAX);
        let asked = (from.max(EPOCH).min(begins), to.min(ends));
        reaching(self.changes, (self.timetable, self.order), asked, |from, to| {
            let stops = self.stops(from, to).into_iter();
            stops.map(|stop| (stop.departs, stop.departure(self.timetable))).collect()
        })
    }

    /// Whether `date` is, or was before a move, the date of a push that the rules or a person put there.
    pub fn holds(&self, push: PushDate) -> bool {
        let moved = || {
            self.changes
                .moved
                .iter()
                .any(|(from, change)| [*from, change.to, change.name].contains(&push))
        };
        self.timetable.is_regular(push.0) || self.changes.off_cycle.contains_key(&push) || moved()
    }

    /// Every departure scheduled up to `to`, from where the rotation begins or from `from`, whichever is earlier.
    pub(super) fn stops(&self, from: Date, to: Date) -> Vec<Stop<'a>> {
        let begins = self.begins();
        let declared = self.declared(from, to);
        let reach = i32::try_from(self.order.len().min(60)).unwrap_or(60) + SEARCHED;
        let beyond = if declared.is_empty() { 0 } else { reach * self.timetable.step() };
        let to = to.checked_add(beyond.days()).unwrap_or(Date::MAX);
        let facts = self.facts();
        let mut stops: Vec<Stop<'a>> = self.standings(begins.min(from), to, &facts);
        let lead = self.lead(&stops, begins);
        let mut turns = Turns::new(self.order, self.changes, lead);
        for stop in &mut stops {
            let keeps_turn = matches!(stop.standing, Standing::Cancelled { .. });
            if stop.scheduled.0 < begins || !(stop.runs() || keeps_turn) {
                continue;
            }
            let cut = self.timetable.cut_date(stop.name.0.min(stop.departs));
            let fact = facts.get(&stop.scheduled).copied();
            stop.duty = turns.serve(&Slot {
                scheduled: stop.scheduled,
                departs: stop.departs,
                cut,
                fact,
                keeps_turn,
            });
        }
        self.add_declared(&mut stops, &declared, &facts, &turns);
        stops
    }

    /// Where the rotation begins.
    fn begins(&self) -> Date {
        let began = self.changes.began.max(EPOCH);
        self.timetable.starting.map_or(began, |PushDate(anchor)| anchor.min(began))
    }

    /// The pushes off the schedule that may be asked for.
    fn declared(&self, from: Date, to: Date) -> Vec<(PushDate, Timestamp)> {
        let latest = |push: PushDate| {
            self.changes.moved.get(&push).map_or(push, |change| change.to.max(push)).0
        };
        let asked = self
            .changes
            .off_cycle
            .iter()
            .filter(|(push, _)| from <= latest(**push) && push.0 <= to);
        asked.map(|(push, at)| (*push, *at)).collect()
    }

    /// How many departures there are between the start of the rotation and the one its first person serves.
    fn lead(&self, stops: &[Stop<'a>], begins: Date) -> usize {
        let Some(PushDate(anchor)) = self.timetable.starting else { return 0 };
        stops
            .iter()
            .filter(|stop| begins <= stop.scheduled.0 && stop.scheduled.0 < anchor && stop.runs())
            .count()
    }

    fn facts(&self) -> BTreeMap<PushDate, (&'a PersonName, &'a PersonName)> {
        self.changes.served.iter().map(|(push, turn, hero)| (*push, (turn, hero))).collect()
    }

    /// What became of each scheduled date. Dates that only the record knows are kept: the timetable was another then.
    fn standings(
        &self,
        from: Date,
        to: Date,
        facts: &BTreeMap<PushDate, (&'a PersonName, &'a PersonName)>,
    ) -> Vec<Stop<'a>> {
        let recorded = facts.keys().chain(self.changes.moved.keys()).filter(|push| {
            from <= push.0
                && push.0 <= to
                && !self.timetable.is_regular(push.0)
                && !self.changes.off_cycle.contains_key(*push)
        });
        let mut recorded =
            recorded.map(|push| push.0).collect::<BTreeSet<Date>>().into_iter().peekable();
        let freezes = self.freezes();
        let mut stops = Vec::new();
        let mut next = self.timetable.first_from(from);
        while next <= to {
            while let Some(odd) = recorded.next_if(|odd| *odd < next) {
                stops.push(self.stop(PushDate(odd), facts, &freezes));
            }
            stops.push(self.stop(PushDate(next), facts, &freezes));
            let Ok(following) = next.checked_add(self.timetable.step().days()) else { break };
            next = following;
        }
        stops.extend(recorded.map(|odd| self.stop(PushDate(odd), facts, &freezes)));
        stops
    }

    fn freezes(&self) -> Vec<(Timestamp, Timestamp, &'a str)> {
        let instant = |at| self.timetable.instant(at).timestamp();
        self.timetable
            .freezes
            .iter()
            .map(|f| (instant(f.from), instant(f.to), f.because.as_str()))
            .collect()
    }

    fn stop(
        &self,
        scheduled: PushDate,
        facts: &BTreeMap<PushDate, (&'a PersonName, &'a PersonName)>,
        freezes: &[(Timestamp, Timestamp, &str)],
    ) -> Stop<'a> {
        let change = self.changes.moved.get(&scheduled);
        let (name, departs) =
            change.map_or((scheduled, scheduled.0), |change| (change.name, change.to.0));
        let standing = if let Some(because) = self.changes.cancelled.get(&name) {
            Standing::Cancelled { because: because.clone() }
        } else if !facts.contains_key(&scheduled) && self.timetable.skip.contains(&departs) {
            Standing::Skipped
        } else if let Some(because) =
            frozen(freezes, self.timetable, departs).filter(|_| !facts.contains_key(&scheduled))
        {
            Standing::Frozen { because: because.to_owned() }
        } else if departs == scheduled.0 {
            Standing::Scheduled
        } else {
            Standing::Moved
        };
        Stop { name, scheduled, departs, declared: None, standing, duty: Duty::default() }
    }

    /// Adds the pushes off the schedule. One on the date of a departure that runs is that departure; one on a skipped or
    /// frozen date takes its place.
    fn add_declared(
        &self,
        stops: &mut Vec<Stop<'a>>,
        declared: &[(PushDate, Timestamp)],
        facts: &BTreeMap<PushDate, (&'a PersonName, &'a PersonName)>,
        turns: &Turns<'a>,
    ) {
        for (scheduled, at) in declared {
            let change = self.changes.moved.get(scheduled);
            let (name, departs) =
                change.map_or((*scheduled, scheduled.0), |change| (change.name, change.to.0));
            let idle = |stop: &Stop<'_>| {
                matches!(stop.standing, Standing::Skipped | Standing::Frozen { .. })
            };
            stops.retain(|stop| stop.name != name || !idle(stop));
            if stops.iter().any(|stop| stop.name == name) {
                continue;
            }
            let standing = match self.changes.cancelled.get(&name) {
                Some(because) => Standing::Cancelled { because: because.clone() },
                None => Standing::OffCycle,
            };
            let hero = match facts.get(scheduled) {
                Some((_, hero)) => Some(*hero),
                None => self.next_hero(stops, departs, *at, turns),
            };
            let duty = Duty { turn: None, hero, away: Vec::new() };
            stops.push(Stop {
                name,
                scheduled: *scheduled,
                departs,
                declared: Some(*at),
                standing,
                duty,
            });
        }
    }

    /// The hero of the next regular departure who is there on the day of a push off the schedule.
    fn next_hero(
        &self,
        stops: &[Stop<'a>],
        departs: Date,
        declared: Timestamp,
        turns: &Turns<'a>,
    ) -> Option<&'a PersonName> {
        let cut = self.timetable.date_of(declared);
        let mut coming: Vec<&Stop<'a>> = stops
            .iter()
            .filter(|s| s.declared.is_none() && s.runs() && s.departs > departs)
            .collect();
        coming.sort_by_key(|stop| stop.departs);
        coming
            .iter()
            .filter_map(|stop| stop.duty.hero)
            .find(|hero| !turns.is_away(hero, departs, cut))
    }
}

fn frozen<'f>(
    freezes: &[(Timestamp, Timestamp, &'f str)],
    timetable: &Timetable,
    departs: Date,
) -> Option<&'f str> {
    if freezes.is_empty() {
        return None;
    }
    let at = timetable.push_at(departs).timestamp();
    freezes.iter().find(|(from, to, _)| *from <= at && at < *to).map(|(_, _, because)| *because)
}
