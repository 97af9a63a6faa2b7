//! Times in which nothing departs.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::id::{BadName, PushDate, quoted};

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
