//! The push that a file is of, by the date in its path.

use std::collections::BTreeSet;

use crate::id::PushDate;

/// Years that a path's digits are taken for.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// Why a path tells no push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateTrouble {
    /// There is none in it.
    None,
    /// Several.
    Several(Vec<PushDate>),
    /// One that is in no calendar, as it stands there.
    NotInCalendar(String),
}

/// The date in a path: `2017/01/05.md`, `2017-01-05.md`, `amo-2017.01.05.txt`, `notes/20170105`. The name of the file counts
/// before the folders it is in.
pub fn date_of(path: &str) -> Result<PushDate, DateTrouble> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match one(name, 0) {
        Err(DateTrouble::None) => one(path, 0),
        told => told,
    }
}

/// The same, where a date may begin in the folders above: `01/05.md` in `notes/2017`. One that stands in them alone is of
/// something else.
pub fn date_below(above: &str, path: &str) -> Result<PushDate, DateTrouble> {
    match date_of(path) {
        Err(DateTrouble::None) => one(&format!("{above}/{path}"), above.len()),
        told => told,
    }
}

/// The one date in a text that ends behind `from`.
fn one(text: &str, from: usize) -> Result<PushDate, DateTrouble> {
    let groups = groups(text);
    let (mut found, mut wrong, mut at) = (BTreeSet::new(), None, 0);
    while at < groups.len() {
        match date_at(text, &groups[at..]) {
            Some((taken, _)) if groups[at + taken - 1].1 <= from => at += 1,
            Some((taken, Ok(date))) => {
                found.insert(date);
                at += taken;
            }
            Some((taken, Err(written))) => {
                wrong = wrong.or(Some(written));
                at += taken;
            }
            None => at += 1,
        }
    }
    match (found.len(), wrong) {
        (1, _) => found.pop_first().ok_or(DateTrouble::None),
        (0, Some(written)) => Err(DateTrouble::NotInCalendar(written)),
        (0, None) => Err(DateTrouble::None),
        _ => Err(DateTrouble::Several(found.into_iter().collect())),
    }
}

/// Where the runs of digits stand.
fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match found.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => found.push((at, at + 1)),
        }
    }
    found
}

type Found = (usize, Result<PushDate, String>);

/// A date that begins with the first of these runs, and how many runs it takes.
fn date_at(text: &str, groups: &[(usize, usize)]) -> Option<Found> {
    let digits = |at: usize| groups.get(at).map(|(from, to)| &text[*from..*to]);
    let first = digits(0)?;
    if first.len() == 8 {
        let (year, month, day) = (&first[..4], &first[4..6], &first[6..]);
        return plausible(year).then(|| (1, made(year, month, day, first)));
    }
    let apart = |at: usize| {
        let between = &text[groups[at].1..groups[at + 1].0];
        between.len() == 1 && between.contains(['/', '.', '-', '_', ' '])
    };
    let (month, day) = (digits(1)?, digits(2)?);
    let whole = first.len() == 4 && plausible(first) && apart(0) && apart(1);
    (whole && month.len() <= 2 && day.len() <= 2)
        .then(|| (3, made(first, month, day, &text[groups[0].0..groups[2].1])))
}

fn plausible(year: &str) -> bool {
    year.parse().is_ok_and(|year: i16| YEARS.contains(&year))
}

fn made(year: &str, month: &str, day: &str, written: &str) -> Result<PushDate, String> {
    format!("{year}.{month:0>2}.{day:0>2}").parse().map_err(|_| written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_tells_its_push_in_many_forms() {
        for path in [
            "2017/01/05.md",
            "notes/2017/01/05",
            "2017-01-05.md",
            "amo-2017.01.05.txt",
            "20170105.md",
            "a/2017_1_5 last.md",
            "2017/2017.01.05.md",
            "2018.02.03/2017.01.05.md",
            "2017.01.05/notes.md",
            "push 2017.01.05-2.md",
            "v3/2017.01.05.md",
        ] {
            assert_eq!(date_of(path), Ok("2017.01.05".parse().unwrap()), "{path}");
        }
    }

    #[test]
    fn folders_above_help_and_tell_nothing_by_themselves() {
        let date = Ok("2017.01.05".parse().unwrap());
        assert_eq!(date_below("/x/notes/2017", "01/05.md"), date);
        assert_eq!(date_below("/x/2017/01", "05.md"), date);
        assert_eq!(date_below("/backup-2026-11-26/2017", "01/05.md"), date);
        assert_eq!(date_below("/backup-2026-11-26", "2017.01.05.md"), date);
        assert_eq!(date_below("/backup-2026-11-26", "README.md"), Err(DateTrouble::None));
    }

    #[test]
    fn what_is_no_date_or_several_is_said() {
        for path in ["README.md", "01/05.md", "0001.01.05.md", "201701055.md", "2017.md", ""] {
            assert_eq!(date_of(path), Err(DateTrouble::None), "{path}");
        }
        assert_eq!(
            date_of("2017/13/05.md"),
            Err(DateTrouble::NotInCalendar("2017/13/05".to_owned()))
        );
        let both = ["2017.01.05", "2017.01.12"].map(|date| date.parse().unwrap()).to_vec();
        assert_eq!(date_of("2017.01.05 to 2017.01.12.md"), Err(DateTrouble::Several(both)));
    }

    proptest! {
        #[test]
        fn any_path_is_read_without_a_panic(path in "[0-9/.a-zé -]{0,40}") {
            let _ = date_of(&path);
        }
    }
}
