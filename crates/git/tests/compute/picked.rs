//! What a tag has that main has not, and what the next one would lose (P6).

use conductor::ports::Repository;
use train::facts::Picked;

use crate::{Bench, oid, pick, revert};

impl Bench {
    async fn picked(&self, main: &str, tip: &str) -> Vec<Picked> {
        self.store.picked(&oid(main), &oid(tip)).await.unwrap()
    }

    /// The subjects of what `head` would lose of `tip`'s picks.
    async fn lost(&self, main: &str, tip: &str, head: &str) -> Vec<String> {
        let picked = self.picked(main, tip).await;
        let lost = self.store.uncarried(&oid(head), &picked).await.unwrap();
        lost.into_iter().map(|p| p.made.subject).collect()
    }
}

#[tokio::test]
async fn origins_are_read_from_messages_and_from_equal_patches() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let one = bench.remote.commit_on("main", &[("a", "1\n")], "One");
    let two = bench.remote.commit_on("main", &[("b", "2\n")], "Two");
    let three = bench.remote.commit_on("main", &[("c", "3\n")], "Three");
    let four = bench.remote.commit_on("main", &[("d", "4\n")], "Four");
    bench.fetch().await;
    // By our pick, by hand without a record (twice), by a pick of a pick, a revert, and something of its own.
    let tip = bench.apply(&base, &[pick(&one)]).await.tip.to_string();
    bench.sealed.git(
        &bench.mirror(),
        &["push", "--quiet", &bench.remote.url(), &format!("{tip}:refs/heads/tag")],
    );
    bench.remote.commit_on("tag", &[("b", "2\n")], "Two, by hand");
    bench.remote.commit_on("tag", &[("c", "3\n")], "Three, by hand");
    let twice = format!(
        "Four\n\n(cherry picked from commit {four})\n(cherry picked from commit {})\n",
        "b".repeat(40)
    );
    bench.remote.commit("tag").file("d", "4\n").message(twice.as_bytes()).make();
    let back = format!("Revert \"One\"\n\nThis reverts commit {tip}.\n");
    bench.remote.commit("tag").delete("a").message(back.as_bytes()).make();
    let last = bench.remote.commit_on("tag", &[("own", "x\n")], "Its own");
    bench.fetch().await;

    let picked = bench.picked(&four, &last).await;
    let told: Vec<_> = picked
        .iter()
        .map(|p| (p.made.subject.as_str(), p.origin.clone(), p.reverts.clone()))
        .collect();
    let expected = [
        ("One", Some(oid(&one)), None),
        ("Two, by hand", Some(oid(&two)), None),
        ("Three, by hand", Some(oid(&three)), None),
        ("Four", Some(oid(&four)), None),
        ("Revert \"One\"", None, Some(oid(&tip))),
        ("Its own", None, None),
    ];
    assert_eq!(told, expected);
    assert!(bench.picked(&last, &last).await.is_empty());

    let from_base = bench.picked(&base, &last).await;
    assert_eq!(from_base[1].origin, None, "main as it was then has no equal patch");
}

#[tokio::test]
async fn nothing_is_carried_but_by_history_origin_patch_or_revert() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let off = bench.remote.commit("off").from(&base).file("x", "1\n").subject("Off main").make();
    let one = bench.remote.commit_on("main", &[("a", "1\n")], "One");
    bench.fetch().await;
    let tip = bench.apply(&one, &[pick(&off), revert(&one)]).await.tip.to_string();
    let others = bench.apply(&one, &[pick(&off), revert(&one)]).await.tip.to_string();
    assert_eq!(tip, others);
    let plain = bench.remote.commit_on("main", &[("z", "z\n")], "Later");
    bench.fetch().await;

    assert_eq!(bench.lost(&one, &tip, &plain).await, ["Off main", "Revert \"One\""]);
    assert!(bench.lost(&one, &tip, &tip).await.is_empty(), "in the history");
    let carried = bench.apply(&plain, &[pick(&off), revert(&one)]).await.tip.to_string();
    assert!(bench.lost(&one, &tip, &carried).await.is_empty(), "picked and reverted again");
    let half = bench.apply(&plain, &[pick(&off)]).await.tip.to_string();
    assert_eq!(bench.lost(&one, &tip, &half).await, ["Revert \"One\""]);

    let merged = bench.remote.merge_on("main", "off", "Merge off");
    bench.fetch().await;
    assert_eq!(
        bench.lost(&one, &tip, &merged).await,
        ["Revert \"One\""],
        "the origin came by a merge"
    );
    let by_hand =
        bench.remote.commit("hand").from(&plain).file("x", "1\n").subject("By hand").make();
    bench.fetch().await;
    assert_eq!(bench.lost(&one, &tip, &by_hand).await, ["Revert \"One\""], "an equal patch");
    assert!(bench.store.uncarried(&oid(&plain), &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_revert_of_a_pick_is_carried_by_a_revert_of_its_origin() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let fix = bench.remote.commit_on("main", &[("a", "1\n")], "Fix");
    bench.fetch().await;
    let picked = bench.apply(&base, &[pick(&fix)]).await.tip.to_string();
    let tip = bench.apply(&picked, &[revert(&picked)]).await.tip.to_string();
    assert_eq!(bench.lost(&base, &tip, &fix).await, ["Revert \"Fix\""]);
    let reverted = bench.apply(&fix, &[revert(&fix)]).await.tip.to_string();
    assert!(bench.lost(&base, &tip, &reverted).await.is_empty());
}

#[tokio::test]
async fn a_revert_asks_for_nothing_once_what_it_took_back_is_there_again() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let fix = bench.remote.commit_on("main", &[("a", "1\n")], "Fix");
    bench.fetch().await;
    let put = async |onto: &str, step| bench.apply(onto, &[step]).await.tip.to_string();
    let first = put(&base, pick(&fix)).await;
    let back = put(&first, revert(&first)).await;
    let again = put(&back, pick(&fix)).await;
    assert_eq!(bench.lost(&base, &back, &fix).await, ["Revert \"Fix\""]);
    assert!(bench.lost(&base, &again, &fix).await.is_empty(), "it is there again");
    let twice = put(&again, revert(&again)).await;
    let lost = bench.lost(&base, &twice, &fix).await;
    assert_eq!(lost, ["Revert \"Fix\""], "it was taken back once more");
    // A commit of main itself, taken back and picked again.
    let of_main = put(&put(&fix, revert(&fix)).await, pick(&fix)).await;
    assert!(bench.lost(&fix, &of_main, &fix).await.is_empty());
}
