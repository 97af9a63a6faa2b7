//! Asks: who wants what picked, and what it comes to.

use conductor::view::{AskView, AsksView};
use train::asks::AskState;

use super::{sentence, zoned};
use crate::screen::{Line, Tone};

/// All asks of a push.
#[must_use]
pub fn asks(view: &AsksView) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, format!("Asked for in {}", view.push))];
    if view.asks.is_empty() {
        lines.push(Line::of(Tone::Dim, "  nothing"));
    }
    lines.extend(view.asks.iter().flat_map(ask));
    lines
}

/// An ask in two lines: what and who, and what it comes to.
#[must_use]
pub fn ask(ask: &AskView) -> Vec<Line> {
    let (tone, mark) = mark(ask.state);
    let id = ask.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
    let why = if ask.why.is_empty() { String::new() } else { format!(" {}", ask.why) };
    let head = Line::plain("  ")
        .put(tone, format!("{mark} "))
        .put(Tone::Dim, id)
        .put(Tone::Strong, ask.name())
        .text(why)
        .put(Tone::Dim, format!("  {}", ask.by));
    let mut lines = vec![head, Line::of(Tone::Dim, "    → ").text(sentence(&ask.says))];
    lines.extend(ask.put_off.iter().map(|one| {
        Line::of(Tone::Dim, format!("    {} says later, until {}", one.by, zoned(&one.until)))
    }));
    lines
}

/// What an ask comes to, under its line.
#[must_use]
pub fn under(ask: &AskView) -> Line {
    let (tone, mark) = mark(ask.state);
    Line::of(tone, format!("{mark} ")).put(Tone::Dim, sentence(&ask.says))
}

/// Asks that somebody waits for: for `status`.
#[must_use]
pub fn open(asks: &[AskView]) -> Vec<Line> {
    asks.iter().filter(|ask| ask.state.is_open()).map(one_line).collect()
}

fn one_line(ask: &AskView) -> Line {
    let (tone, mark) = mark(ask.state);
    Line::of(tone, format!("{mark} "))
        .text("asked for: ")
        .put(Tone::Strong, ask.name())
        .text(format!(" {}", sentence(&ask.says)))
        .put(Tone::Dim, format!("  {}", ask.by))
}

fn mark(state: AskState) -> (Tone, &'static str) {
    match state {
        AskState::Applies | AskState::Needs | AskState::WithTheCut => (Tone::Good, "✓"),
        AskState::Contained | AskState::Picked | AskState::Settled => (Tone::Dim, "="),
        AskState::Conflicts | AskState::Clashes => (Tone::Bad, "✗"),
        AskState::Declined | AskState::Carried | AskState::Forbidden => (Tone::Dim, "–"),
        AskState::NotOnMain
        | AskState::NotMerged
        | AskState::MergeCommit
        | AskState::UnknownCommit
        | AskState::Ambiguous
        | AskState::NoRepository
        | AskState::NoTag
        | AskState::Untried
        | AskState::Removed => (Tone::Odd, "◆"),
    }
}
