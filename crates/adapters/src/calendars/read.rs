//! Reads an external calendar (RFC 5545): holidays, absences. What can't be read is a problem with its line, never lost.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::event::Found;
use super::lines::{Line, unfold};
use super::when::When;
use super::{ExternalDay, Problem};

/// How many repetitions are tried in one calendar.
const MOST: u64 = 500_000;

/// What a calendar holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its days, by first day.
    pub days: Vec<ExternalDay>,
    /// What could not be read, or not wholly.
    pub problems: Vec<Problem>,
}

/// Reads a calendar's bytes: everything that touches the days from `from` to `to`, both included, as days of `zone`.
///
/// Cancelled events are left out. Repetitions by day, week, month and year with INTERVAL, COUNT, UNTIL and EXDATE are
/// worked out; of other rules the first time is taken, and a problem says so.
#[must_use]
pub fn read(bytes: &[u8], zone: &TimeZone, from: Date, to: Date) -> Reading {
    let mut problems = Vec::new();
    let lines = unfold(bytes, &mut problems);
    if !lines.first().is_some_and(|line| line.is("BEGIN", "VCALENDAR")) {
        let message = "this is no calendar: it does not begin with BEGIN:VCALENDAR".to_owned();
        return Reading { days: Vec::new(), problems: vec![Problem { line: 1, message }] };
    }
    let mut events = Vec::new();
    let mut gone: BTreeMap<String, Vec<When>> = BTreeMap::new();
    for (line, inside) in blocks(&lines, &mut problems) {
        match Found::read(line, &inside, zone, &mut problems) {
            Ok(Some(event)) => {
                if let Some(place) = &event.instead {
                    gone.entry(event.uid.clone()).or_default().push(place.clone());
                }
                if !Found::is_cancelled(&inside) {
                    events.push(event);
                }
            }
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    for event in events.iter_mut().filter(|event| event.instead.is_none()) {
        event.except.extend(gone.get(&event.uid).into_iter().flatten().cloned());
    }
    let mut days = expand(&events, zone, from, to, &mut problems);
    days.sort_by_key(|day| (day.from, day.to));
    problems.sort_by_key(|problem| problem.line);
    Reading { days, problems }
}

fn expand(
    events: &[Found],
    zone: &TimeZone,
    from: Date,
    to: Date,
    problems: &mut Vec<Problem>,
) -> Vec<ExternalDay> {
    let mut days = Vec::new();
    let mut most = MOST;
    for event in events {
        for start in event.starts(to, zone, &mut most) {
            days.extend(event.days(&start, zone).filter(|day| day.from <= to && from <= day.to));
        }
        if most == 0 {
            let message =
                "the calendar repeats too often; what comes from here on is left out".to_owned();
            problems.push(Problem { line: event.line, message });
            break;
        }
    }
    days
}

/// The lines of each event, without those of alarms and the like inside it.
fn blocks<'l>(lines: &'l [Line], problems: &mut Vec<Problem>) -> Vec<(usize, Vec<&'l Line>)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, Vec<&Line>)> = None;
    let mut inner = 0u32;
    for line in lines {
        let word = |key: &str| {
            line.text.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key))
        };
        let Some((_, inside)) = &mut open else {
            if line.is("BEGIN", "VEVENT") {
                open = Some((line.number, Vec::new()));
            }
            continue;
        };
        if line.is("BEGIN", "VEVENT") || line.is("END", "VCALENDAR") {
            unfinished(&mut open, problems);
            inner = 0;
            if line.is("BEGIN", "VEVENT") {
                open = Some((line.number, Vec::new()));
            }
        } else if line.is("END", "VEVENT") {
            found.extend(open.take());
            inner = 0;
        } else if word("BEGIN:") {
            inner = inner.saturating_add(1);
        } else if word("END:") {
            inner = inner.saturating_sub(1);
        } else if inner == 0 {
            inside.push(line);
        }
    }
    unfinished(&mut open, problems);
    found
}

fn unfinished(open: &mut Option<(usize, Vec<&Line>)>, problems: &mut Vec<Problem>) {
    if let Some((line, _)) = open.take() {
        let message = "the event has no END:VEVENT; it is left out".to_owned();
        problems.push(Problem { line, message });
    }
}
