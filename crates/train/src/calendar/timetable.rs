//! What a team configures about time: zone, weekdays, cadence, skipped dates, freezes.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::freeze::Freeze;
use super::weektime::{WeekTime, weekday_name};
use super::zone::Zone;
use crate::id::PushDate;

/// Why a timetable was not taken, as one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadTimetable(pub String);

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
        self.zone.rules().clone()
    }

    /// Its name, as the database of zones has it.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.rules().iana_name().unwrap_or(self.zone.name())
    }

    /// The one instant of a wall-clock time (P14, see the module). Times beyond the calendar's end are its end.
    #[must_use]
    pub fn instant(&self, at: DateTime) -> ZonedDateTime {
        let zone = self.zone.rules();
        zone.to_ambiguous_zoned_datetime(at).compatible().unwrap_or_else(|_| {
            if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
                .to_zoned_datetime(zone.clone())
        })
    }

    /// The date in the train's zone.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone.rules().to_datetime(at).date()
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
        // On one day the clocks may skip a time past another: what counts is which comes first.
        let same_day = || self.instant(push.to_datetime(self.cut.time)) < self.push_at(push);
        let back = if back == 0 && !same_day() { 7 } else { back };
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
