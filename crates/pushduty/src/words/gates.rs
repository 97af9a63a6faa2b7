//! Gates, sign-offs, holds: what people read before a push leaves.

use conductor::view::{ReadyView, StatusView};
use train::gates::{Gate, GateState};
use train::signoff::SignoffState;

use super::{sentence, zoned};
use crate::screen::{Line, Tone, columns};

/// Every gate in a row, and what they come to.
#[must_use]
pub fn ready(view: &ReadyView) -> Vec<Line> {
    let mut lines = listed(&view.gates);
    lines.push(Line::new());
    lines.push(match view.ready {
        true => Line::of(Tone::Good, format!("✓ {} may leave.", view.push)),
        false => Line::of(Tone::Bad, format!("✗ {} may not leave yet.", view.push)),
    });
    if let Some(seen) = &view.seen_at {
        let words = format!("As it was seen {}: nobody was asked for this.", zoned(seen));
        lines.push(Line::of(Tone::Dim, words));
    }
    lines
}

/// Every gate in a row.
#[must_use]
pub fn listed(gates: &[Gate]) -> Vec<Line> {
    columns(0, gates.iter().map(row).collect())
}

fn row(gate: &Gate) -> Vec<Line> {
    let (tone, word) = match gate.state {
        _ if gate.state != GateState::Pass && gate.is_open() => (Tone::Odd, "◆"),
        GateState::Pass => (Tone::Good, "✓"),
        GateState::Wait => (Tone::Odd, "○"),
        GateState::Fail => (Tone::Bad, "✗"),
    };
    let why = match &gate.ask {
        _ if gate.overridden.is_some() => {
            let why = gate.overridden.as_deref().unwrap_or_default();
            Line::plain(sentence(&gate.why)).put(Tone::Odd, format!(" Let go by {}", sentence(why)))
        }
        Some(who) => Line::plain(sentence(&gate.why)).put(Tone::Dim, format!(" Ask {who}.")),
        None => Line::plain(sentence(&gate.why)),
    };
    vec![Line::of(tone, word), Line::of(Tone::Strong, &gate.name), why]
}

/// What `status` says of push day: who holds, who signed off, who has it; nothing where there is none of it.
#[must_use]
pub fn day(view: &StatusView) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(hold) = &view.hold {
        let what = hold.repo.as_ref().map_or_else(|| "the push".to_owned(), ToString::to_string);
        let until = hold.until.as_ref().map(|at| format!(" until {}", zoned(at)));
        let words = format!(
            "{} holds {what}{}: {}",
            hold.by,
            until.unwrap_or_default(),
            sentence(&hold.because)
        );
        lines.push(Line::of(Tone::Bad, "✗ ").text(words));
    }
    let rows = view.signoffs.iter().map(|signoff| {
        let (tone, word) = match signoff.state {
            SignoffState::Given => (Tone::Good, "✓ signed off"),
            SignoffState::Withdrawn => (Tone::Bad, "✗ withdrawn"),
            SignoffState::Overtaken => (Tone::Odd, "◆ overtaken by another tag"),
            SignoffState::Reconfigured => (Tone::Odd, "◆ the configuration changed since"),
        };
        let because = signoff.because.as_deref().map(sentence).unwrap_or_default();
        vec![
            Line::of(tone, word),
            Line::of(Tone::Strong, signoff.repo.as_str()),
            Line::of(Tone::Tag, &signoff.tag),
            Line::plain(signoff.by.as_str()),
            Line::of(Tone::Dim, format!("as {}", signoff.role.word())),
            Line::plain(because),
        ]
    });
    lines.extend(columns(0, rows.collect()));
    if let Some(says) = view.authors.as_ref().and_then(|authors| authors.says.as_ref()) {
        lines.push(Line::plain(sentence(says)));
    }
    for claim in &view.claims {
        lines.push(Line::plain(format!("{} takes it to production.", claim.by)));
    }
    lines
}
