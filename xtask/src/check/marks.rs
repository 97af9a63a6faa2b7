//! Law: nothing is silenced, skipped or left for later in the sources.
//!
//! Each of these marks hides a thing from the next reader: `#[expect(…, reason = …)]` says why and falls away by
//! itself, a missing service fails a test, and what is left to do is an issue. A test is left to another one only where
//! it is the body of a second process: its reason names the test that runs it.

use super::law::{Finding, Law};
use crate::workspace::{Source, Workspace};

/// The law.
pub const LAW: Law = Law {
    name: "marks",
    reason: "nothing is silenced, skipped or left for later in the sources",
    find,
};

/// Marks and what to do instead; put together from halves, so that this file does not break its own law.
const MARKS: &[(&str, &str)] = &[
    (concat!("#[", "allow("), "use #[expect(…, reason = …)]"),
    (concat!("#![", "allow("), "use #![expect(…, reason = …)]"),
    (concat!("#[", "ignore]"), "a test runs or is removed"),
    (concat!("TO", "DO"), "write an issue"),
    (concat!("FIX", "ME"), "write an issue"),
    (concat!("todo", "!("), "finish it"),
    (concat!("unimpl", "emented!("), "finish it"),
    (concat!("DES", "IGN section"), "cite a promise, a page of the book or the runbook"),
    (concat!("CON", "TRACT section"), "cite a promise, a page of the book or the runbook"),
];

fn find(workspace: &Workspace) -> Finding {
    Finding::of(workspace.sources.iter().flat_map(breaches).collect())
}

fn breaches(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let place = format!("{}:{}", source.path.display(), number + 1);
        let marks = MARKS.iter().filter(|(mark, _)| line.contains(mark));
        broken.extend(marks.map(|(mark, instead)| format!("{place}: `{mark}`: {instead}")));
        if line.trim_start().starts_with(LEFT_OUT) && !named(line, &source.text) {
            broken.push(format!("{place}: the reason names no test in this file that runs it"));
        }
    }
    broken
}

/// How a test is left out of the run with a reason.
const LEFT_OUT: &str = concat!("#[", "ignore =");

/// Whether a word of `line` is the name of a function in `text`.
fn named(line: &str, text: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| !word.is_empty() && text.contains(&format!("fn {word}(")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_with_its_line() {
        for (mark, _) in MARKS {
            let text = format!("fn a() {{}}\n  {mark}x)]\n");
            let found = breaches(&Source { path: "a.rs".into(), text, ..Source::default() });
            assert_eq!(found.len(), 1, "{mark}");
            assert!(found[0].starts_with("a.rs:2: "), "{found:?}");
        }
    }

    #[test]
    fn an_expectation_with_its_reason_holds() {
        let text = "#[expect(dead_code, reason = \"read by the next crate\")]\n".to_owned();
        assert!(breaches(&Source { text, ..Source::default() }).is_empty());
    }

    #[test]
    fn a_test_left_out_holds_only_when_another_runs_it() {
        let breaches = |reason: &str| {
            let text = format!("{LEFT_OUT} \"{reason}\"]\nfn body() {{}}\nfn story() {{}}\n");
            breaches(&Source { text, ..Source::default() }).len()
        };
        assert_eq!(breaches("the other process of story"), 0);
        assert_eq!(breaches("takes a service"), 1);
    }
}
