//! What a team configures about time: zone, weekdays, cadence, skipped dates, freezes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{BadName, PushDate, quoted};

/// Why a timetable was not taken, as one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadTimetable(pub String);

/// A time zone of the IANA database, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The name as configured.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl FromStr for Zone {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let known = TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some());
        let rules = known.ok_or_else(|| {
            BadName(format!(
                "{} is no time zone: write an IANA name such as “Europe/Berlin” or “UTC”",
                quoted(text)
            ))
        })?;
        Ok(Self { name: text.to_owned(), rules })
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A weekday and a time of day: “Tuesday 09:00”. Read with three or more letters of the day and an hour of one or two
/// digits; no seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekTime {
    /// The day.
    pub weekday: Weekday,
    /// The time, on the wall clock of the train's zone.
    pub time: Time,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

/// The English name of a weekday.
pub(crate) fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())].0
}

impl fmt::Display for WeekTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:02}:{:02}",
            weekday_name(self.weekday),
            self.time.hour(),
            self.time.minute()
        )
    }
}

impl FromStr for WeekTime {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        read_week_time(text).ok_or_else(|| {
            BadName(format!("{} is no weekday and time: write “Tuesday 09:00”", quoted(text)))
        })
    }
}

fn read_week_time(text: &str) -> Option<WeekTime> {
    let mut words = text.split_ascii_whitespace();
    let (day, time) = (words.next()?, words.next()?);
    if words.next().is_some() || day.len() < 3 {
        return None;
    }
    let starts =
        |name: &str| name.get(..day.len()).is_some_and(|start| start.eq_ignore_ascii_case(day));
    let weekday = WEEKDAYS.iter().find(|(name, _)| starts(name))?.1;
    let (hour, minute) = time.split_once(':')?;
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    Some(WeekTime { weekday, time: Time::new(number(hour)?, number(minute)?, 0, 0).ok()? })
}

impl Serialize for WeekTime {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WeekTime {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Reads a cadence: “1 week”, “2 weeks”; the number of weeks, 1 to 52.
pub fn weeks(text: &str) -> Result<u32, BadName> {
    let mut words = text.split_ascii_whitespace();
    let number = match (words.next(), words.next(), words.next()) {
        (Some(number), Some("week" | "weeks"), None) => {
            number.parse().ok().filter(|n| (1..=52).contains(n))
        }
        _ => None,
    };
    number.ok_or_else(|| {
        BadName(format!("{} is no cadence: write “1 week” or “2 weeks”, up to 52", quoted(text)))
    })
}

/// A time in which nothing departs. From `from` on, until just before `to`, in the train's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// When it begins.
    pub from: DateTime,
    /// When it is over: a departure at this very time runs.
    pub to: DateTime,
    /// Why.
    pub because: String,
}

impl Freeze {
    /// Reads both ends as dates or times. A `from` that is a bare date means its first instant, a `to` that is a bare date
    /// means through the end of that day.
    pub fn read(from: &str, to: &str, because: &str) -> Result<Self, BadName> {
        let end = match to.parse::<PushDate>() {
            Ok(PushDate(day)) => day.tomorrow().unwrap_or(Date::MAX).to_datetime(Time::midnight()),
            Err(_) => read_time(to)?,
        };
        let begin = match from.parse::<PushDate>() {
            Ok(PushDate(day)) => day.to_datetime(Time::midnight()),
            Err(_) => read_time(from)?,
        };
        if begin >= end {
            return Err(BadName(format!(
                "a freeze from {} to {} is over before it begins",
                quoted(from),
                quoted(to)
            )));
        }
        Ok(Self { from: begin, to: end, because: because.to_owned() })
    }
}

fn read_time(text: &str) -> Result<DateTime, BadName> {
    // A time with an offset would be read and its offset dropped; here times are the train's zone's.
    let time_of_day = text.split_once(['T', 't', ' ']).map(|(_, time)| time);
    let plain = time_of_day.is_some_and(|time| !time.contains(['Z', 'z', '+', '-', '[']));
    let read = if plain { text.parse().ok() } else { None };
    read.ok_or_else(|| {
        BadName(format!(
            "{} is no date or time: write 2026-12-20 or 2026-12-20T09:00, in the train's zone",
            quoted(text)
        ))
    })
}

/// When the train departs. Made by [`Timetable::new`] and the methods that follow it, which check what they take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
#[non_exhaustive]
pub struct Timetable {
    /// The zone of every date and time of the train.
    pub zone: Zone,
    /// When the repositories are tagged.
    pub cut: WeekTime,
    /// When production is to start; its date names the push.
    pub push: WeekTime,
    /// Weeks between departures; 1 to 52.
    pub every: u32,
    /// A departure that fixes which weeks are meant, and the first in the rotation's turn; always set where `every` is over 1.
    pub starting: Option<PushDate>,
    /// Dates that nothing departs on. They don't shift the weeks that are meant.
    pub skip: BTreeSet<Date>,
    /// Times in which nothing departs.
    pub freezes: Vec<Freeze>,
}

/// A timetable as it comes from a file: the same fields, not yet checked.
#[derive(Deserialize)]
struct Unchecked {
    zone: Zone,
    cut: WeekTime,
    push: WeekTime,
    every: u32,
    starting: Option<PushDate>,
    skip: BTreeSet<Date>,
    freezes: Vec<Freeze>,
}

impl TryFrom<Unchecked> for Timetable {
    type Error = BadTimetable;
    fn try_from(raw: Unchecked) -> Result<Self, BadTimetable> {
        let weekly = Self::new(raw.zone, raw.cut, raw.push);
        Ok(weekly.with_cadence(raw.every, raw.starting)?.skipping(raw.skip).frozen(raw.freezes))
    }
}

impl Timetable {
    /// A weekly timetable without exceptions.
    #[must_use]
    pub fn new(zone: Zone, cut: WeekTime, push: WeekTime) -> Self {
        Self {
            zone,
            cut,
            push,
            every: 1,
            starting: None,
            skip: BTreeSet::new(),
            freezes: Vec::new(),
        }
    }

    /// The same, every so many weeks. `starting` falls on the weekday of the push, between the years 1970 and 2999, and
    /// is needed where `every` is over 1.
    pub fn with_cadence(
        mut self,
        every: u32,
        starting: Option<PushDate>,
    ) -> Result<Self, BadTimetable> {
        if !(1..=52).contains(&every) {
            return Err(BadTimetable(format!(
                "every {every} weeks is no cadence: it takes 1 to 52"
            )));
        }
        if every > 1 && starting.is_none() {
            return Err(BadTimetable(format!(
                "every {every} weeks leaves open which weeks: say `starting` with the date of one departure"
            )));
        }
        if let Some(PushDate(date)) = starting {
            if date.weekday() != self.push.weekday {
                let (is, needs) = (weekday_name(date.weekday()), weekday_name(self.push.weekday));
                return Err(BadTimetable(format!(
                    "starting {date} is a {is}; departures are on {needs}"
                )));
            }
            if !(1970..=2999).contains(&date.year()) {
                return Err(BadTimetable(format!(
                    "starting {date} is too far from today to be meant"
                )));
            }
        }
        self.every = every;
        self.starting = starting;
        Ok(self)
    }

    /// The same, without departures on these dates.
    #[must_use]
    pub fn skipping(mut self, dates: BTreeSet<Date>) -> Self {
        self.skip = dates;
        self
    }

    /// The same, without departures in these times.
    #[must_use]
    pub fn frozen(mut self, freezes: Vec<Freeze>) -> Self {
        self.freezes = freezes;
        self
    }

    /// The zone's rules.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.zone.rules.clone()
    }

    /// The one instant of a wall-clock time (P14, see the module). Times beyond the calendar's end are its end.
    #[must_use]
    pub fn instant(&self, at: DateTime) -> ZonedDateTime {
        let zone = &self.zone.rules;
        zone.to_ambiguous_zoned_datetime(at).compatible().unwrap_or_else(|_| {
            if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
                .to_zoned_datetime(zone.clone())
        })
    }

    /// The date in the train's zone.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone.rules.to_datetime(at).date()
    }

    /// When a push of this date leaves.
    #[must_use]
    pub fn push_at(&self, date: Date) -> ZonedDateTime {
        self.instant(date.to_datetime(self.push.time))
    }

    /// When a push of this date is cut: the last cut time strictly before it leaves.
    #[must_use]
    pub fn cut_at(&self, date: Date) -> ZonedDateTime {
        self.instant(self.cut_date(date).to_datetime(self.cut.time))
    }

    /// The day of that cut.
    #[must_use]
    pub fn cut_date(&self, push: Date) -> Date {
        let back = self.cut.weekday.until(push.weekday());
        let back = if back == 0 && self.cut.time >= self.push.time { 7 } else { back };
        push.checked_sub(i32::from(back).days()).unwrap_or(Date::MIN)
    }

    /// Whether the rules alone, without exceptions or changes, have a departure on this date.
    #[must_use]
    pub fn is_regular(&self, date: Date) -> bool {
        date.weekday() == self.push.weekday
            && self
                .starting
                .is_none_or(|PushDate(anchor)| (date - anchor).get_days() % self.step() == 0)
    }

    /// The first regular departure on or after `date`, exceptions included.
    #[must_use]
    pub fn first_from(&self, date: Date) -> Date {
        let ahead = i32::from(date.weekday().until(self.push.weekday));
        let first = date.checked_add(ahead.days()).unwrap_or(Date::MAX);
        let Some(PushDate(anchor)) = self.starting else { return first };
        let late = (first - anchor).get_days().rem_euclid(self.step());
        if late == 0 {
            first
        } else {
            first.checked_add((self.step() - late).days()).unwrap_or(Date::MAX)
        }
    }

    /// Days between regular departures.
    pub(crate) fn step(&self) -> i32 {
        7 * i32::try_from(self.every.clamp(1, 52)).unwrap_or(1)
    }
}

/// The freeze that holds at an instant, if any.
#[must_use]
pub fn is_frozen(timetable: &Timetable, at: Timestamp) -> Option<&Freeze> {
    let begins = |freeze: &Freeze| timetable.instant(freeze.from).timestamp();
    let ends = |freeze: &Freeze| timetable.instant(freeze.to).timestamp();
    timetable.freezes.iter().find(|freeze| begins(freeze) <= at && at < ends(freeze))
}
