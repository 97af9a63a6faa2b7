//! Things put off: somebody wants to be asked again at another time. A fold, and how people write that time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::calendar::Timetable;
use crate::event::Event;
use crate::hold;
use crate::id::quoted;
use crate::key::Key;
use crate::refusal::{Code, Refusal};

/// How long a thing is put off where nothing else is said, in minutes.
const DEFAULT_MINUTES: i64 = 60;
/// How far ahead a thing may be put off, in hours: it comes again while somebody still knows why.
const MOST_HOURS: i64 = 31 * 24;
/// When a morning begins, by the train's clock.
const MORNING: i8 = 9;

/// What people put off, by whom and what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PutOffs(BTreeMap<String, BTreeMap<String, Until>>);

/// Until when something is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Until {
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

impl PutOffs {
    /// With one more event. What is past is forgotten with it.
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        let Event::PutOff { what, until } = event else { return };
        for of_one in self.0.values_mut() {
            of_one.retain(|_, put_off| put_off.until > at);
        }
        let until = Until { at, until: *until };
        self.0.entry(actor.to_owned()).or_default().insert(what.to_string(), until);
        self.0.retain(|_, of_one| !of_one.is_empty());
    }

    /// Until when somebody put a thing off, where that is still to come.
    #[must_use]
    pub fn until(&self, who: &str, what: &Key, now: Timestamp) -> Option<Timestamp> {
        let put_off = self.0.get(who)?.get(what.as_str())?;
        (put_off.until > now).then_some(put_off.until)
    }

    /// Who put a thing off, and until when, of what is still to come; in the order of names.
    pub fn by<'a>(
        &'a self,
        what: &'a Key,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a str, Timestamp)> {
        self.0.iter().filter_map(move |(who, of_one)| {
            let put_off = of_one.get(what.as_str()).filter(|put_off| put_off.until > now)?;
            Some((who.as_str(), put_off.until))
        })
    }
}

/// Reads until when somebody wants to be left alone: as with a hold, or `2h`, `30min`, `tomorrow`, a weekday; of a day its
/// morning, by the train's clock. Without a word it is an hour. Refuses what can't be read, is past, or is more than a month
/// away.
pub fn until(
    said: Option<&str>,
    timetable: &Timetable,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let Some(said) = said.map(str::trim).filter(|said| !said.is_empty()) else {
        return Ok(after(now, DEFAULT_MINUTES));
    };
    let at = match read(&said.to_lowercase(), timetable, now) {
        Some(at) => at,
        None => hold::until(said, timetable, now).map_err(|refusal| match refusal.code {
            Code::Usage => Refusal::new(
                Code::Usage,
                format!("{} is no time", quoted(said)),
                "write 2h, 14:30, tomorrow, Friday or 2026-11-27T14:30, in the train's zone",
            ),
            _ => Refusal::new(
                Code::BadDate,
                format!("{} is past", quoted(said)),
                "give a time to come",
            ),
        })?,
    };
    if at > after(now, MOST_HOURS * 60) {
        let what = format!("{} is more than a month away", quoted(said));
        return Err(Refusal::new(Code::BadDate, what, "give a time within a month"));
    }
    Ok(at)
}

fn read(said: &str, timetable: &Timetable, now: Timestamp) -> Option<Timestamp> {
    let today = timetable.date_of(now);
    let morning = |day: Date| {
        let at = day.to_datetime(Time::constant(MORNING, 0, 0, 0));
        timetable.instant(at).timestamp()
    };
    let said = said.strip_suffix(" morning").unwrap_or(said);
    if said == "tomorrow" {
        return Some(morning(today.checked_add(1.day()).ok()?));
    }
    if let Some(day) = weekday(said) {
        return Some(morning(today.nth_weekday(1, day).ok()?));
    }
    if let Ok(date) = said.parse::<crate::id::PushDate>() {
        // Of a day its beginning is over before anybody works.
        return Some(morning(date.0)).filter(|at| *at > now);
    }
    let digits = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    let (number, unit) = said.split_at(digits);
    let number: i64 = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
    let minutes = match unit.trim() {
        "m" | "min" | "minutes" => 1,
        "h" | "hour" | "hours" => 60,
        "d" | "day" | "days" => 24 * 60,
        _ => return None,
    };
    Some(after(now, number * minutes))
}

fn weekday(said: &str) -> Option<Weekday> {
    let all = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    all.into_iter().find(|(word, _)| *word == said || word[..3] == *said).map(|(_, day)| day)
}

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_add(minutes.minutes()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Kind;

    fn at(text: &str) -> Result<String, (Code, u8)> {
        let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
        let timetable = Timetable::new("America/Los_Angeles".parse().unwrap(), cut, push);
        let now = "2026-11-24T20:00:00Z".parse().unwrap();
        let read = until(Some(text), &timetable, now);
        read.map(|at| at.to_string()).map_err(|r| (r.code, r.code.exit()))
    }

    #[test]
    fn a_time_is_read_as_people_write_it_in_the_trains_zone() {
        assert_eq!(at("").unwrap(), "2026-11-24T21:00:00Z");
        assert_eq!(at("2h").unwrap(), "2026-11-24T22:00:00Z");
        assert_eq!(at("30 min").unwrap(), "2026-11-24T20:30:00Z");
        assert_eq!(at("14:30").unwrap(), "2026-11-24T22:30:00Z");
        assert_eq!(at("9:00").or_else(|_| at("09:00")).unwrap(), "2026-11-25T17:00:00Z");
        assert_eq!(at("tomorrow").unwrap(), "2026-11-25T17:00:00Z");
        assert_eq!(at("Tomorrow morning").unwrap(), "2026-11-25T17:00:00Z");
        assert_eq!(at("tuesday").unwrap(), "2026-12-01T17:00:00Z", "the next one, not today");
        assert_eq!(at("Fri").unwrap(), "2026-11-27T17:00:00Z");
        assert_eq!(at("2026.11.27").unwrap(), "2026-11-27T17:00:00Z");
        assert_eq!(at("2026-11-27T14:30").unwrap(), "2026-11-27T22:30:00Z");
    }

    #[test]
    fn what_is_past_far_away_or_no_time_is_refused() {
        for past in ["2026-11-23", "2026-11-24T11:59", "2027-01-10", "32d", "100000h"] {
            assert_eq!(at(past).unwrap_err(), (Code::BadDate, 3), "{past}");
        }
        for bad in ["soon", "25:00", "0h", "-1h", "2 parsecs", "99999999999999999999h"] {
            assert_eq!(at(bad).unwrap_err().0, Code::Usage, "{bad}");
        }
    }

    #[test]
    fn a_thing_is_put_off_by_one_until_then_and_forgotten_after() {
        let now: Timestamp = "2026-11-24T20:00:00Z".parse().unwrap();
        let key = |about: &str| Key::new(Kind::Ask, Some("2026.11.26".parse().unwrap()), about);
        let put_off = |what: Key, hours: i64| Event::PutOff { what, until: now + hours.hours() };
        let mut all = PutOffs::default();
        all.apply(&put_off(key("a1"), 1), now, "mat");
        all.apply(&put_off(key("a1"), 3), now, "kumar");
        assert_eq!(all.until("mat", &key("a1"), now), Some(now + 1.hours()));
        assert_eq!(all.until("krupa", &key("a1"), now), None);
        assert_eq!(all.until("mat", &key("a2"), now), None);
        assert_eq!(
            all.by(&key("a1"), now).map(|(who, _)| who).collect::<Vec<_>>(),
            ["kumar", "mat"]
        );
        let then = now + 2.hours();
        assert_eq!(all.until("mat", &key("a1"), then), None);
        all.apply(&put_off(key("a2"), 4), then, "krupa");
        assert_eq!(
            all.0.keys().collect::<Vec<_>>(),
            ["krupa", "kumar"],
            "what is past is forgotten"
        );
    }
}
