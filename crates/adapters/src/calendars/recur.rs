//! Repetition (RFC 5545 section 3.3.10), as far as holidays and absences need it: every so many days, weeks, months or
//! years, so often or until a day. Any other rule is said to be unsupported, never guessed.

use icalendar::parser::Property;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::when::{When, when};

/// A rule that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    step: Step,
    interval: i64,
    count: Option<u64>,
    until: Option<When>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Days,
    Weeks,
    Months,
    Years,
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Rule {
    /// Reads a rule for an event that starts at `start`; the error is what about the rule is not understood.
    pub fn read(property: &Property<'_>, start: &When, zone: &TimeZone) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in property.val.as_str().trim().trim_end_matches(';').split(';') {
            let (key, value) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            parts.push((key.to_ascii_uppercase(), value));
        }
        let find =
            |wanted: &str| parts.iter().find(|(key, _)| key == wanted).map(|(_, value)| *value);
        let step = find("FREQ")
            .and_then(step)
            .ok_or_else(|| format!("FREQ={}", find("FREQ").unwrap_or_default()))?;
        let mut rule = Self { step, interval: 1, count: None, until: None };
        for (key, value) in &parts {
            let bad = || format!("{key}={value}");
            match key.as_str() {
                "INTERVAL" => {
                    rule.interval =
                        value.parse().ok().filter(|n| (1..=10_000).contains(n)).ok_or_else(bad)?;
                }
                "COUNT" => {
                    rule.count = Some(value.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?)
                }
                "UNTIL" => rule.until = Some(when(property, value, zone).ok_or_else(bad)?.when),
                "FREQ" | "WKST" => {}
                _ if says_the_start(step, key, value, start.date(), find("BYMONTH").is_some()) => {}
                _ => return Err(bad()),
            }
        }
        Ok(rule)
    }

    /// The starts, in order, up to the day `last`; at most `most` are tried. Days that a month doesn't have are passed over.
    pub fn starts(&self, start: &When, last: Date, zone: &TimeZone, most: &mut u64) -> Vec<When> {
        let mut found = Vec::new();
        // For whole days the end's date counts as it is written, also where a time in UTC stands after it.
        let ended = |at: &When| match (&self.until, at) {
            (None, _) => false,
            (Some(until), When::Day(day)) => *day > until.date(),
            (Some(When::Day(until)), When::Time(..)) => at.date() > *until,
            (Some(until), When::Time(..)) => at.in_zone(zone) > until.in_zone(zone),
        };
        for turn in 0.. {
            if self.count.is_some_and(|count| found.len() as u64 >= count) || *most == 0 {
                break;
            }
            *most -= 1;
            let Some(at) = self.nth(start, turn) else { break };
            // A zone's offset can move the date by a day.
            if ended(&at) || at.date() > last.saturating_add(2.days()) {
                break;
            }
            if matches!(self.step, Step::Days | Step::Weeks)
                || at.date().day() == start.date().day()
            {
                found.push(at);
            }
        }
        found
    }

    fn nth(&self, start: &When, turn: i64) -> Option<When> {
        let times = turn.checked_mul(self.interval)?;
        let span = match self.step {
            Step::Days => Span::new().try_days(times),
            Step::Weeks => Span::new().try_weeks(times),
            Step::Months => Span::new().try_months(times),
            Step::Years => Span::new().try_years(times),
        };
        start.plus(span.ok()?)
    }
}

fn step(value: &str) -> Option<Step> {
    match value.to_ascii_uppercase().as_str() {
        "DAILY" => Some(Step::Days),
        "WEEKLY" => Some(Step::Weeks),
        "MONTHLY" => Some(Step::Months),
        "YEARLY" => Some(Step::Years),
        _ => None,
    }
}

/// Whether a part of a rule only repeats what the start says already, as many programs write it. A day of the month in a
/// yearly rule means that day of every month, unless the month is there too.
fn says_the_start(step: Step, key: &str, value: &str, start: Date, with_month: bool) -> bool {
    let weekday = WEEKDAYS[usize::from(start.weekday().to_monday_zero_offset().unsigned_abs())];
    match (step, key) {
        (Step::Weeks, "BYDAY") => value.eq_ignore_ascii_case(weekday),
        (Step::Years, "BYMONTH") => value.parse() == Ok(start.month()),
        (Step::Years, "BYMONTHDAY") => with_month && value.parse() == Ok(start.day()),
        (Step::Months, "BYMONTHDAY") => value.parse() == Ok(start.day()),
        _ => false,
    }
}

/// The dates of an `EXDATE` property, or none if one can't be read.
pub(super) fn exceptions(property: &Property<'_>, zone: &TimeZone) -> Option<Vec<When>> {
    let one = |value: &str| when(property, value, zone).map(|read| read.when);
    property.val.as_str().split(',').map(one).collect()
}
