//! What holds of a state after any events at all, also of a ledger that somebody shuffled, repeated or cut.

use train::event::Event;
use train::intent::{Intent, Remote};
use train::state::State;

/// Panics where it does not hold of the state that comes of `events`.
pub fn of_any(state: &State, events: &[Event]) {
    assert_eq!(state.last_at.is_some(), !events.is_empty());
    let intended: Vec<_> = events.iter().filter_map(intent).collect();
    for (id, open) in &state.open {
        assert_eq!(id, &open.id, "an intent is kept by its name");
        assert!(
            intended.iter().any(|intent| intent.id == *id),
            "nothing is open that was not intended"
        );
        let fenced = open.fence.is_none() || state.may_have_fenced(&open.repo, id.as_str());
        assert!(fenced, "what is open may stand in the fence (P10)");
    }
    // Of the past only so much is kept, and what open intents are for.
    assert!(state.pushes.len() <= 12 + intended.len());
    for (push, known) in &state.pushes {
        for (repo, given) in &known.tags {
            assert!(!given.is_empty());
            let remembered = state.tags_of(*push, repo);
            assert!(given.iter().all(|given| remembered.contains(&given.tag.tag)), "P3");
        }
    }
    assert!(state.days.newest_first().count() <= 12);
    for (_, day) in state.days.newest_first() {
        let holds: Vec<_> = day.holds.iter().map(|held| (&held.by, &held.hold.repo)).collect();
        let claims: Vec<_> = day.claims.iter().map(|claim| &claim.by).collect();
        assert!(holds.iter().all(|one| holds.iter().filter(|other| *other == one).count() == 1));
        assert!(claims.iter().all(|one| claims.iter().filter(|other| *other == one).count() == 1));
    }
    for repo in state.open.values().map(|intent| &intent.repo) {
        let count = |remote| state.open_in(repo, remote).count();
        assert!(count(Remote::Upstream) + count(Remote::Security) <= state.open.len());
    }
    let json = serde_json::to_string(state).expect("a state can be written");
    assert_eq!(&serde_json::from_str::<State>(&json).expect("and read"), state);
}

fn intent(event: &Event) -> Option<&Intent> {
    if let Event::Intended(intent) = event { Some(intent) } else { None }
}
