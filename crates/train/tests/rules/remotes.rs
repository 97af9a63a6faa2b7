//! The remotes are the truth: what they show later wins over the record, and a difference is told (P2, P15).

use std::collections::BTreeMap;

use train::differences;
use train::pushes::Train;
use train::state::State;

use crate::{TAG, at, gave, look, oid, repo, settings};

#[test]
fn p2_p15_a_tag_that_is_gone_or_moved_is_told() {
    let found = |by_other, tags: &[(&str, char, char)]| {
        let all = differences::of(&gave(TAG, 1, by_other), &repo().name, &look(2, tags));
        all.into_iter().map(|d| d.found).collect::<Vec<_>>()
    };
    assert_eq!(found(false, &[(TAG, 'd', 'c')]), []);
    assert_eq!(found(false, &[]), [None]);
    assert_eq!(found(false, &[(TAG, 'f', 'b')]), [Some(oid('f'))], "moved");
    assert_eq!(found(false, &[(TAG, 'f', 'c')]), [Some(oid('f'))], "made again");
    assert_eq!(found(true, &[(TAG, 'f', 'c')]), [], "it was never our object");
    assert_eq!(found(true, &[(TAG, 'f', 'b')]), [Some(oid('b'))]);
}

#[test]
fn p15_a_look_from_before_says_nothing_of_a_tag_given_since() {
    let before = |hour| differences::by_then(&gave(TAG, 1, false), &repo().name, &look(hour, &[]));
    assert!(before(0).is_empty());
    assert_eq!(before(2).len(), 1);
}

fn is_cut(state: &State, hour: i64, tags: &[(&str, char, char)]) -> bool {
    let looks = BTreeMap::from([(repo().name, look(hour, tags))]);
    let settings = settings();
    let train = Train { settings: &settings, state, looks: &looks, now: at(3) };
    let push = TAG.parse().unwrap();
    let tagged = train.tagged().contains_key(&push);
    assert_eq!(tagged, train.is_cut(push));
    tagged
}

#[test]
fn p15_a_push_is_cut_when_its_tags_are_there_whatever_was_recorded() {
    assert!(is_cut(&State::default(), 2, &[(TAG, 'f', 'b')]), "a fresh ledger reads the remote");
    assert!(!is_cut(&State::default(), 2, &[]));
    assert!(is_cut(&gave(TAG, 1, false), 0, &[]), "given since the look");
    assert!(!is_cut(&gave(TAG, 1, false), 2, &[]), "looked since, and gone");
}
