//! What is told of a step that does not apply.

use crate::{Bench, pick, revert};

#[tokio::test]
async fn a_conflict_names_files_words_and_places() {
    let bench = Bench::new();
    let f = "100644";
    let lines = |a: &str, b: &str| format!("1\n{a}\n3\n4\n5\n6\n7\n8\n9\n{b}\n11\n");
    let (old, new, other) = (lines("2", "10"), lines("two", "ten"), lines("TWO", "TEN"));
    let root = bench.remote.git(&["rev-parse", "main"]);
    let before =
        [(f, "app.py", old.as_str()), (f, "gone", "x\n"), (f, "bin", "\u{0}1"), (f, "ren", &old)];
    let before = bench.entries("before", &root, &before);
    let tip =
        [(f, "app.py", new.as_str()), (f, "bin", "\u{0}2"), (f, "renamed", &new), (f, "ok", "ok")];
    let tip = bench.entries("tip", &before, &tip);
    let commit = [
        (f, "app.py", other.as_str()),
        (f, "gone", "y\n"),
        (f, "bin", "\u{0}3"),
        (f, "ren", &other),
    ];
    let commit = bench.entries("commit", &before, &commit);
    bench.fetch().await;

    let applied = bench.apply(&tip, &[pick(&commit)]).await;
    let conflict = applied.conflict.unwrap();
    let files: Vec<_> = conflict.files.iter().map(|(p, w)| (p.as_str(), w.as_str())).collect();
    let expected = [
        ("app.py", "contents"),
        ("bin", "binary"),
        ("gone", "modify/delete"),
        ("renamed", "contents"),
    ];
    assert_eq!(files, expected);
    assert_eq!(conflict.hunks, ["app.py:2-6", "app.py:14-18", "renamed:2-6", "renamed:14-18"]);

    let back = bench.apply(&tip, &[revert(&commit)]).await.conflict.unwrap();
    assert!(back.hunks.contains(&"app.py:2-6".to_owned()), "{:?}", back.hunks);
}

#[tokio::test]
async fn markers_that_are_a_files_own_text_are_no_conflict() {
    let bench = Bench::new();
    let text = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> topic\n";
    let root = bench.remote.git(&["rev-parse", "main"]);
    let before = bench.entries("before", &root, &[("100644", "doc", text), ("100644", "a", "1")]);
    let commit = bench.entries(
        "commit",
        &before,
        &[("100644", "doc", &format!("{text}more\n")), ("100644", "a", "2")],
    );
    let tip = bench.entries("tip", &before, &[("100644", "doc", text), ("100644", "a", "3")]);
    bench.fetch().await;
    bench.same_as_git(&before, &pick(&commit), "a file about markers").await;
    let conflict = bench.apply(&tip, &[pick(&commit)]).await.conflict.unwrap();
    assert_eq!(conflict.hunks, ["a:1-5"]);
    let told = &conflict.texts[0];
    assert_eq!((told.at.as_str(), told.more), ("a:1-5", 0));
    let between: Vec<&str> = told.lines[1..4].iter().map(String::as_str).collect();
    assert_eq!(between, ["3", "=======", "2"]);
}
