//! Announcements on a terminal, and what became of them.

use conductor::view::{DeliveryView, DeliveryWord, TellView};
use train::announce::{Announcement, Audience};
use train::refusal::Refusal;

use super::{count, sentence, time};
use crate::screen::{Line, Tone, columns};

/// An announcement, for whoever is at the terminal.
#[must_use]
pub fn announcement(told: &Announcement, repeat: bool) -> Vec<Line> {
    let to = match &told.audience {
        Audience::Channel => String::new(),
        Audience::List => "to the list: ".to_owned(),
        Audience::Person { nick, .. } => format!("to {nick}: "),
    };
    let rehearsal = if told.rehearsal { "rehearsal: " } else { "" };
    let repeat = if repeat { " (perhaps told before)" } else { "" };
    let head = Line::of(Tone::Odd, "▸ ")
        .put(Tone::Dim, format!("{rehearsal}{to}"))
        .put(Tone::Strong, &told.subject)
        .put(Tone::Dim, repeat);
    let rest = told.text.lines().map(|line| Line::plain(format!("  {line}")));
    std::iter::once(head).chain(rest).collect()
}

/// Everything on its way, and what became of it.
#[must_use]
pub fn told(view: &TellView) -> Vec<Line> {
    if !view.set_up {
        let words = "No channel is set up: nothing is announced. [channels.NAME] sets one up.";
        return vec![Line::of(Tone::Dim, words)];
    }
    if view.announcements.is_empty() {
        return vec![Line::of(Tone::Dim, "There is nothing to tell.")];
    }
    let rows = view.announcements.iter().flat_map(rows);
    columns(0, rows.collect())
}

fn rows(one: &DeliveryView) -> Vec<Vec<Line>> {
    let (tone, word) = match one.state {
        DeliveryWord::Due => (Tone::Odd, "○ due"),
        DeliveryWord::Handed => (Tone::Good, "✓ handed over"),
        DeliveryWord::Already => (Tone::Good, "✓ there before"),
        DeliveryWord::PutOff => (Tone::Odd, "◆ put off"),
        DeliveryWord::Waits => (Tone::Bad, "✗ waits for a person"),
        DeliveryWord::Expired => (Tone::Dim, "– too late"),
        DeliveryWord::Superseded => (Tone::Dim, "– a newer topic"),
        DeliveryWord::Moot => (Tone::Dim, "– done meanwhile"),
        DeliveryWord::Dropped => (Tone::Dim, "– given up"),
    };
    let row = vec![
        Line::of(tone, word),
        Line::of(Tone::Strong, &one.channel),
        Line::of(Tone::Dim, &one.id),
        Line::plain(&one.subject),
    ];
    let Some(why) = &one.why else { return vec![row] };
    let next = one.next_try_at.as_ref().filter(|_| one.state == DeliveryWord::PutOff);
    let next = next.map(|at| format!(", next at {}", time(at))).unwrap_or_default();
    let tried = format!("→ tried {}{next}: ", count(one.tries as usize, "time"));
    let why = Line::of(Tone::Dim, tried).text(sentence(why));
    vec![row, vec![Line::new(), Line::new(), Line::new(), why]]
}

/// What did not arrive, after a command that had something else to do; nothing where all is well.
#[must_use]
pub fn untold(view: &TellView) -> Vec<Line> {
    let failed = |one: &&DeliveryView| {
        one.tries > 0 && matches!(one.state, DeliveryWord::PutOff | DeliveryWord::Waits)
    };
    let all: Vec<&DeliveryView> = view.announcements.iter().filter(failed).collect();
    let Some(first) = all.first() else { return Vec::new() };
    let what = format!("{} not told yet", count(all.len(), "announcement"));
    let why = first.why.as_ref().map(|why| format!(", {}: {why}", first.channel));
    vec![
        Line::of(Tone::Odd, "◆ ").text(sentence(&format!("{what}{}", why.unwrap_or_default()))),
        Line::of(Tone::Dim, "  → ").text("`pushduty tell --dry-run` shows them."),
    ]
}

/// That nothing could be handed over at all.
#[must_use]
pub fn not_told(refusal: &Refusal) -> Vec<Line> {
    let what = sentence(&format!("nothing was announced: {}", refusal.message));
    let mut lines = vec![Line::of(Tone::Odd, "◆ ").text(what)];
    if !refusal.hint.is_empty() {
        lines.push(Line::of(Tone::Dim, "  → ").text(sentence(&refusal.hint)));
    }
    lines
}
