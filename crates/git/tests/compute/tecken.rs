//! Real history: twelve picks on a commit of months ago, as git makes them.

use conductor::ports::Repository;
use testkit::Remote;
use train::pick::PickStep;

use crate::{Bench, header, oid, pick};

#[tokio::test]
async fn twelve_picks_on_real_history_come_to_the_tree_of_cherry_pick() {
    let bench = Bench::of(Remote::tecken());
    bench.fetch().await;
    let tip = bench.store.resolve("main~120").await.unwrap().remove(0).id.to_string();
    let range = format!("{tip}..main");
    let args = ["rev-list", "--no-merges", "--topo-order", "--reverse", &range];
    let wished: Vec<String> = bench.remote.git(&args).lines().take(12).map(str::to_owned).collect();

    let mut found = Vec::new();
    for text in wished.iter().rev() {
        found.push(bench.store.resolve(&text[..12]).await.unwrap().remove(0).id);
    }
    let main = bench.store.resolve("main").await.unwrap().remove(0).id;
    let ordered = bench.store.in_order(&main, &found).await.unwrap();
    assert_eq!(ordered, wished.iter().map(|id| oid(id)).collect::<Vec<_>>());

    let steps: Vec<PickStep> = ordered.iter().map(|id| pick(id.as_str())).collect();
    let applied = bench.apply(&tip, &steps).await;
    assert_eq!((applied.done.len(), applied.conflict), (12, None));
    let tree = bench.tree();
    bench.sealed.git(&tree, &["checkout", "--quiet", "--force", "--detach", &tip]);
    let picks = ["cherry-pick", "-x"].into_iter().chain(wished.iter().map(String::as_str));
    bench.sealed.git(&tree, &picks.collect::<Vec<_>>());
    let by_hand = bench.sealed.git(&tree, &["rev-parse", "HEAD^{tree}"]);
    assert_eq!(header(&bench.object(&applied.tip), "tree"), Some(by_hand.as_bytes()));
}

#[tokio::test]
async fn every_tag_of_real_history_compares_with_the_one_before() {
    let bench = Bench::of(Remote::tecken());
    bench.fetch().await;
    let listed = bench.remote.git(&["for-each-ref", "--format=%(refname:short)", "refs/tags/v*"]);
    let tags: Vec<&str> = listed.lines().collect();
    assert_eq!(tags.len(), 60);
    for pair in tags.windows(2).step_by(6) {
        let [base, head] = [pair[0], pair[1]];
        let base_id = bench.store.resolve(base).await.unwrap().remove(0).id;
        let head_id = bench.store.resolve(head).await.unwrap().remove(0).id;
        let compared = bench.store.compare(Some(&base_id), &head_id, 5).await.unwrap();
        let range = format!("{base}..{head}");
        let count = bench.remote.git(&["rev-list", "--count", &range]);
        assert_eq!(compared.commit_count.to_string(), count, "{range}");
        let stat = bench.remote.git(&["diff", "--shortstat", base, head]);
        let ours = format!("{} file", compared.files);
        assert!(stat.trim().starts_with(&ours) || compared.files == 0, "{range}: {stat}, {ours}");
        assert!(
            stat.contains(&format!(" {} insertion", compared.insertions))
                || compared.insertions == 0
        );
    }
}

#[tokio::test]
async fn every_change_of_real_history_is_counted_as_git_counts_it() {
    let bench = Bench::of(Remote::tecken());
    bench.fetch().await;
    let args = ["log", "--no-merges", "--min-parents=1", "--max-count=500", "--shortstat"];
    let args = args.into_iter().chain(["--find-renames", "--format=commit %H %P", "main"]);
    let listed = bench.remote.git(&args.collect::<Vec<_>>());
    let mut seen = 0;
    for record in listed.split("commit ").filter(|record| !record.is_empty()) {
        let (names, stat) = record.split_once('\n').unwrap();
        let (commit, parent) = names.split_once(' ').unwrap();
        let told = |what: &str| {
            let part = stat.split(',').find(|part| part.contains(what));
            part.map_or(0, |part| part.trim().split(' ').next().unwrap().parse().unwrap())
        };
        let compared = bench.store.compare(Some(&oid(parent)), &oid(commit), 1).await.unwrap();
        let ours = (compared.files, compared.insertions, compared.deletions);
        assert_eq!(ours, (told("file"), told("insertion"), told("deletion")), "{commit}");
        seen += 1;
    }
    assert_eq!(seen, 500);
}
