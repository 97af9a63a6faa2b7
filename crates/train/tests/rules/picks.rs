//! Picks: all or nothing (P5).

use train::pick::{PickFate, PickPlan, RepoPicks};
use train::refusal::{Code, Refusal};

use crate::{TAG, base, oid};

fn picks(repo: &str, fate: PickFate) -> RepoPicks {
    RepoPicks {
        repo: repo.parse().unwrap(),
        onto: Some((TAG.to_owned(), oid('a'))),
        base: base(),
        steps: Vec::new(),
        fate,
        contained: Vec::new(),
        notes: Vec::new(),
        migrations: Vec::new(),
    }
}

fn refused(code: Code) -> PickFate {
    PickFate::Refused { refusal: Refusal::new(code, "no", "mend it"), conflict: None }
}

fn applies() -> PickFate {
    let tag = format!("{TAG}-1");
    PickFate::Tag { tag, tip: oid('b'), picks: Vec::new(), all: Vec::new() }
}

#[test]
fn p5_one_that_does_not_apply_stops_those_that_do_wherever_it_stands() {
    let refusal = |fates: Vec<PickFate>| {
        let named = ["server", "frontend", "worker"].into_iter().zip(fates);
        let repos = named.map(|(name, fate)| picks(name, fate)).collect();
        let plan = PickPlan {
            push: TAG.parse().unwrap(),
            opens: None,
            repos,
            warnings: Vec::new(),
            overrides: Vec::new(),
            settings: String::new(),
        };
        plan.refusal().map(|r| r.code)
    };
    assert_eq!(refusal(vec![applies(), PickFate::Nothing, applies()]), None);
    for place in 0..3 {
        let mut fates = vec![applies(), applies(), applies()];
        fates[place] = refused(Code::Conflict);
        assert_eq!(refusal(fates), Some(Code::Conflict), "at {place}");
    }
    let mixed = vec![refused(Code::MergeCommit), applies(), refused(Code::Conflict)];
    assert_eq!(refusal(mixed), Some(Code::Conflict), "a conflict is said before the rest");
}
