//! The steps of `train::publish`: what follows what, with a fence and without.

use train::event::{Event, Outcome};
use train::facts::SeenFence;
use train::intent::{FenceMove, Intent, Remote, Seen};
use train::publish::{self, End, Fencing, Looking, Pushed, Pushing, Sight, Step, Taking};
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::{at, fence, fenced, merge, nothing, oid, sync, tag};

fn sight(refs: Seen, fence: Option<SeenFence>) -> Sight {
    Sight { refs, fence, ours: Ok(()) }
}

fn pushing(step: Step) -> Pushing {
    let Step::Push(pushing) = step else { panic!("{step:?} is no push") };
    pushing
}

fn looking(step: Step) -> Looking {
    let Step::Look(looking) = step else { panic!("{step:?} is no look") };
    looking
}

fn taking(step: Step) -> Taking {
    let Step::TakeFence(taking) = step else { panic!("{step:?} takes no fence") };
    taking
}

fn open(why: &str) -> Step {
    Step::End(End::Open(why.to_owned()))
}

/// What comes after a push of `intent` that was lost, and a look.
fn after_lost(intent: &Intent, seen: Sight) -> Step {
    let first = pushing(publish::begin(intent));
    let lost = first.answered(intent.fence.clone(), Pushed::Lost("stale".to_owned()));
    looking(lost).saw(intent, seen)
}

#[test]
fn the_remotes_own_word_ends_it() {
    for (said, outcome) in [
        (Pushed::Done, Outcome::Published),
        (Pushed::Refused("no".to_owned()), Outcome::Refused { why: "no".to_owned() }),
    ] {
        let step = pushing(publish::begin(&tag())).answered(None, said);
        assert_eq!(step, Step::End(End::Settled(outcome)));
    }
}

#[test]
fn an_open_intent_takes_the_fence_before_it_is_pushed_again() {
    let intent = fenced();
    let first = looking(publish::resume()).saw(&intent, sight(nothing(), Some(fence('1'))));
    let taken = taking(first);
    assert_eq!(taken.from, Some(fence('1')));
    let again = looking(taken.answered(oid('3'), Pushed::Done));
    let step = again.saw(&intent, sight(nothing(), Some(fence('3'))));
    assert_eq!(step, Step::Push(Pushing { fence: Fencing::After(fence('3')) }));
}

#[test]
fn an_open_intent_that_is_there_is_recorded_without_more() {
    let intent = fenced();
    let seen = sight(at(&intent, 'd', 'c', true), Some(fence('1')));
    let step = looking(publish::resume()).saw(&intent, seen);
    assert_eq!(step, Step::End(End::Settled(Outcome::Published)));
}

#[test]
fn a_commit_that_is_there_without_our_fence_was_brought_by_somebody_else() {
    let intent = Intent { fence: fenced().fence, ..merge() };
    let there = |fence| {
        let step =
            looking(publish::resume()).saw(&intent, sight(at(&intent, 'c', 'c', true), fence));
        let Step::End(End::Settled(outcome)) = step else { panic!("{step:?} is no end") };
        outcome
    };
    let mut ours = fence('2');
    ours.body.as_mut().unwrap().intent = Some(intent.id.to_string());
    assert_eq!(there(Some(ours)), Outcome::Published);
    for other in [Some(fence('1')), None] {
        assert_eq!(there(other.clone()), Outcome::Already, "{other:?}");
    }
    let without = Intent { fence: None, ..intent.clone() };
    let seen = sight(at(&without, 'c', 'c', true), None);
    let step = looking(publish::resume()).saw(&without, seen);
    assert_eq!(step, Step::End(End::Settled(Outcome::Published)), "nothing tells them apart");
}

#[test]
fn a_fence_that_is_free_is_taken() {
    let intent = Intent { fence: fenced().fence.map(|f| FenceMove { from: None, ..f }), ..tag() };
    let step = looking(publish::resume()).saw(&intent, sight(nothing(), None));
    assert_eq!(taking(step).from, None);
}

#[test]
fn a_fence_of_another_ledger_stops() {
    let intent = fenced();
    let refusal = Refusal::new(Code::OtherLedger, "run by another", "adopt");
    let theirs = || Sight { refs: nothing(), fence: Some(fence('9')), ours: Err(refusal.clone()) };
    let stop = Step::End(End::NotOurs(refusal.clone()));
    assert_eq!(looking(publish::resume()).saw(&intent, theirs()), stop);
    let taken = taking(looking(publish::resume()).saw(&intent, sight(nothing(), Some(fence('1')))));
    let after = looking(taken.answered(oid('3'), Pushed::Done)).saw(&intent, theirs());
    assert_eq!(after, stop, "also between the take-over and the second look");
}

#[test]
fn a_fence_that_moved_since_the_look_leaves_the_intent_open() {
    let intent = fenced();
    for said in [Pushed::Lost("x".to_owned()), Pushed::Unknown("x".to_owned())] {
        let first = looking(publish::resume()).saw(&intent, sight(nothing(), Some(fence('1'))));
        assert_eq!(taking(first).answered(oid('3'), said), open("the fence could not be moved: x"));
    }
    let first = looking(publish::resume()).saw(&intent, sight(nothing(), Some(fence('1'))));
    let again = looking(taking(first).answered(oid('3'), Pushed::Done));
    let step = again.saw(&intent, sight(nothing(), Some(fence('4'))));
    assert_eq!(step, open("the fence was moved by somebody else"));
}

#[test]
fn a_lost_push_whose_fence_somebody_moved_is_over() {
    let step = after_lost(&fenced(), sight(nothing(), Some(fence('9'))));
    let over = Outcome::Overtaken { name: "stale".to_owned(), found: None };
    assert_eq!(step, Step::End(End::Settled(over)));
}

#[test]
fn a_lost_push_whose_fence_is_in_place_stays_open() {
    for own in ['1', '2'] {
        let step = after_lost(&fenced(), sight(nothing(), Some(fence(own))));
        assert_eq!(step, open("stale"), "the fence at {own} is nobody else's");
    }
}

#[test]
fn a_lost_push_without_a_fence_stays_open() {
    assert_eq!(after_lost(&tag(), sight(nothing(), Some(fence('9')))), open("stale"));
    let sync = sync();
    assert_eq!(after_lost(&sync, sight(at(&sync, 'a', 'a', false), None)), open("stale"));
}

#[test]
fn a_lost_push_that_somebody_overtook_is_over() {
    let intent = merge();
    let step = after_lost(&intent, sight(at(&intent, 'b', 'b', false), None));
    let name = "refs/heads/main".to_owned();
    let over = Outcome::Overtaken { name, found: Some(oid('b')) };
    assert_eq!(step, Step::End(End::Settled(over)));
}

#[test]
fn what_cannot_be_looked_at_stays_open() {
    assert_eq!(after_lost(&fenced(), Sight::unreachable()), open("stale"));
    let step = looking(publish::resume()).saw(&fenced(), Sight::unreachable());
    assert_eq!(step, open("the remote could not be asked"));
}

#[test]
fn an_open_intent_without_a_fence_is_pushed_again_at_once() {
    let step = looking(publish::resume()).saw(&tag(), sight(nothing(), None));
    assert_eq!(step, Step::Push(Pushing { fence: Fencing::Off }));
}

#[test]
fn nothing_new_begins_beside_an_open_intent() {
    let (mut state, intent) = (State::default(), tag());
    assert_eq!(publish::may_begin(&state, &intent.repo, Remote::Upstream), Ok(()));
    let event = Event::Intended(Box::new(intent.clone()));
    state.apply(&event, jiff::Timestamp::UNIX_EPOCH, "mat");
    let refused = publish::may_begin(&state, &intent.repo, Remote::Upstream).unwrap_err();
    assert_eq!(refused.code, Code::Incomplete);
    assert_eq!(publish::may_begin(&state, &intent.repo, Remote::Security), Ok(()));
}
