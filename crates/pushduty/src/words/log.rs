//! `log` and `verify`.

use conductor::view::{LogView, VerifyView};

use super::{count, sentence, time};
use crate::screen::{Line, Tone, columns};

/// The record: time, who, what, number.
#[must_use]
pub fn log(view: &LogView) -> Vec<Line> {
    let row = |e: &conductor::view::EntryView| {
        vec![
            Line::of(Tone::Dim, e.seq.map(|seq| format!("{seq:>5}")).unwrap_or_default()),
            Line::of(Tone::Dim, time(&e.at)),
            Line::of(Tone::Strong, e.actor.as_deref().unwrap_or("–")),
            Line::of(if e.withheld { Tone::Dim } else { Tone::Plain }, &e.words),
        ]
    };
    columns(0, view.entries.iter().map(row).collect())
}

/// That there is no entry to show.
#[must_use]
pub fn no_entries(push: Option<train::id::PushDate>) -> Line {
    let words = match push {
        Some(push) => format!("Nothing of {push} is recorded."),
        None => "Nothing is recorded yet.".to_owned(),
    };
    Line::of(Tone::Dim, words)
}

/// Whether the record holds.
#[must_use]
pub fn verify(view: &VerifyView) -> Vec<Line> {
    let mut lines = Vec::new();
    match &view.broken {
        None => lines.push(Line::of(Tone::Good, "✓ ").text(format!(
            "the chain of {} holds, and {} outside {} with it.",
            entries(view.entries),
            count(view.anchors, "anchor"),
            if view.anchors == 1 { "agrees" } else { "agree" }
        ))),
        Some(why) => {
            lines.push(Line::of(Tone::Bad, "✗ ").text(sentence(why)));
            lines.push(Line::of(Tone::Dim, "  → ").text("bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`."));
        }
    }
    for difference in &view.differences {
        lines.push(Line::of(Tone::Bad, "✗ ").text(sentence(&difference.message)));
    }
    if let Some(difference) = view.differences.first() {
        lines.push(Line::of(Tone::Dim, "  → ").text(sentence(difference.way_out())));
    }
    for repo in &view.unreachable {
        lines.push(Line::of(Tone::Odd, "◆ ").text(format!("{repo} could not be asked.")));
    }
    if !view.compared {
        let what = "the remotes could not be compared with the record: it can't be read.";
        lines.push(Line::of(Tone::Odd, "◆ ").text(what));
    }
    if view.broken.is_none() && view.differences.is_empty() && view.unreachable.is_empty() {
        lines.push(Line::of(Tone::Good, "✓ ").text("the remotes show what was recorded."));
    }
    lines
}

fn entries(n: u64) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") }
}
