//! Each promise turns red when the bug that it guards against is planted: a model that finds nothing proves nothing.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model as Checked};

use crate::world::{Left, Wish};
use crate::worlds::{CUT, FIXES, RIVAL, TAGS};
use crate::{Bug, Model};

const NOTHING: Left =
    Left { crashes: 0, silences: 0, refusals: 0, moves: 0, hand_tags: 0, deletions: 0, buttons: 0 };

/// Whether a world with a bug in it breaks `promise`, which it keeps without.
fn breaks(bug: Bug, promise: &'static str, wishes: &[&'static [Wish]], left: Left) {
    let found = |model: Model| {
        let only = HasDiscoveries::AnyOf(BTreeSet::from([promise]));
        let checker = model.checker().finish_when(only).spawn_bfs().join();
        checker.discovery(promise).is_some()
    };
    assert!(found(Model::new(wishes, left).with(bug)), "{promise} holds in spite of {bug:?}");
    assert!(!found(Model::new(wishes, left)), "{promise} is broken without {bug:?}");
}

#[test]
fn p1_a_merge_that_goes_to_security_first() {
    breaks(Bug::SecurityFirst, "P1", &[FIXES], NOTHING);
}

#[test]
fn p2_a_tag_pushed_without_a_lease() {
    breaks(Bug::TagWithoutLease, "P2", &[CUT], Left { hand_tags: 1, ..NOTHING });
}

#[test]
fn p3_suffixes_counted_from_what_is_there() {
    breaks(Bug::CountWhatIsThere, "P3", &[TAGS], Left { deletions: 1, ..NOTHING });
}

#[test]
fn p11_open_intents_passed_over() {
    breaks(Bug::LeaveOpenBehind, "P11", &[CUT], Left { crashes: 1, ..NOTHING });
}

#[test]
fn p11_an_intent_beside_an_open_one() {
    breaks(Bug::TwoAtOnce, "P11", &[CUT], Left { silences: 2, ..NOTHING });
}

#[test]
fn p11_objects_built_anew() {
    breaks(Bug::BuildAnew, "P11", &[CUT], Left { crashes: 1, ..NOTHING });
}

#[test]
fn p11_silence_taken_for_a_no() {
    breaks(Bug::SilenceIsNo, "P11", &[CUT], Left { silences: 1, ..NOTHING });
}

#[test]
fn p11_again_makes_another_when_run_again() {
    breaks(Bug::AgainAndAgain, "P11", &[TAGS], Left { crashes: 1, ..NOTHING });
}

#[test]
fn p12_a_fence_moved_without_a_lease() {
    breaks(Bug::FenceWithoutLease, "P12", &[CUT, RIVAL], NOTHING);
}

#[test]
fn p12_a_fence_that_somebody_else_put_there() {
    breaks(Bug::TrustAnyFence, "P12", &[CUT, RIVAL], Left { crashes: 1, ..NOTHING });
}

#[test]
fn silence_taken_for_a_yes_records_what_is_not_there() {
    breaks(Bug::SilenceIsYes, "there", &[CUT], Left { silences: 1, ..NOTHING });
}
