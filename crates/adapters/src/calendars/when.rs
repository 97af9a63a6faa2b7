//! Dates, times and durations of RFC 5545 (sections 3.3.4 to 3.3.6) as days of the train's zone.

use icalendar::parser::Property;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::lines::parameter;

/// A start, an end or an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// A whole day.
    Day(Date),
    /// A wall-clock time in a zone.
    Time(DateTime, TimeZone),
}

impl When {
    /// The date where it was written.
    pub fn date(&self) -> Date {
        match self {
            Self::Day(day) => *day,
            Self::Time(at, _) => at.date(),
        }
    }

    /// The wall-clock time in the train's zone; a day is its first instant, in whatever zone.
    pub fn in_zone(&self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::Time(at, own) if own == zone => *at,
            Self::Time(at, own) => own
                .to_ambiguous_zoned_datetime(*at)
                .compatible()
                .map_or(*at, |at| at.with_time_zone(zone.clone()).datetime()),
        }
    }

    /// The same so much later, on the wall clock where it was written.
    pub fn plus(&self, span: Span) -> Option<Self> {
        match self {
            Self::Day(day) => day.checked_add(span).ok().map(Self::Day),
            Self::Time(at, zone) => {
                at.checked_add(span).ok().map(|at| Self::Time(at, zone.clone()))
            }
        }
    }
}

/// What a value of a time property came to.
pub(super) struct Read {
    pub when: When,
    /// A zone that the database does not have; the train's was taken.
    pub unknown_zone: Option<String>,
}

/// Reads one value of a property such as `DTSTART;TZID=Europe/Berlin:20261224T090000`. A time without a zone is the train's.
pub(super) fn when(property: &Property<'_>, value: &str, zone: &TimeZone) -> Option<Read> {
    let value = value.trim();
    if value.len() == 8 {
        return day(value).map(|day| Read { when: When::Day(day), unknown_zone: None });
    }
    let (date, rest) = value.split_once(['T', 't'])?;
    let (time, utc) = rest.strip_suffix(['Z', 'z']).map_or((rest, false), |time| (time, true));
    let at = day(date)?.to_datetime(time_of_day(time)?);
    if utc {
        return Some(Read { when: When::Time(at, TimeZone::UTC), unknown_zone: None });
    }
    let Some(name) = parameter(property, "TZID") else {
        return Some(Read { when: When::Time(at, zone.clone()), unknown_zone: None });
    };
    let known = TimeZone::get(name.trim_start_matches('/')).ok();
    let unknown_zone = known.is_none().then(|| name.to_owned());
    Some(Read { when: When::Time(at, known.unwrap_or_else(|| zone.clone())), unknown_zone })
}

fn digits(text: &str, from: usize, to: usize) -> Option<i16> {
    let part = text.get(from..to)?;
    part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
}

fn small(text: &str, from: usize) -> Option<i8> {
    i8::try_from(digits(text, from, from + 2)?).ok()
}

/// `YYYYMMDD`.
pub(super) fn day(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    Date::new(digits(text, 0, 4)?, small(text, 4)?, small(text, 6)?).ok()
}

/// `HHMMSS`; a leap second is the one before it.
fn time_of_day(text: &str) -> Option<Time> {
    if text.len() != 6 {
        return None;
    }
    Time::new(small(text, 0)?, small(text, 2)?, small(text, 4)?.min(59), 0).ok()
}

/// `P1W`, `P2DT3H`: not negative.
pub(super) fn duration(text: &str) -> Option<Span> {
    let text = text.trim();
    let span: Span = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    let plain = text.contains(['P', 'p']) && span.get_years() == 0 && span.get_months() == 0;
    (plain && !span.is_negative()).then_some(span)
}

/// The last day that something until `end`, excluded, is on; never before `start`'s.
pub(super) fn last_day(start: DateTime, end: DateTime) -> Date {
    let before = end.checked_sub(1.nanosecond()).map_or(end, |before| before);
    before.date().max(start.date())
}
