//! Questions to history.

use std::collections::HashMap;

use conductor::ports::Repository;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use testkit::Remote;
use train::refusal::Code;

use crate::shapes::shape;
use crate::{Bench, oid};

#[tokio::test]
async fn the_merge_that_brought_a_commit_is_found() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let first = bench.remote.commit("topic").from(&start).file("t", "1").subject("First").make();
    let second = bench.remote.commit_on("topic", &[("t", "2")], "Second");
    let plain = bench.remote.commit_on("main", &[("a", "1")], "Plain");
    let merge = bench.remote.merge_on("main", "topic", "Merge topic");
    let last = bench.remote.commit_on("main", &[("a", "2")], "Last");
    let aside = bench.remote.commit("aside").from(&start).file("z", "z").subject("Aside").make();
    bench.fetch().await;
    let brought = async |id: &str| {
        let found = bench.store.brought_by(&oid(&last), &oid(id)).await.unwrap();
        found.map(|c| c.id.to_string())
    };
    assert_eq!(brought(&first).await, Some(merge.clone()));
    assert_eq!(brought(&second).await, Some(merge.clone()));
    assert_eq!(brought(&merge).await, Some(merge.clone()));
    assert_eq!(brought(&plain).await, Some(plain.clone()));
    assert_eq!(brought(&start).await, Some(start.clone()));
    assert_eq!(brought(&last).await, Some(last.clone()));
    assert_eq!(brought(&aside).await, None);

    let merged = bench.store.merged_by(&oid(&merge)).await.unwrap();
    let merged: Vec<_> = merged.iter().map(|c| c.subject.as_str()).collect();
    assert_eq!(merged, ["First", "Second"]);
    assert!(bench.store.commit(&oid(&merge)).await.unwrap().is_merge());
    assert!(bench.store.contains(&oid(&last), &oid(&first)).await.unwrap());
    assert!(!bench.store.contains(&oid(&plain), &oid(&first)).await.unwrap());
    let stranger = oid(&"a".repeat(40));
    assert_eq!(
        bench.store.contains(&oid(&plain), &stranger).await.unwrap_err().code,
        Code::NoSuchCommit
    );
    assert_eq!(bench.store.commit(&stranger).await.unwrap_err().code, Code::NoSuchCommit);
}

#[tokio::test]
async fn commits_with_the_same_files_have_one_tree() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let there = bench.remote.commit_on("main", &[("a", "1")], "There");
    let elsewhere = bench.remote.commit("aside").from(&start).file("a", "1").subject("Too").make();
    let other = bench.remote.commit_on("main", &[("a", "2")], "Other");
    bench.fetch().await;
    let tree = async |id: &str| bench.store.tree(&oid(id)).await.unwrap();
    assert_eq!(tree(&there).await, tree(&elsewhere).await);
    assert_ne!(tree(&there).await, tree(&other).await);
    assert_eq!(tree(&other).await.as_str(), bench.remote.git(&["rev-parse", "main^{tree}"]));
    let stranger = oid(&"a".repeat(40));
    assert_eq!(bench.store.tree(&stranger).await.unwrap_err().code, Code::NoSuchCommit);
}

#[tokio::test]
async fn tags_messages_and_authors_are_read() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let object = bench.remote.annotated_tag("2026.11.19", "main", "Push 2026.11.19\n\nledger: 3");
    bench.remote.commit_as("Bo <bo@x>", "main", &[("a", "1")], "One");
    bench.remote.commit_as("Bo <bo@x>", "main", &[("a", "2")], "Two");
    bench.remote.commit_as("Al\u{1b} <al@x>", "main", &[("a", "3")], "Three");
    let tip = bench.remote.tag("2026.11.26", "main");
    bench.fetch().await;
    let message = bench.store.tag_message(&oid(&object)).await.unwrap();
    assert_eq!(message.as_deref(), Some("Push 2026.11.19\n\nledger: 3\n"));
    assert_eq!(bench.store.tag_message(&oid(&tip)).await.unwrap(), None);
    assert_eq!(bench.store.tags_with(&oid(&start)).await.unwrap(), ["2026.11.19", "2026.11.26"]);
    assert_eq!(bench.store.tags_with(&oid(&tip)).await.unwrap(), ["2026.11.26"]);
    let authors = bench.store.authors(&oid(&tip), 3).await.unwrap();
    let authors: Vec<_> =
        authors.iter().map(|(by, n)| (by.name.as_str(), by.email.as_str(), *n)).collect();
    assert_eq!(authors, [("Bo", "bo@x", 2), ("Al\u{1b}", "al@x", 1)]);
}

#[tokio::test]
async fn order_is_mains_own_whatever_its_shape() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let bench = Bench::new();
    for round in 0..6 {
        let shape = shape().new_tree(&mut runner).unwrap().current();
        bench.grow(&format!("r{round}"), &shape);
        let main = bench.remote.git(&["rev-parse", &format!("r{round}")]);
        bench.fetch().await;
        let whole = bench.remote.git(&["rev-list", "--topo-order", "--reverse", &main]);
        let place: HashMap<&str, usize> =
            whole.lines().enumerate().map(|(n, id)| (id, n)).collect();
        let all: Vec<&str> = whole.lines().collect();
        let picks =
            prop::sample::subsequence((0..all.len()).collect::<Vec<_>>(), 1..=all.len().min(9));
        for _ in 0..5 {
            let chosen = picks.new_tree(&mut runner).unwrap().current();
            let chosen = Just(chosen).prop_shuffle().new_tree(&mut runner).unwrap().current();
            let wished: Vec<_> = chosen.iter().map(|n| oid(all[*n])).collect();
            let ordered = bench.store.in_order(&oid(&main), &wished).await.unwrap();
            let places: Vec<usize> = ordered.iter().map(|id| place[id.as_str()]).collect();
            let mut sorted = chosen.clone();
            sorted.sort_unstable();
            assert_eq!(places, sorted, "of {shape:?}");
        }
    }
}

#[tokio::test]
async fn commits_off_main_come_last_in_the_order_given() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let one = bench.remote.commit_on("main", &[("a", "1")], "One");
    let two = bench.remote.commit_on("main", &[("a", "2")], "Two");
    let off = bench.remote.commit("off").from(&start).file("o", "1").subject("Off").make();
    let further = bench.remote.commit_on("off", &[("o", "2")], "Further");
    bench.fetch().await;
    let wished = [&further, &two, &off, &one, &two].map(|id| oid(id));
    let ordered = bench.store.in_order(&oid(&two), &wished).await.unwrap();
    assert_eq!(ordered, [&one, &two, &further, &off].map(|id| oid(id)));
}

#[tokio::test]
async fn prerequisites_are_the_missing_commits_that_touch_the_files() {
    let bench = Bench::new();
    let tip = bench.remote.git(&["rev-parse", "main"]);
    let first = bench.remote.commit_on("main", &[("*.py", "1")], "First");
    bench.remote.commit_on("main", &[("other.py", "1")], "Elsewhere");
    let second =
        bench.remote.commit("topic").from("main").file("*.py", "2").subject("Second").make();
    bench.remote.merge_on("main", "topic", "Merge");
    let wanted = bench.remote.commit_on("main", &[("*.py", "3")], "Wanted");
    let later = bench.remote.commit_on("main", &[("*.py", "4")], "Later");
    bench.fetch().await;
    let asked = async |onto: &str| {
        let files = ["*.py".to_owned(), "--all".to_owned()];
        let found = bench
            .store
            .prerequisites(&oid(onto), &oid(&later), &oid(&wanted), &files)
            .await
            .unwrap();
        found.into_iter().map(|c| c.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(asked(&tip).await, [first.clone(), second.clone()]);
    assert_eq!(asked(&first).await, std::slice::from_ref(&second));
    let picked = bench.apply(&tip, &[crate::pick(&first)]).await.tip;
    assert_eq!(asked(picked.as_str()).await, [second], "what was picked is not missing");
    assert!(
        bench
            .store
            .prerequisites(&oid(&tip), &oid(&later), &oid(&wanted), &[])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn ancestry_is_gits_own_whatever_shape_and_dates() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    for remote in [Remote::new("server"), Remote::sha256("server")] {
        let bench = Bench::of(remote);
        for round in 0..4 {
            let shape = shape().new_tree(&mut runner).unwrap().current();
            bench.grow(&format!("r{round}"), &shape);
        }
        bench.fetch().await;
        let all = bench.remote.git(&["rev-list", "--all"]);
        let all: Vec<_> = all.lines().map(oid).collect();
        let (mut inside, mut outside) = (0, 0);
        for tip in &all {
            let history = bench.remote.git(&["rev-list", tip.as_str()]);
            let ours = bench.store.outside(tip, &all).await.unwrap();
            let theirs: Vec<_> =
                all.iter().filter(|id| !history.contains(id.as_str())).cloned().collect();
            assert_eq!(ours, theirs, "of {tip}");
            let one = &all[theirs.len() % all.len()];
            assert_eq!(bench.store.contains(tip, one).await.unwrap(), !theirs.contains(one));
            outside += theirs.len();
            inside += all.len() - theirs.len();
        }
        assert!(inside > 150 && outside > 300, "{inside} inside, {outside} outside");
    }
}

#[tokio::test]
async fn a_tag_stands_on_the_newest_commit_of_main_that_it_has() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let aside = bench.remote.commit("aside").from(&start).file("z", "z").subject("Aside").make();
    let first = bench.remote.commit_on("main", &[("a", "1")], "First");
    let merged = bench.remote.merge_on("aside", "main", "Merge main");
    let second = bench.remote.commit_on("main", &[("a", "2")], "Second");
    let alone = bench
        .raw("alone", format!("tree {}\n{}\n\nAlone\n", bench.tree_of(&[]), crate::BY).as_bytes());
    bench.fetch().await;
    let stands_on = async |main: &str, tip: &str| {
        let found = bench.store.stands_on(&oid(main), &oid(tip)).await.unwrap();
        found.into_iter().map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(stands_on(&second, &first).await, [&*first]);
    assert_eq!(stands_on(&second, &aside).await, [start]);
    assert_eq!(stands_on(&second, &merged).await, [&*first], "the older way in says nothing");
    assert!(stands_on(&second, &alone).await.is_empty());
    // Each has been merged into the other.
    let crossed = bench.remote.merge_on("main", &aside, "Cross");
    bench.fetch().await;
    let mut both = stands_on(&crossed, &merged).await;
    both.sort();
    let mut expected = [first, aside];
    expected.sort();
    assert_eq!(both, expected);
}
