//! Real history: twelve picks on a real tag, as git makes them.

use std::time::Instant;

use conductor::ports::Repository;
use testkit::Remote;
use train::pick::PickStep;

use crate::{Bench, header, oid, pick};

#[tokio::test]
async fn twelve_picks_on_real_history_come_to_the_trees_of_cherry_pick() {
    let bench = Bench::of(Remote::tecken());
    bench.fetch().await;
    // Picks that apply one after the other: the first commits after a tag, merges left out.
    let tag = bench.store.resolve("v2025.03.05~0").await.unwrap_or_default();
    let tag = match tag.first() {
        Some(commit) => commit.id.to_string(),
        None => bench.remote.git(&["rev-parse", "main~120"]),
    };
    let listed = bench.remote.git(&[
        "rev-list",
        "--no-merges",
        "--topo-order",
        "--reverse",
        &format!("{tag}..main"),
    ]);
    let wished: Vec<String> = listed.lines().take(12).map(str::to_owned).collect();

    let begun = Instant::now();
    let mut found = Vec::new();
    for text in wished.iter().rev() {
        found.push(bench.store.resolve(&text[..12]).await.unwrap().remove(0).id);
    }
    let main = bench.store.resolve("main").await.unwrap().remove(0).id;
    let ordered = bench.store.in_order(&main, &found).await.unwrap();
    let steps: Vec<PickStep> = ordered.iter().map(|id| pick(id.as_str())).collect();
    let applied = bench.apply(&tag, &steps).await;
    let taken = begun.elapsed();

    assert_eq!(ordered, wished.iter().map(|id| oid(id)).collect::<Vec<_>>());
    assert_eq!(applied.conflict, None);
    let tree = bench.tree();
    bench.sealed.git(&tree, &["checkout", "--quiet", "--force", "--detach", &tag]);
    let args: Vec<&str> =
        ["cherry-pick", "-x"].into_iter().chain(wished.iter().map(String::as_str)).collect();
    bench.sealed.git(&tree, &args);
    let by_hand = bench.sealed.git(&tree, &["rev-parse", "HEAD^{tree}"]);
    assert_eq!(header(&bench.object(&applied.tip), "tree"), Some(by_hand.as_bytes()));
    assert!(taken.as_secs() < 30, "a plan is not to hang: {taken:?}");
}
