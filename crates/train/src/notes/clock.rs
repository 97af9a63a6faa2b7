//! Times as people write them: `1733 BST`, `9:02am PT`, `~6pm UTC`, `5:20pm UTC`, `18h30`, `noon`.
//!
//! Without a zone a time is the train's. American names mean the wall clock there, whether it says standard or daylight
//! time; so do CET and CEST. A missing or doubled time means one instant, as everywhere (P14).

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, ZonedDateTime};

use super::heading::after;

/// A time in the notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// What stands behind `start:` or `end:`.
    pub span: Range<usize>,
    /// What was written.
    pub text: String,
    /// What it means, when it could be read and the push's date is known.
    pub at: Option<ZonedDateTime>,
    /// `~`, *about*.
    pub about: bool,
    /// Whether a time was read at all.
    pub read: bool,
    /// Whether it says morning or afternoon, or can only be one.
    sure: bool,
}

/// Reads what stands in `text[span]`.
pub(super) fn read(text: &str, span: Range<usize>, day: Option<Date>, zone: &TimeZone) -> Clock {
    let raw = &text[span.clone()];
    let raw = raw.split('<').next().unwrap_or_default();
    let mut value = raw.trim();
    if let Some(gone) = super::token::struck(value).first().filter(|gone| gone.start == 0) {
        value = value[gone.end..].trim_start();
    }
    let written = raw.trim().to_owned();
    let mut clock = Clock { span, text: written, at: None, about: false, read: false, sure: true };
    if let Some(at) = stamp(value) {
        (clock.at, clock.read) = (Some(at), true);
        return clock;
    }
    let (value, about) = roughly(value);
    clock.about = about;
    let (value, dated) = date_first(value);
    let Some((time, sure, rest)) = time(value) else { return clock };
    let Some(zone) = named_zone(rest.trim_start(), zone) else { return clock };
    clock.read = true;
    clock.sure = sure;
    clock.at = dated.or(day).and_then(|day| instant(day.to_datetime(time), zone));
    clock
}

/// Puts an end after its start: *9:30* to *1:06* is into the afternoon, *23:10* to *0:20* into the next day.
pub(super) fn ordered(start: &Clock, end: &mut Clock) {
    let (Some(from), Some(to)) = (&start.at, &end.at) else { return };
    if to >= from {
        return;
    }
    let later = |hours: i64| to.checked_add(hours.hours()).ok().filter(|later| later >= from);
    let half = later(12).filter(|_| !end.sure);
    let night = later(24)
        .filter(|later| later.timestamp().as_second() - from.timestamp().as_second() < 12 * 3600);
    if let Some(at) = half.or(night) {
        end.at = Some(at);
    }
}

/// As it is written into the notes: the wall clock of the zone, and the zone.
#[must_use]
pub fn written(at: Timestamp, zone: &TimeZone) -> String {
    let there = at.to_zoned_datetime(zone.clone());
    let named = there.strftime("%H:%M %Z").to_string();
    // Many zones share their letters (IST, CST): where they would be read as another, or not at all, the offset stands.
    let back = read(&named, 0..named.len(), Some(there.date()), &TimeZone::UTC).at;
    let same = back.is_some_and(|back| back.timestamp().as_second() / 60 == at.as_second() / 60);
    if same { named } else { there.strftime("%H:%M %:z").to_string() }
}

fn instant(at: DateTime, zone: TimeZone) -> Option<ZonedDateTime> {
    zone.to_ambiguous_zoned_datetime(at).compatible().ok()
}

/// A whole stamp of RFC 3339.
fn stamp(value: &str) -> Option<ZonedDateTime> {
    let at = value.split_whitespace().next()?;
    let at: Timestamp = at.parse().ok()?;
    Some(at.to_zoned_datetime(TimeZone::UTC))
}

fn roughly(value: &str) -> (&str, bool) {
    let bare = value.trim_start_matches(['~', '≈']).trim_start();
    let words = ["about", "around", "approx.", "approx", "ca.", "circa", "at"];
    let worded = words.iter().find_map(|word| Some((after(bare, word)?, *word != "at")));
    let (rest, said) = worded.unwrap_or((bare, false));
    (rest.trim_start(), said || bare.len() < value.len())
}

/// A date before the time: `2026-11-26 09:02`, `2026.11.26, 9am`.
fn date_first(value: &str) -> (&str, Option<Date>) {
    let Some(head) = value.get(..10) else { return (value, None) };
    match head.parse::<crate::id::PushDate>() {
        Ok(date) => (value[10..].trim_start_matches([',', ' ', 'T', 't']), Some(date.0)),
        Err(_) => (value, None),
    }
}

/// A time, whether it can only be one of the day's two halves, and what follows it.
fn time(value: &str) -> Option<(Time, bool, &str)> {
    for (word, hour) in [("noon", 12), ("midnight", 0)] {
        if let Some(rest) = after(value, word) {
            return Some((Time::constant(hour, 0, 0, 0), true, rest));
        }
    }
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text.parse::<i8>().ok();
    let (hour, minute, rest) = match digits {
        1 | 2 => {
            let (minute, rest) = minutes(&value[digits..]);
            (number(&value[..digits])?, minute, rest)
        }
        3 | 4 => {
            (number(&value[..digits - 2])?, number(&value[digits - 2..digits]), &value[digits..])
        }
        _ => return None,
    };
    let (half, rest) = half(rest);
    // A number alone is no time.
    if minute.is_none() && half.is_none() {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    let sure = half.is_some() || hour >= 12 || value.starts_with('0') || digits == 4;
    Some((Time::new(hour, minute.unwrap_or(0), 0, 0).ok()?, sure, rest))
}

/// `:30`, `.30`, `h30`, `h`, and seconds, which are dropped.
fn minutes(rest: &str) -> (Option<i8>, &str) {
    let two = |text: &str| {
        let fine = text.get(..2).filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
        fine.and_then(|t| t.parse::<i8>().ok())
    };
    let Some(c) = rest.chars().next().filter(|c| matches!(c, ':' | '.' | 'h' | 'H')) else {
        return (None, rest);
    };
    let inner = &rest[c.len_utf8()..];
    match two(inner) {
        Some(minute) => {
            let rest = &inner[2..];
            let seconds = rest.strip_prefix(':').filter(|rest| two(rest).is_some());
            (Some(minute), seconds.map_or(rest, |rest| &rest[2..]))
        }
        None if matches!(c, 'h' | 'H') => (Some(0), inner),
        None => (None, rest),
    }
}

fn half(rest: &str) -> (Option<bool>, &str) {
    let trimmed = rest.trim_start();
    for (word, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        let begins = trimmed.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
        if begins && ends(&trimmed[word.len()..]) {
            return (Some(afternoon), &trimmed[word.len()..]);
        }
    }
    (None, rest)
}

/// The zone that is named next; the train's when there is none, nothing when it is none that we know.
fn named_zone(rest: &str, default: &TimeZone) -> Option<TimeZone> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '+' | '-' | ':');
    let name = &rest[..rest.find(|c| !inside(c)).unwrap_or(rest.len())];
    let name = name.trim_end_matches(['-', ':', '/']);
    if !name.contains(char::is_alphanumeric) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(default.clone());
    }
    let iana = match name.to_uppercase().as_str() {
        "UTC" | "GMT" | "Z" => "UTC",
        "PT" | "PST" | "PDT" | "PACIFIC" => "America/Los_Angeles",
        "MT" | "MST" | "MDT" | "MOUNTAIN" => "America/Denver",
        "CT" | "CDT" | "CENTRAL" => "America/Chicago",
        "ET" | "EST" | "EDT" | "EASTERN" => "America/New_York",
        "BST" => "Europe/London",
        "CET" | "CEST" | "PARIS" | "BERLIN" => "Europe/Berlin",
        "EET" | "EEST" => "Europe/Helsinki",
        "JST" => "Asia/Tokyo",
        _ => return offset(name).or_else(|| iana(name)).or_else(|| remark(name, default)),
    };
    TimeZone::get(iana).ok()
}

/// `+02:00`, `UTC+2`, `GMT-0500`.
fn offset(name: &str) -> Option<TimeZone> {
    let bare = ["UTC", "GMT", "utc", "gmt"]
        .iter()
        .find_map(|zone| name.strip_prefix(zone))
        .unwrap_or(name);
    let (sign, rest) = match bare.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) =
        if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Some(TimeZone::fixed(Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?))
}

fn iana(name: &str) -> Option<TimeZone> {
    name.contains('/').then(|| TimeZone::get(name).ok()).flatten()
}

/// A small word behind a time is a remark, not a zone; capitals alone would be one.
fn remark(name: &str, default: &TimeZone) -> Option<TimeZone> {
    name.chars().any(char::is_lowercase).then(|| default.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Option<String> {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let clock = read(text, 0..text.len(), Some(date(2026, 11, 26)), &zone);
        clock.at.map(|at| at.timestamp().to_string())
    }

    #[test]
    fn times_as_people_write_them() {
        for (text, expected) in [
            ("1733 BST", "17:33"),
            ("9:02am PT", "17:02"),
            ("~6pm UTC", "18:00"),
            ("5:20pm UTC", "17:20"),
            ("5pm UTC<Paste>", "17:00"),
            ("6:03pm CEST", "17:03"),
            ("9:23 AM Pacific", "17:23"),
            ("10:13AM Pacific", "18:13"),
            ("9:04", "17:04"),
            ("9:00AM PST (late)", "17:00"),
            ("16:26 UTC", "16:26"),
            ("18h30 Europe/Paris", "17:30"),
            ("9:02 +01:00", "08:02"),
            ("09:02 UTC+2", "07:02"),
            ("noon", "20:00"),
            ("about 9.30 a.m. ET", "14:30"),
            ("2026-11-26T17:00:00Z", "17:00"),
            ("2026-11-26 09:00", "17:00"),
            ("~~9:00~~ 9:20 delayed by QA", "17:20"),
            ("9:02:33 PT", "17:02"),
        ] {
            assert_eq!(at(text), Some(format!("2026-11-26T{expected}:00Z")), "{text}");
        }
        for none in ["", "uu", "25:00", "9:61", "13pm", "soon", "9", "9:00 XYZ", "99999"] {
            assert_eq!(at(none), None, "{none}");
        }
    }

    #[test]
    fn an_end_is_after_its_start() {
        let pair = |start: &str, end: &str| {
            let day = Some(date(2026, 11, 26));
            let start = read(start, 0..start.len(), day, &TimeZone::UTC);
            let mut end = read(end, 0..end.len(), day, &TimeZone::UTC);
            ordered(&start, &mut end);
            end.at.unwrap().strftime("%d %H:%M").to_string()
        };
        assert_eq!(pair("9:30", "1:06"), "26 13:06");
        assert_eq!(pair("23:10", "0:20"), "27 00:20");
        assert_eq!(pair("9:30am", "9:10am"), "26 09:10", "a slip stays a slip, and is reported");
    }

    #[test]
    fn what_we_write_we_read() {
        for zone in [
            "America/Los_Angeles",
            "Europe/Berlin",
            "UTC",
            "Asia/Tokyo",
            "America/Sao_Paulo",
            "Asia/Kolkata",
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let at: Timestamp = "2026-11-26T17:02:00Z".parse().unwrap();
            let text = written(at, &zone);
            let day = at.to_zoned_datetime(zone.clone()).date();
            let read = read(&text, 0..text.len(), Some(day), &zone);
            assert_eq!(read.at.map(|at| at.timestamp()), Some(at), "{text}");
        }
    }
}
