//! The calendar and the rotation, as people read and change them.

use serde_json::json;
use testkit::Remote;

use crate::scene::{Scene, alone, everything, failure, train};

#[test]
fn the_schedule_is_a_list_of_departures() {
    let scene = Scene::new();
    let told = scene.mat().reads("schedule --from 2026-11-24 --to 2026-12-11");
    let departures = told.as_array().expect("a list");
    let pushes: Vec<_> =
        departures.iter().map(|d| (d["push"].clone(), d["hero"].clone())).collect();
    assert_eq!(
        pushes,
        [
            (json!("2026.11.26"), json!("mat")),
            (json!("2026.12.03"), json!("eviljeff")),
            (json!("2026.12.10"), json!("mat")),
        ]
    );
    for departure in departures {
        for key in ["push", "cut_at", "push_at", "hero", "state"] {
            assert!(departure.get(key).is_some(), "{key} is in {departure}");
        }
    }
    assert_eq!(departures[0]["cut_at"], "2026-11-24T09:00:00+00:00");
    assert_eq!(departures[0]["push_at"], "2026-11-26T09:00:00+00:00");
    assert_eq!(departures[0]["state"], "open");
    let ran = scene.mat().types("schedule --from 2026-11-24 --to 2026-12-11").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    push        cut               departs           hero
    2026.11.26  Tue 24 Nov 09:00  Thu 26 Nov 09:00  mat       open
    2026.12.03  Tue 01 Dec 09:00  Thu 03 Dec 09:00  eviljeff
    2026.12.10  Tue 08 Dec 09:00  Thu 10 Dec 09:00  mat
    ");
}

#[test]
fn nine_stays_nine_across_daylight_saving() {
    let world = train().repo(&Remote::new("server")).zone("America/Los_Angeles");
    let told = world
        .at("2026-10-27T17:00:00Z")
        .hero("mat")
        .reads("schedule --from 2026-10-27 --to 2026-11-07");
    let at: Vec<_> =
        told.as_array().unwrap().iter().map(|d| d["push_at"].as_str().unwrap()).collect();
    assert_eq!(at, ["2026-10-29T09:00:00-07:00", "2026-11-05T09:00:00-08:00"]);
}

#[test]
fn the_calendar_to_subscribe_to_has_stable_names_and_cancelled_events() {
    let scene = Scene::new();
    let ics = |line: &str| scene.mat().types(line).ok().stdout;
    let before = ics("schedule --ics");
    let field = |text: &str, key: &str| -> Vec<String> {
        text.lines().filter(|l| l.starts_with(key)).map(str::to_owned).collect()
    };
    assert!(before.starts_with("BEGIN:VCALENDAR\r\n") && before.ends_with("END:VCALENDAR\r\n"));
    assert!(
        before.split_inclusive('\n').all(|l| l.ends_with("\r\n") && l.len() <= 77),
        "lines are short and end as they must"
    );
    assert_eq!(before.matches("BEGIN:VEVENT").count(), before.matches("END:VEVENT").count());
    let names = field(&before, "UID:");
    let mut once = names.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), names.len(), "a UID names one event");
    scene.mat().types("cancel --push 2026.12.03 --because \"all hands\" --yes").ok();
    scene.mat().types("move 2026.12.11 --push 2026.12.10 --yes").ok();
    let after = ics("schedule --ics");
    let names_after = field(&after, "UID:");
    assert!(names.iter().all(|n| names_after.contains(n)), "events keep their names");
    assert!(after.contains("STATUS:CANCELLED"));
    let lowest = |text: &str| -> u64 {
        let all = field(text, "SEQUENCE:");
        all.iter().map(|l| l["SEQUENCE:".len()..].parse().unwrap()).min().unwrap()
    };
    assert!(lowest(&after) > lowest(&before), "what changed has a higher SEQUENCE");
    // A swap changes the hero of other pushes as well, and what is past is still told.
    scene.mat().types("rotation swap 2026.11.26 eviljeff --yes").ok();
    scene.world.at("2026-12-01T17:00:00Z");
    let later = ics("schedule --ics");
    assert!(lowest(&later) > lowest(&after));
    assert!(names.iter().all(|name| field(&later, "UID:").contains(name)), "{later}");
}

#[test]
fn a_swap_exchanges_two_turns() {
    let scene = Scene::new();
    scene.mat().types("rotation swap 2026.11.26 eviljeff --yes").ok();
    let told = scene.mat().reads("schedule --to 2026-12-04");
    let heroes: Vec<_> =
        told.as_array().unwrap().iter().map(|d| d["hero"].as_str().unwrap()).collect();
    assert_eq!(heroes, ["eviljeff", "mat"]);
    let ran = scene.mat().types("rotation").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26  eviljeff  Thu 26 Nov 09:00
    2026.12.03  mat       Thu 03 Dec 09:00
    2026.12.10  mat       Thu 10 Dec 09:00
    2026.12.17  eviljeff  Thu 17 Dec 09:00
    2026.12.24  mat       Thu 24 Dec 09:00
    2026.12.31  eviljeff  Thu 31 Dec 09:00
    2027.01.07  mat       Thu 07 Jan 09:00
    2027.01.14  eviljeff  Thu 14 Jan 09:00
    2027.01.21  mat       Thu 21 Jan 09:00
    2027.01.28  eviljeff  Thu 28 Jan 09:00
    ");
}

#[test]
fn who_is_away_is_passed_over() {
    let scene = Scene::new();
    let ran = scene.mat().types("rotation away eviljeff 2026.12.01 2026.12.04 --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    eviljeff is away from 2026.12.01 to 2026.12.04.
    ✓ done
    ");
    let told = scene.mat().reads("schedule --to 2026-12-11");
    let heroes: Vec<_> =
        told.as_array().unwrap().iter().map(|d| d["hero"].as_str().unwrap()).collect();
    assert_eq!(heroes, ["mat", "mat", "eviljeff"]);
}

#[test]
fn a_cancelled_push_leaves_its_hero_the_turn() {
    let scene = Scene::new();
    let ran = scene.mat().types("cancel --because \"all hands\" --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26 does not run: all hands.
      mat keeps the turn, and has 2026.12.03.
      blockers, asks and tasks that its notes leave open go into those of 2026.12.03 when that is cut, by `pushduty tag`.
    ✓ done
    ");
    let told = scene.mat().reads("schedule --to 2026-12-11");
    let seen: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["state"].as_str().unwrap(), d["hero"].as_str()))
        .collect();
    assert_eq!(seen[0].0, "cancelled");
    assert_eq!(seen[1].1, Some("mat"));
}

#[test]
fn changes_are_shown_first_and_wrong_ones_refused() {
    let scene = Scene::new();
    let before = everything(&scene.world, &[&scene.server]);
    scene.mat().types("move 2026.11.27 --dry-run").ok();
    scene.mat().types("move 2026.11.27").expect_code(2);
    scene.mat().types("cancel --because x --dry-run").ok();
    scene.mat().types("cancel --yes").expect_code(2);
    let wrong = [
        ("rotation swap 2026.11.26 nobody --yes", 2),
        ("rotation swap 2026.11.25 eviljeff --yes", 3),
        ("rotation away eviljeff 2026.12.04 2026.12.01 --yes", 2),
        ("rotation away eviljeff 2026.12.32 2026.12.01 --yes", 2),
        ("move 2026.11.20 --yes", 3),
        ("move 2026.12.01 --push 2026.12.02 --yes", 3),
        ("schedule --from 2026-12-11 --to 2026-11-01", 2),
    ];
    for (line, code) in wrong {
        let ran = scene.mat().types(line);
        assert_eq!(ran.code, code, "{ran}");
    }
    assert_eq!(everything(&scene.world, &[&scene.server]), before);
    let ran = scene.world.as_person("kumar").types("move 2026.11.27 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ “kumar” may not move a push: that takes the role hero or ops.
      → an admin gives roles, by `pushduty people give` or in the configuration; --as NAME acts as somebody else.
    ");
}

#[test]
fn a_change_that_is_recorded_already_is_told_and_not_recorded_again() {
    let scene = Scene::new();
    let entries = || scene.mat().reads("log")["entries"].as_array().unwrap().len();
    let twice = |line: &str, says: &str| {
        scene.mat().types(&format!("{line} --yes")).ok().says("✓ done");
        let before = entries();
        let again = scene.mat().types(&format!("{line} --yes")).ok();
        let again = again.says(says).never_says("✓ done");
        assert_eq!(entries(), before, "{again}");
        let told = scene.mat().reads(&format!("{line} --dry-run"));
        assert_eq!(told["done"], true, "{told}");
    };
    twice("rotation away eviljeff 2026.12.14 2026.12.18", "that is noted already");
    twice("rotation away eviljeff 2026.12.14 2026.12.18 --undo", "eviljeff is not away");
    twice("rotation swap 2026.12.10 eviljeff", "eviljeff serves on 2026.12.10 already");
    twice("move 2026.12.04 --push 2026.12.03", "2026.12.04 leaves on 2026.12.04 already");
    twice("move 2026.11.27", "2026.11.27 leaves on 2026.11.27 already");
    twice("cancel --push 2026.12.10 --because storm", "2026.12.10 is cancelled already: storm");
    // Without a name: not the one after it for the same reason.
    twice("cancel --because \"all hands\"", "2026.11.27 is cancelled already: all hands");
    scene.mat().types("cancel --because \"another reason\" --yes").ok().says("2026.12.04 does");
}

#[test]
fn a_push_that_changes_places_with_others_says_so_and_is_found_again() {
    let scene = Scene::new();
    let ran = scene.mat().types("move 2026.12.11 --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26 leaves on 2026.12.11 and is called so. That is after 2026.12.03 and 2026.12.10.
    ✓ done
    ");
    scene.mat().types("move 2026.12.11 --yes").ok().says("2026.12.11 leaves on 2026.12.11 already");
    let ran = scene.mat().types("move 2026.12.01 --push 2026.12.11 --dry-run").ok();
    ran.says("That is before 2026.12.03 and 2026.12.10");
}

#[test]
fn an_absence_is_taken_back_as_it_was_noted() {
    let scene = Scene::new();
    let heroes = || -> Vec<_> {
        let told = scene.mat().reads("schedule --to 2026-12-11");
        told.as_array().unwrap().iter().map(|d| d["hero"].as_str().unwrap().to_owned()).collect()
    };
    let before = heroes();
    scene.mat().types("rotation away eviljeff 2026.12.01 2026.12.04 --yes").ok();
    assert_ne!(heroes(), before);
    let ran = scene.mat().types("rotation away eviljeff 2026.12.01 2026.12.03 --undo --yes");
    insta::assert_snapshot!(failure(&scene.world, &ran.expect_code(2)), @"
    ✗ eviljeff is away by other dates than 2026.12.01 2026.12.03.
      → give the first and the last day as noted: 2026.12.01 2026.12.04.
    ");
    let ran = scene.mat().types("rotation away eviljeff 2026.12.01 2026.12.04 --undo --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    eviljeff is not away from 2026.12.01 to 2026.12.04 after all.
    ✓ done
    ");
    assert_eq!(heroes(), before);
    scene.mat().types("log -n 1").ok().says("took back that eviljeff is away");
}

#[test]
fn holidays_and_absences_are_read_from_other_calendars() {
    let event = |uid: &str, from: &str, to: &str, title: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:{from}\r\nDTEND;VALUE=DATE:{to}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        )
    };
    let file = |events: &str| {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{events}END:VCALENDAR\r\n")
    };
    let server = Remote::new("server");
    let world = alone(&server).toml("[[calendar]]\nfile = \"holidays.ics\"\nholds = \"holidays\"\n[[calendar]]\nfile = \"away.ics\"\nholds = \"absences\"");
    std::fs::write(
        world.dir().join("holidays.ics"),
        file(&event("h", "20261126", "20261127", "Thanksgiving")),
    )
    .unwrap();
    std::fs::write(
        world.dir().join("away.ics"),
        file(&event("a", "20261130", "20261205", "eviljeff is away")),
    )
    .unwrap();
    let told = world.hero("mat").reads("schedule --to 2026-12-11");
    let seen: Vec<_> =
        told.as_array().unwrap().iter().map(|d| json!([d["push"], d["note"], d["hero"]])).collect();
    assert!(seen[0][1].as_str().is_some_and(|note| note.contains("Thanksgiving")), "{seen:?}");
    assert_eq!((&seen[1][0], &seen[1][2]), (&json!("2026.12.03"), &json!("mat")));
}

#[test]
fn one_in_two_weeks_keeps_its_phase() {
    let server = Remote::new("server");
    let world = alone(&server).train_toml("every = \"2 weeks\"\nstarting = 2026-11-19");
    let told = world.hero("mat").reads("tag --dry-run");
    assert_eq!(told["push"], "2026.12.03");
}

#[test]
fn what_fails_in_a_rehearsal_says_that_it_is_one_and_dates_are_written_as_ever() {
    let scene = Scene::new();
    for line in [
        "where zz",
        "move 2020.01.01 --yes",
        "cancel --push 2020.01.01 --because x --yes",
        "rotation away nobody 2026.12.01 2026.12.04 --yes",
        "rotation away eviljeff 2026.12.04 2026.12.01 --yes",
    ] {
        let ran = scene.mat().types(line);
        assert!(ran.code != 0 && ran.stdout.starts_with("rehearsal\n"), "{ran}");
    }
    let ran = scene.mat().types("rotation away eviljeff 2026.12.04 2026.12.01 --yes");
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2026.12.04 is after 2026.12.01.
      → give the first and the last day away, in this order.
    ");
}
