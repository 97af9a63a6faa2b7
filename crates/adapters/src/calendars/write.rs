//! The train's departures and cuts as an RFC 5545 calendar that others subscribe to.

use icalendar::{Calendar, Component, Event, Property};
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use train::calendar::{Departure, Standing};
use train::id::TrainName;

/// Writes the departures, each with its cut as an event of its own. Those that do not run are there as cancelled: whoever
/// subscribed before that has them still.
///
/// The UID comes from the train and the date a push was *scheduled* for, so that a move keeps it. `sequence` counts the
/// changes to the calendar: one to a push may change the others' heroes, so all events have the same (RFC 5545, 3.8.7.4, asks
/// that it grows, not by how much). `stamp` is when the calendar was made. In `url`, `{push}`
/// stands for the push's name. Times are in UTC; an event lasts an hour, since nobody knows how long a push takes.
#[must_use]
pub fn write_ics(
    train: &TrainName,
    departures: &[Departure],
    sequence: usize,
    stamp: Timestamp,
    url: Option<&str>,
) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", "-//pushduty//schedule//EN"), ("CALSCALE", "GREGORIAN")]
    {
        calendar.append_property(Property::new(key, value));
    }
    calendar.append_property(Property::new("X-WR-CALNAME", format!("{train} train")));
    for departure in departures {
        for (what, at) in [("cut", &departure.cut_at), ("push", &departure.push_at)] {
            let mut event = event(train, departure, what, at);
            event.add_property("SEQUENCE", sequence.to_string());
            event.add_property("DTSTAMP", utc(stamp));
            if let Some(url) = url {
                event
                    .add_property("URL", plain(url).replace("{push}", &departure.push.to_string()));
            }
            calendar.push(event.done());
        }
    }
    folded(&calendar.to_string())
}

fn event(train: &TrainName, departure: &Departure, what: &str, at: &ZonedDateTime) -> Event {
    let push = departure.push;
    let hero = departure.hero.as_ref().map_or_else(String::new, |hero| format!(", hero {hero}"));
    let end = at.checked_add(1.hour()).unwrap_or_else(|_| at.clone());
    let (status, reason) = match &departure.standing {
        Standing::Cancelled { because } => ("CANCELLED", Some(format!("cancelled: {because}"))),
        Standing::Frozen { because } => ("CANCELLED", Some(format!("frozen: {because}"))),
        Standing::Skipped => ("CANCELLED", Some("skipped".to_owned())),
        _ => ("CONFIRMED", None),
    };
    let mut event = Event::with_uid(&format!("{train}-{}-{what}@pushduty", departure.scheduled));
    event.add_property("DTSTART", utc(at.timestamp()));
    event.add_property("DTEND", utc(end.timestamp()));
    event.add_property("SUMMARY", plain(&format!("{train} {what} {push}{hero}")));
    event.add_property("STATUS", status);
    let said: Vec<String> = [reason, departure.note.clone()].into_iter().flatten().collect();
    if !said.is_empty() {
        event.add_property("DESCRIPTION", plain(&said.join("\n")));
    }
    event
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Without control characters: RFC 5545 allows none in a value but the line break, which is escaped.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// Folds at 75 octets between characters (section 3.1). icalendar 0.17 folds too, but lets a last piece have 76.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace("\r\n ", "").lines() {
        let mut room = 75;
        for c in line.chars() {
            if c.len_utf8() > room {
                out.push_str("\r\n ");
                room = 74;
            }
            room -= c.len_utf8();
            out.push(c);
        }
        out.push_str("\r\n");
    }
    out
}
