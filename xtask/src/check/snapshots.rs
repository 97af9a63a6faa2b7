//! Law: what tests are held to is kept beside them.
//!
//! A test whose snapshot was never committed is red for whoever runs it next, and a snapshot whose test is gone holds
//! nothing. One that waits to be read was neither taken nor refused.

use std::path::{Path, PathBuf};

use super::law::{Finding, Law};
use crate::trouble::Trouble;
use crate::workspace::{Source, Workspace, files, read};

/// The law.
pub const LAW: Law = Law {
    name: "snapshots",
    reason: "each snapshot has its test, each test its snapshots, and none waits to be read",
    find,
};

/// A snapshot in a file of its own, and the test that it says it is of.
struct Snapshot {
    path: PathBuf,
    of: PathBuf,
}

fn find(workspace: &Workspace) -> Finding {
    match kept(&workspace.root) {
        Ok(kept) => Finding::of(judge(&kept, &workspace.sources)),
        Err(trouble) => Finding::of(vec![trouble.to_string()]),
    }
}

fn kept(root: &Path) -> Result<Vec<Snapshot>, Trouble> {
    let mut all = Vec::new();
    let waiting = files(root, "new")?.into_iter().filter(|path| waits(path));
    for path in files(root, "snap")?.into_iter().chain(waiting) {
        let text = read(&path)?;
        let of = text.lines().find_map(|line| line.strip_prefix("source: ")).unwrap_or_default();
        let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
        all.push(Snapshot { path, of: of.into() });
    }
    Ok(all)
}

fn judge(kept: &[Snapshot], sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for Snapshot { path, of } in kept {
        if waits(path) {
            broken.push(format!("{} waits to be read: take it or delete it", path.display()));
        } else if !sources.iter().any(|source| source.path == *of) {
            broken.push(format!("{} is of no test: delete it", path.display()));
        }
    }
    let lacking = sources.iter().filter(|source| keeps_files(&source.text));
    let lacking = lacking.filter(|source| !kept.iter().any(|one| one.of == source.path));
    let told = |source: &Source| format!("{} has no snapshot: commit them", source.path.display());
    broken.extend(lacking.map(told));
    broken
}

/// Whether it is what a test would have kept, had somebody said so.
fn waits(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".snap.new")
}

/// Whether a source compares something with a file, and not with what stands in its own text.
fn keeps_files(text: &str) -> bool {
    let calls = text.split(concat!("assert_", "snapshot!(")).skip(1);
    let mut calls = calls.map(|rest| rest.split_once(");\n").map_or(rest, |(call, _)| call));
    calls.any(|call| !call.contains("@\"") && !call.contains("@r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: &str = concat!("insta::assert_", "snapshot!(\"pages\", text);\n");
    const OWN: &str = concat!("insta::assert_", "snapshot!(text, @\"\n  a (b);\n\");\n");

    fn broken(snapshots: &[(&str, &str)], sources: &[(&str, &str)]) -> usize {
        let snapshot = |(path, of): &(&str, &str)| Snapshot { path: path.into(), of: of.into() };
        let source = |(path, text): &(&str, &str)| Source {
            path: path.into(),
            text: (*text).to_owned(),
            ..Source::default()
        };
        let kept: Vec<Snapshot> = snapshots.iter().map(snapshot).collect();
        judge(&kept, &sources.iter().map(source).collect::<Vec<_>>()).len()
    }

    #[test]
    fn a_test_and_its_snapshots_hold_together() {
        let (own, other) = (("a.snap", "tests/a.rs"), ("b.snap", "tests/b.rs"));
        assert_eq!(broken(&[own], &[("tests/a.rs", NAMED)]), 0);
        assert_eq!(broken(&[], &[("tests/a.rs", NAMED)]), 1, "it was never committed");
        assert_eq!(broken(&[own, other], &[("tests/a.rs", NAMED)]), 1, "its test is gone");
        assert_eq!(broken(&[own, ("a.snap.new", "tests/a.rs")], &[("tests/a.rs", NAMED)]), 1);
    }

    #[test]
    fn what_stands_in_the_text_of_a_test_takes_no_file() {
        assert_eq!(broken(&[], &[("tests/a.rs", OWN)]), 0);
        let both = format!("{OWN}{NAMED}");
        assert_eq!(broken(&[], &[("tests/a.rs", both.as_str())]), 1);
    }
}
