//! The remotes are the truth: what they show later wins over the record, and a difference is told (P2, P15).

use std::collections::BTreeMap;

use train::cut::next_tag;
use train::differences;
use train::event::Event;
use train::facts::{Look, MovedTag, SeenRef};
use train::pushes::Train;
use train::state::State;

use crate::{TAG, at, gave, look, oid, repo, settings};

#[test]
fn p2_p15_a_tag_that_is_gone_or_moved_is_told() {
    let found = |by_other, tags: &[(&str, char, char)]| {
        let all = differences::of(&gave(TAG, 1, by_other), &repo(), &look(2, tags));
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
    let before = |hour| differences::by_then(&gave(TAG, 1, false), &repo(), &look(hour, &[]));
    assert!(before(0).is_empty());
    assert_eq!(before(2).len(), 1);
}

/// A look at these tags, where somebody moved or deleted those: name, what it named first, what it names now.
fn moved(hour: i64, tags: &[(&str, char, char)], moved: &[(&str, char, Option<char>)]) -> Look {
    let seen = |digit| SeenRef { object: oid(digit), commit: oid(digit) };
    let moved = moved.iter().map(|(name, first, now)| {
        ((*name).to_owned(), MovedTag { first: seen(*first), now: now.map(seen) })
    });
    Look { moved: moved.collect(), ..look(hour, tags) }
}

fn told(state: &State, look: &Look) -> Vec<String> {
    differences::of(state, &repo(), look).into_iter().map(|differs| differs.message).collect()
}

const OLD: &str = "2026.11.19";

#[test]
fn p2_a_tag_that_was_never_given_here_is_told_too() {
    let at_b = moved(2, &[(OLD, 'b', 'b')], &[(OLD, 'a', Some('b'))]);
    let words = "2026.11.19 of server was moved by somebody else, from aaaaaaaaaa to bbbbbbbbbb";
    assert_eq!(told(&State::default(), &at_b), [words]);
    let gone = moved(2, &[], &[(OLD, 'a', None)]);
    let words = "2026.11.19 was deleted from server by somebody else; it was on aaaaaaaaaa";
    assert_eq!(told(&State::default(), &gone), [words]);
    let other = moved(2, &[("latest", 'b', 'b')], &[("latest", 'a', Some('b'))]);
    assert!(told(&State::default(), &other).is_empty(), "it is none of the train's");
    assert_eq!(differences::of_other_schemes(&repo(), &other).collect::<Vec<_>>(), ["latest"]);
    let ours = moved(2, &[(TAG, 'd', 'c')], &[(TAG, 'a', Some('d'))]);
    assert!(told(&gave(TAG, 1, false), &ours).is_empty(), "what was given counts");
}

#[test]
fn p15_what_was_noticed_is_told_until_a_person_takes_it_whatever_the_mirror_knows() {
    let at_b = moved(2, &[(OLD, 'b', 'b')], &[(OLD, 'a', Some('b'))]);
    let mut state = State::default();
    let [differs] = &differences::of(&state, &repo(), &at_b)[..] else { panic!("one") };
    assert!(!differs.is_known(&state));
    state.apply(&differs.event().unwrap(), at(3), "mat");
    assert!(differs.is_known(&state));
    let fresh = look(4, &[(OLD, 'b', 'b')]);
    assert_eq!(told(&state, &fresh).len(), 1, "a mirror that was made anew");
    assert_eq!(told(&state, &at_b).len(), 1);
    assert!(told(&state, &look(4, &[(OLD, 'a', 'a')])).is_empty(), "it is back");

    let seen = Some(SeenRef { object: oid('b'), commit: oid('b') });
    let tags = BTreeMap::from([(repo().name, BTreeMap::from([(OLD.to_owned(), seen)]))]);
    state.apply(&Event::TagsTaken { tags, because: "agreed".to_owned() }, at(5), "mat");
    assert!(told(&state, &fresh).is_empty() && told(&state, &at_b).is_empty(), "settled");
    assert!(!differs.is_known(&state), "moved there again, it is noticed again");
    assert_eq!(told(&state, &moved(6, &[(OLD, 'c', 'c')], &[(OLD, 'a', Some('c'))])).len(), 1);
    assert_eq!(told(&state, &look(6, &[])).len(), 1, "it is compared with what was taken");
    let kept = |hour| differences::by_then(&state, &repo(), &look(hour, &[]));
    assert_eq!((kept(5).len(), kept(6).len()), (0, 1), "a look from before says nothing of it");
    assert!(differences::by_then(&state, &repo(), &look(6, &[(TAG, 'd', 'd')])).is_empty());
}

#[test]
fn p3_the_suffix_of_a_tag_that_somebody_deleted_is_used() {
    let push = TAG.parse().unwrap();
    let next = |look: &Look| next_tag(&State::default(), &repo(), look, push, false).unwrap();
    assert_eq!(next(&look(2, &[])), TAG);
    assert_eq!(next(&moved(2, &[], &[(TAG, 'a', None)])), format!("{TAG}-1"));
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
