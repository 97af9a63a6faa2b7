//! P13: at least once, a repeat after an unknown end is known to be one, each expires, and what can't be handed over waits for a
//! person instead of being tried for ever.

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use train::announce::{Announcement, Audience, Delivery, Kind, Stage, TRIES, supersede};

use crate::world::{at, push};

fn announcement(id: &str, kind: Kind) -> Announcement {
    Announcement {
        id: id.to_owned(),
        kind,
        train: "amo".parse().unwrap(),
        push: Some(push()),
        audience: Audience::Channel,
        subject: "amo: 2026.11.26 is cut".to_owned(),
        text: String::new(),
        at: at("2026-11-24T17:00:00Z"),
        expires_at: at("2026-11-25T17:00:00Z"),
        rehearsal: false,
    }
}

fn delivery(kind: Kind) -> Delivery {
    Delivery::new(announcement("a", kind), "team")
}

fn now() -> Timestamp {
    at("2026-11-24T17:00:00Z")
}

#[test]
fn p13_one_that_was_cut_off_is_repeated_as_such() {
    let mut one = delivery(Kind::Cut);
    assert!(one.is_due(now()) && !one.unsure);
    one.begin();
    assert!(!one.is_due(now()));
    one.found(now());
    assert!(one.unsure, "nobody knows whether it arrived");
    assert!(one.is_due(now()), "and at once");
    one.begin();
    one.failed(now(), "no room", false);
    assert!(one.unsure, "a later try that is known to have failed tells nothing of the first");
    one.handed(now());
    assert!(one.is_over() && one.why.is_none());
}

#[test]
fn p13_what_fails_is_tried_less_and_less_often_and_then_waits() {
    let mut one = delivery(Kind::Cut);
    let mut time = now();
    let mut pauses = Vec::new();
    for _ in 1..TRIES {
        one.begin();
        one.failed(time, "no room", false);
        let Stage::Due { from } = one.stage else { panic!("{one:?}") };
        pauses.push(from.duration_since(time).as_mins());
        time = from;
    }
    assert_eq!(pauses, [1, 5, 30, 120]);
    one.begin();
    one.failed(time, "no room", false);
    assert_eq!((&one.stage, one.why.as_deref()), (&Stage::Waits, Some("no room")));
    assert!(!one.unsure && !one.is_due(time + 100.hours()));
    one.again(time);
    assert!(one.is_due(time) && one.tries == 0);
    one.drop_it();
    one.again(time);
    assert_eq!(one.stage, Stage::Dropped, "what is over stays so");
}

#[test]
fn p13_what_kills_whoever_hands_it_over_is_not_tried_for_ever() {
    let mut one = delivery(Kind::Cut);
    for _ in 0..TRIES {
        assert!(one.is_due(now()));
        one.begin();
        one.found(now());
    }
    assert_eq!(one.stage, Stage::Waits);
}

#[test]
fn p13_each_expires_wherever_it_stands() {
    let late = at("2026-11-25T17:00:00Z");
    let begun = |mut one: Delivery| {
        one.begin();
        one
    };
    let waits = Delivery { stage: Stage::Waits, ..delivery(Kind::Cut) };
    for mut one in [delivery(Kind::Cut), begun(delivery(Kind::Cut)), waits] {
        one.found(late - 1.second());
        assert!(!one.is_over(), "{one:?}");
        one.found(late);
        assert_eq!(one.stage, Stage::Expired);
    }
    let mut handed = delivery(Kind::Cut);
    handed.handed(now());
    handed.found(late);
    assert_eq!(handed.stage, Stage::Handed { at: now() });
}

#[test]
fn p13_of_topics_only_the_last_counts() {
    let on = |channel: &str, kind| Delivery { channel: channel.to_owned(), ..delivery(kind) };
    let mut stuck = on("team", Kind::Topic);
    stuck.stage = Stage::Waits;
    let mut all = vec![
        stuck,
        on("here", Kind::Topic),
        on("team", Kind::Cut),
        on("team", Kind::Topic),
        on("team", Kind::Finished),
        on("team", Kind::Topic),
    ];
    supersede(&mut all);
    let over: Vec<bool> = all.iter().map(|one| one.stage == Stage::Superseded).collect();
    assert_eq!(over, [true, false, false, true, false, false]);
    let again = all.clone();
    supersede(&mut all);
    assert_eq!(all, again);
}

/// What can happen to one.
#[derive(Debug, Clone, Copy)]
enum Step {
    Hands,
    Fails(bool),
    Dies,
    Waits(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Hands),
        6 => any::<bool>().prop_map(Step::Fails),
        3 => Just(Step::Dies),
        6 => (0..200_i64).prop_map(Step::Waits),
    ]
}

proptest! {
    /// However it goes: it is begun at most so often, is never begun when it is over or too late, and is called a repeat from
    /// the first end that nobody knows.
    #[test]
    fn p13_whatever_happens_to_one(steps in prop::collection::vec(step(), 0..60)) {
        let mut one = delivery(Kind::Held);
        let (mut time, mut unknown, mut begun) = (now(), false, 0);
        for step in steps {
            one.found(time);
            prop_assert_eq!(one.unsure, unknown);
            if let Step::Waits(minutes) = step {
                time += minutes.minutes();
                continue;
            }
            if !one.is_due(time) {
                continue;
            }
            prop_assert!(time < one.announcement.expires_at);
            one.begin();
            begun += 1;
            match step {
                Step::Hands => one.handed(time),
                Step::Fails(unsure) => {
                    one.failed(time, "why", unsure);
                    unknown |= unsure;
                }
                Step::Dies => unknown = true,
                Step::Waits(_) => {}
            }
        }
        prop_assert!(begun <= TRIES);
    }
}
