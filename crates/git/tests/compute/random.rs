//! Small histories by chance: every pick comes to the tree of `git cherry-pick`, or conflicts exactly when that does.

use conductor::ports::Repository;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::{Bench, made, message as message_of, pick, revert, stamp};

/// A version of the files: for each path, its lines, or none.
type Version = Vec<Option<Vec<u8>>>;

const PATHS: [&str; 4] = ["a", "b", "d/a", "d/b"];

/// Files of a few lines each; some equal to one another, so that renames happen.
fn version() -> impl Strategy<Value = Version> {
    let line = prop_oneof![8 => Just(0_u8), 1 => Just(1), 1 => Just(2)];
    let file = prop::option::weighted(0.7, prop::collection::vec(line, 6));
    prop::collection::vec(file, PATHS.len())
}

/// A later version: each file kept, taken from another path, or changed in a line.
fn later() -> impl Strategy<Value = Vec<(u8, usize, usize, u8)>> {
    prop::collection::vec((0_u8..10, 0..PATHS.len(), 0_usize..6, 1_u8..4), PATHS.len())
}

fn changed(from: &Version, how: &[(u8, usize, usize, u8)]) -> Version {
    let one = |(n, (kind, other, line, value)): (usize, &(u8, usize, usize, u8))| match kind {
        0 => None,
        1 => from[*other].clone(),
        2..=5 => from[n].clone().map(|mut lines| {
            lines[*line] = *value;
            lines
        }),
        _ => from[n].clone(),
    };
    how.iter().enumerate().map(one).collect()
}

/// Ten files' worth of lines around each few that change, so that changes can be apart.
fn text(path: usize, lines: &[u8]) -> String {
    let one = |(n, value): (usize, &u8)| format!("{path}.{n} is {value}\nspace {n}\nspace {n}\n");
    lines.iter().enumerate().map(one).collect()
}

fn script(n: usize, versions: [&Version; 3]) -> String {
    let mut script = String::new();
    for (name, version) in ["before", "tip", "commit"].iter().zip(versions) {
        script.push_str(&format!(
            "commit refs/heads/{n}/{name}\ncommitter C <c@x> {} +0000\ndata 2\nx\n",
            1_700_000_000 + n
        ));
        if *name != "before" {
            script.push_str(&format!("from refs/heads/{n}/before\n"));
        }
        script.push_str("deleteall\nM 100644 inline keep\ndata 2\nk\n\n");
        for (at, (path, lines)) in PATHS.iter().zip(version).enumerate() {
            if let Some(lines) = lines {
                let text = text(at, lines);
                script.push_str(&format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len()));
            }
        }
    }
    script
}

#[tokio::test]
async fn picks_and_reverts_by_chance_are_as_git_makes_them() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let strategy = (version(), later(), later());
    let bench = Bench::new();
    let mut whole = String::new();
    let mut seeds = Vec::new();
    for n in 0..40 {
        let (before, one, two) = strategy.new_tree(&mut runner).unwrap().current();
        let (tip, commit) = (changed(&before, &one), changed(&before, &two));
        whole.push_str(&script(n, [&before, &tip, &commit]));
        seeds.push((before, tip, commit));
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], whole.as_bytes());
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    bench.fetch().await;
    let listed = bench.remote.git(&[
        "for-each-ref",
        "--format=%(refname:short) %(objectname)",
        "refs/heads",
    ]);
    let find =
        |name: &str| listed.lines().find_map(|l| l.strip_prefix(name)).unwrap().trim().to_owned();
    let (mut clean, mut conflicts) = (0, 0);
    for (n, seed) in seeds.iter().enumerate() {
        let (tip, commit) = (find(&format!("{n}/tip ")), find(&format!("{n}/commit ")));
        bench.same_as_git(&tip, &pick(&commit), &format!("pick of {seed:?}")).await;
        bench.same_as_git(&tip, &revert(&commit), &format!("revert of {seed:?}")).await;
        let applied = bench.apply(&tip, &[pick(&commit)]).await;
        conflicts += usize::from(applied.conflict.is_some());
        clean += usize::from(made(&applied).is_some());
    }
    assert!(clean > 1 && conflicts > 1, "both happen: {clean} clean, {conflicts} conflicts");
}

#[tokio::test]
async fn markers_that_git_itself_would_commit_are_a_conflict() {
    let bench = Bench::new();
    let (a, b) = (Some(vec![0, 0, 2, 0, 0, 0]), Some(vec![0, 2, 0, 0, 1, 0]));
    let before = vec![a.clone(), b.clone(), None, None];
    let tip = vec![None, b.clone(), a, None];
    let commit = vec![Some(vec![0, 3, 2, 0, 0, 0]), None, b, None];
    let script = script(0, [&before, &tip, &commit]);
    bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    bench.fetch().await;
    let [tip, commit] = ["0/tip", "0/commit"].map(|name| bench.remote.git(&["rev-parse", name]));

    assert!(bench.by_hand(&tip, &revert(&commit)).is_none(), "git says so too, in words");
    let applied = bench.apply(&tip, &[revert(&commit)]).await;
    let conflict = applied.conflict.expect("no marker becomes a commit");
    assert!(conflict.files.iter().any(|(path, _)| path == "b"), "{conflict:?}");
    assert!(!conflict.hunks.is_empty() && applied.tip.as_str() == tip);

    let dir = bench.sealed.path("resolve");
    let tree = bench.store.open_resolve(&dir, &applied.tip, &revert(&commit)).await.unwrap();
    let refusal = bench.store.take_resolve(&tree, &stamp()).await.unwrap_err();
    assert!(refusal.message.contains("markers"), "{}", refusal.message);
}

/// Of two changes to what two renames bring to one path git commits one, and says that there is a conflict.
#[tokio::test]
async fn a_change_that_git_would_drop_is_a_conflict() {
    let bench = Bench::new();
    let kept = || Some(vec![0, 0, 0, 2, 0, 0]);
    let (none, one) = (|| Some(vec![0; 6]), || Some(vec![0, 0, 0, 0, 0, 1]));
    let before = vec![none(), None, one(), kept()];
    let tip = vec![Some(vec![3, 0, 0, 0, 0, 0]), none(), one(), kept()];
    let commit = vec![none(), kept(), None, kept()];
    let script = script(0, [&before, &tip, &commit]);
    bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    bench.fetch().await;
    let [tip, commit] = ["0/tip", "0/commit"].map(|name| bench.remote.git(&["rev-parse", name]));
    let applied = bench.apply(&tip, &[revert(&commit)]).await;
    assert!(applied.conflict.is_some() && applied.tip.as_str() == tip, "{applied:?}");
    bench.same_as_git(&tip, &revert(&commit), "two renames, one changed").await;
}

/// Messages of lines that make trailers, or nearly.
fn words() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "",
        "",
        "Bug: 12",
        "Signed-off-by: A <a@x>",
        "(cherry picked from commit abc)",
        "prose",
        "more prose here",
        "  indented",
        "# comment",
        "Conflicts:",
        "\tpath",
        "key : value",
        "-dash: x",
        "http://x",
        "a b: c",
        "Key:",
        " ",
        "crlf: yes\r",
        "\r",
        "# ------------------------ >8 ------------------------",
    ]);
    prop::collection::vec(line, 0..9).prop_map(|lines| format!("Subject\n{}\n", lines.join("\n")))
}

#[tokio::test]
async fn trailers_are_told_from_prose_as_git_tells_them() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let bench = Bench::new();
    let base = bench.remote.git(&["rev-parse", "main"]);
    let messages: Vec<String> =
        (0..40).map(|_| words().new_tree(&mut runner).unwrap().current()).collect();
    let mut script = String::new();
    for (n, message) in messages.iter().enumerate() {
        script.push_str(&format!(
            "commit refs/heads/m{n}\ncommitter C <c@x> 1700000000 +0000\ndata {}\n{message}\nfrom {base}\nM 100644 inline m\ndata 2\nm\n\n",
            message.len()
        ));
    }
    let imported = bench.feed(bench.remote.path(), &["fast-import", "--quiet"], script.as_bytes());
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    bench.fetch().await;
    for (n, message) in messages.iter().enumerate() {
        let commit = bench.remote.git(&["rev-parse", &format!("m{n}")]);
        let trailers = bench.remote.git(&["log", "-1", "--format=%(trailers)", &commit]);
        let applied = bench.apply(&base, &[pick(&commit)]).await;
        let bytes = bench.object(&applied.tip);
        let apart = if trailers.is_empty() { "\n" } else { "" };
        let expected = format!("{message}{apart}(cherry picked from commit {commit})\n");
        assert_eq!(String::from_utf8_lossy(message_of(&bytes)), expected, "trailers {trailers:?}");
    }
}
