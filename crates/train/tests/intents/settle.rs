//! `settle`, row by row.

use train::intent::{Intent, Purpose, Seen, Settlement, Update, settle};

use crate::{at, merge, nothing, oid, set_aside, sync, tag};

fn different(intent: &Intent, found: char) -> Settlement {
    Settlement::Different { name: intent.updates[0].name.clone(), found: oid(found) }
}

fn pick() -> Intent {
    let mut intent = tag();
    if let Purpose::Tag(tagged) = intent.purpose {
        intent.purpose = Purpose::Pick(tagged);
    }
    intent
}

#[test]
fn a_tag_that_is_absent_is_pushed_again() {
    for intent in [tag(), pick()] {
        assert_eq!(settle(&intent, &nothing()), Settlement::Absent);
    }
}

#[test]
fn a_tag_that_is_ours_is_published() {
    for intent in [tag(), pick()] {
        assert_eq!(settle(&intent, &at(&intent, 'd', 'c', true)), Settlement::Published);
    }
}

#[test]
fn a_tag_on_the_same_commit_by_someone_else_is_there_already() {
    for intent in [tag(), pick()] {
        assert_eq!(settle(&intent, &at(&intent, 'e', 'c', true)), Settlement::Already);
        assert_eq!(
            settle(&intent, &at(&intent, 'c', 'c', true)),
            Settlement::Already,
            "lightweight"
        );
    }
}

#[test]
fn a_tag_on_another_commit_is_another() {
    for intent in [tag(), pick()] {
        assert_eq!(settle(&intent, &at(&intent, 'e', 'b', false)), different(&intent, 'b'));
    }
}

#[test]
fn a_tag_that_was_moved_on_is_another() {
    for intent in [tag(), pick()] {
        assert_eq!(settle(&intent, &at(&intent, 'e', 'f', true)), different(&intent, 'f'));
    }
}

#[test]
fn a_main_where_it_was_is_pushed_again() {
    for intent in [merge(), sync()] {
        assert_eq!(settle(&intent, &at(&intent, 'a', 'a', false)), Settlement::Absent);
    }
}

#[test]
fn a_main_at_ours_is_published() {
    for intent in [merge(), sync()] {
        assert_eq!(settle(&intent, &at(&intent, 'c', 'c', true)), Settlement::Published);
    }
}

#[test]
fn a_main_elsewhere_is_another() {
    for intent in [merge(), sync()] {
        assert_eq!(settle(&intent, &at(&intent, 'b', 'b', false)), different(&intent, 'b'));
    }
}

#[test]
fn a_main_that_moved_on_from_ours_is_published() {
    for intent in [merge(), sync()] {
        assert_eq!(settle(&intent, &at(&intent, 'f', 'f', true)), Settlement::Published);
    }
}

#[test]
fn a_main_that_is_gone_is_another() {
    for intent in [merge(), sync()] {
        assert_eq!(settle(&intent, &nothing()), different(&intent, 'a'));
    }
}

#[test]
fn a_new_branch_that_is_absent_is_pushed_again() {
    assert_eq!(settle(&set_aside(), &nothing()), Settlement::Absent);
}

#[test]
fn a_new_branch_at_ours_is_published() {
    let intent = set_aside();
    assert_eq!(settle(&intent, &at(&intent, 'c', 'c', true)), Settlement::Published);
}

#[test]
fn a_new_branch_elsewhere_is_another() {
    let intent = set_aside();
    assert_eq!(settle(&intent, &at(&intent, 'b', 'b', false)), different(&intent, 'b'));
}

#[test]
fn a_new_branch_that_moved_on_from_ours_is_published() {
    let intent = set_aside();
    assert_eq!(settle(&intent, &at(&intent, 'f', 'f', true)), Settlement::Published);
}

#[test]
fn a_remote_that_cannot_be_asked_settles_nothing() {
    for intent in [tag(), pick(), merge(), sync(), set_aside()] {
        assert_eq!(settle(&intent, &Seen::Unreachable), Settlement::Unknown);
    }
}

#[test]
fn of_several_refs_one_that_is_another_decides_and_one_that_is_absent_counts_for_all() {
    let mut intent = tag();
    intent.updates.push(Update::new_tag("2026.11.26-1", oid('d'), oid('c')));
    assert_eq!(settle(&intent, &at(&intent, 'd', 'c', true)), Settlement::Absent);
    assert_eq!(settle(&intent, &at(&intent, 'e', 'b', false)), different(&intent, 'b'));
}
