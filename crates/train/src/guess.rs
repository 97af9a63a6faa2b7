//! What tags tell about a train that was never configured: the form of their names, the weekday, the cadence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

use crate::id::PushDate;
use crate::tag::TagScheme;

/// A tag scheme guessed from names, with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeGuess {
    /// The scheme.
    pub scheme: TagScheme,
    /// How many tags are of it.
    pub tags: usize,
    /// The newest.
    pub newest: String,
    /// Whether the first suffix was seen, or is the default.
    pub suffix_seen: usize,
    /// The dates, each once, oldest first.
    pub dates: Vec<Date>,
}

/// A tag of a template: its date, its suffix, its name.
type Dated<'a> = (Date, Option<u32>, &'a str);

/// Guesses the scheme: of all templates that two tags or more are of, the one with the newest date, since teams change
/// theirs and keep the old tags. A single tag counts where there is no such template: it may be the first push.
#[must_use]
pub fn scheme<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<SchemeGuess> {
    let mut by_template: BTreeMap<String, Vec<Dated<'_>>> = BTreeMap::new();
    for name in names {
        if let Some((template, date, suffix)) = taken_apart(name) {
            by_template.entry(template).or_default().push((date, suffix, name));
        }
    }
    let (template, mut tags) = by_template.into_iter().max_by_key(|(_, tags)| {
        (tags.len() >= 2, tags.iter().map(|(date, ..)| *date).max(), tags.len())
    })?;
    tags.sort();
    let mut first: BTreeMap<Date, u32> = BTreeMap::new();
    for (date, suffix, _) in &tags {
        if let Some(n) = suffix {
            first.entry(*date).and_modify(|least| *least = (*least).min(*n)).or_insert(*n);
        }
    }
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    first.values().for_each(|n| *counts.entry(*n).or_default() += 1);
    let first_suffix = counts
        .iter()
        .max_by_key(|(n, count)| (**count, std::cmp::Reverse(**n)))
        .map_or(1, |(n, _)| *n);
    let scheme = TagScheme::new(&template, first_suffix.clamp(1, 99)).ok()?;
    let dates: BTreeSet<Date> = tags.iter().map(|(date, ..)| *date).collect();
    let newest = tags.last().map(|(.., name)| (*name).to_owned()).unwrap_or_default();
    Some(SchemeGuess {
        scheme,
        tags: tags.len(),
        newest,
        suffix_seen: first.len(),
        dates: dates.into_iter().collect(),
    })
}

/// A name as template, date and suffix, when it has a date with dots in it.
fn taken_apart(name: &str) -> Option<(String, Date, Option<u32>)> {
    let (at, date) = date_in(name, '.')?;
    let (before, rest) = (&name[..at], &name[at + 10..]);
    let (after, suffix) = match rest.rsplit_once('-') {
        Some((after, n))
            if !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()) =>
        {
            (after, n.parse().ok().filter(|n| *n > 0))
        }
        _ => (rest, None),
    };
    Some((format!("{before}{{date}}{after}"), date, suffix))
}

/// Where the first date of a name begins, and which it is, its parts apart by `by`.
fn date_in(name: &str, by: char) -> Option<(usize, Date)> {
    (0..name.len().saturating_sub(9)).find_map(|at| {
        let boundary = at == 0 || !name.as_bytes()[at - 1].is_ascii_digit();
        let text = name.get(at..at + 10).filter(|text| boundary && text.contains(by))?;
        text.parse().ok().map(|PushDate(date)| (at, date))
    })
}

/// Tags whose dates are written with dashes, as no template writes them: the dates, each once, oldest first, and the newest
/// name.
#[must_use]
pub fn dashed<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<(Vec<Date>, &'a str)> {
    let dated = names.into_iter().filter_map(|name| Some((date_in(name, '-')?.1, name)));
    let by_date: BTreeMap<Date, &str> = dated.collect();
    let newest = *by_date.last_key_value()?.1;
    Some((by_date.into_keys().collect(), newest))
}

/// A weekly rhythm guessed from dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CadenceGuess {
    /// The weekday most pushes leave on.
    pub weekday: Weekday,
    /// How many of the dates looked at are of it.
    pub on_it: usize,
    /// How many dates were looked at: the newest twenty.
    pub of: usize,
    /// Weeks between pushes, by the median gap.
    pub weeks: u32,
    /// The newest date on that weekday.
    pub latest: Date,
}

/// Guesses the rhythm of the newest twenty dates; none from fewer than three.
#[must_use]
pub fn cadence(dates: &[Date]) -> Option<CadenceGuess> {
    let recent = &dates[dates.len().saturating_sub(20)..];
    if recent.len() < 3 {
        return None;
    }
    let mut days: BTreeMap<i8, usize> = BTreeMap::new();
    recent.iter().for_each(|d| *days.entry(d.weekday().to_monday_zero_offset()).or_default() += 1);
    let (day, on_it) = days.into_iter().max_by_key(|(_, count)| *count)?;
    let weekday = Weekday::from_monday_zero_offset(day).ok()?;
    let mut gaps: Vec<i32> = recent.windows(2).map(|pair| (pair[1] - pair[0]).get_days()).collect();
    gaps.sort_unstable();
    let weeks = u32::try_from((gaps[gaps.len() / 2] + 3) / 7).ok()?.clamp(1, 26);
    let latest = recent.iter().rev().find(|d| d.weekday() == weekday).copied()?;
    Some(CadenceGuess { weekday, on_it, of: recent.len(), weeks, latest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn a_team_that_changed_its_form_keeps_the_newest() {
        let names = [
            "2019.01.03",
            "2019.01.10",
            "2019.01.10-2",
            "2019.01.17",
            "v2026.07.01",
            "v2026.07.07",
            "v2026.07.07-2",
            "1.0",
            "nightly-20260101",
        ];
        let guess = scheme(names).unwrap();
        assert_eq!(guess.scheme.template(), "v{date}");
        assert_eq!(
            (guess.scheme.first_suffix(), guess.tags, guess.newest.as_str()),
            (2, 3, "v2026.07.07-2")
        );
    }

    #[test]
    fn one_tag_is_a_guess_where_there_is_no_better() {
        let template = |names: &[&str]| {
            scheme(names.iter().copied()).map(|guess| guess.scheme.template().to_owned())
        };
        assert_eq!(template(&["v1.0", "v1.1", "2026.11.26"]).as_deref(), Some("{date}"));
        let two = ["v2025.01.02", "v2025.01.09", "party-2026.11.26"];
        assert_eq!(template(&two).as_deref(), Some("v{date}"));
        assert_eq!(template(&["v1.0", "v1.1"]), None);
        assert_eq!(template(&[]), None);
    }

    #[test]
    fn dates_with_dashes_are_seen_and_no_scheme() {
        let names = ["v2026-11-05", "v2026-11-19", "v2026-11-12-1", "2026.11.26", "1-0"];
        let (dates, newest) = dashed(names).unwrap();
        assert_eq!((dates.len(), newest), (3, "v2026-11-19"));
        assert_eq!(scheme(names[..3].iter().copied()), None);
        assert_eq!(dashed(["2026-11-05", "x"]).map(|(dates, _)| dates.len()), Some(1));
        assert_eq!(dashed(["1-0", "x"]), None);
    }

    #[test]
    fn hostile_names_are_only_text() {
        for name in
            ["--x2026.11.26", "2026.11.26\n", "é2026.11.26", "2026.11.2６", "refs/../2026.11.26"]
        {
            let _ = scheme([name, name]);
        }
        assert_eq!(scheme(["--x2026.11.26", "--x2026.11.19"]), None);
    }

    #[test]
    fn every_second_thursday() {
        let dates: Vec<Date> =
            (0..10).map(|n| date(2026, 1, 1).checked_add((14 * n).days()).unwrap()).collect();
        let guess = cadence(&dates).unwrap();
        assert_eq!(
            (guess.weekday, guess.weeks, guess.on_it, guess.of),
            (Weekday::Thursday, 2, 10, 10)
        );
        assert_eq!(cadence(&dates[..2]), None);
    }
}
