//! What an earlier run left open and is not public: it stops those without the security role no more than an upstream that
//! is unwell does, and they hear of no more than that (P9).

use testkit::{Ran, Remote};

use crate::embargo::{empty_and_full, same_words};
use crate::stage::{Stage, TUESDAY};

/// The remote dies with a push in its hands while iris runs this.
fn left_by_iris(stage: &Stage, on: &Remote, args: &[&str]) {
    on.hook("pre-receive", "kill -9 $PPID");
    stage.iris().runs(args).expect_code(6);
    on.unhook("pre-receive");
}

/// Two worlds in which a fix waits, the same but for a merge of it that was left open in the second.
fn merge_left_open() -> [Stage; 2] {
    let [without, with] = empty_and_full();
    for stage in [&without, &with] {
        stage.world.at(TUESDAY);
        stage.reviewed("escape");
    }
    left_by_iris(&with, &with.upstream, &["security", "merge", "--yes"]);
    [without, with]
}

fn away(remote: &Remote) {
    std::fs::rename(remote.path(), remote.path().with_extension("away"))
        .expect("a remote can be put away");
}

/// What mat, a hero off duty, is told in both worlds.
fn told<'a>(stages: &'a [Stage; 2], lines: &'a [&'a [&'a str]]) -> [Vec<(String, Ran)>; 2] {
    stages.each_ref().map(|stage| {
        let run = |args: &&[&str]| (args.join(" "), stage.world.as_person("mat").runs(args));
        lines.iter().map(run).collect()
    })
}

const CUT: &[&str] = &["tag", "--yes", "--without-security", "--because", "later"];

#[test]
fn an_upstream_out_of_reach_is_all_that_a_hero_without_the_role_hears_of() {
    let stages = merge_left_open();
    stages.iter().for_each(|stage| away(&stage.upstream));
    let lines = [CUT, &["tag", "--yes"], &["tag"], &["pick", "server:main", "--yes"], &["status"]];
    let [one, other] = told(&stages, &lines);
    assert_eq!(other[0].1.code, 1, "{}", other[0].1);
    same_words([&stages[0], &stages[1]], one, other);
    stages[1].hana().runs(CUT).expect_code(6).says("what became of the push to server");
}

#[test]
fn a_twin_out_of_reach_stops_no_cut_of_those_without_the_role() {
    let stages = empty_and_full();
    for stage in &stages {
        stage.world.at(TUESDAY);
        stage.reviewed("escape");
    }
    let full = &stages[1];
    full.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    left_by_iris(full, &full.twin, &["security", "repair", "--set-aside", "aside", "--yes"]);
    stages.iter().for_each(|stage| away(&stage.twin));
    let [one, other] = told(&stages, &[CUT, &["status"], &["log"]]);
    assert_eq!(other[0].1.code, 0, "{}", other[0].1);
    same_words([&stages[0], &stages[1]], one, other);
}

#[test]
fn what_may_not_be_told_is_no_reason_for_an_upstream_that_takes_no_push() {
    let [_, stage] = merge_left_open();
    stage.upstream.hook("pre-receive", "kill -9 $PPID");
    for _ in 0..2 {
        let ran = stage.world.as_person("mat").runs(CUT).expect_code(1);
        ran.says("upstream of server gave no clear answer to a push").never_says("earlier");
    }
    let told = stage.world.as_person("mat").json(CUT);
    assert_eq!(
        (&told["error"]["code"], &told["repos"][0]["outcome"]),
        (&"unreachable".into(), &"failed".into())
    );
    assert!(!stage.upstream.tags().contains_key("2026.11.26"));
    stage.upstream.unhook("pre-receive");
    stage.world.as_person("mat").runs(CUT).ok();
    stage.in_step();
}

#[test]
fn nobody_is_asked_for_the_sake_of_what_they_may_not_hear_of() {
    let [without, with] = empty_and_full();
    for stage in [&without, &with] {
        stage.world.at(TUESDAY);
        stage.reviewed("escape");
        stage.hana().runs(CUT).ok();
    }
    left_by_iris(&with, &with.upstream, &["security", "merge", "--yes"]);
    let stages = [without, with];
    let [one, other] = told(&stages, &[&["tag"], &["tag", "--dry-run"]]);
    assert_eq!(other[0].1.code, 0, "{}", other[0].1);
    same_words([&stages[0], &stages[1]], one, other);
    // Whoever may hear of it is asked to let it be settled.
    stages[1].hana().runs(&["tag"]).expect_code(2);
}
