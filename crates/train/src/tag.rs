//! Tag names: the push's date in the repository's template, then a suffix that is never reused (P3, P4).
//!
//! Source: the runbook, *Tag the repos*: `YYYY.MM.DD`, then `YYYY.MM.DD-SUFFIX`, "a number that's incremented
//! with each revision".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{BadName, PushDate, quoted};
use crate::refusal::{Code, Refusal};

/// The last suffix: tags with a longer number are of another scheme.
pub(crate) const LAST: u32 = 999_999;

/// How one repository names its tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagScheme {
    before: String,
    after: String,
    first_suffix: u32,
}

/// What a tag's name says: which push, and which revision of it (0 is the first cut).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision {
    /// The push.
    pub push: PushDate,
    /// 0 for the tag without a suffix.
    pub suffix: u32,
}

impl Default for TagScheme {
    fn default() -> Self {
        Self { before: String::new(), after: String::new(), first_suffix: 1 }
    }
}

impl TagScheme {
    /// Reads a template such as `{date}` or `v{date}`, with the first suffix (some teams start at 2).
    pub fn new(template: &str, first_suffix: u32) -> Result<Self, BadName> {
        let bad = |why: &str| BadName(format!("{} is no tag template: {why}", quoted(template)));
        let Some((before, after)) = template.split_once("{date}") else {
            return Err(bad("it needs {date} once, as in “v{date}”"));
        };
        let plain = |s: &str| {
            s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+'))
        };
        if !plain(before) || !plain(after) {
            return Err(bad("beside {date} use letters, digits, “.”, “_”, “-”, “+” and “/”"));
        }
        if before.starts_with(['-', '/', '.'])
            || template.contains("..")
            || template.contains("//")
            || template.contains("/.")
            || template.contains(".lock/")
        {
            return Err(bad("git would not take it as a tag"));
        }
        // A suffix follows the whole name: text after the date that ends in a digit, or is a dash, could not be told from one.
        if after.starts_with('-')
            || after.ends_with(|c: char| c.is_ascii_digit() || c == '/' || c == '.')
            || after.ends_with(".lock")
        {
            return Err(bad("what follows {date} could be mistaken for a suffix"));
        }
        if !(1..=99).contains(&first_suffix) {
            return Err(BadName(format!("{first_suffix} is no first suffix: use 1 to 99")));
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned(), first_suffix })
    }

    /// The template as configured.
    #[must_use]
    pub fn template(&self) -> String {
        format!("{}{{date}}{}", self.before, self.after)
    }

    /// The number of the first tag after the bare one.
    #[must_use]
    pub fn first_suffix(&self) -> u32 {
        self.first_suffix
    }

    /// The tag of a revision.
    #[must_use]
    pub fn name(&self, revision: Revision) -> String {
        let base = format!("{}{}{}", self.before, revision.push, self.after);
        if revision.suffix == 0 { base } else { format!("{base}-{}", revision.suffix) }
    }

    /// What a tag's name says, or nothing when it is of another scheme. `-01` reads as 1.
    #[must_use]
    pub fn parse(&self, name: &str) -> Option<Revision> {
        let rest = name.strip_prefix(self.before.as_str())?;
        let date = rest.get(..10)?;
        // Tags are written with dots alone; PushDate would read dashes too.
        let push: PushDate = if date.contains('.') { date.parse().ok()? } else { return None };
        let rest = rest.get(10..)?.strip_prefix(self.after.as_str())?;
        let suffix = match rest.strip_prefix('-') {
            None if rest.is_empty() => 0,
            Some(n) if n.bytes().all(|b| b.is_ascii_digit()) => {
                n.parse().ok().filter(|n| (1..=LAST).contains(n))?
            }
            _ => return None,
        };
        Some(Revision { push, suffix })
    }

    /// Those of `tags` that are of the newest `pushes` push dates; tags of other schemes are left out.
    #[must_use]
    pub fn newest_pushes<T: Clone>(
        &self,
        tags: &BTreeMap<String, T>,
        pushes: usize,
    ) -> BTreeMap<String, T> {
        let of = |name: &String| self.parse(name).map(|revision| revision.push);
        let dates: BTreeSet<PushDate> = tags.keys().filter_map(of).collect();
        let last = pushes.min(dates.len()).checked_sub(1);
        let Some(oldest) = last.and_then(|last| dates.iter().rev().nth(last)) else {
            return BTreeMap::new();
        };
        let kept = tags.iter().filter(|(name, _)| of(name).is_some_and(|date| date >= *oldest));
        kept.map(|(name, tag)| (name.clone(), tag.clone())).collect()
    }

    /// The revision after all those `used` (on the remote, in the fence, in the ledger, intended): P3. Refuses when the last
    /// suffix is used up: it is never begun again from the first.
    pub fn next(
        &self,
        push: PushDate,
        used: impl IntoIterator<Item = u32>,
    ) -> Result<Revision, Refusal> {
        let suffix = match used.into_iter().max() {
            None => Some(0),
            Some(last) => last.checked_add(1).map(|next| next.max(self.first_suffix)),
        };
        suffix.filter(|n| *n <= LAST).map(|suffix| Revision { push, suffix }).ok_or_else(|| {
            Refusal::new(
                Code::Refused,
                format!("{push} has had its last suffix, by what the remote shows or its fence says"),
                "look who wrote that tag or fence, `pushduty check` tells of a fence; `pushduty tag --push DATE --off-cycle` makes a push of another date",
            )
        })
    }
}

impl fmt::Display for TagScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scheme(template: &str) -> TagScheme {
        TagScheme::new(template, 1).unwrap()
    }

    fn push(text: &str) -> PushDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_runbooks_names() {
        let s = scheme("{date}");
        let day = push("2015.09.10");
        assert_eq!(s.name(s.next(day, []).unwrap()), "2015.09.10");
        assert_eq!(s.name(s.next(day, [0]).unwrap()), "2015.09.10-1");
        assert_eq!(s.name(s.next(day, [0, 1]).unwrap()), "2015.09.10-2");
        assert_eq!(s.name(s.next(day, [7]).unwrap()), "2015.09.10-8", "a gap is never filled");
    }

    #[test]
    fn teams_that_start_at_two() {
        let s = TagScheme::new("v{date}", 2).unwrap();
        assert_eq!(s.name(s.next(push("2026.07.07"), [0]).unwrap()), "v2026.07.07-2");
        assert_eq!(s.name(s.next(push("2026.07.07"), [0, 2]).unwrap()), "v2026.07.07-3");
    }

    #[test]
    fn after_the_last_suffix_there_is_none() {
        let (s, day) = (scheme("{date}"), push("2026.11.26"));
        assert_eq!(s.next(day, [LAST - 1]).unwrap().suffix, LAST);
        for used in [LAST, u32::MAX] {
            assert_eq!(s.next(day, [0, used]).unwrap_err().code, Code::Refused);
        }
        assert_eq!(s.parse(&format!("2026.11.26-{}", LAST + 1)), None);
    }

    #[test]
    fn other_schemes_are_ignored_and_zeros_lead() {
        let s = scheme("{date}");
        assert_eq!(s.parse("2026.11.26-01").unwrap().suffix, 1);
        for other in [
            "v2026.11.26",
            "2026.11.26-",
            "2026.11.26-0",
            "2026.11.26-rc1",
            "2026-11-26",
            "2026.11.26.1",
            "1.0",
            "2026.13.01",
            "é026.11.26",
        ] {
            assert_eq!(s.parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_newest_pushes_are_kept_with_all_their_tags() {
        let names = ["2026.11.12", "2026.11.19", "2026.11.19-1", "2026.11.26", "1.0"];
        let tags = names.iter().map(|n| ((*n).to_owned(), ())).collect();
        let kept = |n| scheme("{date}").newest_pushes(&tags, n).into_keys().collect::<Vec<_>>();
        assert_eq!(kept(2), ["2026.11.19", "2026.11.19-1", "2026.11.26"]);
        assert_eq!(kept(9).len(), 4);
        assert!(kept(0).is_empty());
    }

    #[test]
    fn templates_that_git_or_a_suffix_could_not_live_with() {
        for bad in [
            "",
            "date",
            "-{date}",
            "{date}-{date}",
            "{date} x",
            "{date}-",
            "{date}1",
            "../{date}",
            "a.lock/{date}",
            "a//{date}",
            "{date}/",
        ] {
            assert!(TagScheme::new(bad, 1).is_err(), "{bad:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn a_name_reads_back(before in "(v|rel/|x-)?", after in "(-prod)?", days in 0i32..40_000, suffix in 0u32..1000) {
            prop_assume!(!after.starts_with('-'));
            let s = TagScheme::new(&format!("{before}{{date}}{after}"), 1).unwrap();
            let date = jiff::civil::date(1990, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let revision = Revision { push: PushDate(date), suffix };
            prop_assert_eq!(s.parse(&s.name(revision)), Some(revision));
        }

        #[test]
        fn the_next_is_new_and_above_all(used in proptest::collection::vec(0u32..50, 0..8), first in 1u32..5) {
            let s = TagScheme::new("{date}", first).unwrap();
            let next = s.next(push("2026.11.26"), used.iter().copied()).unwrap();
            prop_assert!(used.iter().all(|u| next.suffix > *u));
            prop_assert!(next.suffix == 0 || next.suffix >= first);
        }

        #[test]
        fn any_text_parses_without_a_panic(text in ".*") {
            let _ = (scheme("v{date}").parse(&text), TagScheme::new(&text, 1));
        }
    }
}
