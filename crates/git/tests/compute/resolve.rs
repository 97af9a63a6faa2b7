//! What commits people mean.

use conductor::ports::Repository;
use train::refusal::{Code, Refusal};

use crate::{BY, Bench};

impl Bench {
    async fn means(&self, text: &str) -> Vec<String> {
        let found = self.store.resolve(text).await.unwrap_or_else(|e| panic!("{text}: {e}"));
        found.into_iter().map(|c| c.id.to_string()).collect()
    }

    async fn refused(&self, text: &str) -> Refusal {
        self.store.resolve(text).await.unwrap_err()
    }
}

#[tokio::test]
async fn hashes_tags_branches_and_ranges_are_found() {
    let bench = Bench::new();
    let start = bench.remote.git(&["rev-parse", "main"]);
    let one = bench.remote.commit_on("main", &[("a", "1")], "One");
    bench.remote.annotated_tag("2026.11.19", "main", "Push");
    bench.remote.commit("topic").from(&start).file("t", "t").subject("Topic").make();
    let topic = bench.remote.git(&["rev-parse", "topic"]);
    let merge = bench.remote.merge_on("main", "topic", "Merge topic");
    bench.fetch().await;

    assert_eq!(bench.means(&one).await, [one.as_str()]);
    assert_eq!(bench.means(&one.to_uppercase()).await, [one.as_str()]);
    assert_eq!(bench.means(&one[..9]).await, [one.as_str()]);
    assert_eq!(bench.means("2026.11.19").await, [one.as_str()]);
    assert_eq!(bench.means("tags/2026.11.19").await, [one.as_str()]);
    assert_eq!(bench.means("refs/heads/topic").await, [topic.as_str()]);
    assert_eq!(bench.means("main~2").await, [start.as_str()]);
    assert_eq!(bench.means("2026.11.19^").await, [start.as_str()]);
    let range = bench.means(&format!("{}..main", &start[..8])).await;
    assert_eq!((range.len(), &range[2]), (3, &merge));
    assert_eq!(bench.means("2026.11.19..topic").await, [topic.as_str()]);
    assert!(bench.means("main..main").await.is_empty());
}

#[tokio::test]
async fn what_is_not_on_upstream_is_refused_like_a_typing_error() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let gone = bench.remote.commit("gone").from(&base).file("x", "x").subject("Gone").make();
    bench.fetch().await;
    assert_eq!(bench.means(&gone).await, [gone.as_str()]);
    bench.remote.delete_ref("refs/heads/gone");
    bench.fetch().await;

    let there = bench.sealed.git(&bench.mirror(), &["cat-file", "-t", &gone]);
    assert_eq!(there, "commit", "the store still holds it");
    let hidden = bench.refused(&gone).await;
    let typo = "f".repeat(40);
    let plain = bench.refused(&typo).await;
    assert_eq!(hidden.code, Code::NoSuchCommit);
    assert_eq!(
        (hidden.message.replace(&gone, "X"), hidden.hint),
        (plain.message.replace(&typo, "X"), plain.hint)
    );
    for text in [
        &gone[..8],
        &format!("{gone}~1"),
        &format!("x-1-g{gone}"),
        &format!("main..{gone}"),
        "HEAD",
        "FETCH_HEAD",
    ] {
        assert_eq!(bench.refused(text).await.code, Code::NoSuchCommit, "{text}");
    }
    // Not even as a describing name, which git itself would take for the hash at its end.
    assert_eq!(bench.refused(&format!("v1-3-g{}", &gone[..10])).await.code, Code::NoSuchCommit);
}

#[tokio::test]
async fn hostile_texts_are_refused_with_their_escapes_shown() {
    let bench = Bench::new();
    bench.fetch().await;
    for text in [
        "",
        "--upload-pack=x",
        "-n",
        "--all",
        "..",
        "main..",
        "..main",
        "main...main",
        "main\n--all",
        "\u{1b}[2J",
        "main:README.md",
        ":/Start",
        "main@{0}",
        "@{u}",
        "main^{tree}",
        "^main",
        "main^2",
        "ma*",
        "../heads/main",
        "main~99999",
        "abc",
        "a".repeat(5000).as_str(),
    ] {
        let refusal = bench.refused(text).await;
        assert_eq!(refusal.code, Code::NoSuchCommit, "{text:?}");
        assert!(
            !refusal.message.contains(char::is_control) && refusal.message.len() < 500,
            "{:?}",
            refusal.message
        );
    }
}

#[tokio::test]
async fn several_meanings_are_named() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let other = bench.remote.commit_on("main", &[("a", "1")], "One");
    bench.remote.tag("both", &base);
    bench.remote.branch("both", &other);
    bench.fetch().await;
    let refusal = bench.refused("both").await;
    assert_eq!(refusal.code, Code::Ambiguous);
    assert!(
        refusal.message.contains(&base[..10]) && refusal.message.contains("heads/both"),
        "{}",
        refusal.message
    );
    assert_eq!(bench.means("tags/both").await, [base.as_str()]);
    assert_eq!(bench.means("heads/both").await, [other.as_str()]);

    // Commits enough for two to start with the same four digits: 1200 give a coincidence for certain, as good as.
    let tree = bench.remote.git(&["rev-parse", "main^{tree}"]);
    let mut script = String::new();
    for n in 0..1500 {
        script.push_str(&format!(
            "commit refs/heads/many\ncommitter C <c@x> {} +0000\ndata 2\nx\n",
            1_700_000_000 + n
        ));
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    assert!(imported.status.success());
    assert!(!tree.is_empty() && BY.contains("author"));
    bench.fetch().await;
    let listed = bench.remote.git(&["rev-list", "many"]);
    let mut all: Vec<&str> = listed.lines().collect();
    all.sort_unstable();
    let pair = all.windows(2).find(|w| w[0][..4] == w[1][..4]).unwrap();
    let refusal = bench.refused(&pair[0][..4]).await;
    assert_eq!(refusal.code, Code::Ambiguous);
    assert!(pair.iter().all(|id| refusal.message.contains(&id[..10])), "{}", refusal.message);

    // Where only one of them is on upstream, it is meant: the other is not for anybody to hear of.
    bench.remote.delete_ref("refs/heads/many");
    bench.remote.branch("one", pair[0]);
    let of_one = bench.remote.git(&["rev-list", "one"]);
    bench.fetch().await;
    if !of_one.contains(pair[1]) {
        assert_eq!(bench.means(&pair[0][..12]).await, [pair[0]]);
        assert_eq!(bench.refused(pair[1]).await.code, Code::NoSuchCommit);
    }
}

#[tokio::test]
async fn a_range_of_more_than_anybody_picks_is_refused() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let mut script = String::new();
    for n in 0..1_001 {
        let at = 1_700_000_000 + n;
        script.push_str(&format!(
            "commit refs/heads/long\ncommitter C <c@x> {at} +0000\ndata 2\nx\n"
        ));
        if n == 0 {
            script.push_str(&format!("from {base}\n"));
        }
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    assert!(imported.status.success());
    bench.fetch().await;
    let most = bench.means("main..long~1").await;
    assert_eq!((most.len(), &most[999]), (1_000, &bench.remote.git(&["rev-parse", "long~1"])));
    let refused = bench.refused("main..long").await;
    assert_eq!(refused.code, Code::Usage);
    assert_eq!(refused.message, "\u{201c}main..long\u{201d} is more than 1000 commits");
}
