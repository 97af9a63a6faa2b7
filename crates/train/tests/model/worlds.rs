//! The worlds in which everything must hold.

use std::time::Duration;

use stateright::{Checker, Model as Checked, Path};

use crate::world::{Action, Conductor, Left, Wish, World};
use crate::{Bug, Model};

pub(crate) const CUT: &[Wish] = &[Wish::Tag];
pub(crate) const TAGS: &[Wish] = &[Wish::Tag, Wish::Again];
pub(crate) const FIXES: &[Wish] = &[Wish::Merge, Wish::Tag, Wish::Sync];
pub(crate) const RIVAL: &[Wish] = &[Wish::Adopt, Wish::Again];

/// Checks every state of a world, which are at least so many: a world that shrinks in silence proves nothing.
fn holds(model: Model, at_least: usize) {
    assert_eq!(model.bug, Bug::Nothing);
    let checker = model.checker().timeout(Duration::from_secs(240)).spawn_bfs().join();
    let found = checker.discoveries();
    for (name, path) in &found {
        assert!(*name == "done", "{name} is broken by {}", told(path.clone()));
    }
    assert!(found.contains_key("done"), "no way leads to the end");
    assert!(checker.is_done(), "not every state was reached in time");
    let states = checker.unique_state_count();
    assert!(states >= at_least, "the world shrank to {states} states");
}

/// The way there, and where it ends, for people to read.
fn told(path: Path<World, Action>) -> String {
    let end = format!("{:#?}", path.last_state());
    let phase = |c: &Conductor| format!("{:?}", c.phase).chars().take(60).collect::<String>();
    let step = |(world, action): &(World, Option<Action>)| {
        let phases: Vec<String> = world.conductors.iter().map(phase).collect();
        action.map(|action| format!("{action:?} at {phases:?}"))
    };
    let way: Vec<String> = path.into_vec().iter().filter_map(step).collect();
    format!("{}\n{end}", way.join("\n"))
}

#[test]
fn alone_a_merge_and_a_cut_end_as_ever_whatever_dies_on_the_way() {
    holds(Model::new(&[FIXES], Left { crashes: 2, silences: 1, ..Left::default() }), 14_000);
}

#[test]
fn alone_two_cuts_end_as_ever() {
    holds(Model::new(&[TAGS], Left { crashes: 1, ..Left::default() }), 100);
    holds(Model::new(&[TAGS], Left { silences: 2, ..Left::default() }), 800);
}

#[test]
fn alone_without_a_fence_the_remotes_end_as_ever() {
    let left = Left { crashes: 2, silences: 1, ..Left::default() };
    holds(Model::new(&[FIXES], left).without_fence(), 3_500);
}

#[test]
fn somebody_tags_by_hand_and_deletes_while_main_moves() {
    let left = Left { crashes: 1, moves: 1, hand_tags: 1, deletions: 1, ..Left::default() };
    holds(Model::new(&[TAGS], left), 7_500);
}

#[test]
fn a_remote_refuses_or_says_nothing_while_somebody_tags_by_hand() {
    let left = Left { crashes: 1, silences: 1, refusals: 1, hand_tags: 1, ..Left::default() };
    holds(Model::new(&[CUT], left), 4_500);
}

#[test]
fn somebody_merges_by_button_between_our_two_pushes() {
    let left = Left { crashes: 1, silences: 1, moves: 1, buttons: 1, ..Left::default() };
    holds(Model::new(&[FIXES], left), 25_000);
}

#[test]
fn a_rival_takes_over_from_a_process_that_goes_on() {
    let left = Left { crashes: 1, silences: 1, ..Left::default() };
    holds(Model::new(&[CUT, RIVAL], left), 50_000);
}
