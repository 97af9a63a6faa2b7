//! The calendar's examples and laws.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::*;
use crate::id::{PersonName, PushDate};
use crate::people::Person;
use crate::refusal::Code;
use crate::settings::{Settings, Tagging};
use crate::wish::{cancel, move_push};

pub(crate) fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

pub(crate) fn people(names: &[&str]) -> Vec<PersonName> {
    names.iter().map(|name| person(name)).collect()
}

pub(crate) fn push(text: &str) -> PushDate {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn timetable(zone: &str, cut: &str, push: &str) -> Timetable {
    Timetable::new(zone.parse().unwrap(), cut.parse().unwrap(), push.parse().unwrap())
}

pub(crate) fn amo() -> Timetable {
    timetable("America/Los_Angeles", "Tuesday 09:00", "Thursday 09:00")
}

pub(crate) fn began(day: Date) -> Changes {
    Changes::since(day)
}

/// The departures from `from` to `to`, walked no further than they ask for, and remembered by nobody.
pub(crate) fn walked_alone(
    timetable: &Timetable,
    order: &[PersonName],
    changes: &Changes,
    (from, to): (Date, Date),
) -> Vec<Departure> {
    let moved = changes.moved.iter().filter(|(_, change)| change.to.0 <= to);
    let late = moved.map(|(scheduled, _)| scheduled.0).fold(to, Date::max);
    let line = line::Line { timetable, order, changes };
    let stops = line.stops(from, late).into_iter();
    let inside = stops.filter(|stop| from <= stop.departs && stop.departs <= to);
    let mut found: Vec<Departure> = inside.map(|stop| stop.departure(timetable)).collect();
    found.sort_by_key(|departure| (departure.push_at.timestamp(), departure.push));
    found
}

/// Settings around a timetable, with these people in the rotation and `out` beside it.
pub(crate) fn settings(timetable: Timetable, names: &[&str], out: &[&str]) -> Settings {
    let known = names.iter().chain(out).map(|name| {
        let name = person(name);
        (
            name.clone(),
            Person {
                name,
                roles: [].into(),
                aliases: Vec::new(),
                email: None,
                irc: None,
                github: None,
            },
        )
    });
    Settings {
        train: "amo".parse().unwrap(),
        timetable,
        rotation: people(names),
        people: known.collect(),
        repos: Vec::new(),
        environments: Vec::new(),
        tagging: Tagging::default(),
        gates: Vec::new(),
        components: Vec::new(),
    }
}

/// Whether a departure of this name runs: by the rules, by a move, or declared.
fn on_schedule(timetable: &Timetable, changes: &Changes, push: PushDate) -> bool {
    departure_of(timetable, &[], changes, push).is_some_and(|d| d.push == push && d.runs())
}

/// What `schedule` would show: name, cut, departure, standing.
fn listed(timetable: &Timetable, changes: &Changes, from: Date, to: Date) -> Vec<String> {
    let line = |d: Departure| {
        let standing = match d.standing {
            Standing::Scheduled => "scheduled".to_owned(),
            Standing::Moved => "moved".to_owned(),
            Standing::OffCycle => "off cycle".to_owned(),
            Standing::Cancelled { because } => format!("cancelled ({because})"),
            Standing::Skipped => "skipped".to_owned(),
            Standing::Frozen { because } => format!("frozen ({because})"),
        };
        let (cut, leaves) =
            (d.cut_at.strftime("%a %m-%d %H:%M"), d.push_at.strftime("%a %m-%d %H:%M"));
        format!("{}: {cut} -> {leaves} {standing}", d.push)
    };
    departures(timetable, &[], changes, from, to).into_iter().map(line).collect()
}

#[test]
fn a_weekday_and_a_time_are_read_as_people_write_them() {
    for (text, shown) in [
        ("Tuesday 09:00", "Tuesday 09:00"),
        ("tue 9:00", "Tuesday 09:00"),
        ("  Thurs  23:59 ", "Thursday 23:59"),
    ] {
        assert_eq!(text.parse::<WeekTime>().unwrap().to_string(), shown);
    }
    for bad in [
        "",
        "Tuesday",
        "T 09:00",
        "Tuesday 24:00",
        "Tuesday 9:0",
        "Tuesday 9",
        "Tuesday 009:00",
        "Tuesday 9:00 PT",
        "Tuesdays 9:00",
        "Tue +9:00",
        "ěěě 9:00",
    ] {
        assert!(bad.parse::<WeekTime>().is_err(), "{bad:?} was taken");
    }
    assert_eq!((weeks("1 week"), weeks("2 weeks")), (Ok(1), Ok(2)));
    for bad in ["", "week", "0 weeks", "53 weeks", "2 days", "2 weeks 1", "-1 weeks", "two weeks"] {
        assert!(weeks(bad).is_err(), "{bad:?} was taken");
    }
}

#[test]
fn a_zone_is_one_of_the_database() {
    for bad in [
        "",
        "Mars/Olympus",
        "+02:00",
        "PST8PDT,M3.2.0,M11.1.0",
        "../../etc/passwd",
        "Europe/Berlin\n",
    ] {
        assert!(bad.parse::<Zone>().is_err(), "{bad:?} was taken");
    }
    assert_eq!("UTC".parse::<Zone>().unwrap().name(), "UTC");
}

#[test]
fn a_freeze_takes_dates_and_times() {
    let dates = Freeze::read("2026-12-20", "2027.01.03", "holidays").unwrap();
    assert_eq!(
        (dates.from, dates.to),
        (date(2026, 12, 20).at(0, 0, 0, 0), date(2027, 1, 4).at(0, 0, 0, 0))
    );
    let times = Freeze::read("2026-12-20T00:00", "2027-01-04 09:00:00", "holidays").unwrap();
    assert_eq!(times.to, date(2027, 1, 4).at(9, 0, 0, 0));
    assert_eq!(
        Freeze::read("2026-12-20", "2026-12-20", "a day").unwrap().to,
        date(2026, 12, 21).at(0, 0, 0, 0)
    );
    for (from, to) in [
        ("2026-12-20", "2026-12-19"),
        ("2026-12-20", "soon"),
        ("2026-12-20T00:00Z", "2026-12-21"),
        ("2026-12-20T00:00-08:00", "2026-12-21"),
        ("2026-12-20T09:00", "2026-12-20T09:00"),
    ] {
        assert!(Freeze::read(from, to, "").is_err(), "{from} to {to} was taken");
    }
}

#[test]
fn a_timetable_is_checked_also_when_it_comes_from_a_file() {
    assert!(amo().with_cadence(2, None).unwrap_err().0.contains("starting"));
    assert!(
        amo()
            .with_cadence(2, Some(push("2026.11.25")))
            .unwrap_err()
            .0
            .contains("Wednesday; departures are on Thursday")
    );
    assert!(amo().with_cadence(0, None).is_err());
    let fine = amo()
        .with_cadence(2, Some(push("2026.11.26")))
        .unwrap()
        .skipping([date(2026, 12, 24)].into());
    let text = serde_json::to_string(&fine).unwrap();
    assert_eq!(serde_json::from_str::<Timetable>(&text).unwrap(), fine);
    assert!(serde_json::from_str::<Timetable>(&text.replace("2026.11.26", "2026.11.27")).is_err());
    assert!(
        serde_json::from_str::<Timetable>(&text.replace("America/Los_Angeles", "America/Amo"))
            .is_err()
    );
}

#[test]
fn the_week_has_its_cut_before_its_departure() {
    let week = |cut: &str, push: &str| {
        listed(
            &timetable("UTC", cut, push),
            &Changes::default(),
            date(2026, 11, 23),
            date(2026, 11, 29),
        )
    };
    assert_eq!(
        week("Tuesday 09:00", "Thursday 09:00"),
        ["2026.11.26: Tue 11-24 09:00 -> Thu 11-26 09:00 scheduled"]
    );
    assert_eq!(
        week("Friday 17:00", "Tuesday 09:00"),
        ["2026.11.24: Fri 11-20 17:00 -> Tue 11-24 09:00 scheduled"]
    );
    assert_eq!(
        week("Thursday 08:59", "Thursday 09:00"),
        ["2026.11.26: Thu 11-26 08:59 -> Thu 11-26 09:00 scheduled"]
    );
    assert_eq!(
        week("Thursday 09:00", "Thursday 09:00"),
        ["2026.11.26: Thu 11-19 09:00 -> Thu 11-26 09:00 scheduled"]
    );
}

#[test]
fn a_cut_that_the_clocks_skip_past_its_departure_is_the_week_before() {
    let table = timetable("America/Los_Angeles", "Sunday 02:45", "Sunday 03:00");
    assert_eq!(table.cut_date(date(2027, 3, 14)), date(2027, 3, 7));
    assert_eq!(table.cut_date(date(2027, 3, 21)), date(2027, 3, 21));
}

#[test]
fn skipped_dates_and_freezes_do_not_shift_the_fortnight() {
    let freeze = Freeze::read("2026-12-20T00:00", "2027-01-07T09:00", "holidays").unwrap();
    let table = amo()
        .with_cadence(2, Some(push("2027.01.07")))
        .unwrap()
        .skipping([date(2026, 12, 10)].into())
        .frozen(vec![freeze]);
    assert_eq!(
        listed(&table, &Changes::default(), date(2026, 11, 23), date(2027, 1, 21)),
        [
            "2026.11.26: Tue 11-24 09:00 -> Thu 11-26 09:00 scheduled",
            "2026.12.10: Tue 12-08 09:00 -> Thu 12-10 09:00 skipped",
            "2026.12.24: Tue 12-22 09:00 -> Thu 12-24 09:00 frozen (holidays)",
            "2027.01.07: Tue 01-05 09:00 -> Thu 01-07 09:00 scheduled",
            "2027.01.21: Tue 01-19 09:00 -> Thu 01-21 09:00 scheduled",
        ]
    );
    assert!(is_frozen(&table, at("2026-12-20T08:00:00Z")).is_some());
    assert!(is_frozen(&table, at("2026-12-20T07:59:59Z")).is_none());
    assert!(is_frozen(&table, at("2027-01-07T17:00:00Z")).is_none());
}

#[test]
fn p14_a_missing_time_is_that_much_later_and_a_doubled_one_is_its_first_instant() {
    let cases = [
        ("America/Los_Angeles", "Sunday 02:30", "2027.03.14", "2027-03-14T03:30:00-07:00"),
        ("America/Los_Angeles", "Sunday 01:30", "2026.11.01", "2026-11-01T01:30:00-07:00"),
        ("Europe/Berlin", "Sunday 02:30", "2027.03.28", "2027-03-28T03:30:00+02:00"),
        ("Europe/Berlin", "Sunday 02:30", "2026.10.25", "2026-10-25T02:30:00+02:00"),
        ("Australia/Lord_Howe", "Sunday 02:15", "2026.10.04", "2026-10-04T02:45:00+11:00"),
        ("Pacific/Apia", "Friday 09:00", "2011.12.30", "2011-12-31T09:00:00+14:00"),
        ("Australia/Lord_Howe", "Sunday 01:45", "2027.04.04", "2027-04-04T01:45:00+11:00"),
        ("America/Los_Angeles", "Thursday 09:00", "2026.10.29", "2026-10-29T09:00:00-07:00"),
        ("America/Los_Angeles", "Thursday 09:00", "2026.11.05", "2026-11-05T09:00:00-08:00"),
    ];
    for (zone, leaves, name, expected) in cases {
        let found = departure_of(
            &timetable(zone, "Monday 09:00", leaves),
            &[],
            &Changes::default(),
            push(name),
        )
        .unwrap();
        assert_eq!(
            found.push_at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            expected,
            "{zone} {leaves}"
        );
    }
}

#[test]
fn a_push_moved_before_its_cut_takes_the_new_date_and_after_it_keeps_its_name() {
    let mut changes = began(date(2026, 11, 1));
    let week = |changes: &Changes| listed(&amo(), changes, date(2026, 11, 23), date(2026, 12, 4));
    changes
        .edit()
        .moved
        .insert(push("2026.11.26"), PushMove { to: push("2026.12.01"), name: push("2026.12.01") });
    assert_eq!(
        week(&changes),
        [
            "2026.12.01: Tue 11-24 09:00 -> Tue 12-01 09:00 moved",
            "2026.12.03: Tue 12-01 09:00 -> Thu 12-03 09:00 scheduled"
        ]
    );
    changes
        .edit()
        .moved
        .insert(push("2026.11.26"), PushMove { to: push("2026.12.02"), name: push("2026.11.26") });
    assert_eq!(
        week(&changes),
        [
            "2026.11.26: Tue 11-24 09:00 -> Wed 12-02 09:00 moved",
            "2026.12.03: Tue 12-01 09:00 -> Thu 12-03 09:00 scheduled"
        ]
    );
}

#[test]
fn a_window_has_what_was_moved_into_it_from_beyond() {
    let mut changes = began(date(2026, 11, 1));
    changes
        .edit()
        .moved
        .insert(push("2026.12.10"), PushMove { to: push("2026.11.30"), name: push("2026.11.30") });
    let shown = listed(&amo(), &changes, date(2026, 11, 28), date(2026, 12, 1));
    assert_eq!(shown, ["2026.11.30: Tue 11-24 09:00 -> Mon 11-30 09:00 moved"]);
    assert_eq!(
        departure_of(&amo(), &[], &changes, push("2026.11.30")).unwrap().scheduled,
        push("2026.12.10")
    );
    assert_eq!(
        departure_of(&amo(), &[], &changes, push("2026.12.10")).unwrap().push,
        push("2026.11.30")
    );
    assert!(
        on_schedule(&amo(), &changes, push("2026.11.30"))
            && !on_schedule(&amo(), &changes, push("2026.12.10"))
    );
}

#[test]
fn a_push_off_the_schedule_is_cut_when_it_is_declared() {
    let table = amo().skipping([date(2026, 12, 3)].into());
    let mut changes = began(date(2026, 11, 1));
    changes.edit().off_cycle.insert(push("2026.11.25"), at("2026-11-25T22:00:00Z"));
    changes.edit().off_cycle.insert(push("2026.11.26"), at("2026-11-25T22:00:00Z"));
    changes.edit().off_cycle.insert(push("2026.12.03"), at("2026-12-02T17:00:00Z"));
    assert_eq!(
        listed(&table, &changes, date(2026, 11, 23), date(2026, 12, 3)),
        [
            "2026.11.25: Wed 11-25 14:00 -> Wed 11-25 14:00 off cycle",
            "2026.11.26: Tue 11-24 09:00 -> Thu 11-26 09:00 scheduled",
            "2026.12.03: Wed 12-02 09:00 -> Thu 12-03 09:00 off cycle",
        ]
    );
}

#[test]
fn the_next_departure_runs_and_the_nearest_is_to_come() {
    let table = amo().skipping([date(2026, 11, 26)].into());
    let changes = began(date(2026, 11, 1));
    let name = |found: Option<Departure>| found.unwrap().push.to_string();
    assert_eq!(name(next(&table, &[], &changes, at("2026-11-19T16:59:59Z"))), "2026.11.19");
    assert_eq!(name(next(&table, &[], &changes, at("2026-11-19T17:00:00Z"))), "2026.12.03");
    let now = at("2026-11-20T00:00:00Z");
    assert_eq!(name(nearest(&table, &[], &changes, date(2026, 12, 8), now)), "2026.12.10");
    assert_eq!(name(nearest(&table, &[], &changes, date(2026, 11, 18), now)), "2026.12.03");
    assert_eq!(name(nearest(&table, &[], &changes, date(2020, 11, 26), now)), "2026.12.03");
    let for_ever = amo().frozen(vec![Freeze::read("2026-01-01", "2999-12-31", "sold").unwrap()]);
    assert_eq!(next(&for_ever, &[], &changes, now), None);
    let two_years =
        amo().frozen(vec![Freeze::read("2026-01-01", "2028-12-31", "rebuilt").unwrap()]);
    assert_eq!(name(next(&two_years, &[], &changes, now)), "2029.01.04");
}

#[test]
fn whoever_asks_for_all_times_gets_those_that_somebody_may_plan_for() {
    let changes = began(date(2026, 11, 1));
    let all = departures(&amo(), &[], &changes, Date::MIN, Date::MAX);
    let ends = [all.first(), all.last()].map(|one| one.unwrap().push.0.year());
    assert!(ends[0] >= 1970 && (2225..2230).contains(&ends[1]), "{ends:?}");
    assert_eq!(departure_of(&amo(), &[], &changes, push("9999.12.30")), None);
    let now = at("2026-11-20T00:00:00Z");
    let near = nearest(&amo(), &[], &changes, date(9999, 12, 30), now).unwrap();
    assert_eq!(near.push, push("2026.11.26"));
}

#[test]
fn a_push_that_was_cut_stays_on_the_list_though_the_timetable_changed() {
    let mut changes = began(date(2026, 11, 1));
    changes.edit().served.push((push("2026.11.18"), person("mat"), person("mat")));
    changes.edit().served.push((push("2026.11.19"), person("mat"), person("mat")));
    let table = amo().skipping([date(2026, 11, 19)].into());
    assert_eq!(
        listed(&table, &changes, date(2026, 11, 16), date(2026, 11, 20)),
        [
            "2026.11.18: Tue 11-17 09:00 -> Wed 11-18 09:00 scheduled",
            "2026.11.19: Tue 11-17 09:00 -> Thu 11-19 09:00 scheduled"
        ]
    );
}

#[test]
fn a_move_is_judged_before_it_is_made() {
    let table = amo()
        .skipping([date(2026, 12, 1)].into())
        .frozen(vec![Freeze::read("2026-12-20", "2027-01-03", "holidays").unwrap()]);
    let settings = settings(table, &["mat"], &[]);
    let mut changes = began(date(2026, 11, 1));
    changes.edit().cancelled.insert(push("2026.12.17"), "nobody here".to_owned());
    let now = at("2026-11-24T18:00:00Z");
    let wish = |from: &str, to: &str, tagged| {
        move_push(&settings, &changes, push(from), push(to), tagged, now)
    };
    let moved = |to: &str, name: &str| PushMove { to: push(to), name: push(name) };
    assert_eq!(
        wish("2026.11.26", "2026.11.27", false),
        Ok((push("2026.11.26"), moved("2026.11.27", "2026.11.27")))
    );
    assert_eq!(
        wish("2026.11.26", "2026.11.27", true),
        Ok((push("2026.11.26"), moved("2026.11.27", "2026.11.26")))
    );
    assert_eq!(
        wish("2026.12.24", "2027.01.04", false),
        Ok((push("2026.12.24"), moved("2027.01.04", "2027.01.04")))
    );
    for (from, to, says) in [
        ("2026.11.25", "2026.11.27", "no departure goes by 2026.11.25"),
        ("2026.11.26", "2026.11.26", "departs on 2026.11.26 already"),
        ("2026.11.26", "2026.11.24", "is past"),
        ("2026.11.26", "2026.12.01", "is skipped"),
        ("2026.11.26", "2026.12.21", "is in the freeze “holidays”"),
        ("2026.11.26", "2026.12.03", "is another push's date"),
        ("2026.11.19", "2026.11.27", "is past and was never tagged"),
        ("2026.12.17", "2026.12.18", "is cancelled: “nobody here”"),
    ] {
        let refusal = wish(from, to, false).unwrap_err();
        assert!(refusal.message.contains(says), "{from} to {to}: {}", refusal.message);
        assert_eq!(refusal.code.exit(), 3);
    }
    assert!(
        wish("2026.11.25", "2026.11.27", false)
            .unwrap_err()
            .hint
            .contains("the nearest departure is 2026.11.26")
    );
}

#[test]
fn a_moved_push_may_go_back_and_the_place_it_left_stays_its_own() {
    let settings = settings(amo(), &["mat"], &[]);
    let mut changes = began(date(2026, 11, 1));
    let now = at("2026-11-20T18:00:00Z");
    let (key, change) =
        move_push(&settings, &changes, push("2026.11.26"), push("2026.11.27"), false, now).unwrap();
    changes.edit().moved.insert(key, change);
    let onto = move_push(&settings, &changes, push("2026.12.03"), push("2026.11.26"), false, now);
    assert!(onto.unwrap_err().message.contains("another push's date"));
    let (key, change) =
        move_push(&settings, &changes, push("2026.11.27"), push("2026.11.26"), false, now).unwrap();
    changes.edit().moved.insert(key, change);
    let back = departure_of(&settings.timetable, &settings.rotation, &changes, push("2026.11.26"))
        .unwrap();
    assert_eq!((key, back.standing), (push("2026.11.26"), Standing::Scheduled));
}

#[test]
fn a_cancellation_is_judged_before_it_is_made() {
    let table = amo().skipping([date(2026, 12, 3)].into());
    let settings = settings(table, &["mat"], &[]);
    let mut changes = began(date(2026, 11, 1));
    let now = at("2026-11-24T18:00:00Z");
    assert_eq!(cancel(&settings, &changes, push("2026.11.26"), false, now), Ok(push("2026.11.26")));
    assert_eq!(cancel(&settings, &changes, push("2026.11.19"), true, now), Ok(push("2026.11.19")));
    assert_eq!(
        cancel(&settings, &changes, push("2026.11.19"), false, now).unwrap_err().code,
        Code::BadDate
    );
    assert_eq!(
        cancel(&settings, &changes, push("2026.12.03"), false, now).unwrap_err().code,
        Code::WrongState
    );
    assert_eq!(
        cancel(&settings, &changes, push("2026.12.04"), false, now).unwrap_err().code,
        Code::BadDate
    );
    changes.edit().cancelled.insert(push("2026.11.26"), "storm\u{1b}[31m".to_owned());
    let twice = cancel(&settings, &changes, push("2026.11.26"), false, now).unwrap_err();
    assert!(twice.message.contains("cancelled already: “storm\\u{1b}[31m”"), "{}", twice.message);
}

#[test]
fn the_record_of_changes_keeps_its_form() {
    let mut changes = began(date(2026, 11, 1));
    changes
        .edit()
        .moved
        .insert(push("2026.11.26"), PushMove { to: push("2026.11.27"), name: push("2026.11.26") });
    changes.edit().off_cycle.insert(push("2026.11.25"), at("2026-11-25T22:00:00Z"));
    let text = serde_json::to_string(&changes).unwrap();
    assert!(
        text.contains(r#""moved":{"2026.11.26":{"to":"2026.11.27","name":"2026.11.26"}}"#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<Changes>(&text).unwrap(), changes);
    let listed =
        departures(&amo(), &people(&["mat"]), &changes, date(2026, 11, 1), date(2026, 12, 1));
    assert_eq!(
        serde_json::from_str::<Vec<Departure>>(&serde_json::to_string(&listed).unwrap()).unwrap(),
        listed
    );
}

const ZONES: [&str; 7] = [
    "America/Los_Angeles",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
    "UTC",
];

fn week_times() -> impl Strategy<Value = WeekTime> {
    (0i8..7, 0i8..24, 0i8..60).prop_map(|(day, hour, minute)| WeekTime {
        weekday: jiff::civil::Weekday::from_monday_zero_offset(day).unwrap(),
        time: jiff::civil::time(hour, minute, 0, 0),
    })
}

fn dates() -> impl Strategy<Value = Date> {
    (0i32..3000).prop_map(|days| date(2024, 1, 1) + days.days())
}

/// The wall-clock time that `wanted` is shown as, by the documented rule worked out by hand.
fn shown(table: &Timetable, wanted: DateTime) -> DateTime {
    match table.zone().to_ambiguous_timestamp(wanted).offset() {
        AmbiguousOffset::Gap { before, after } => {
            wanted + (after.seconds() - before.seconds()).seconds()
        }
        _ => wanted,
    }
}

proptest! {
    #[test]
    fn p14_every_departure_shows_the_configured_time(
        zone in 0..ZONES.len(), cut in week_times(), leaves in week_times(), from in dates(), every in 1u32..4,
    ) {
        let table = Timetable::new(ZONES[zone].parse().unwrap(), cut, leaves);
        let phase = table.first_from(date(2025, 5, 5));
        let table = table.with_cadence(every, Some(PushDate(phase))).unwrap();
        let found = departures(&table, &[], &Changes::default(), from, from + 1.year());
        prop_assert!(found.len() >= 52 / every as usize);
        for departure in found {
            let day = departure.push.0;
            prop_assert_eq!(day.weekday(), leaves.weekday);
            prop_assert_eq!((day - phase).get_days().rem_euclid(7 * every as i32), 0);
            prop_assert_eq!(departure.push_at.datetime(), shown(&table, day.to_datetime(leaves.time)));
            let wanted = |day: Date| shown(&table, day.to_datetime(cut.time));
            prop_assert_eq!(departure.cut_at.datetime(), wanted(table.cut_date(day)));
            prop_assert_eq!(table.cut_date(day).weekday(), cut.weekday);
            prop_assert!(departure.cut_at < departure.push_at);
            let later = (table.cut_date(day) + 7.days()).to_datetime(cut.time);
            prop_assert!(table.instant(later) >= departure.push_at, "the last cut before it");
            // A doubled time is its first instant: nowhere in the hours before did the clock show it.
            for minutes in [30, 60] {
                let earlier = &departure.push_at - minutes.minutes();
                prop_assert_ne!(earlier.datetime(), departure.push_at.datetime());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(a in ".*", b in ".*") {
        let _ = (a.parse::<WeekTime>(), a.parse::<Zone>(), weeks(&a), Freeze::read(&a, &b, &a));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn no_date_is_too_far(year in -9999i16..=9999, every in 1u32..52) {
        let table = amo().with_cadence(every, Some(push("2026.11.26"))).unwrap();
        let day = date(year, 12, 31);
        let _ = (departure_of(&table, &[], &Changes::default(), PushDate(day)), table.cut_at(day), table.push_at(day));
    }
}
