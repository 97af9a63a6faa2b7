//! One number of each push: how it spreads, as a strip of bars, and year by year.

use std::collections::BTreeSet;

use train::stats::{Figure, Spread, Stats, number};

/// How many pushes a strip shows: the newest.
const SHOWN: usize = 30;
/// How high a strip is, and how far from one bar to the next, in its own units.
const HIGH: u32 = 24;
const STEP: usize = 6;

/// A figure as a row.
pub(super) struct Series {
    pub title: &'static str,
    pub unit: String,
    /// None where nothing is known.
    pub numbers: Option<Numbers>,
    /// Of how many pushes it is known.
    pub known: String,
    pub strip: Option<Strip>,
}

/// How it spreads.
pub(super) struct Numbers {
    pub median: String,
    pub half: String,
    pub ends: String,
    pub sum: String,
}

/// The newest pushes, oldest at the left.
pub(super) struct Strip {
    pub width: usize,
    pub height: u32,
    pub bars: Vec<Bar>,
    pub says: String,
}

/// A push of it.
pub(super) struct Bar {
    pub x: usize,
    pub y: u32,
    pub high: u32,
}

/// A year as a row: each figure's title, median and mean.
pub(super) struct Year {
    pub year: i16,
    pub cells: Vec<(&'static str, Option<(String, String)>)>,
}

/// How long a bar is, of `full` for the most.
pub(super) fn bar(value: f64, most: f64, full: u32) -> u32 {
    let reached = |n: &u32| most > 0.0 && value / most * f64::from(full) >= f64::from(*n) - 0.5;
    (1..=full).rev().find(reached).unwrap_or(0)
}

/// Every figure as a row.
pub(super) fn series(stats: &Stats) -> Vec<Series> {
    let row = |(_, title, figure): (&'static str, &'static str, &Figure)| Series {
        title,
        unit: figure.unit.to_string(),
        numbers: figure.spread.as_ref().map(numbers),
        known: format!("{} of {}", figure.known, figure.known + figure.unknown),
        strip: strip(title, figure),
    };
    stats.figures().into_iter().map(row).collect()
}

fn numbers(spread: &Spread) -> Numbers {
    Numbers {
        median: number(spread.median),
        half: format!("{} to {}", number(spread.low), number(spread.high)),
        ends: format!("{} to {}", number(spread.min), number(spread.max)),
        sum: number(spread.sum),
    }
}

fn strip(title: &str, figure: &Figure) -> Option<Strip> {
    let newest = &figure.points[figure.points.len().saturating_sub(SHOWN)..];
    let (first, last) = (newest.first()?, newest.last()?);
    let most = newest.iter().map(|point| point.value).fold(0.0, f64::max);
    let bars = newest.iter().enumerate().map(|(at, point)| {
        // What is nothing is seen as a line.
        let high = bar(point.value, most, HIGH).max(1);
        Bar { x: at * STEP, y: HIGH - high, high }
    });
    let says = format!(
        "{title}, {} to {}: at most {} {}",
        first.push,
        last.push,
        number(most),
        figure.unit
    );
    Some(Strip { width: newest.len() * STEP, height: HIGH, bars: bars.collect(), says })
}

/// The years, where there are several.
pub(super) fn by_year(stats: &Stats) -> Vec<Year> {
    let figures = stats.figures();
    let known = figures.iter().flat_map(|(.., figure)| &figure.by_year);
    let years: BTreeSet<i16> = known.map(|known| known.year).collect();
    if years.len() < 2 {
        return Vec::new();
    }
    let cell = |year: i16, figure: &Figure| {
        let known = figure.by_year.iter().find(|known| known.year == year)?;
        Some((number(known.spread.median), number(known.spread.mean)))
    };
    let row = |year: i16| Year {
        year,
        cells: figures.iter().map(|(_, title, figure)| (*title, cell(year, figure))).collect(),
    };
    years.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use train::calendar::Timetable;
    use train::stats::{Point, stats};

    use super::*;

    fn figure(values: &[f64]) -> Figure {
        let push = |at: usize| {
            let day = jiff::civil::date(2026, 1, 1)
                .checked_add(jiff::Span::new().weeks(i64::try_from(at).unwrap()));
            train::id::PushDate(day.unwrap())
        };
        let points =
            values.iter().enumerate().map(|(at, value)| Point { push: push(at), value: *value });
        Figure {
            unit: "tags".into(),
            known: values.len(),
            unknown: 0,
            spread: None,
            by_year: Vec::new(),
            points: points.collect(),
        }
    }

    #[test]
    fn bars_are_from_zero_up() {
        assert_eq!(bar(1.0, 2.0, 24), 12);
        assert_eq!((bar(2.0, 2.0, 24), bar(0.0, 2.0, 24), bar(0.0, 0.0, 24)), (24, 0, 0));
    }

    #[test]
    fn numbers_have_few_digits() {
        assert_eq!(
            (number(7.0), number(7.26), number(0.04)),
            ("7".into(), "7.3".into(), "0".into())
        );
    }

    #[test]
    fn a_strip_has_the_newest_pushes_and_none_of_nothing() {
        let many = strip("Picks", &figure(&[3.0; SHOWN + 5])).unwrap();
        assert_eq!((many.bars.len(), many.width), (SHOWN, SHOWN * STEP));
        let two = strip("Picks", &figure(&[0.0, 4.0])).unwrap();
        assert_eq!((two.bars[0].high, two.bars[1].y), (1, 0));
        assert_eq!(two.says, "Picks, 2026.01.01 to 2026.01.08: at most 4 tags");
        assert!(strip("Picks", &figure(&[])).is_none());
    }

    #[test]
    fn of_no_push_nothing_is_known() {
        let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
        let none = stats(&[], &Timetable::new("UTC".parse().unwrap(), cut, push));
        assert!(by_year(&none).is_empty());
        assert!(series(&none).iter().all(|row| row.numbers.is_none() && row.strip.is_none()));
    }
}
