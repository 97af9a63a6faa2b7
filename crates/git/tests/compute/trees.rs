//! Small trees by chance: what is put together in process is what git's merge makes of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::{Bench, header, pick};

/// Files by path: whether each can be run, and what it holds.
type Files = BTreeMap<&'static str, (bool, u8)>;

/// In folders, and where folders are.
fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "d", "d/a", "d/b", "e/f/a", "e/f/b", "e/g", "z"])
}

/// Contents that are equal, alike, or of one line each.
fn file() -> impl Strategy<Value = (bool, u8)> {
    (prop::bool::weighted(0.1), 0_u8..12)
}

/// What is in the way of a path: the same, a file where it has a folder, a folder where it is a file.
fn put(files: &mut Files, path: &'static str, file: (bool, u8)) {
    let below = |folder: &str, path: &str| path.starts_with(&format!("{folder}/"));
    files.retain(|there, _| !below(path, there) && !below(there, path));
    files.insert(path, file);
}

fn files() -> impl Strategy<Value = Files> {
    prop::collection::vec((path(), file()), 3..8).prop_map(|all| {
        let mut files = Files::new();
        all.into_iter().for_each(|(path, file)| put(&mut files, path, file));
        files
    })
}

/// A few of the files removed, renamed or changed, and some new: by number, since most are to be about what is there.
fn later() -> impl Strategy<Value = Vec<(u8, usize, &'static str, (bool, u8))>> {
    prop::collection::vec((0_u8..5, 0_usize..8, path(), file()), 1..3)
}

fn after(before: &Files, changes: &[(u8, usize, &'static str, (bool, u8))]) -> Files {
    let mut files = before.clone();
    for (kind, which, other, new) in changes {
        let Some((path, file)) = before.iter().nth(which % before.len()) else { continue };
        match kind {
            0 => drop(files.remove(path)),
            1 => {
                files.remove(path);
                put(&mut files, other, *file);
            }
            2 | 3 => put(&mut files, path, *new),
            _ => put(&mut files, other, *new),
        }
    }
    files
}

/// A text of many lines, two in three of which all have: enough for git to see a rename.
fn alike(content: u8) -> String {
    let kind = content % 2;
    (0..6).map(|n| format!("{kind}.{n} is {}\nspace {n}\nspace {n}\n", content / 2)).collect()
}

fn imported(n: usize, name: &str, files: &Files) -> String {
    let from =
        if name == "before" { String::new() } else { format!("from refs/heads/{n}/before\n") };
    let mut script = format!(
        "commit refs/heads/{n}/{name}\ncommitter C <c@x> 1700000000 +0000\ndata 2\nx\n{from}deleteall\nM 100644 inline keep\ndata 2\nk\n\n"
    );
    for (path, (runs, content)) in files {
        let text = match content {
            0..4 => format!("only {content}\n"),
            _ => alike(*content),
        };
        let mode = if *runs { "100755" } else { "100644" };
        script.push_str(&format!("M {mode} inline {path}\ndata {}\n{text}\n", text.len()));
    }
    script
}

/// So many that each way in which two sides can meet is among them.
const CASES: usize = 400;

/// What is put together in process is what `git merge-tree` makes of it, whatever was renamed, removed or in the way.
#[tokio::test]
async fn small_trees_by_chance_are_merged_as_git_merges_them() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let bench = Bench::new();
    let mut whole = String::new();
    let strategy = (files(), later(), later());
    for n in 0..CASES {
        let (before, tip, commit) = strategy.new_tree(&mut runner).unwrap().current();
        whole.push_str(&imported(n, "before", &before));
        whole.push_str(&imported(n, "tip", &after(&before, &tip)));
        whole.push_str(&imported(n, "commit", &after(&before, &commit)));
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], whole.as_bytes());
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    bench.fetch().await;
    let lines: String = (0..CASES).map(|n| format!("{n}/before -- {n}/tip {n}/commit\n")).collect();
    let args = ["-c", "merge.directoryRenames=conflict", "merge-tree", "--stdin", "--no-messages"];
    let answers = bench.feed(bench.remote.path(), &args, lines.as_bytes()).stdout;
    let answers = String::from_utf8(answers).unwrap();
    let mut answers = answers.split('\0').filter(|field| field.len() <= 40);
    let refs = bench.remote.git(&[
        "for-each-ref",
        "--format=%(refname:short) %(objectname)",
        "refs/heads",
    ]);
    let (mut clean, mut conflicts) = (0, 0);
    for n in 0..CASES {
        let find = |name: &str| {
            let start = format!("{n}/{name} ");
            refs.lines().find_map(|l| l.strip_prefix(&start)).unwrap().to_owned()
        };
        let status = answers.find(|field| matches!(field.trim(), "0" | "1")).unwrap();
        let tree = answers.next().unwrap();
        let tip = find("tip");
        let applied = bench.apply(&tip, &[pick(&find("commit"))]).await;
        if status.trim() == "1" && applied.conflict.is_none() {
            let bytes = bench.object(&applied.tip);
            assert_eq!(header(&bytes, "tree"), Some(tree.as_bytes()), "case {n}");
            clean += 1;
        } else {
            assert!(applied.conflict.is_some(), "case {n}: git calls it a conflict");
            conflicts += 1;
        }
    }
    assert!(clean > CASES / 4 && conflicts > CASES / 10, "{clean} clean, {conflicts} conflicts");
}

#[tokio::test]
async fn a_pick_that_removes_what_the_tag_renamed_is_a_conflict() {
    let bench = Bench::new();
    let file = (false, 6);
    let (before, tip) = (Files::from([("d/b", file)]), Files::from([("z", file)]));
    let script: String = [("before", &before), ("tip", &tip), ("commit", &Files::new())]
        .iter()
        .map(|(name, files)| imported(0, name, files))
        .collect();
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    bench.fetch().await;
    let [tip, commit] = ["0/tip", "0/commit"].map(|name| bench.remote.git(&["rev-parse", name]));
    bench.same_as_git(&tip, &pick(&commit), "removed there, renamed here").await;
    assert!(bench.apply(&tip, &[pick(&commit)]).await.conflict.is_some());
}
