//! What holds of the state while people wish in any order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::sample::Index;
use train::event::{Event, Outcome};
use train::id::RepoName;
use train::intent::Purpose;
use train::state::State;
use train::which::Want;

use crate::invariants;
use crate::offers;
use crate::play::{Play, actor};
use crate::pushday;

/// After each wish: what the newest event may have broken.
pub fn after_each(play: &Play) {
    let state = &play.state;
    for (intent, one) in state.open.values().map(|intent| (intent, (&intent.repo, intent.remote))) {
        let same = state.open.values().filter(|other| (&other.repo, other.remote) == one);
        assert_eq!(same.count(), 1, "one at a time in each remote: {intent:?}");
    }
    for (date, push) in &state.pushes {
        for (repo, given) in &push.tags {
            assert!(
                !push.stays.contains_key(repo),
                "{repo} has a tag of {date}, so it does not stay"
            );
            let scheme = &play.settings.repo(repo).unwrap().scheme;
            let revisions: Vec<_> =
                given.iter().map(|given| scheme.parse(&given.tag.tag).unwrap()).collect();
            // P4: the date is the push's; P3: each suffix once, upward.
            assert!(revisions.iter().all(|revision| revision.push == *date));
            assert!(revisions.is_sorted_by(|a, b| a < b), "{given:?}");
        }
    }
    for again in [false, true] {
        if let Ok(chosen) = play.train().to_cut(None, again, false, &actor()) {
            let cancelled = state.changes.cancelled.contains_key(&chosen.push);
            assert!(!cancelled, "a cancelled push is not the next to cut");
        }
    }
    let live = play.train().live();
    assert!(live.iter().all(|push| state.over(*push).is_none()), "{live:?}");
    assert!(play.train().nearest_cut().is_none_or(|push| live.contains(&push)));
    if let Ok(push) = play.train().meant(Want::Cut, None) {
        assert_eq!(live, [push], "what is cut is meant where it is alone");
    }
    offers::stand_as_they_should(play);
    assert!(state.last_at.is_some_and(|at| at <= play.events.last().unwrap().1));
}

/// At the end: the ledger, read again, comes to the same; and so does it in two goes, with the state written down between.
pub fn at_the_end(play: &Play, cut: Index) {
    let events: Vec<Event> = play.events.iter().map(|(event, _)| event.clone()).collect();
    invariants::of_any(&play.state, &events);
    let read = |from: State, part: &[(Event, jiff::Timestamp)]| {
        part.iter().fold(from, |mut state, (event, at)| {
            state.apply(event, *at, "mat");
            state
        })
    };
    assert_eq!(read(State::default(), &play.events), play.state);
    let (before, after) = play.events.split_at(cut.index(play.events.len()));
    let json = serde_json::to_string(&read(State::default(), before)).unwrap();
    assert_eq!(read(serde_json::from_str(&json).unwrap(), after), play.state);
    as_told(&play.state, &play.events);
    pushday::as_told(&play.state, &play.events);
    can_be_asked(&play.state, play);
}

/// What the events say of themselves, counted another way than the state does.
fn as_told(state: &State, events: &[(Event, jiff::Timestamp)]) {
    let mut open = BTreeMap::new();
    let mut unsynced: BTreeSet<RepoName> = BTreeSet::new();
    let mut given: BTreeSet<(RepoName, String)> = BTreeSet::new();
    let mut heroes = 0;
    for (event, _) in events {
        match event {
            Event::Opened { hero: Some(_), .. } => heroes += 1,
            Event::Intended(intent) => drop(open.insert(intent.id.clone(), intent)),
            Event::Synced { repo } => drop(unsynced.remove(repo)),
            Event::Settled { intent, outcome } => {
                let intent = open.remove(intent).unwrap();
                if !matches!(outcome, Outcome::Published | Outcome::Already) {
                    continue;
                }
                match &intent.purpose {
                    Purpose::Merge { .. } => drop(unsynced.insert(intent.repo.clone())),
                    Purpose::Sync => drop(unsynced.remove(&intent.repo)),
                    Purpose::Tag(tagged) | Purpose::Pick(tagged) => {
                        let new = given.insert((intent.repo.clone(), tagged.tag.clone()));
                        assert!(new, "{} is given once (P3)", tagged.tag);
                    }
                    Purpose::SetAside => {}
                }
            }
            _ => {}
        }
    }
    assert_eq!(open.keys().collect::<Vec<_>>(), state.open.keys().collect::<Vec<_>>());
    assert_eq!(unsynced, state.unsynced);
    assert_eq!(heroes, state.changes.served.len());
    let kept: BTreeSet<(RepoName, String)> = state
        .pushes
        .values()
        .flat_map(|push| &push.tags)
        .flat_map(|(repo, all)| all.iter().map(|one| (repo.clone(), one.tag.tag.clone())))
        .collect();
    assert!(kept.is_subset(&given) && (kept == given || state.pushes.len() == 12));
}

/// Everything that is asked of a state has an answer, or a refusal with words.
pub fn can_be_asked(state: &State, play: &Play) {
    let train = train::pushes::Train { state, ..play.train() };
    let _ = (train.shown(), train.tagged(), train.next());
    for push in state.pushes.keys() {
        let _ = (train.is_cut(*push), train.departure(*push), train.following(*push));
        for repo in &play.settings.repos {
            assert!(state.tags_of(*push, &repo.name).len() <= 1000);
        }
    }
    for refusal in
        [train.meant(Want::Cut, None).err(), train.to_cut(None, false, false, &actor()).err()]
            .into_iter()
            .flatten()
    {
        assert!(!refusal.message.is_empty() && !refusal.hint.is_empty());
    }
}
