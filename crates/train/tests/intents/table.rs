//! The book's table names tests that exist, and every intent with every state of its remote.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of all tests in the files of a folder.
fn tests_in(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let after = text.split("#[test]").skip(1);
            let names = after.filter_map(|t| Some(t.split_once("fn ")?.1.split_once('(')?.0));
            into.extend(names.map(str::to_owned));
        }
    }
}

/// The cells of the table's rows.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    let lines = page.lines().filter(|l| l.starts_with('|') && !l.starts_with("|--"));
    lines.map(cells).filter(|row| row.len() == 4 && row[0] != "intent").collect()
}

#[test]
fn every_test_that_the_book_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/src/intents.md")).unwrap();
    let mut tests = BTreeSet::new();
    tests_in(&root().join("crates/train/tests"), &mut tests);
    let named: Vec<&str> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.matches('_').count() >= 2 && !word.contains(['/', ' ', ':']))
        .collect();
    assert!(named.len() > 40, "the page names {} tests", named.len());
    for name in named {
        assert!(
            tests.contains(name),
            "docs/src/intents.md names {name}, and there is no such test"
        );
    }
}

#[test]
fn the_book_has_every_intent_with_every_state_of_its_remote() {
    let page = std::fs::read_to_string(root().join("docs/src/intents.md")).unwrap();
    let rows = rows(&page);
    for intent in ["tag", "pick", "merge", "sync", "set-aside", "fence"] {
        for state in ["absent", "ours", "same commit", "different", "moved on", "unreachable"] {
            let found = rows.iter().find(|row| row[0] == intent && row[1] == state);
            let row = found.unwrap_or_else(|| panic!("no row for {intent}, {state}"));
            assert!(!row[2].is_empty() && row[3].starts_with('`'), "{row:?} is not whole");
        }
    }
}
