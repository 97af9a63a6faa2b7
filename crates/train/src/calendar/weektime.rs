//! A weekday with a time, and the cadence in weeks, as people write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{BadName, quoted};

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
pub(super) fn weekday_name(day: Weekday) -> &'static str {
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
