//! Attempts: what left and stands, what a rollback means, and how a push that was finished is on again.

use std::collections::BTreeMap;

use train::attempt::{Back, Finish, Leaving, Rollback, Start};
use train::event::{Event, Outcome};
use train::expected::came_past;
use train::facts::{Head, Look};
use train::id::{PushDate, RepoName};
use train::intent::{Intent, IntentId, Purpose, Remote};
use train::pushes::Train;
use train::settings::Settings;
use train::state::{Over, State};
use train::which::Want;

use crate::{TAG, at, gave, look, oid, settings};

const LATER: &str = "2026.12.03";

fn push(date: &str) -> PushDate {
    date.parse().unwrap()
}

fn name(repo: &str) -> RepoName {
    repo.parse().unwrap()
}

fn leaving(repo: &str, tag: &str, from: &str) -> Leaving {
    let (object, commit) = (oid('d'), oid('c'));
    Leaving { repo: name(repo), tag: tag.to_owned(), object, commit, from: Some(from.to_owned()) }
}

fn started(date: &str, attempt: u32, leaving: &[Leaving]) -> Event {
    let (leaving, tagset, settings) = (leaving.to_vec(), String::new(), String::new());
    let start = Start { attempt, leaving, tagset, notes: None, settings };
    Event::Started { push: push(date), start: Box::new(start), gates: Vec::new() }
}

fn finished(date: &str, hour: i64) -> Event {
    let finish = Finish {
        started: None,
        ended: at(hour),
        issues: Vec::new(),
        because: None,
        tags: [].into(),
    };
    Event::Finished { push: push(date), finish: Box::new(finish) }
}

fn rolled_back(date: &str, attempt: u32, repos: &[&str]) -> Event {
    let back = |repo: &&str| Back {
        repo: name(repo),
        tag: TAG.to_owned(),
        commit: oid('c'),
        to: Some("2026.11.19".to_owned()),
    };
    let (back, because) = (repos.iter().map(back).collect(), "errors".to_owned());
    let rollback = Rollback { attempt, back, unbegun: Vec::new(), because };
    Event::RolledBack { push: push(date), rollback: Box::new(rollback) }
}

/// A ledger that gave *server* its tag, and has these events since, an hour after each other.
fn after(events: &[Event]) -> State {
    let mut state = gave(TAG, 0, false);
    for (hour, event) in (1..).zip(events) {
        state.apply(event, at(hour), "jason");
    }
    state
}

/// One more tag of *server*, as the ledger has it: intended, and published.
fn another_tag(tag: &str) -> [Event; 2] {
    let tagged = gave(tag, 0, false).pushes[&push(TAG)].tags[&name("server")][0].tag.clone();
    let head = Head { seq: 1, hash: "0".repeat(64) };
    let id = IntentId::after(&head, &name("server"), Remote::Upstream);
    let intent = Intent {
        id: id.clone(),
        push: Some(push(TAG)),
        repo: name("server"),
        remote: Remote::Upstream,
        purpose: Purpose::Pick(tagged),
        updates: Vec::new(),
        fence: None,
        settings: String::new(),
    };
    [Event::Intended(Box::new(intent)), Event::Settled { intent: id, outcome: Outcome::Published }]
}

fn shown<T>(state: &State, ask: impl FnOnce(&Train<'_>) -> T) -> T {
    let settings: Settings = settings();
    let looks: BTreeMap<RepoName, Look> = BTreeMap::new();
    ask(&Train { settings: &settings, state, looks: &looks, now: at(100) })
}

#[test]
fn what_left_stands_until_it_is_taken_back_or_another_tag_takes_its_place() {
    let both = [leaving("server", TAG, "2026.11.19"), leaving("web", TAG, "2026.11.19")];
    let state = after(&[
        started(TAG, 1, &both),
        rolled_back(TAG, 1, &["server"]),
        started(TAG, 2, &[leaving("server", "2026.11.26-1", "2026.11.19")]),
    ]);
    let day = state.days.of(push(TAG));
    let left: Vec<(&str, &str)> =
        day.left().into_values().map(|one| (one.repo.as_str(), one.tag.as_str())).collect();
    assert_eq!(left, [("server", "2026.11.26-1"), ("web", TAG)]);
    assert_eq!(day.attempts[0].standing().count(), 1);
}

#[test]
fn a_rollback_opens_a_push_again_that_was_finished() {
    let leaves = [leaving("server", TAG, "2026.11.19")];
    let state = after(&[started(TAG, 1, &leaves), finished(TAG, 2)]);
    assert!(state.days.of(push(TAG)).attempt().is_none() && state.over(push(TAG)).is_some());
    let state =
        after(&[started(TAG, 1, &leaves), finished(TAG, 2), rolled_back(TAG, 1, &["server"])]);
    let day = state.days.of(push(TAG));
    assert!(
        day.finished.is_none() && state.over(push(TAG)).is_none(),
        "production does not run it"
    );
    assert_eq!((day.bad.len(), day.holding(at(3)).len()), (1, 1), "it stays back");
    assert!(day.left().is_empty());
    assert_eq!(shown(&state, |train| train.meant(Want::Cut, None)).unwrap(), push(TAG));
}

#[test]
fn another_tag_opens_it_again_for_an_attempt_of_its_own() {
    let leaves = [leaving("server", TAG, "2026.11.19")];
    let [intended, settled] = another_tag("2026.11.26-1");
    let state = after(&[started(TAG, 1, &leaves), finished(TAG, 2), intended, settled]);
    let day = state.days.of(push(TAG));
    assert!(state.over(push(TAG)).is_none());
    let finish = day.finished.as_ref().expect("production ran it, and may still");
    assert_eq!(finish.ended, at(2));
    assert!(day.attempt().is_none(), "the first attempt is over");
    let state = {
        let mut state = state.clone();
        let fixed = [leaving("server", "2026.11.26-1", TAG)];
        state.apply(&started(TAG, 2, &fixed), at(9), "jason");
        state
    };
    assert_eq!(state.days.of(push(TAG)).attempt().unwrap().number, 2);
    let state = {
        let mut state = state;
        state.apply(&finished(TAG, 9), at(10), "jason");
        state
    };
    assert!(matches!(state.over(push(TAG)), Some(Over::Done(finish)) if finish.ended == at(9)));
}

#[test]
fn a_rollback_means_the_push_that_was_started_last() {
    let (first, later) = ([leaving("server", TAG, "2026.11.19")], [leaving("server", LATER, TAG)]);
    let none = gave(TAG, 0, false);
    assert_eq!(shown(&none, |train| train.taken_back(None)), Ok(push(TAG)), "none was started");
    let state = after(&[started(TAG, 1, &first), finished(TAG, 2)]);
    assert_eq!(shown(&state, |train| train.taken_back(None)), Ok(push(TAG)), "though finished");
    let state = after(&[started(TAG, 1, &first), finished(TAG, 2), started(LATER, 1, &later)]);
    assert_eq!(shown(&state, |train| train.taken_back(None)), Ok(push(LATER)));
    assert_eq!(shown(&state, |train| train.taken_back(Some(push(TAG)))), Ok(push(TAG)));
    // What came after it goes back first.
    let since = shown(&state, |train| train.brought_since(push(TAG)).len());
    assert_eq!((since, shown(&state, |train| train.brought_since(push(LATER)).len())), (1, 0));
    let mut back = state;
    back.apply(&rolled_back(LATER, 1, &["server"]), at(9), "jason");
    assert_eq!(shown(&back, |train| train.brought_since(push(TAG)).len()), 0);
    // A hot-fix onto the older push is what production got last.
    back.apply(&started(TAG, 2, &first), at(10), "jason");
    assert_eq!(shown(&back, |train| train.taken_back(None)), Ok(push(TAG)));
}

/// The end of a push with its tags noted, as it is recorded now.
fn finished_with(date: &str, hour: i64, tags: &[(&str, &str)]) -> Event {
    let Event::Finished { push, mut finish } = finished(date, hour) else { unreachable!() };
    finish.tags = tags.iter().map(|(repo, tag)| (name(repo), (*tag).to_owned())).collect();
    Event::Finished { push, finish }
}

#[test]
fn a_tag_that_somebody_else_made_after_the_end_opens_a_push_again() {
    let leaves = [leaving("server", TAG, "2026.11.19")];
    let state = after(&[started(TAG, 1, &leaves), finished_with(TAG, 2, &[("server", TAG)])]);
    let over = |state: &State, tags: &[(&str, char, char)]| {
        let (settings, looks) = (settings(), BTreeMap::from([(name("server"), look(0, tags))]));
        let train = Train { settings: &settings, state, looks: &looks, now: at(3) };
        (train.over(push(TAG)).is_some(), train.live().contains(&push(TAG)))
    };
    assert_eq!(over(&state, &[(TAG, 'd', 'c')]), (true, false));
    let by_hand = [(TAG, 'd', 'c'), ("2026.11.26-1", 'e', 'f')];
    assert_eq!(over(&state, &by_hand), (false, true), "what remotes show counts");
    let noted_nothing = after(&[started(TAG, 1, &leaves), finished(TAG, 2)]);
    assert_eq!(over(&noted_nothing, &by_hand), (true, false), "nobody can tell what is newer");
    let mut state = state;
    state.apply(&started(TAG, 2, &[leaving("server", "2026.11.26-1", TAG)]), at(3), "jason");
    assert_eq!(state.days.of(push(TAG)).attempt().unwrap().number, 2, "its start opens it too");
    assert_eq!(over(&state, &by_hand), (false, true));
}

#[test]
fn what_no_start_allowed_came_past_and_what_left_last_settles_the_rest() {
    let server = settings().repos[0].clone();
    let leaves = [leaving("server", TAG, "2026.11.19")];
    let none = gave(TAG, 0, false);
    assert_eq!(came_past(&none, &server, TAG), Some(push(TAG)));
    assert_eq!(came_past(&none, &server, "2026.11.19-1"), None, "that was for others to start");
    let state = after(&[started(TAG, 1, &leaves)]);
    assert_eq!(came_past(&state, &server, TAG), None);
    assert_eq!(came_past(&state, &server, "2026.11.26-1"), Some(push(TAG)));
    let on_top = [leaving("server", "2026.11.26-1", TAG)];
    let joined = after(&[started(TAG, 1, &leaves), started(TAG, 1, &on_top)]);
    assert_eq!(came_past(&joined, &server, TAG), None, "it left before the newer one");
    let settled =
        |state: &State| shown(state, |train| train.is_settled(push(TAG), &name("server"), TAG));
    assert!(!settled(&state));
    let later = [leaving("server", LATER, TAG)];
    let replaced = after(&[started(TAG, 1, &leaves), started(LATER, 1, &later)]);
    assert!(settled(&replaced), "a later push took its place");
    let mut back = replaced;
    let back_to = Back {
        repo: name("server"),
        tag: LATER.to_owned(),
        commit: oid('c'),
        to: Some(TAG.to_owned()),
    };
    let rollback = Rollback {
        attempt: 1,
        back: vec![back_to],
        unbegun: Vec::new(),
        because: "slow".to_owned(),
    };
    back.apply(
        &Event::RolledBack { push: push(LATER), rollback: Box::new(rollback) },
        at(9),
        "jason",
    );
    assert!(!settled(&back), "and went back to it");
}
