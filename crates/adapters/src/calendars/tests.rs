//! Calendars written, checked line by line and read back; calendars of others, good and bad.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use train::calendar::{Changes, Departure, PushMove, Timetable, departures};
use train::id::{PersonName, PushDate};
use train::people::Person;

use super::*;

fn push(text: &str) -> PushDate {
    text.parse().unwrap()
}

fn stamp() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn listed(changes: &Changes) -> Vec<Departure> {
    let zone = "America/Los_Angeles".parse().unwrap();
    let table =
        Timetable::new(zone, "Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
    let order: Vec<PersonName> = ["mat", "kumar"].map(|who| who.parse().unwrap()).into();
    departures(&table, &order, changes, date(2026, 11, 23), date(2026, 12, 13))
}

fn week(because: &str) -> Changes {
    let mut changes = Changes::since(date(2026, 11, 23));
    changes.edit().cancelled.insert(push("2026.12.03"), because.to_owned());
    changes
        .edit()
        .moved
        .insert(push("2026.12.10"), PushMove { to: push("2026.12.11"), name: push("2026.12.11") });
    changes
}

fn written(changes: &Changes) -> String {
    let train = "amo".parse().unwrap();
    write_ics(&train, &listed(changes), 2, stamp(), Some("https://push.example.org/amo-{push}"))
}

/// RFC 5545 section 3.1, to the letter: CRLF, at most 75 octets, no control characters; answers with the unfolded lines.
fn content_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let body = text.strip_suffix("\r\n").expect("the last line ends too");
    for line in body.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.chars().any(char::is_control), "a control character in {line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().expect("a fold has a line before it").push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    for line in &lines {
        let (head, _) = line.split_once(':').unwrap_or_else(|| panic!("no property: {line:?}"));
        let name = head.split(';').next().unwrap();
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '-'),
            "{line:?}"
        );
    }
    lines
}

/// The properties of each event, every one at most once.
fn events(lines: &[String]) -> Vec<BTreeMap<String, String>> {
    let mut found = Vec::new();
    for line in lines {
        let (key, value) = line.split_once(':').unwrap();
        match (key, value) {
            ("BEGIN", "VEVENT") => found.push(BTreeMap::new()),
            ("BEGIN" | "END", _) => {}
            _ => {
                if let Some(event) = found.last_mut() {
                    assert!(
                        event.insert(key.to_owned(), value.to_owned()).is_none(),
                        "{key} twice"
                    );
                }
            }
        }
    }
    found
}

#[test]
fn the_calendar_says_what_rfc_5545_asks_for() {
    let lines = content_lines(&written(&week("storm, flood; and \\ fire\nagain")));
    assert_eq!(
        lines[..4],
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//pushduty//schedule//EN",
            "CALSCALE:GREGORIAN"
        ]
    );
    assert_eq!(lines.last().unwrap(), "END:VCALENDAR");
    let events = events(&lines);
    let all: Vec<String> = events
        .iter()
        .map(|e| {
            format!(
                "{} {} {}..{} {} {}",
                e["UID"], e["SEQUENCE"], e["DTSTART"], e["DTEND"], e["STATUS"], e["SUMMARY"]
            )
        })
        .collect();
    assert_eq!(
        all,
        [
            "amo-2026.11.26-cut@pushduty 2 20261124T170000Z..20261124T180000Z CONFIRMED amo cut 2026.11.26\\, hero mat",
            "amo-2026.11.26-push@pushduty 2 20261126T170000Z..20261126T180000Z CONFIRMED amo push 2026.11.26\\, hero mat",
            "amo-2026.12.03-cut@pushduty 2 20261201T170000Z..20261201T180000Z CANCELLED amo cut 2026.12.03\\, hero kumar",
            "amo-2026.12.03-push@pushduty 2 20261203T170000Z..20261203T180000Z CANCELLED amo push 2026.12.03\\, hero kumar",
            "amo-2026.12.10-cut@pushduty 2 20261208T170000Z..20261208T180000Z CONFIRMED amo cut 2026.12.11\\, hero kumar",
            "amo-2026.12.10-push@pushduty 2 20261211T170000Z..20261211T180000Z CONFIRMED amo push 2026.12.11\\, hero kumar",
        ]
    );
    assert!(events.iter().all(|e| e["DTSTAMP"] == "20261120T100000Z"));
    assert_eq!(events[5]["URL"], "https://push.example.org/amo-2026.12.11");
    assert!(
        events[2]["DESCRIPTION"].starts_with(r"cancelled: storm\, flood\; and \\ fire\nagain\n"),
        "{}",
        events[2]["DESCRIPTION"]
    );
    assert_eq!(events.iter().map(|e| &e["UID"]).collect::<BTreeSet<_>>().len(), 6);
}

#[test]
fn a_departure_that_is_skipped_or_frozen_is_cancelled_for_those_who_have_it() {
    let mut table = Timetable::new(
        "America/Los_Angeles".parse().unwrap(),
        "Tuesday 09:00".parse().unwrap(),
        "Thursday 09:00".parse().unwrap(),
    );
    table.skip.insert(date(2026, 11, 26));
    let all = departures(&table, &[], &week("storm"), date(2026, 11, 23), date(2026, 11, 27));
    let text = write_ics(&"amo".parse().unwrap(), &all, 0, stamp(), None);
    let events = events(&content_lines(&text));
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|e| e["STATUS"] == "CANCELLED" && e["DESCRIPTION"] == "skipped"));
}

#[test]
fn what_is_written_is_read_back() {
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let reading =
        read(written(&week("storm")).as_bytes(), &zone, date(2026, 11, 1), date(2026, 12, 31));
    let found: Vec<_> = reading.days.iter().map(|d| format!("{} {}", d.from, d.summary)).collect();
    assert_eq!(
        found,
        [
            "2026-11-24 amo cut 2026.11.26, hero mat",
            "2026-11-26 amo push 2026.11.26, hero mat",
            "2026-12-08 amo cut 2026.12.11, hero kumar",
            "2026-12-11 amo push 2026.12.11, hero kumar",
        ]
    );
    assert_eq!(reading.problems, []);
    let parsed: icalendar::Calendar = written(&week("storm")).parse().unwrap();
    assert_eq!(parsed.events().count(), 6);
}

proptest! {
    #[test]
    fn any_reason_makes_well_formed_lines(because in any::<String>(), long in 0usize..5) {
        content_lines(&written(&week(&because.repeat(long))));
    }

    #[test]
    fn a_reason_in_wide_letters_and_spaces_is_whole_again(because in "[ aé水😀,;\\\\]{0,200}") {
        let lines = content_lines(&written(&week(&because)));
        let line = lines.iter().find(|line| line.starts_with("DESCRIPTION:cancelled: ")).unwrap();
        let escaped = because.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
        prop_assert!(line.starts_with(&format!("DESCRIPTION:cancelled: {escaped}\\n")), "{line}");
    }
}

const BERLIN: &str = "Europe/Berlin";

fn reading(events: &str) -> Reading {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n",
        events.replace('\n', "\r\n")
    );
    read(text.as_bytes(), &TimeZone::get(BERLIN).unwrap(), date(2026, 1, 1), date(2027, 12, 31))
}

/// An event of these lines; its days, or the problems it made.
fn event(lines: &[&str]) -> String {
    let found =
        reading(&format!("BEGIN:VEVENT\nUID:x\nSUMMARY:s\n{}\nEND:VEVENT\n", lines.join("\n")));
    let days = found
        .days
        .iter()
        .map(|d| if d.from == d.to { d.from.to_string() } else { format!("{}..{}", d.from, d.to) });
    let problems = found.problems.iter().map(|p| format!("{}: {}", p.line, p.message));
    days.chain(problems).collect::<Vec<_>>().join(" ")
}

#[test]
fn events_become_whole_days_of_the_trains_zone() {
    for (lines, days) in [
        (
            &["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"][..],
            "2026-12-24..2026-12-26",
        ),
        (&["DTSTART;VALUE=DATE:20261224"], "2026-12-24"),
        (&["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"], "2026-12-24"),
        (&["DTSTART;VALUE=DATE:20261224", "DURATION:P1W"], "2026-12-24..2026-12-30"),
        (&["DTSTART:20261224T233000Z", "DTEND:20261225T003000Z"], "2026-12-25"),
        (&["DTSTART:20261224T090000", "DURATION:PT8H"], "2026-12-24"),
        (
            &[
                "DTSTART;TZID=America/Los_Angeles:20261224T200000",
                "DTEND;TZID=America/Los_Angeles:20261224T210000",
            ],
            "2026-12-25",
        ),
        (
            &[
                "DTSTART;TZID=\"Europe/Berlin\":20261224T220000",
                "DTEND;TZID=Europe/Berlin:20261225T000000",
            ],
            "2026-12-24",
        ),
        (&["DTSTART:20261224T090000Z"], "2026-12-24"),
        (&["DTSTART;VALUE=DATE:20261224", "STATUS:CANCELLED"], ""),
        (&["DTSTART;VALUE=DATE:20251224"], ""),
        (&["DTSTART;VALUE=DATE:20251230", "DTEND;VALUE=DATE:20260103"], "2025-12-30..2026-01-02"),
        (
            &["BEGIN:VALARM", "DTSTART:nonsense", "END:VALARM", "DTSTART;VALUE=DATE:20261224"],
            "2026-12-24",
        ),
    ] {
        assert_eq!(event(lines), days, "{lines:?}");
    }
}

#[test]
fn repetitions_are_worked_out_or_said_to_be_unsupported() {
    for (start, rule, days) in [
        ("20201224", "RRULE:FREQ=YEARLY", "2026-12-24 2027-12-24"),
        ("20201224", "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "2026-12-24 2027-12-24"),
        ("20240229", "RRULE:FREQ=YEARLY", ""),
        ("20260131", "RRULE:FREQ=MONTHLY;COUNT=3", "2026-01-31 2026-03-31 2026-05-31"),
        ("20261201", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3", "2026-12-01 2026-12-15 2026-12-29"),
        ("20261201", "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261208", "2026-12-01 2026-12-08"),
        ("20261201", "RRULE:FREQ=DAILY;UNTIL=20261203T235959Z", "2026-12-01 2026-12-02 2026-12-03"),
        (
            "20261201",
            "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261202",
            "2026-12-01 2026-12-03",
        ),
    ] {
        assert_eq!(event(&[&format!("DTSTART;VALUE=DATE:{start}"), rule]), days, "{start} {rule}");
    }
    let only_first = |what: &str| {
        format!(
            "2026-12-01 8: the repetition “{what}” is not understood; only the first time is taken"
        )
    };
    for (rule, what) in [
        ("FREQ=WEEKLY;BYDAY=MO,WE", "BYDAY=MO,WE"),
        ("FREQ=YEARLY;BYMONTHDAY=1", "BYMONTHDAY=1"),
        ("FREQ=MONTHLY;BYDAY=1TU", "BYDAY=1TU"),
        ("FREQ=DAILY;BYMONTH=12", "BYMONTH=12"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL=soon"),
        ("DAILY", "DAILY"),
    ] {
        assert_eq!(
            event(&["X-A:1", "DTSTART;VALUE=DATE:20261201", &format!("RRULE:{rule}")])
                .replace(" 9:", " 8:"),
            only_first(what)
        );
    }
    assert!(
        event(&["DTSTART;VALUE=DATE:20261201", "RDATE;VALUE=DATE:20261208"])
            .contains("“RDATE:20261208” is not understood")
    );
}

#[test]
fn a_changed_occurrence_takes_the_place_of_its_own() {
    let found = reading(
        "BEGIN:VEVENT\nUID:a\nSUMMARY:off\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nRRULE:FREQ=DAILY;COUNT=4\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nSUMMARY:later\nRECURRENCE-ID:20261202T090000Z\nDTSTART:20261220T090000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nSTATUS:CANCELLED\nRECURRENCE-ID:20261203T090000Z\nDTSTART:20261203T090000Z\nEND:VEVENT\n",
    );
    let days: Vec<_> = found.days.iter().map(|d| format!("{} {}", d.from, d.summary)).collect();
    assert_eq!(
        (days, found.problems),
        (
            vec!["2026-12-01 off".into(), "2026-12-04 off".into(), "2026-12-20 later".to_owned()],
            vec![]
        )
    );
}

#[test]
fn what_cannot_be_read_is_a_problem_with_its_line() {
    for (lines, says) in [
        (&["DTSTART:20261324"][..], "6: DTSTART “20261324” can't be read; the event is left out"),
        (&["X-A:1"], "3: the event has no DTSTART; it is left out"),
        (
            &["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261223"],
            "3: the event ends before it starts; it is left out",
        ),
        (
            &["DTSTART:20261224T090000", "DURATION:-PT8H"],
            "7: DURATION “-PT8H” can't be read; the event is left out",
        ),
        (
            &["DTSTART:20261224T090000", "DURATION:P1Y"],
            "7: DURATION “P1Y” can't be read; the event is left out",
        ),
        (
            &["DTSTART;TZID=W. Europe Standard Time:20261224T090000"],
            "2026-12-24 6: the time zone “W. Europe Standard Time” is unknown; the train's is taken",
        ),
        (
            &["no property \u{1b}[31m", "DTSTART;VALUE=DATE:20261224"],
            "2026-12-24 6: “no property \\u{1b}[31m” is no property; it is left out",
        ),
        (
            &["DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:soon"],
            "2026-12-24 2026-12-25 8: the exception “soon” can't be read; it is not made",
        ),
    ] {
        assert_eq!(event(lines), says, "{lines:?}");
    }
    let berlin = TimeZone::get(BERLIN).unwrap();
    let days = (date(2026, 1, 1), date(2026, 12, 31));
    for (bytes, says) in [
        (&b""[..], "1: this is no calendar"),
        (b"<html>", "1: this is no calendar"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\n", "2: the event has no END:VEVENT"),
        (
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\n",
            "2: the event has no END:VEVENT",
        ),
        (b"BEGIN:VCALENDAR\nX-A:\xff\nEND:VCALENDAR\n", "2: the line is not UTF-8"),
    ] {
        let found = read(bytes, &berlin, days.0, days.1);
        let shown = found
            .problems
            .iter()
            .map(|p| format!("{}: {}", p.line, p.message))
            .collect::<Vec<_>>()
            .join("; ");
        assert!(shown.contains(says), "{shown}");
    }
}

#[test]
fn folded_lines_and_a_byte_order_mark_are_taken() {
    let text = "\u{feff}BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DA\r\n TE:20261224\r\nSUMMARY:one\\, t\r\n\two\\nlines\r\nEND:VEVENT\r\nEND:VCALENDAR";
    let found = read(text.as_bytes(), &TimeZone::UTC, date(2026, 1, 1), date(2026, 12, 31));
    assert_eq!(found.problems, []);
    assert_eq!(
        found.days,
        [ExternalDay {
            from: date(2026, 12, 24),
            to: date(2026, 12, 24),
            summary: "one, two\nlines".to_owned()
        }]
    );
}

#[test]
fn endless_repetition_ends() {
    let many =
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY\nEND:VEVENT\n".repeat(2);
    let found = reading(&many);
    assert!(
        found.problems.iter().any(|p| p.message.contains("repeats too often")),
        "{:?}",
        found.problems
    );
}

fn person(name: &str, aliases: &[&str]) -> Person {
    let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    Person {
        name: name.parse().unwrap(),
        roles: BTreeSet::new(),
        aliases,
        email: Some(format!("{name}@example.org")),
        irc: None,
        github: None,
    }
}

#[test]
fn entries_are_matched_to_people_by_whole_words() {
    let people =
        [person("mat", &["diox", "Mathieu"]), person("ann", &[]), person("lee", &["Ann Lee"])];
    let day = |summary: &str| ExternalDay {
        from: date(2026, 12, 24),
        to: date(2026, 12, 26),
        summary: summary.to_owned(),
    };
    for (summary, who) in [
        ("mat away", "mat"),
        ("PTO: Mathieu", "mat"),
        ("MAT@example.org out", "mat"),
        ("Ann Lee", "lee"),
        ("ann & mat", "mat ann"),
        ("mat, diox", "mat"),
        ("format matters", ""),
        ("Christmas", ""),
        ("", ""),
    ] {
        let found = absences(&[day(summary)], &people);
        let names: Vec<_> = found.absences.iter().map(|a| a.who.as_str()).collect();
        assert_eq!(names.join(" "), who, "{summary:?}");
        assert_eq!(found.unmatched.len(), usize::from(who.is_empty()));
        assert!(
            found
                .absences
                .iter()
                .all(|a| (a.from, a.to) == (date(2026, 12, 24), date(2026, 12, 26)))
        );
    }
}

fn anything() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("BEGIN:VEVENT".to_owned()),
        Just("END:VEVENT".to_owned()),
        Just("BEGIN:VALARM".to_owned()),
        "(DTSTART|DTEND|EXDATE|RECURRENCE-ID)(;TZID=[A-Za-z/]{0,12}|;VALUE=DATE)?:[0-9]{0,9}(T[0-9]{4,7}Z?)?",
        "DTSTART;VALUE=DATE:(2026|0001|9999)(01|12)(01|31)",
        "RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(COUNT|INTERVAL)=[0-9]{1,20}|;UNTIL=[0-9]{8})?",
        "DURATION:[+-]?P[0-9]{0,20}[WDT]?[0-9]{0,20}[HMS]?",
        ".*",
    ];
    prop::collection::vec(line, 0..30)
        .prop_map(|lines| format!("BEGIN:VCALENDAR\n{}", lines.join("\n")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_calendar_is_read_without_a_panic_and_within_its_days(text in anything(), from in 0i32..400) {
        let first: Date = date(2026, 1, 1) + jiff::Span::new().days(from);
        let last = first + jiff::Span::new().days(30);
        let found = read(text.as_bytes(), &TimeZone::get(BERLIN).unwrap(), first, last);
        for day in found.days {
            prop_assert!(day.from <= day.to && day.from <= last && first <= day.to);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>()) {
        let _ = read(&bytes, &TimeZone::UTC, date(2026, 1, 1), date(2026, 12, 31));
    }
}
