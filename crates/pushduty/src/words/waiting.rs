//! What waits for somebody, as people read it on a terminal.

use conductor::view::{ThingView, WaitingView};
use train::waiting::Word;

use super::{sentence, zoned};
use crate::screen::{Line, Tone};

/// All that waits, and what comes next where nothing does.
#[must_use]
pub fn waiting(view: &WaitingView) -> Vec<Line> {
    let mut lines = Vec::new();
    let count = match view.things.len() {
        0 => "Nothing waits for you.".to_owned(),
        1 => "1 thing waits for you.".to_owned(),
        n => format!("{n} things wait for you."),
    };
    lines.push(Line::of(Tone::Strong, count));
    for thing in &view.things {
        lines.push(Line::new());
        lines.extend(told(thing));
    }
    if let Some(turn) = view.next_turn.as_ref().filter(|_| view.things.is_empty()) {
        let when = zoned(&turn.cut_at);
        let words = format!("Your next turn as hero is {}: its cut is due {when}.", turn.push);
        lines.push(Line::plain(words));
    }
    if !view.later.is_empty() {
        lines.push(Line::new());
        lines.push(Line::of(Tone::Dim, "Later"));
        lines.extend(view.later.iter().map(put_off));
    }
    lines
}

fn told(thing: &ThingView) -> Vec<Line> {
    let (tone, mark) = if thing.late { (Tone::Bad, "✗") } else { (Tone::Odd, "○") };
    let mut first = Line::of(tone, format!("{mark} ")).put(Tone::Strong, sentence(&thing.says));
    if let Some(due) = &thing.due {
        let by = if thing.late { "was due" } else { "by" };
        first = first.put(Tone::Dim, format!("  {by} {}", zoned(due)));
    }
    let mut lines = vec![first];
    for answer in &thing.answers {
        // Its name is told once, by the wish that takes it.
        let word = match answer.answer {
            Word::Accept => "→ ",
            Word::Decline => "✗ ",
            Word::Later => "… ",
        };
        lines.push(Line::of(Tone::Dim, format!("    {word}")).text(answer.command.as_str()));
    }
    for one in &thing.put_off {
        let words = format!("    {} says later, until {}", one.by, zoned(&one.until));
        lines.push(Line::of(Tone::Dim, words));
    }
    lines
}

fn put_off(thing: &ThingView) -> Line {
    let until = thing.until.as_ref().map(|at| format!("until {}  ", zoned(at)));
    Line::of(Tone::Dim, format!("… {}", until.unwrap_or_default()))
        .text(sentence(&thing.says))
        .put(Tone::Dim, format!("  {}", thing.key))
}
