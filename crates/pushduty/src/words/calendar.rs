//! `schedule`: the departures, one line each; `rotation`: who is on duty for them, and who is away.

use conductor::view::{AbsenceView, OfferView, PassedOverView, RotationView, ScheduleView};
use train::id::PushDate;

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

/// Who is on duty in turn; below it who is passed over and who is away, where somebody is.
#[must_use]
pub fn rotation(view: &RotationView) -> Vec<Line> {
    let rows = view.duty.iter().map(|duty| {
        let hero = duty.hero.as_ref().map_or("–", |hero| hero.as_str());
        vec![
            Line::of(Tone::Tag, duty.push.to_string()),
            Line::of(Tone::Strong, hero),
            Line::of(Tone::Dim, time(&duty.push_at)),
            Line::of(Tone::Dim, duty.offer.as_ref().map(OfferView::words).unwrap_or_default()),
        ]
    });
    let mut lines = columns(0, rows.collect());
    for place in &view.turns {
        let passed = |over: &PassedOverView| {
            let words = format!("{} is passed over for {}: ", place.who, over.push);
            Line::plain(words).put(Tone::Dim, &over.because)
        };
        lines.extend(place.passed_over.iter().map(passed));
    }
    lines.extend(view.absences.iter().map(absence));
    lines
}

fn absence(absence: &AbsenceView) -> Line {
    let AbsenceView { who, from, to, external, .. } = absence;
    let words = format!("{who} is away from {} to {}", PushDate(*from), PushDate(*to));
    let whence = if *external { ", by an external calendar" } else { "" };
    Line::plain(words).put(Tone::Dim, whence)
}
