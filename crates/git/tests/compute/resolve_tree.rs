//! A conflict resolved by hand in a work tree.

use std::path::PathBuf;

use conductor::ports::{Repository, ResolveTree};
use train::pick::PickStep;
use train::refusal::{Code, Refusal};

use crate::{Bench, header, message, oid, pick, revert, stamp};

struct Conflict {
    bench: Bench,
    tip: String,
    commit: String,
}

impl Conflict {
    /// `app` conflicts in a line, `gone` was deleted on the tip, `other` is changed by both and merges.
    async fn new() -> Self {
        let bench = Bench::new();
        let root = bench.remote.git(&["rev-parse", "main"]);
        let f = "100644";
        let before = bench.entries(
            "before",
            &root,
            &[(f, "app", "1\n"), (f, "gone", "1\n"), (f, ".gitignore", "*.o\n")],
        );
        let tip = bench.entries("tip", &before, &[(f, "app", "2\n"), (f, ".gitignore", "*.o\n")]);
        let commit = bench.entries(
            "commit",
            &before,
            &[
                (f, "app", "3\n"),
                (f, "gone", "2\n"),
                (f, "new", "new\n"),
                (f, ".gitignore", "*.o\n"),
            ],
        );
        bench.fetch().await;
        Self { bench, tip, commit }
    }

    fn dir(&self) -> PathBuf {
        self.bench.sealed.path("resolve/here")
    }

    async fn open(&self, step: &PickStep) -> ResolveTree {
        self.bench.store.open_resolve(&self.dir(), &oid(&self.tip), step).await.unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        self.bench.sealed.git(&self.dir(), args)
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.dir().join(path), text).unwrap();
    }

    async fn refused(&self, tree: &ResolveTree) -> Refusal {
        self.bench.store.take_resolve(tree, &stamp()).await.unwrap_err()
    }
}

#[tokio::test]
async fn a_person_sees_an_ordinary_conflict_and_what_they_leave_becomes_the_pick() {
    let c = Conflict::new().await;
    let step = pick(&c.commit);
    let tree = c.open(&step).await;
    assert_eq!(tree, ResolveTree { dir: c.dir(), onto: oid(&c.tip), step: step.clone() });
    assert_eq!(c.git(&["status", "--porcelain"]), "UU app\nDU gone\nA  new");
    assert_eq!(c.git(&["rev-parse", "HEAD"]), c.tip);

    let refusal = c.refused(&tree).await;
    assert_eq!(refusal.code, Code::Conflict);
    assert!(
        refusal.message.contains("app") && refusal.message.contains("gone"),
        "{}",
        refusal.message
    );

    // A file whose markers are gone is resolved, added or not; a deletion is the person's to say.
    c.write("app", "2 and 3\n");
    c.write("junk", "untracked\n");
    c.write("x.o", "ignored\n");
    let refusal = c.refused(&tree).await;
    assert!(
        !refusal.message.contains("app") && refusal.message.contains("gone"),
        "{}",
        refusal.message
    );
    assert_eq!(
        c.git(&["status", "--porcelain"]),
        "UU app\nDU gone\nA  new\n?? junk",
        "a refusal changes nothing"
    );
    c.git(&["rm", "--quiet", "gone"]);
    // A new file is the person's to add or to remove; what git ignores is nobody's.
    let refusal = c.refused(&tree).await;
    assert_eq!(refusal.code, Code::Conflict);
    assert_eq!(refusal.message, "“junk” is new and not added");
    std::fs::remove_file(c.dir().join("junk")).unwrap();
    c.write("added", "on purpose\n");
    c.git(&["add", "added"]);
    let made = c.bench.store.take_resolve(&tree, &stamp()).await.unwrap();
    let listed = c.bench.sealed.git(&c.bench.mirror(), &["ls-tree", "--name-only", made.as_str()]);
    assert_eq!(listed, ".gitignore\nadded\napp\nnew");
    let bytes = c.bench.object(&made);
    assert_eq!(header(&bytes, "parent"), Some(c.tip.as_bytes()));
    assert_eq!(header(&bytes, "author"), Some(b"A <a@x> 1700000000 +0545".as_slice()));
    assert_eq!(
        message(&bytes),
        format!("Change commit\n\n(cherry picked from commit {})\n", c.commit).as_bytes()
    );
    assert_eq!(
        c.bench.store.take_resolve(&tree, &stamp()).await.unwrap(),
        made,
        "taken again, it is the same"
    );

    c.bench.store.close_resolve(&c.dir()).await.unwrap();
    assert!(!c.dir().exists());
    c.bench.store.close_resolve(&c.dir()).await.unwrap();
    let left = c.bench.sealed.git(&c.bench.mirror(), &["worktree", "list", "--porcelain"]);
    assert_eq!(left.matches("worktree ").count(), 1, "{left}");
    c.open(&step).await;
}

#[tokio::test]
async fn markers_are_found_also_when_added_and_when_committed() {
    let c = Conflict::new().await;
    let tree = c.open(&pick(&c.commit)).await;
    c.git(&["rm", "--quiet", "gone"]);
    c.git(&["add", "app"]);
    let refusal = c.refused(&tree).await;
    assert!(refusal.message.contains("markers"), "{}", refusal.message);
    c.write("app", "2\n=======\n3\n");
    assert!(c.refused(&tree).await.message.contains("markers"), "half of a marker is one");
    c.git(&["add", "app"]);
    c.git(&["commit", "--quiet", "-m", "by hand"]);
    assert!(c.refused(&tree).await.message.contains("markers"));
    c.write("app", "2 and 3\n");
    let made = c.bench.store.take_resolve(&tree, &stamp()).await.unwrap();
    let bytes = c.bench.object(&made);
    assert_eq!(
        header(&bytes, "parent"),
        Some(c.tip.as_bytes()),
        "the person's own commit is not in between"
    );
    assert!(message(&bytes).starts_with(b"Change commit\n"));
}

#[tokio::test]
async fn a_resolution_that_changes_nothing_is_refused() {
    let c = Conflict::new().await;
    let tree = c.open(&pick(&c.commit)).await;
    c.git(&["rm", "--quiet", "--force", "gone", "new"]);
    c.git(&["checkout", "--quiet", "--ours", "app"]);
    c.git(&["add", "app"]);
    let refusal = c.refused(&tree).await;
    assert_eq!(refusal.code, Code::Refused);
    assert!(refusal.hint.contains("leave the commit out"), "{}", refusal.hint);
}

#[tokio::test]
async fn a_revert_is_resolved_like_a_pick() {
    let c = Conflict::new().await;
    let tree = c.open(&revert(&c.commit)).await;
    c.write("app", "back\n");
    c.git(&["add", "app"]);
    for open in c.git(&["diff", "--name-only", "--diff-filter=U"]).lines() {
        c.git(&["rm", "--quiet", open]);
    }
    let made = c.bench.store.take_resolve(&tree, &stamp()).await.unwrap();
    let expected = format!("Revert \"Change commit\"\n\nThis reverts commit {}.\n", c.commit);
    assert_eq!(message(&c.bench.object(&made)), expected.as_bytes());
}

#[tokio::test]
async fn no_hook_of_anybody_runs_and_no_other_place_is_taken() {
    let c = Conflict::new().await;
    let hooks = c.bench.mirror().join("hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    let script = format!(
        "cat > '{0}' <<'E'\n#!/bin/sh\ntouch '{1}'\nE\nchmod +x '{0}'",
        hooks.join("post-checkout").display(),
        c.bench.sealed.path("ran").display()
    );
    assert!(c.bench.sealed.command("sh").args(["-c", &script]).status().unwrap().success());
    let tree = c.open(&pick(&c.commit)).await;
    assert!(!c.bench.sealed.path("ran").exists());

    let again =
        c.bench.store.open_resolve(&c.dir(), &oid(&c.tip), &pick(&c.commit)).await.unwrap_err();
    assert_eq!(again.code, Code::WrongState);
    let elsewhere = c.bench.sealed.path("elsewhere");
    c.bench.sealed.git(c.bench.sealed.home(), &["init", "--quiet", elsewhere.to_str().unwrap()]);
    let stranger = ResolveTree { dir: elsewhere, ..tree.clone() };
    assert_eq!(c.refused(&stranger).await.code, Code::NotFound);
    std::fs::write(stranger.dir.join("x"), "").unwrap();
    let own = std::fs::read_to_string(c.dir().join(".git")).unwrap();
    assert!(own.contains("upstream.git/worktrees/"), "{own}");
    c.bench.store.close_resolve(&c.dir()).await.unwrap();
    assert_eq!(c.refused(&tree).await.code, Code::NotFound);
}

#[tokio::test]
async fn a_marker_is_found_where_the_conflict_itself_left_none() {
    let c = Conflict::new().await;
    let tree = c.open(&pick(&c.commit)).await;
    c.write("app", "23\n");
    for left in ["<<<<<<< x", "=======", ">>>>>>> y"] {
        c.write("gone", &format!("a\n{left}\nc\n"));
        c.git(&["add", "app", "gone"]);
        let refusal = c.refused(&tree).await;
        assert!(
            refusal.message.contains("gone") && refusal.message.contains("marker"),
            "{refusal:?}"
        );
    }
    c.write("gone", "a\n<<<< no marker\nc\n");
    c.git(&["add", "gone"]);
    c.bench.store.take_resolve(&tree, &stamp()).await.unwrap();
}
