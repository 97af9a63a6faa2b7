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
            // `#[test]` and `#[tokio::test]`.
            let after = text.split("test]\n").skip(1);
            let names = after.filter_map(|t| Some(t.split_once("fn ")?.1.split_once('(')?.0));
            into.extend(names.map(str::to_owned));
        }
    }
}

/// The tests of the rules, and the tests on real git.
fn tests() -> [BTreeSet<String>; 2] {
    [&["train"][..], &["git", "pushduty"]].map(|crates| {
        let mut tests = BTreeSet::new();
        for name in crates {
            tests_in(&root().join("crates").join(name).join("tests"), &mut tests);
        }
        tests
    })
}

/// The tests that a text names.
fn named(text: &str) -> Vec<&str> {
    let words = text.split('`').skip(1).step_by(2);
    words.filter(|w| w.matches('_').count() >= 2 && !w.contains(['/', ' ', ':'])).collect()
}

/// The cells of the table's rows.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    };
    let lines = page.lines().filter(|l| l.starts_with('|') && !l.starts_with("|--"));
    lines.map(cells).filter(|row| row.len() == 5 && row[0] != "intent").collect()
}

#[test]
fn every_test_that_the_book_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/src/intents.md")).unwrap();
    let [rules, git] = tests();
    let named = named(&page);
    assert!(named.len() > 80, "the page names {} tests", named.len());
    for name in named {
        let there = rules.contains(name) || git.contains(name);
        assert!(there, "docs/src/intents.md names {name}, and there is no such test");
    }
}

#[test]
fn the_book_has_every_intent_with_every_state_of_its_remote_by_the_rules_and_on_real_git() {
    let page = std::fs::read_to_string(root().join("docs/src/intents.md")).unwrap();
    let (rows, [rules, git]) = (rows(&page), tests());
    for intent in ["tag", "pick", "merge", "sync", "set-aside", "fence"] {
        for state in ["absent", "ours", "same commit", "different", "moved on", "unreachable"] {
            let found = rows.iter().find(|row| row[0] == intent && row[1] == state);
            let row = found.unwrap_or_else(|| panic!("no row for {intent}, {state}"));
            let shown = |cell: &str, tests: &BTreeSet<String>| {
                let named = named(cell);
                !named.is_empty() && named.iter().all(|name| tests.contains(*name))
            };
            assert!(!row[2].is_empty(), "{row:?} says what settles it");
            assert!(shown(&row[3], &rules), "{row:?} names the rules' tests in its fourth cell");
            assert!(shown(&row[4], &git), "{row:?} names tests on real git in its last cell");
        }
    }
}
