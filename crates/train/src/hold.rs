//! Holds: somebody keeps a push, or one repository of it, from leaving.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::calendar::Timetable;
use crate::id::{PushDate, RepoName, quoted};
use crate::people::{Actor, Role};
use crate::refusal::{Code, Refusal};

/// What is held, until when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// One repository; the whole push if none.
    pub repo: Option<RepoName>,
    /// When it is over by itself; never if none.
    pub until: Option<Timestamp>,
    /// Why.
    pub because: String,
}

/// A hold that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The hold.
    #[serde(flatten)]
    pub hold: Hold,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Held {
    /// Whether it still holds.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.hold.until.is_none_or(|until| now < until)
    }

    /// What is held.
    #[must_use]
    pub fn what(&self) -> String {
        self.hold.repo.as_ref().map_or_else(|| "the push".to_owned(), ToString::to_string)
    }
}

/// Who may hold a push, and lift a hold.
pub fn may_hold(actor: &Actor, to: &str) -> Result<(), Refusal> {
    actor.must_hold(&[Role::Hero, Role::Ops], to)
}

/// Reads until when a push is held: a time (the next one in the train's zone), a date (its beginning), both, or an instant
/// with its offset. Refuses what can't be read and what is past.
pub fn until(text: &str, timetable: &Timetable, now: Timestamp) -> Result<Timestamp, Refusal> {
    let at = read(text.trim(), timetable, now).ok_or_else(|| {
        Refusal::new(
            Code::Usage,
            format!("{} is no time", quoted(text)),
            "write 14:30, 2026-11-27 or 2026-11-27T14:30, in the train's zone",
        )
    })?;
    if at > now {
        return Ok(at);
    }
    let what = format!("{} is past: nothing would be held", quoted(text));
    Err(Refusal::new(Code::BadDate, what, "give a time to come, or none for a hold without an end"))
}

fn read(text: &str, timetable: &Timetable, now: Timestamp) -> Option<Timestamp> {
    if let Ok(PushDate(date)) = text.parse::<PushDate>() {
        return Some(timetable.instant(date.to_datetime(Time::midnight())).timestamp());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    // jiff would read an offset and drop it.
    let clock = text.split_once(['T', 't', ' ']).map_or(text, |(_, clock)| clock);
    if clock.contains(['Z', 'z', '+', '-', '[']) || !clock.contains(':') {
        return None;
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return Some(timetable.instant(at).timestamp());
    }
    let time = text.parse::<Time>().ok()?;
    let today = timetable.date_of(now);
    let next = |date: jiff::civil::Date| timetable.instant(date.to_datetime(time)).timestamp();
    let tomorrow = today.checked_add(1.day()).unwrap_or(today);
    Some(next(today)).filter(|at| *at > now).or_else(|| Some(next(tomorrow)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<String, u8> {
        let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
        let timetable = Timetable::new("America/Los_Angeles".parse().unwrap(), cut, push);
        let now = "2026-11-24T20:00:00Z".parse().unwrap();
        until(text, &timetable, now).map(|at| at.to_string()).map_err(|r| r.code.exit())
    }

    #[test]
    fn until_is_read_as_people_write_it_in_the_trains_zone() {
        assert_eq!(at("14:30").unwrap(), "2026-11-24T22:30:00Z");
        assert_eq!(at("9:30").or_else(|_| at("09:30")).unwrap(), "2026-11-25T17:30:00Z");
        assert_eq!(at("2026-11-27").unwrap(), "2026-11-27T08:00:00Z");
        assert_eq!(at("2026.11.27").unwrap(), "2026-11-27T08:00:00Z");
        assert_eq!(at("2026-11-27T14:30").unwrap(), "2026-11-27T22:30:00Z");
        assert_eq!(at("2026-11-27 14:30").unwrap(), "2026-11-27T22:30:00Z");
        assert_eq!(at("2026-11-27T14:30+01:00").unwrap(), "2026-11-27T13:30:00Z");
    }

    #[test]
    fn what_is_past_or_no_time_is_refused() {
        assert_eq!(at("2026-11-24T11:59").unwrap_err(), 3);
        assert_eq!(at("2026-11-23").unwrap_err(), 3);
        for bad in ["", "soon", "25:00", "14:30+01:00", "-1", "tomorrow 14:30"] {
            assert_eq!(at(bad).unwrap_err(), 2, "{bad}");
        }
    }
}
