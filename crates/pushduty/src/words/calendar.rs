//! `schedule`: the departures, one line each.

use conductor::view::ScheduleView;

use super::time;
use crate::screen::{Line, Tone, columns};

/// The schedule as a table. Rows that do not run stay, and say so.
#[must_use]
pub fn schedule(view: &ScheduleView) -> Vec<Line> {
    let head = |text: &str| Line::of(Tone::Dim, text);
    let mut rows = vec![vec![head("push"), head("cut"), head("departs"), head("hero"), head("")]];
    for d in &view.departures {
        let runs = !matches!(d.state.as_str(), "cancelled" | "skipped" | "frozen");
        let tone = if runs { Tone::Plain } else { Tone::Dim };
        let hero = match (&d.hero, &d.turn) {
            (Some(hero), Some(turn)) => format!("{hero} (for {turn})"),
            (Some(hero), None) => hero.to_string(),
            (None, _) => "–".to_owned(),
        };
        let mut words = vec![match d.state.as_str() {
            "planned" => String::new(),
            "cancelled" | "skipped" | "frozen" => format!("does not run ({})", d.state),
            other => other.to_owned(),
        }];
        words.extend((d.scheduled != d.push).then(|| format!("moved from {}", d.scheduled)));
        words.extend(d.off_cycle.then(|| "off the schedule".to_owned()));
        words.extend(d.offer.as_ref().map(|offer| offer.words()));
        words.extend(d.note.clone());
        words.retain(|w| !w.is_empty());
        rows.push(vec![
            Line::of(if runs { Tone::Tag } else { Tone::Dim }, d.push.to_string()),
            Line::of(tone, if runs { time(&d.cut_at) } else { String::new() }),
            Line::of(tone, if runs { time(&d.push_at) } else { String::new() }),
            Line::of(
                if runs { Tone::Strong } else { Tone::Dim },
                if runs { hero } else { String::new() },
            ),
            Line::of(Tone::Dim, words.join("; ")),
        ]);
    }
    columns(0, rows)
}
