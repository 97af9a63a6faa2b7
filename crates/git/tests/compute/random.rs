//! Small histories by chance: every pick comes to the tree of `git cherry-pick`, or conflicts exactly when that does.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::{Bench, made, pick, revert};

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
    assert!(clean > 3 && conflicts > 3, "both happen: {clean} clean, {conflicts} conflicts");
}
