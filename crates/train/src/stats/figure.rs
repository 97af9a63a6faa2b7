//! One number of each push: its spread, by year, and one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::PushDate;

/// A number in as few digits as say it.
#[must_use]
pub fn number(value: f64) -> String {
    let shown = format!("{value:.1}");
    shown.strip_suffix(".0").map_or_else(|| shown.clone(), str::to_owned)
}

/// One number of each push.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Figure {
    /// What it is counted in.
    pub unit: Cow<'static, str>,
    /// Of how many pushes it is known.
    pub known: usize,
    /// Of how many it is not.
    pub unknown: usize,
    /// Over all; null where nothing is known.
    pub spread: Option<Spread>,
    /// By the year of the push, oldest first.
    pub by_year: Vec<Year>,
    /// Each push of which it is known.
    pub points: Vec<Point>,
}

/// One push's number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Point {
    /// The push.
    pub push: PushDate,
    /// Its number.
    pub value: f64,
}

/// A year's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// How they spread.
    #[serde(flatten)]
    pub spread: Spread,
}

/// How numbers spread: quartiles by linear interpolation (R's type 7, what spreadsheets do).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// All of them together.
    pub sum: f64,
    /// Their mean.
    pub mean: f64,
    /// The smallest.
    pub min: f64,
    /// A quarter is below.
    pub low: f64,
    /// Half is below.
    pub median: f64,
    /// Three quarters are below.
    pub high: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of any numbers; none of none.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let at = |quarter: usize| {
            let (whole, rest) =
                ((values.len() - 1) * quarter / 4, (values.len() - 1) * quarter % 4);
            let next = values.get(whole + 1).copied().unwrap_or(values[whole]);
            values[whole] + (next - values[whole]) * super::count(rest) / 4.0
        };
        let (low, median, high) = (at(1), at(2), at(3));
        let sum: f64 = values.iter().sum();
        let mean = sum / super::count(values.len());
        Some(Self { count: values.len(), sum, mean, min, low, median, high, max })
    }
}

impl Figure {
    /// A number of each push out of `total`.
    pub(super) fn of(unit: &'static str, points: Vec<(PushDate, f64)>, total: usize) -> Self {
        let many: Vec<(PushDate, Vec<f64>)> =
            points.into_iter().map(|(p, v)| (p, vec![v])).collect();
        let known = many.len();
        Self { unknown: total.saturating_sub(known), ..Self::of_many(unit, many) }
    }

    /// Several numbers of each push: each counts by itself in the spread, the median stands for the push.
    pub(super) fn of_many(unit: &'static str, all: Vec<(PushDate, Vec<f64>)>) -> Self {
        let total = all.len();
        let mut years: BTreeMap<i16, Vec<f64>> = BTreeMap::new();
        let mut points = Vec::new();
        for (push, values) in &all {
            if let Some(spread) = Spread::of(values.clone()) {
                years.entry(push.0.year()).or_default().extend(values);
                points.push(Point { push: *push, value: spread.median });
            }
        }
        Self {
            unit: Cow::Borrowed(unit),
            known: points.len(),
            unknown: total - points.len(),
            spread: Spread::of(all.into_iter().flat_map(|(_, values)| values).collect()),
            by_year: years
                .into_iter()
                .filter_map(|(year, values)| Some(Year { year, spread: Spread::of(values)? }))
                .collect(),
            points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quartiles_as_a_spreadsheet_has_them() {
        let spread = Spread::of(vec![7.0, 15.0, 36.0, 39.0, 40.0, 41.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (20.25, 37.5, 39.75));
        assert_eq!((spread.min, spread.max, spread.sum), (7.0, 41.0, 178.0));
        let one = Spread::of(vec![3.0]).unwrap();
        assert_eq!((one.min, one.low, one.median, one.max), (3.0, 3.0, 3.0, 3.0));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    proptest! {
        #[test]
        fn a_spread_is_in_order(values in proptest::collection::vec(-1e6f64..1e6, 1..40)) {
            let s = Spread::of(values).unwrap();
            prop_assert!(s.min <= s.low && s.low <= s.median && s.median <= s.high && s.high <= s.max);
        }
    }
}
