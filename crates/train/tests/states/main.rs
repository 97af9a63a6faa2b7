//! What the ledger's events come to: whatever people wish in whatever order, and whatever becomes of it, the state holds
//! together; and of any events at all, shuffled, repeated or cut short, it is made without a panic.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod holds;
mod invariants;
mod offers;
mod play;
mod pushday;
mod wishes;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use train::event::Event;
use train::state::State;

use play::Play;
use wishes::Wish;

/// The state of these events, an hour after each other.
fn folded(events: &[Event]) -> State {
    let mut state = State::default();
    for (n, event) in (0..).zip(events) {
        state.apply(event, Timestamp::from_second(n * 3600).unwrap(), "mat");
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn wishes_in_any_order_keep_the_state_whole(wishes in prop::collection::vec(Wish::any(), 1..60), cut in any::<prop::sample::Index>()) {
        let mut play = Play::new();
        for wish in &wishes {
            play.wish(wish);
            holds::after_each(&play);
        }
        holds::at_the_end(&play, cut);
    }

    #[test]
    fn events_in_any_order_come_to_a_state(
        wishes in prop::collection::vec(Wish::any(), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..120),
    ) {
        let mut play = Play::new();
        wishes.iter().for_each(|wish| play.wish(wish));
        // Left out, repeated and mixed, as in a ledger that somebody put together by hand.
        let told: Vec<Event> = play.events.iter().map(|(event, _)| event.clone()).collect();
        let events: Vec<Event> = order.iter().map(|at| at.get(&told).clone()).collect();
        let state = folded(&events);
        invariants::of_any(&state, &events);
        prop_assert_eq!(&folded(&events), &state);
        holds::can_be_asked(&state, &play);
    }
}

/// The wishes of the test are granted often enough to mean something.
#[test]
fn most_kinds_of_events_are_seen() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let tree = prop::collection::vec(Wish::any(), 40..60).new_tree(&mut runner).unwrap();
        let mut play = Play::new();
        tree.current().iter().for_each(|wish| play.wish(wish));
        seen.extend(play.events.iter().map(|(event, _)| event.kind()));
    }
    let kinds = [
        "approved",
        "away",
        "back",
        "began",
        "called",
        "cancelled",
        "claimed",
        "configured",
        "confirmation_withdrawn",
        "confirmed",
        "held",
        "intended",
        "moved",
        "off_cycle",
        "offer_declined",
        "offer_kept",
        "offered",
        "opened",
        "overridden",
        "resumed",
        "settled",
        "signed_off",
        "stayed",
        "swapped",
        "synced",
        "told",
        "unclaimed",
        "unreviewed",
        "wished",
        "withdrawn",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), kinds);
}
