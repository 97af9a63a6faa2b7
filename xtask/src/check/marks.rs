//! Law: nothing is silenced, skipped or left for later in the sources.
//!
//! Each of these marks hides a thing from the next reader: `#[expect(…, reason = …)]` says why and falls away by
//! itself, a missing service fails a test, and what is left to do is an issue.

use super::laws::{Finding, Law};
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
    (concat!("#[", "ignore"), "a test runs or is removed"),
    (concat!("TO", "DO"), "write an issue"),
    (concat!("FIX", "ME"), "write an issue"),
    (concat!("todo", "!("), "finish it"),
    (concat!("unimpl", "emented!("), "finish it"),
];

fn find(workspace: &Workspace) -> Finding {
    Finding::of(workspace.sources.iter().flat_map(breaches).collect())
}

fn breaches(source: &Source) -> Vec<String> {
    let place = |number: usize| format!("{}:{}", source.path.display(), number + 1);
    source
        .text
        .lines()
        .enumerate()
        .flat_map(|(number, line)| {
            MARKS.iter().filter(|(mark, _)| line.contains(mark)).map(move |mark| (number, mark))
        })
        .map(|(number, (mark, instead))| format!("{}: `{mark}`: {instead}", place(number)))
        .collect()
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
}
