//! Merges in the security store, and what a person sees of them.

use conductor::ports::SecurityRepository;
use git::SecurityStore;
use jiff::Timestamp;
use testkit::Remote;
use train::settings::Repo;

use crate::{Bench, oid, open, repo, stamp};

struct Twins {
    bench: Bench,
    twin: Remote,
    private: SecurityStore,
}

impl Twins {
    fn new() -> Self {
        let bench = Bench::new();
        let twin = bench.remote.twin();
        let store =
            open(&bench.sealed, &Repo { security: Some(twin.url()), ..repo(&bench.remote) });
        let private = store.security_store().unwrap();
        Self { bench: Bench { store, ..bench }, twin, private }
    }

    async fn fetch(&self) {
        self.bench.fetch().await;
        self.private.fetch(Timestamp::UNIX_EPOCH).await.unwrap();
    }

    fn show(&self, what: &str) -> String {
        let dir = self.bench.sealed.path("data/repos/server/security.git");
        self.bench.sealed.git(&dir, &["show", "--no-patch", "--format=%P|%an|%ae|%cn|%cI|%B", what])
    }
}

#[tokio::test]
async fn each_branch_gets_a_merge_commit_of_its_own() {
    let t = Twins::new();
    let one = t.twin.commit("one").from("main").file("a", "1\n").subject("Secret one").make();
    let two = t.twin.commit("two").from("main").file("b", "2\n").subject("Secret two").make();
    let onto = t.bench.remote.commit_on("main", &[("c", "3\n")], "Public");
    t.fetch().await;
    let ids = [oid(&one), oid(&two), oid(&one)];
    let merged = t.private.merge(&oid(&onto), &ids, "Merge\n", &stamp()).await.unwrap();
    assert_eq!(merged.conflict, None);
    let shown = t.show(merged.tip.as_str());
    let (parents, rest) = shown.split_once('|').unwrap();
    assert_eq!(rest, "Hero|hero@example.org|Hero|2026-11-24T09:00:00-08:00|Merge");
    let (first, second) = parents.split_once(' ').unwrap();
    assert_eq!(second, two);
    assert!(t.show(first).starts_with(&format!("{onto} {one}|")));

    let again = t.private.merge(&oid(&onto), &ids, "Merge\n", &stamp()).await.unwrap();
    assert_eq!(again, merged, "the same stamp gives the same objects");
    let none = t.private.merge(&merged.tip, &ids, "Merge\n", &stamp()).await.unwrap();
    assert_eq!(none.tip, merged.tip, "what is there is passed over");
}

#[tokio::test]
async fn a_merge_that_conflicts_says_where_and_keeps_what_went_before() {
    let t = Twins::new();
    let fine = t.twin.commit("fine").from("main").file("a", "1\n").subject("Fine").make();
    let not = t.twin.commit("not").from("main").file("README.md", "theirs\n").subject("Not").make();
    let onto = t.bench.remote.commit_on("main", &[("README.md", "ours\n")], "Public");
    t.fetch().await;
    let ids = [oid(&fine), oid(&not)];
    let merged = t.private.merge(&oid(&onto), &ids, "Merge\n", &stamp()).await.unwrap();
    let conflict = merged.conflict.unwrap();
    assert_eq!(conflict.step.commit, oid(&not));
    assert_eq!(conflict.files, [("README.md".to_owned(), "contents".to_owned())]);
    assert_eq!(conflict.hunks, ["README.md:1-5"]);
    assert!(t.show(merged.tip.as_str()).starts_with(&format!("{onto} {fine}|")));
}

#[tokio::test]
async fn a_difference_is_shown_without_escapes_and_known_by_its_digest() {
    let t = Twins::new();
    let one = t
        .twin
        .commit("one")
        .from("main")
        .file("a", "\u{1b}[2Jx\r\n")
        .file("bin", "\u{0}1")
        .subject("One")
        .make();
    let onto = t.bench.remote.commit_on("main", &[("c", "3\n")], "Public");
    t.fetch().await;
    let base = t.bench.remote.git(&["rev-parse", "main~1"]);
    let merged = t.private.merge(&oid(&onto), &[oid(&one)], "Merge\n", &stamp()).await.unwrap();
    let later = t.bench.remote.commit_on("main", &[("d", "4\n")], "Public too");
    t.fetch().await;
    let again = t.private.merge(&oid(&later), &[oid(&one)], "Merge\n", &stamp()).await.unwrap();

    let shown = t.private.diff(&oid(&onto), &merged.tip).await.unwrap();
    assert!(shown.contains("+\\u{1b}[2Jx\\u{d}\n") && shown.contains("2 files changed"), "{shown}");
    assert!(!shown.contains("Public"));
    let digest =
        async |from: &str, to: &str| t.private.diff_digest(&oid(from), &oid(to)).await.unwrap();
    let first = digest(&onto, merged.tip.as_str()).await;
    assert_eq!(
        digest(&later, again.tip.as_str()).await,
        first,
        "main moved and the difference did not"
    );
    assert_ne!(digest(&base, merged.tip.as_str()).await, first);
}
