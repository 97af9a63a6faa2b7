//! The cut: names that are new, and what stops it (P1, P3, P4, P6).

use std::collections::BTreeMap;

use train::command::{RepoCommit, TagWish};
use train::cut::{self, Chosen, CutPlan, Fate, RepoFacts, SecurityFacts, Target};
use train::facts::{Anchor, Fence, Picked, SeenFence};
use train::intent::{PickRecord, Tagged};
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::{TAG, base, commit, gave, look, oid, repo, settings, tagged};

fn facts() -> RepoFacts {
    RepoFacts {
        look: Ok(look(2, &[("2026.11.19", 'a', 'a')])),
        running: None,
        base: base(),
        target: Ok(Target { commit: oid('e'), from: None, picks: Vec::new() }),
        uncarried: Vec::new(),
        brings: train::facts::Comparison { commit_count: 3, ..Default::default() },
        security: SecurityFacts::NotSetUp,
        earlier: cut::Earlier::default(),
    }
}

fn planned(wish: &TagWish, facts: RepoFacts) -> CutPlan {
    let date = |text: &str| text.parse().unwrap();
    let chosen = Chosen {
        push: date(TAG),
        scheduled: date("2026.11.24"),
        hero: None,
        turn: None,
        off_cycle: false,
        frozen: None,
    };
    let facts = BTreeMap::from([(repo().name, facts)]);
    cut::plan(&settings(), &State::default(), wish, chosen, &facts)
}

#[test]
fn p1_a_twin_that_has_more_than_upstream_stops_the_cut() {
    for without in [false, true] {
        let wish = TagWish { without_security: without, ..TagWish::default() };
        let security = SecurityFacts::Seen { ahead: 1, waiting: Vec::new(), moved: Vec::new() };
        let plan = planned(&wish, RepoFacts { security, ..facts() });
        assert_eq!(plan.refusal().map(|r| r.code), Some(Code::Diverged));
    }
}

#[test]
fn p3_the_next_name_is_above_what_remote_fence_and_ledger_know() {
    let fence = |suffix: u32| SeenFence {
        object: oid('f'),
        body: Some(Fence {
            schema: 1,
            ledger: "home".to_owned(),
            url: None,
            node: "desk".to_owned(),
            token: String::new(),
            intent: None,
            head: Anchor { seq: None, hash: "0".repeat(64) },
            suffixes: BTreeMap::from([(TAG.to_owned(), suffix)]),
        }),
    };
    let next = |state: &State, tags: &[(&str, char, char)], fenced: Option<u32>| {
        let mut look = look(2, tags);
        look.fence = fenced.map(fence);
        cut::next_tag(state, &repo(), &look, TAG.parse().unwrap(), false).unwrap()
    };
    let (fresh, knows) = (State::default(), gave("2026.11.26-4", 1, false));
    assert_eq!(next(&fresh, &[], None), "2026.11.26");
    assert_eq!(next(&fresh, &[("2026.11.26-2", 'b', 'b')], None), "2026.11.26-3");
    assert_eq!(next(&fresh, &[], Some(3)), "2026.11.26-4", "deleted, but the fence knows it");
    assert_eq!(next(&knows, &[], None), "2026.11.26-5", "deleted, but the ledger knows it");
    assert_eq!(next(&knows, &[("2026.11.26-9", 'b', 'b')], Some(7)), "2026.11.26-10");
}

#[test]
fn p4_a_push_that_was_moved_is_tagged_with_its_own_date() {
    let plan = planned(&TagWish::default(), facts());
    assert!(matches!(&plan.repos[0].fate, Fate::Tag { tag, .. } if tag == TAG), "{plan:?}");
}

#[test]
fn p6_a_pick_that_production_runs_is_in_the_next_tag_or_named() {
    let picked = Picked { made: commit('b'), origin: Some(oid('c')), reverts: None };
    let facts = || RepoFacts { uncarried: vec![picked.clone()], ..facts() };
    let leave = |commit: &str| RepoCommit { repo: None, commit: commit.to_owned() };
    let refused = |leave: Vec<RepoCommit>| {
        let wish = TagWish { leave, ..TagWish::default() };
        planned(&wish, facts()).refusal().map(|r| r.code)
    };
    assert_eq!(refused(Vec::new()), Some(Code::Refused));
    assert_eq!(refused(vec![leave("dddd")]), Some(Code::Refused), "another is named");
    assert_eq!(refused(vec![leave("b")]), Some(Code::Refused), "too short to mean it");
    assert_eq!(refused(vec![leave("bbbb")]), None);
    assert_eq!(refused(vec![leave("cccc")]), None, "by its origin");
}

#[test]
fn p12_what_is_not_known_of_a_repository_stops_no_cut_of_the_others() {
    let because = |why: &str| Refusal::new(Code::Incomplete, why, "look again");
    let unknown = |why: &str| {
        let earlier = cut::Earlier { begun: None, unknown: Some(because(why)) };
        let look = Err(Refusal::new(Code::Unreachable, "away", "look again"));
        planned(&TagWish::default(), RepoFacts { earlier, look, ..facts() })
    };
    let plan = unknown("away");
    assert_eq!(plan.repos[0].fate, Fate::Unknown(because("away")));
    assert_eq!((plan.refusal(), plan.unknown().count()), (None, 1));
    assert!(!plan.changes_something(&State::default()), "nothing new is begun there");
    assert_eq!(
        plan.digest(),
        unknown("locked").digest(),
        "why it is not known is no part of a yes"
    );
    assert_ne!(plan.digest(), planned(&TagWish::default(), facts()).digest());
}

#[test]
fn p11_a_cut_that_an_earlier_run_began_is_over_wherever_main_has_gone_since() {
    let fate = |begun: bool, target: char, from: bool, picked: char| {
        let pick = |commit: char, made: char| PickRecord {
            commit: oid(commit),
            made: oid(made),
            subject: "Mend it".to_owned(),
            author: "Ann".to_owned(),
            whose: None,
            reverted: false,
            tag: TAG.to_owned(),
        };
        let look = look(2, &[("2026.11.19", 'a', 'a'), (TAG, 'd', 'c')]);
        let tagged = Tagged { picks: vec![pick('1', '2')], ..tagged(TAG) };
        let earlier = cut::Earlier { begun: begun.then_some(tagged), unknown: None };
        let from = from.then(|| "2026.11.19".to_owned());
        let picks = if from.is_some() { vec![pick(picked, '3')] } else { Vec::new() };
        let target = Ok(Target { commit: oid(target), from, picks });
        let facts = RepoFacts { look: Ok(look), target, earlier, ..facts() };
        match planned(&TagWish::default(), facts).repos.remove(0).fate {
            Fate::Already { tag, .. } => Ok(tag),
            Fate::Refused(refusal) => Err(refusal.code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(fate(false, 'e', false, '1'), Err(Code::Refused), "another wish");
    assert_eq!(fate(true, 'e', false, '1'), Ok(TAG.to_owned()), "main has moved on");
    assert_eq!(fate(true, 'b', false, '1'), Err(Code::Refused), "--at names another commit");
    assert_eq!(fate(true, 'b', true, '1'), Ok(TAG.to_owned()), "the same pick, made again");
    assert_eq!(fate(true, 'b', true, '9'), Err(Code::Refused), "another pick");
}
