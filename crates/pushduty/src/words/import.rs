//! `import notes`: what was read, what is doubtful, what is new.

use conductor::view::ImportView;
use train::import::Problem;

use super::{count, sentence};
use crate::screen::{Line, Tone};

/// What was read, each doubt with its place and what to do, and what it would add.
#[must_use]
pub fn plan(view: &ImportView) -> Vec<Line> {
    let mut lines: Vec<Line> = view.problems.iter().flat_map(problem).collect();
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    let read = [
        pushes(view.pushes),
        count(view.links, "compare link"),
        count(view.picks, "pick"),
        count(view.blockers, "blocker"),
        count(view.tasks, "task"),
        count(view.times, "time"),
    ];
    lines.push(Line::of(Tone::Dim, "read     ").text(read.join(", ")));
    if !view.problems.is_empty() {
        let doubts = format!(
            "{} to look at again: all is kept as it was written",
            count(view.problems.len(), "line")
        );
        lines.push(Line::of(Tone::Odd, "◆        ").text(doubts));
    }
    let new = match (view.added, view.changed) {
        (0, _) => "nothing: the record has all of it".to_owned(),
        (added, 0) => pushes(added),
        (added, changed) => format!("{}, {changed} of them in a new version", pushes(added)),
    };
    if view.pushes > 0 {
        lines.push(Line::of(Tone::Dim, "new      ").put(Tone::Strong, new));
    }
    lines
}

/// What was taken in.
#[must_use]
pub fn imported(view: &ImportView) -> Line {
    let what = match (view.added, view.changed) {
        (added, 0) => format!("{} taken in", pushes(added)),
        (added, changed) => format!("{} taken in, {changed} in a new version", pushes(added)),
    };
    Line::of(Tone::Good, "✓ ").text(format!("{what}; `pushduty history` shows them."))
}

fn problem(problem: &Problem) -> Vec<Line> {
    let place = match problem.line {
        Some(line) => format!("{}:{line}", problem.file),
        None => problem.file.clone(),
    };
    let mut lines = vec![
        Line::of(Tone::Odd, "◆ ")
            .put(Tone::Strong, place)
            .text("  ")
            .text(sentence(&problem.message)),
    ];
    lines.extend(problem.suggestion.as_ref().map(|hint| Line::of(Tone::Dim, "    → ").text(hint)));
    lines
}

/// `1 push`, `2 pushes`.
#[must_use]
pub fn pushes(n: usize) -> String {
    if n == 1 { "1 push".to_owned() } else { format!("{n} pushes") }
}
