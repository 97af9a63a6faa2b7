//! Picks and reverts, beside `git cherry-pick -x` and `git revert` (P5).

use conductor::ports::{Repository, StepOutcome};
use train::pick::{PickStep, StepKind};
use train::refusal::Code;

use crate::{BY, Bench, header, made, message, oid, pick, revert, stamp};

impl Bench {
    /// Whether a commit of the work tree holds a conflict marker that its parent has not.
    /// Does a step both ways and demands the same tree, author and message, or a conflict both ways.
    pub(crate) async fn same_as_git(&self, onto: &str, step: &PickStep, what: &str) {
        let ours = self.apply(onto, std::slice::from_ref(step)).await;
        let theirs = self.by_hand(onto, step);
        assert_eq!(
            ours.conflict.is_some(),
            theirs.is_none(),
            "{what}: conflict one way only: {:?}",
            ours.conflict
        );
        let Some(theirs) = theirs else {
            assert_eq!(
                (ours.tip, ours.done),
                (oid(onto), vec![]),
                "{what}: a conflict left something"
            );
            return;
        };
        let onto_tree = self.remote.git(&["rev-parse", &format!("{onto}^{{tree}}")]);
        let Some(id) = made(&ours) else {
            assert_eq!(
                header(&theirs, "tree"),
                Some(onto_tree.as_bytes()),
                "{what}: contained, and git changed something"
            );
            return;
        };
        let bytes = self.object(id);
        assert_eq!(header(&bytes, "tree"), header(&theirs, "tree"), "{what}: tree");
        assert_eq!(header(&bytes, "parent"), Some(onto.as_bytes()), "{what}: parent");
        if step.kind == StepKind::Pick {
            assert_eq!(header(&bytes, "author"), header(&theirs, "author"), "{what}: author");
        }
        // git tidies white space on the way; we keep every byte (P5).
        let (a, b) = (message(&bytes), message(&theirs));
        assert_eq!(tidied(a), String::from_utf8_lossy(b), "{what}: message");
        if step.kind == StepKind::Pick {
            assert!(
                a.starts_with(message(&self.object(&step.commit))),
                "{what}: the original's words"
            );
        } else {
            assert_eq!(a, b, "{what}: message");
        }
        assert_eq!(
            header(&bytes, "committer"),
            Some(b"Hero <hero@example.org> 1795539600 -0800".as_slice()),
            "{what}"
        );
    }
}

/// A message as `git stripspace` leaves it.
fn tidied(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let mut lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    format!("{}\n", lines.join("\n").trim_matches('\n'))
}

#[tokio::test]
async fn messages_are_those_of_cherry_pick_and_revert() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let tree = bench.tree_of(&[("100644", "f", "new\n")]);
    let messages: [&[u8]; 18] = [
        b"Subject\n",
        b"No end",
        b"",
        b"\n",
        b"Subject\n\nBody\nof two lines.\n",
        b"Subject\n\nBody\n\nSigned-off-by: A <a@x>\n",
        b"Subject\n\nBug: 12\nReviewed-by: B <b@x>",
        b"Subject\n\nBug: 12\nnot a trailer\n",
        b"Subject\n\nSigned-off-by: A <a@x>\nprose\n",
        b"Subject\n\nprose\nmore\nmore\nmore\nmore\nSigned-off-by: A <a@x>\n",
        b"Subject\n\nBody\n\n(cherry picked from commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904)\n",
        b"Subject\r\n\r\nBody\r\n\r\nBug: 1\r\n",
        b"Subject\r\n\r\nBody",
        b"Key: value\n",
        b"Subject\n\nBug: 1\n  continued\n\n\n",
        b"Revert \"Subject\"\n\nThis reverts commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904.\n",
        b"Subject\n\nBug: 1\n# a comment\n",
        "J\u{fc}rgen \u{1f682}\n\nBug : 1\n".as_bytes(),
    ];
    for (n, message) in messages.into_iter().enumerate() {
        let head = format!("tree {tree}\nparent {base}\n{BY}\n\n");
        let commit = bench.raw(&format!("b{n}"), &[head.as_bytes(), message].concat());
        bench.fetch().await;
        bench.same_as_git(&base, &pick(&commit), &format!("pick of {message:?}")).await;
        bench.same_as_git(&commit, &revert(&commit), &format!("revert of {message:?}")).await;
    }
}

#[tokio::test]
async fn the_message_is_kept_where_git_would_not_keep_it() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let tree = bench.tree_of(&[("100644", "f", "new\n")]);
    let head = format!("tree {tree}\nparent {base}\n");
    let latin: &[u8] = b"author J\xfcrgen <j@x> 1700000000 -0000\ncommitter C <c@x> 1700000000 +0000\nencoding ISO-8859-1\n\nGr\xfc\xdfe\n";
    let commit = bench.raw("latin", &[head.as_bytes(), latin].concat());
    let bytes: &[u8] =
        b"author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n\xff\xfe no text\x00at all";
    let other = bench.raw("bytes", &[head.as_bytes(), bytes].concat());
    bench.fetch().await;

    let picked = bench.apply(&base, &[pick(&commit)]).await;
    let bytes = bench.object(&picked.tip);
    assert_eq!(header(&bytes, "author"), Some(b"J\xfcrgen <j@x> 1700000000 -0000".as_slice()));
    assert_eq!(header(&bytes, "encoding"), Some(b"ISO-8859-1".as_slice()));
    let line = format!("\n(cherry picked from commit {commit})\n");
    assert_eq!(message(&bytes), [b"Gr\xfc\xdfe\n", line.as_bytes()].concat());
    let read = bench.store.commit(&picked.tip).await.unwrap();
    assert_eq!((read.subject.as_str(), read.author.as_str()), ("Gr\u{fc}\u{df}e", "J\u{fc}rgen"));
    bench.same_as_git(&commit, &revert(&commit), "revert of latin-1").await;

    let picked = bench.apply(&base, &[pick(&other)]).await;
    let line = format!("\n\n(cherry picked from commit {other})\n");
    assert_eq!(
        message(&bench.object(&picked.tip)),
        [b"\xff\xfe no text\x00at all", line.as_bytes()].concat()
    );
}

#[tokio::test]
async fn a_signature_is_dropped_and_said_and_an_odd_author_stays_odd() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let tree = bench.tree_of(&[("100644", "f", "new\n")]);
    let signed = format!(
        "tree {tree}\nparent {base}\n{BY}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\nchange-id xyz\n\nSigned\n"
    );
    let signed = bench.raw("signed", signed.as_bytes());
    let odd = format!(
        "tree {tree}\nparent {base}\nauthor No Space<a@x> 99999999999999999999 +2545\ncommitter C <c@x> 1 +0000\n\nOdd\n"
    );
    let odd = bench.raw("odd", odd.as_bytes());
    bench.fetch().await;

    let applied = bench.apply(&base, &[pick(&signed)]).await;
    let StepOutcome::Made { signature_dropped, reverted_there, .. } = applied.done[0].outcome
    else {
        panic!()
    };
    assert!(signature_dropped && !reverted_there);
    let bytes = bench.object(&applied.tip);
    assert_eq!((header(&bytes, "gpgsig"), header(&bytes, "change-id")), (None, None));
    assert_eq!(header(&bytes, "author"), Some(b"A <a@x> 1700000000 +0545".as_slice()));

    let applied = bench.apply(&base, &[pick(&odd)]).await;
    let bytes = bench.object(&applied.tip);
    assert_eq!(
        header(&bytes, "author"),
        Some(b"No Space<a@x> 99999999999999999999 +2545".as_slice())
    );
    let again = bench.apply(&base, &[pick(&odd)]).await;
    assert_eq!(again.tip, applied.tip, "the same stamp gives the same commit");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases, read row by row")]
async fn trees_are_those_of_cherry_pick_in_hard_cases() {
    let bench = Bench::new();
    let long = |middle: &str| format!("one\ntwo\nthree\n{middle}\nfive\nsix\nseven\n");
    let (old, new, other) = (long("four"), long("changed"), long("other"));
    let (sub, sub2) = ("1".repeat(40), "2".repeat(40));
    let binary = "\u{0}bin\u{1}";
    type Entries<'a> = Vec<(&'a str, &'a str, &'a str)>;
    let f = "100644";
    let cases: Vec<(&str, Entries<'_>, Entries<'_>, Entries<'_>)> = vec![
        ("renamed on the tip", vec![(f, "a", &old)], vec![(f, "b", &old)], vec![(f, "a", &new)]),
        ("renamed by the commit", vec![(f, "a", &old)], vec![(f, "a", &new)], vec![(f, "b", &old)]),
        ("renamed twice", vec![(f, "a", &old)], vec![(f, "b", &old)], vec![(f, "c", &old)]),
        (
            "renamed folder",
            vec![(f, "d/a", &old), (f, "d/b", "b\n")],
            vec![(f, "e/a", &old), (f, "e/b", "b\n")],
            vec![(f, "d/a", &old), (f, "d/b", "b\n"), (f, "d/c", "new\n")],
        ),
        ("changed both ways", vec![(f, "a", &old)], vec![(f, "a", &new)], vec![(f, "a", &other)]),
        (
            "deleted on the tip",
            vec![(f, "a", &old), (f, "z", "z")],
            vec![(f, "z", "z")],
            vec![(f, "a", &new), (f, "z", "z")],
        ),
        (
            "made executable",
            vec![(f, "a", &old)],
            vec![(f, "a", &new)],
            vec![("100755", "a", &old)],
        ),
        (
            "binary",
            vec![(f, "a", binary)],
            vec![(f, "a", binary), (f, "b", "b")],
            vec![(f, "a", "\u{0}new")],
        ),
        (
            "binary both ways",
            vec![(f, "a", binary)],
            vec![(f, "a", "\u{0}x")],
            vec![(f, "a", "\u{0}y")],
        ),
        (
            "a link",
            vec![("120000", "a", "there")],
            vec![("120000", "a", "there"), (f, "b", "b")],
            vec![("120000", "a", "elsewhere")],
        ),
        (
            "a link in place of a file",
            vec![(f, "a", &old)],
            vec![(f, "a", &new)],
            vec![("120000", "a", "x")],
        ),
        (
            "a folder in place of a file",
            vec![(f, "a", &old)],
            vec![(f, "a", &new)],
            vec![(f, "a/b", &old)],
        ),
        (
            "a file where the tip has a folder",
            vec![(f, "z", "z")],
            vec![(f, "z", "z"), (f, "a/b", "b")],
            vec![(f, "z", "z"), (f, "a", "a")],
        ),
        (
            "a submodule moves",
            vec![("160000", "s", &sub), (f, "z", "z")],
            vec![("160000", "s", &sub), (f, "z", "y")],
            vec![("160000", "s", &sub2), (f, "z", "z")],
        ),
        (
            "a submodule comes",
            vec![(f, "z", "z")],
            vec![(f, "z", "y")],
            vec![(f, "z", "z"), ("160000", "s", &sub)],
        ),
        (
            "union by attribute",
            vec![(f, ".gitattributes", "a merge=union\n"), (f, "a", &old)],
            vec![(f, ".gitattributes", "a merge=union\n"), (f, "a", &new)],
            vec![(f, ".gitattributes", "a merge=union\n"), (f, "a", &other)],
        ),
        (
            "union by the commit's attribute only",
            vec![(f, "a", &old)],
            vec![(f, "a", &new)],
            vec![(f, ".gitattributes", "a merge=union\n"), (f, "a", &other)],
        ),
        (
            "union by the tip's attribute only",
            vec![(f, "a", &old)],
            vec![(f, ".gitattributes", "a merge=union\n"), (f, "a", &new)],
            vec![(f, "a", &other)],
        ),
        (
            "attributes of a folder",
            vec![(f, "d/.gitattributes", "* merge=union\n"), (f, "d/a", &old)],
            vec![(f, "d/.gitattributes", "* merge=union\n"), (f, "d/a", &new)],
            vec![(f, "d/.gitattributes", "* merge=union\n"), (f, "d/a", &other)],
        ),
        (
            "a driver nobody has",
            vec![(f, ".gitattributes", "a merge=ours\n"), (f, "a", &old)],
            vec![(f, ".gitattributes", "a merge=ours\n"), (f, "a", &new)],
            vec![(f, ".gitattributes", "a merge=ours\n"), (f, "a", &other)],
        ),
        (
            "never merged",
            vec![(f, ".gitattributes", "a -merge\n"), (f, "a", &old)],
            vec![(f, ".gitattributes", "a -merge\n"), (f, "a", &new)],
            vec![(f, ".gitattributes", "a -merge\n"), (f, "a", &other)],
        ),
        (
            "line ends by attribute",
            vec![(f, ".gitattributes", "a text eol=crlf\n"), (f, "a", &old)],
            vec![(f, ".gitattributes", "a text eol=crlf\n"), (f, "a", &old), (f, "b", "b\n")],
            vec![(f, ".gitattributes", "a text eol=crlf\n"), (f, "a", &new)],
        ),
        (
            "names that need quoting",
            vec![(f, "a b", &old), (f, "\u{e9}", "e\n")],
            vec![(f, "a b", &old), (f, "\u{e9}", "f\n")],
            vec![(f, "a b", &new), (f, "\u{e9}", "e\n")],
        ),
    ];
    let root = bench.remote.git(&["rev-parse", "main"]);
    let mut steps = Vec::new();
    for (n, (what, before, tip, commit)) in cases.iter().enumerate() {
        let before = bench.entries(&format!("c{n}/before"), &root, before);
        let tip = bench.entries(&format!("c{n}/tip"), &before, tip);
        let commit = bench.entries(&format!("c{n}/commit"), &before, commit);
        steps.push((what, tip, commit));
    }
    bench.fetch().await;
    let mut conflicts = 0;
    for (what, tip, commit) in steps {
        bench.same_as_git(&tip, &pick(&commit), what).await;
        bench.same_as_git(&commit, &revert(&commit), &format!("{what}, reverted")).await;
        conflicts += usize::from(bench.apply(&tip, &[pick(&commit)]).await.conflict.is_some());
    }
    assert!((5..18).contains(&conflicts), "the cases are of both kinds: {conflicts} conflicts");
}

#[tokio::test]
async fn a_first_commit_is_picked_and_reverted_like_any_other() {
    let bench = Bench::new();
    let tip = bench.remote.git(&["rev-parse", "main"]);
    let tree = bench.tree_of(&[("100644", "new", "new\n")]);
    let root = bench.raw("root", format!("tree {tree}\n{BY}\n\nRoot\n").as_bytes());
    let child =
        bench.entries("root", &root, &[("100644", "new", "new\n"), ("100644", "more", "x")]);
    bench.fetch().await;
    bench.same_as_git(&tip, &pick(&root), "pick of a first commit").await;
    bench.same_as_git(&child, &revert(&root), "revert of a first commit").await;
}

#[tokio::test]
async fn steps_build_on_each_other_and_what_is_there_is_contained() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let one = bench.remote.commit_on("main", &[("a", "1\n")], "One");
    let two = bench.remote.commit_on("main", &[("a", "2\n")], "Two");
    let three = bench.remote.commit_on("main", &[("b", "b\n")], "Three");
    bench.fetch().await;

    let applied = bench.apply(&base, &[pick(&one), pick(&two), pick(&three), pick(&two)]).await;
    assert_eq!((applied.done.len(), &applied.conflict), (4, &None));
    assert_eq!(applied.done[3].outcome, StepOutcome::Contained);
    let tree = |id: &str| header(&bench.object(&oid(id)), "tree").unwrap().to_vec();
    assert_eq!(tree(applied.tip.as_str()), tree(&three));

    let applied = bench.apply(&base, &[pick(&one), pick(&two), pick(&one)]).await;
    let conflict = applied.conflict.expect("one does not apply on two");
    assert_eq!((conflict.step, applied.done.len()), (pick(&one), 2));

    let applied = bench.apply(&three, &[pick(&three)]).await;
    assert_eq!(
        applied.done[0].outcome,
        StepOutcome::Contained,
        "in the history, and still in force"
    );
    assert_eq!(applied.tip, oid(&three));
}

#[tokio::test]
async fn what_was_reverted_there_is_picked_and_said() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let fix = bench.remote.commit_on("main", &[("a", "1\n")], "Fix");
    bench.remote.commit_on("main", &[("z", "z\n")], "More");
    bench.fetch().await;
    let said = async |tip: &train::id::Oid, step: PickStep| {
        let applied = bench.apply(tip.as_str(), &[step]).await;
        match applied.done[0].outcome {
            StepOutcome::Made { reverted_there, .. } => Some(reverted_there),
            StepOutcome::Contained => None,
        }
    };

    let gone = bench.apply(&fix, &[revert(&fix)]).await.tip;
    assert_eq!(said(&gone, pick(&fix)).await, Some(true), "the commit itself was there");

    let picked = bench.apply(&base, &[pick(&fix)]).await.tip;
    assert_eq!(said(&picked, pick(&fix)).await, None);
    let gone = bench.apply(picked.as_str(), &[revert(picked.as_str())]).await.tip;
    assert_eq!(said(&gone, pick(&fix)).await, Some(true), "a pick of it was there");
    let again = bench
        .apply(gone.as_str(), &[PickStep { commit: picked.clone(), kind: StepKind::Replay }])
        .await;
    assert!(matches!(again.done[0].outcome, StepOutcome::Made { reverted_there: true, .. }));

    let by_hand = bench.entries(
        "hand",
        &base,
        &[("100644", "README.md", "# start\n"), ("100644", "a", "1\n")],
    );
    bench.fetch().await;
    let gone = bench.apply(&by_hand, &[revert(&by_hand)]).await.tip;
    assert_eq!(said(&gone, pick(&fix)).await, Some(true), "the same patch was there");
    assert_eq!(said(&oid(&base), pick(&fix)).await, Some(false));
}

#[tokio::test]
async fn a_replay_keeps_its_message() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let fix = bench.remote.commit_on("main", &[("a", "1\n")], "Fix");
    let other = bench.remote.commit("other").from(&base).file("z", "z").subject("Other").make();
    bench.fetch().await;
    let picked = bench.apply(&base, &[pick(&fix)]).await.tip;
    let replay = PickStep { commit: picked.clone(), kind: StepKind::Replay };
    let replayed = bench.apply(&other, &[replay]).await.tip;
    let (first, second) = (bench.object(&picked), bench.object(&replayed));
    assert_eq!(message(&first), message(&second));
    assert_eq!(header(&first, "author"), header(&second, "author"));
}

#[tokio::test]
async fn merges_and_strangers_are_refused() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    bench.remote.commit("topic").from(&base).file("t", "t").subject("Topic").make();
    bench.remote.commit_on("main", &[("a", "1\n")], "One");
    let merge = bench.remote.merge_on("main", "topic", "Merge topic");
    bench.fetch().await;
    let refused = bench.store.apply(&oid(&base), &[pick(&merge)], &stamp()).await.unwrap_err();
    assert_eq!(refused.code, Code::MergeCommit);
    let refused =
        bench.store.apply(&oid(&base), &[pick(&"a".repeat(40))], &stamp()).await.unwrap_err();
    assert_eq!(refused.code, Code::NoSuchCommit);
}

#[tokio::test]
async fn a_repository_of_sha256_is_no_different() {
    let bench = Bench::of(testkit::Remote::sha256("server"));
    let base = bench.remote.git(&["rev-parse", "main"]);
    let fix = bench.remote.commit_on("main", &[("a", "1\n")], "Fix");
    bench.fetch().await;
    bench.same_as_git(&base, &pick(&fix), "sha256").await;
    bench.same_as_git(&fix, &revert(&base), "revert of a first commit in sha256").await;
}

#[tokio::test]
async fn what_the_tip_holds_by_pick_is_contained_whatever_came_after_it() {
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let one = bench.remote.commit_on("main", &[("f", "one\n")], "Set f to one");
    let two = bench.remote.commit_on("main", &[("f", "two\n")], "Set f to two");
    let gone = bench.remote.commit("main").delete("f").subject("Remove f").make();
    bench.fetch().await;
    let steps = [pick(&one), pick(&two), pick(&gone)];
    let first = bench.apply(&base, &steps).await;
    assert_eq!((&first.conflict, first.done.len()), (&None, 3));

    // git by itself would find that "Set f to one" is in conflict with what removed f.
    let again = bench.apply(first.tip.as_str(), &steps).await;
    assert_eq!((&again.tip, again.conflict), (&first.tip, None));
    assert!(again.done.iter().all(|done| done.outcome == StepOutcome::Contained));

    // On main itself too.
    let on_main = bench.apply(&gone, &[pick(&one)]).await;
    assert_eq!((on_main.tip.as_str(), on_main.conflict), (gone.as_str(), None));

    // Taken back once, it is not taken back again; picked again, it is there again.
    let made = made(&first).unwrap().clone();
    let last = first.done.last().unwrap();
    let StepOutcome::Made { commit: last, .. } = &last.outcome else { panic!("{last:?}") };
    let back = bench.apply(first.tip.as_str(), &[revert(last.as_str())]).await;
    assert_ne!(back.tip, first.tip);
    let twice = bench.apply(back.tip.as_str(), &[revert(last.as_str())]).await;
    assert_eq!((&twice.tip, twice.conflict), (&back.tip, None));
    let anew = bench.apply(back.tip.as_str(), &[pick(&gone)]).await;
    assert_ne!(anew.tip, back.tip);
    assert_ne!(made, anew.tip);
}
