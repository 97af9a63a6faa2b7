//! Who is reminded of what, when, and once.

use train::announce::{Announcement, Duty, Facts, Standing, gates_are_due, reminders};
use train::calendar::{Departure, departure_of};
use train::gate::{Basis, Gate, GateState, SECURITY};

use crate::world::{World, at, ids, kinds, push, settings, shown};

fn departure(world: &World) -> Departure {
    let settings = &world.settings;
    let changes = &world.state.changes;
    departure_of(&settings.timetable, &settings.rotation, changes, push()).unwrap()
}

fn gate(name: &str, state: GateState, ask: Option<&str>) -> Gate {
    let why = format!("{name} is not there yet");
    let (name, ask) = (name.to_owned(), ask.map(str::to_owned));
    Gate {
        name,
        state,
        basis: Basis::Judged,
        why,
        ask,
        overridden: None,
        waits_for: Vec::new(),
        closed_by: Vec::new(),
    }
}

fn asked(
    facts: Facts<'_>,
    departure: &Departure,
    standing: Standing,
    gates: &[Gate],
    now: &str,
) -> Vec<Announcement> {
    reminders(facts, &[Duty { departure, hero: Some("mat"), standing, gates }], at(now))
}

#[test]
fn every_reminder_reads_so_and_comes_in_its_time() {
    let world = World::new();
    let departure = departure(&world);
    let left = Standing::Left(at("2026-11-26T17:10:00Z"));
    let gates = [
        gate("cut", GateState::Pass, Some("mat")),
        gate("qa", GateState::Wait, Some("krupa")),
        gate("blockers", GateState::Fail, Some("krupa")),
        gate("staged", GateState::Wait, None),
        gate(SECURITY, GateState::Fail, Some("mat")),
    ];
    let times = [
        "2026-11-23T16:59:59Z",
        "2026-11-23T17:00:00Z",
        "2026-11-24T16:59:59Z",
        "2026-11-24T17:00:00Z",
        "2026-11-26T14:59:59Z",
        "2026-11-26T15:00:00Z",
        "2026-11-26T16:59:59Z",
        "2026-11-26T17:00:00Z",
        "2026-11-26T21:09:59Z",
        "2026-11-26T21:10:00Z",
        "2026-11-27T04:59:59Z",
        "2026-11-27T05:00:00Z",
        "2026-11-27T21:09:59Z",
        "2026-11-27T21:10:00Z",
    ];
    let mut lines = Vec::new();
    let mut texts = std::collections::BTreeSet::new();
    for now in times {
        for (name, standing) in [
            ("uncut", Standing::Uncut),
            ("cut", Standing::Cut),
            ("left", left),
            ("held", Standing::Held),
            ("over", Standing::Over),
        ] {
            let told = asked(world.facts(), &departure, standing, &gates, now);
            if !told.is_empty() {
                lines.push(format!("{now} {name}: {}", kinds(&told).join(", ")));
            }
            texts.extend(told.iter().map(shown));
        }
    }
    let texts: Vec<String> = texts.into_iter().collect();
    insta::assert_snapshot!("reminders", format!("{}\n\n{}", lines.join("\n"), texts.join("\n")));
    assert!(!texts.concat().contains(SECURITY), "P9");
    assert!(!gates_are_due(&departure, at("2026-11-26T14:59:59Z")));
    assert!(gates_are_due(&departure, at("2026-11-26T15:00:00Z")));
    assert!(!gates_are_due(&departure, at("2026-11-26T17:00:00Z")));
}

#[test]
fn a_reminder_is_the_same_one_as_long_as_it_is_of_the_same() {
    let world = World::new();
    let departure = departure(&world);
    let qa = [gate("qa", GateState::Wait, Some("krupa"))];
    let at_three = asked(world.facts(), &departure, Standing::Cut, &qa, "2026-11-26T15:00:00Z");
    let more = [gate("qa", GateState::Fail, Some("krupa")), gate("ops", GateState::Wait, None)];
    let at_four = asked(world.facts(), &departure, Standing::Cut, &more, "2026-11-26T16:00:00Z");
    let (three, four) = (ids(&at_three), ids(&at_four));
    assert_eq!((three.len(), four.len()), (1, 2));
    assert!(four.contains_key(three.keys().next().unwrap()));
    // Another train, or another time: another reminder.
    let other = World { settings: settings("docs"), ..World::new() };
    let told = asked(other.facts(), &departure, Standing::Cut, &qa, "2026-11-26T15:00:00Z");
    assert_ne!(ids(&told), three);
    let mut later = departure.clone();
    later.push_at = later.push_at.tomorrow().unwrap();
    let told = asked(world.facts(), &later, Standing::Cut, &qa, "2026-11-27T15:00:00Z");
    assert_ne!(ids(&told), three);
}

#[test]
fn of_a_push_that_does_not_run_nobody_is_reminded() {
    let mut world = World::new();
    let cancelled =
        train::event::Event::Cancelled { push: push(), because: "the holidays".to_owned() };
    world.happens("2026-11-23T17:00:00Z", "mat", cancelled);
    let departure = departure(&world);
    let now = "2026-11-24T17:00:00Z";
    assert!(asked(world.facts(), &departure, Standing::Uncut, &[], now).is_empty());
}

#[test]
fn a_reminder_of_a_rehearsal_says_so_before_its_ledger_has_begun() {
    let world = World { state: train::state::State::default(), rehearsal: true, ..World::new() };
    let departure = departure(&world);
    let made = asked(world.facts(), &departure, Standing::Uncut, &[], "2026-11-24T17:00:00Z");
    assert!(!made.is_empty() && made.iter().all(|made| made.rehearsal), "{made:?}");
}
