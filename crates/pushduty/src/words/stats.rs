//! `stats`: figures with their spread, by year as bars, and push by push as a line of blocks.

use train::stats::{Dora, Fairness, Figure, Stats, Turns, number};

use super::{count, pushes};
use crate::screen::{Line, Tone, columns};

/// How wide a bar gets.
const WIDE: usize = 24;
/// How many pushes a line of blocks shows: the newest.
const SHOWN: usize = 72;
/// How many of those that were held are listed.
const HELD: usize = 8;
/// Blocks from low to high.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// All of it.
#[must_use]
pub fn stats(stats: &Stats) -> Vec<Line> {
    let (Some(from), Some(to)) = (stats.from, stats.to) else {
        let words = "No past push is known: `pushduty import notes DIR` takes them in.";
        return vec![Line::of(Tone::Dim, words)];
    };
    let mut lines =
        vec![Line::of(Tone::Strong, pushes(stats.pushes)).text(format!(", {from} to {to}"))];
    for (_, title, figure) in stats.figures() {
        lines.push(Line::new());
        lines.extend(self::figure(title, figure));
    }
    lines.push(Line::new());
    lines.extend(held(stats));
    lines.extend(fairness(&stats.fairness));
    lines.push(Line::new());
    lines.extend(dora(&stats.dora));
    lines
}

/// The plots that were written.
#[must_use]
pub fn plots(files: &[String]) -> Vec<Line> {
    let words = Line::of(Tone::Good, "✓ ").text(format!("{} written:", count(files.len(), "plot")));
    let files = files.iter().map(|file| Line::plain("  ").put(Tone::Link, file));
    std::iter::once(Line::new()).chain([words]).chain(files).collect()
}

fn figure(title: &str, figure: &Figure) -> Vec<Line> {
    let title = Line::of(Tone::Strong, title).put(Tone::Dim, format!(", in {}", figure.unit));
    let Some(spread) = &figure.spread else {
        return vec![title, Line::of(Tone::Dim, "  not known")];
    };
    let mut lines = vec![title];
    let known = match figure.unknown {
        0 => String::new(),
        n => format!("; not known of {}", pushes(n)),
    };
    lines.push(Line::plain(format!("  median {}", number(spread.median))).put(
        Tone::Dim,
        format!(
            ", half between {} and {}, from {} to {}; in all {}{known}",
            number(spread.low),
            number(spread.high),
            number(spread.min),
            number(spread.max),
            number(spread.sum),
        ),
    ));
    let newest = figure.points.len().saturating_sub(SHOWN);
    let line = blocks(figure.points[newest..].iter().map(|point| point.value));
    lines.push(Line::plain("  ").put(Tone::Link, line));
    if figure.by_year.len() > 1 {
        let most = figure.by_year.iter().map(|year| year.spread.mean).fold(0.0, f64::max);
        let rows = figure.by_year.iter().map(|year| {
            vec![
                Line::of(Tone::Dim, year.year.to_string()),
                Line::plain(format!("median {}", number(year.spread.median))),
                Line::plain(format!("mean {}", number(year.spread.mean))),
                Line::of(Tone::Dim, format!("of {}", year.spread.count)),
                Line::of(Tone::Link, bar(year.spread.mean, most)),
            ]
        });
        lines.extend(columns(2, rows.collect()));
    }
    lines
}

/// One block for each value, from zero up.
fn blocks(values: impl Iterator<Item = f64> + Clone) -> String {
    let most = values.clone().fold(0.0, f64::max);
    let at = |value: f64| {
        let eighth = (1..8).filter(|n| most > 0.0 && value / most > f64::from(*n) / 8.0).count();
        BLOCKS[eighth]
    };
    values.map(at).collect()
}

fn bar(value: f64, most: f64) -> String {
    let full = u32::try_from(WIDE).unwrap_or(u32::MAX);
    let long =
        (1..=full).filter(|n| most > 0.0 && value / most * f64::from(full) >= f64::from(*n) - 0.5);
    "█".repeat(long.count())
}

fn held(stats: &Stats) -> Vec<Line> {
    if stats.held.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::of(Tone::Strong, "What held us")];
    let rows = stats.held.iter().take(HELD).map(|held| {
        let hours = held.hours.map(|hours| format!("{} h", number(hours)));
        vec![
            Line::of(Tone::Tag, held.push.to_string()),
            Line::of(Tone::Dim, &held.what),
            Line::of(Tone::Dim, hours.unwrap_or_default()),
            Line::plain(held.text.chars().take(90).collect::<String>()),
        ]
    });
    lines.extend(columns(2, rows.collect()));
    let more = stats.held.len().saturating_sub(HELD);
    let words = format!("  and {more} more: `pushduty stats --json` has all");
    lines.extend((more > 0).then(|| Line::of(Tone::Dim, words)));
    lines.push(Line::new());
    lines
}

fn fairness(fairness: &Fairness) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, "Turns by hero")];
    let most = fairness.heroes.iter().map(turns).fold(0.0, f64::max);
    let rows = fairness.heroes.iter().map(|hero| {
        vec![
            Line::plain(&hero.hero),
            Line::plain(hero.turns.to_string()),
            Line::of(Tone::Dim, format!("{} %", number(hero.share * 100.0))),
            Line::of(Tone::Link, bar(turns(hero), most)),
        ]
    });
    lines.extend(columns(2, rows.collect()));
    let unknown = match fairness.unknown {
        0 => String::new(),
        n => format!("; not known of {}", pushes(n)),
    };
    let words = match fairness.spread {
        Some(spread) => format!("  {spread} between the most and the fewest{unknown}"),
        None => "  not known".to_owned(),
    };
    lines.push(Line::of(Tone::Dim, words));
    lines
}

fn turns(hero: &Turns) -> f64 {
    f64::from(u32::try_from(hero.turns).unwrap_or(u32::MAX))
}

fn dora(dora: &Dora) -> Vec<Line> {
    let unknown = || Line::of(Tone::Dim, "not known");
    let told = |value: Option<f64>, words: &dyn Fn(String) -> String| {
        value.map_or_else(unknown, |value| Line::plain(words(number(value))))
    };
    let rows = vec![
        vec![
            Line::of(Tone::Dim, "deployment frequency"),
            told(dora.deployment_frequency, &|n| format!("{n} pushes a week")),
        ],
        vec![
            Line::of(Tone::Dim, "lead time for changes"),
            told(dora.lead_time_days, &|n| {
                format!("{n} days, half of {}", count(dora.commits, "commit"))
            }),
        ],
        vec![
            Line::of(Tone::Dim, "change failure rate"),
            told(dora.change_failure_rate.map(|rate| rate * 100.0), &|n| {
                format!("{n} %, {} of {}", dora.failures.len(), pushes(dora.judged))
            }),
        ],
        vec![
            Line::of(Tone::Dim, "time to restore"),
            told(dora.time_to_restore_hours, &|n| {
                let known = dora.failures.iter().filter(|failure| failure.hours.is_some()).count();
                format!("{n} hours, half of the {known} that are known")
            }),
        ],
    ];
    let mut lines = vec![Line::of(Tone::Strong, "DORA’s four")];
    lines.extend(columns(2, rows));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_bars_are_from_zero_up() {
        assert_eq!(blocks([0.0, 1.0, 4.0, 8.0].into_iter()), "▁▁▄█");
        assert_eq!(blocks([0.0, 0.0].into_iter()), "▁▁");
        assert_eq!(bar(1.0, 2.0).chars().count(), WIDE / 2);
        assert_eq!((bar(0.0, 2.0), bar(0.0, 0.0)), (String::new(), String::new()));
    }
}
