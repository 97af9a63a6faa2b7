//! Done or not: the box, the strike, and the words people put behind a line.

use std::borrow::Cow;

use serde::Serialize;

use super::token::{Kind, Token};

/// How it was said that something is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// `[x]`.
    Ticked,
    /// `~~struck~~`.
    Struck,
    /// In words, as written: `(in 2017.03.30-1)`, `DONE`.
    Said(String),
}

/// Words that say it, at the start of a bracket, behind the line, or together with a tag: `Added to 2017.06.08-1`.
const WORDS: &[&str] = &[
    "fixed",
    "landed",
    "merged",
    "picked",
    "cherry-picked",
    "added",
    "tagged",
    "resolved",
    "reverted",
    "included",
    "deployed",
];
/// Words that say it without a tag only.
const WITHOUT_TAG: &[&str] =
    &["done", "closed", "applied", "obsolete", "patched", "shipped", "verified", "verified-fixed"];
/// Words that say it together with a tag only.
const WITH_TAG: &[&str] = &["pushed", "backported", "uplifted"];
/// Words that may stand between those and the tag.
const BETWEEN: &[&str] =
    &["in", "into", "to", "as", "on", "the", "with", "tag", "and", "for", "by"];
/// Words before them that take it back.
const NOT: &[&str] = &[
    "not", "never", "isn't", "wasn't", "aren't", "be", "to", "until", "when", "if", "once",
    "after", "needs",
];

/// How much is kept of how it was said, in characters.
const LONGEST: usize = 100;

/// What a line is read as: what may be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// A tag alone behind a link says *in this tag*; behind a task it is part of the task.
    pub tags: bool,
    /// *verified* settles it: not for an ask, which is to be in a tag.
    pub verified: bool,
}

/// How the words of a line say that it is done.
pub(super) fn said(text: &str, tokens: &[Token], manner: Manner) -> Option<Done> {
    let line = Line { text, tokens, manner };
    if line.taken_back() {
        return None;
    }
    let found = line
        .bracket()
        .or_else(|| line.with_tag())
        .or_else(|| line.behind())
        .or_else(|| line.bare_tag());
    found.map(|span| Done::Said(text[span].trim().chars().take(LONGEST).collect()))
}

struct Line<'t> {
    text: &'t str,
    tokens: &'t [Token],
    manner: Manner,
}

type Span = std::ops::Range<usize>;

impl Line<'_> {
    /// The word in small letters; most are, and cost nothing.
    fn word(&self, at: usize) -> Option<Cow<'_, str>> {
        let word = self.tokens.get(at)?.word(self.text)?;
        let small = !word.contains(char::is_uppercase);
        Some(if small { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) })
    }

    fn is_done(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| {
            (WORDS.contains(&word.as_ref()) || WITHOUT_TAG.contains(&word.as_ref()))
                && (self.manner.verified || !word.starts_with("verified"))
        })
    }

    /// *removed from TAG*, *NOT DONE*, *pick aborted*.
    fn taken_back(&self) -> bool {
        (0..self.tokens.len()).any(|at| match self.word(at).as_deref() {
            Some("removed") => self.word(at + 1).as_deref() == Some("from"),
            Some("not") => self.is_done(at + 1) || self.word(at + 1).as_deref() == Some("yet"),
            Some("aborted" | "undone") => true,
            _ => false,
        })
    }

    /// The word at the start of a group: after *patch*, *already*, a colon-word such as `:warning:`.
    fn leads(&self, mut at: usize, end: usize) -> bool {
        if self.tokens[at].is(':') && self.tokens.get(at + 2).is_some_and(|t| t.is(':')) {
            at += 3;
        }
        while at < end
            && matches!(
                self.word(at).as_deref(),
                Some("patch" | "already" | "all" | "now" | "both" | "was" | "is")
            )
        {
            at += 1;
        }
        if at >= end {
            return false;
        }
        if self.is_done(at) {
            return true;
        }
        match self.word(at).as_deref() {
            Some("in") => at + 1 < end && self.is_revision(at + 1),
            Some("looks") => self.word(at + 1).as_deref() == Some("good") && self.manner.verified,
            Some("no") => {
                self.word(at + 1).as_deref() == Some("longer")
                    && self.word(at + 2).as_deref() == Some("needed")
            }
            Some(_) => self.is_tag(at) && end - at <= 4,
            None => false,
        }
    }

    /// `(in -1)`, `[PICKED 2017.02.09-1]`, `(LANDED)`: a group that begins with such a word. The last one counts.
    fn bracket(&self) -> Option<Span> {
        let mut found = None;
        let mut opened: Option<usize> = None;
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Mark('(' | '[') => opened = opened.or(Some(at)),
                Kind::Mark(')' | ']') => {
                    if let Some(open) = opened.take()
                        && open + 1 < at
                        && self.leads(open + 1, at)
                    {
                        found = Some(self.tokens[open].span.start..token.span.end);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// `Fixed in 2019.05.23-2`, `picked into addons-frontend 2017.11.09-1`.
    fn with_tag(&self) -> Option<Span> {
        let says = |at: &usize| {
            self.word(*at).is_some_and(|word| {
                WORDS.contains(&word.as_ref()) || WITH_TAG.contains(&word.as_ref())
            })
        };
        (0..self.tokens.len()).filter(says).find_map(|at| {
            if at > 0 && self.word(at - 1).is_some_and(|word| NOT.contains(&word.as_ref())) {
                return None;
            }
            let mut next = at + 1;
            let mut names = 0;
            while next < self.tokens.len() && next <= at + 5 {
                if self.is_revision(next) && next > at + 1 || self.is_tag(next) {
                    return Some(self.tokens[at].span.start..self.tokens[next].span.end);
                }
                let word = self.word(next);
                let between = word.as_deref().is_some_and(|word| BETWEEN.contains(&word))
                    || self.tokens[next].is(',');
                names += usize::from(!between);
                if names > 1 || (!between && word.is_none()) {
                    return None;
                }
                next += 1;
            }
            None
        })
    }

    /// `DONE` behind the line, or such a word after `-`, `->`, `<`, `=>` or a strike.
    fn behind(&self) -> Option<Span> {
        let last = self.tokens.len().checked_sub(1)?;
        let upper = |at: usize| {
            self.tokens[at].word(self.text).is_some_and(|word| {
                word == "DONE" || word == "FIXED" || word == "PICKED" || word == "LANDED"
            })
        };
        let sentence = (0..=last)
            .rev()
            .find(|at| !matches!(self.tokens[*at].kind, Kind::Mark('.' | '!' | '*' | '_')))?;
        if upper(sentence) {
            return Some(self.tokens[sentence].span.clone());
        }
        let dash = |at: &usize| {
            let token = &self.tokens[*at];
            let spaced = self.text[..token.span.start].ends_with(char::is_whitespace);
            (token.is('-')
                || token.is('–')
                || token.is('—')
                || token.is('<')
                || token.is('>')
                || token.is('→'))
                && (spaced || token.is('>'))
        };
        let at = (0..last).rev().filter(dash).find(|at| self.is_done(at + 1))?;
        let finishes = last - at <= 6 || self.is_revision(at + 3);
        finishes.then(|| self.tokens[at + 1].span.start..self.tokens[last].span.end)
    }

    /// A tag, or `in` a tag, right behind a link, a bracket or a strike, at the end of the line.
    fn bare_tag(&self) -> Option<Span> {
        if !self.manner.tags {
            return None;
        }
        let last = self.tokens.len().checked_sub(1)?;
        let start =
            if self.word(last.checked_sub(1)?).as_deref() == Some("in") { last - 1 } else { last };
        let tag = if start == last { self.is_tag(last) } else { self.is_revision(last) };
        let before =
            self.tokens[..start].iter().rev().find(|token| !token.is('.') && !token.is(','))?;
        let apart = before.kind == Kind::Url || before.is(')') || before.is(']') || before.is('~');
        (tag && apart).then(|| self.tokens[start].span.start..self.tokens[last].span.end)
    }

    fn is_tag(&self, at: usize) -> bool {
        self.tokens.get(at).and_then(|token| token.word(self.text)).is_some_and(is_tag)
    }

    /// A tag, or only its suffix: `-1`.
    fn is_revision(&self, at: usize) -> bool {
        let suffix = |word: &str| {
            word.strip_prefix('-').is_some_and(|n| {
                (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())
            })
        };
        self.is_tag(at)
            || self.tokens.get(at).and_then(|token| token.word(self.text)).is_some_and(suffix)
    }
}

/// Whether a word is a tag with a date: `2017.02.09-1`, `v2024.05.07`, also with dashes.
pub(super) fn is_tag(word: &str) -> bool {
    let bytes = word.as_bytes();
    let Some(first) = bytes.iter().position(u8::is_ascii_digit).filter(|at| *at <= 20) else {
        return false;
    };
    let date = &bytes[first..];
    let shape = date.iter().take(10).enumerate().all(|(at, b)| match at {
        4 | 7 => matches!(b, b'.' | b'-'),
        _ => b.is_ascii_digit(),
    });
    let suffix = date.get(10..).unwrap_or_default();
    let whole = suffix.is_empty()
        || (suffix[0] == b'-'
            && suffix.len() <= 4
            && suffix.len() > 1
            && suffix[1..].iter().all(u8::is_ascii_digit));
    date.len() >= 10 && shape && whole
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn says(text: &str, tags: bool) -> bool {
        let manner = Manner { tags, verified: !tags };
        said(text, &tokens(text), manner).is_some()
    }

    #[test]
    fn words_of_real_notes_that_say_so() {
        for text in [
            "https://x.org/1 (fix) [PICKED 2017.02.09-1]",
            "https://x.org/1 (LANDED)",
            "Possible: https://x.org/1 [PATCH LANDED]",
            "https://x.org/1 [Patched and landed] [On -dev]",
            "https://x.org/1 (in 2017.03.30-1)",
            "https://x.org/1 (in -1)",
            "https://x.org/1 see https://x.org/2 2017.05.04-2",
            "https://x.org/1 (adds the guide) (see below re: #3409).  2017.10.12-1",
            "https://x.org/1 Added to 2017.06.08-1",
            "https://x.org/1 Offending commit was reverted in the 2017.06.08-2 tag but not on main.",
            "https://x.org/1 Picked into addons-frontend 2017.11.09-1",
            "https://x.org/1 see https://x.org/2 above (picked, 2017.11.16-1)",
            "https://x.org/1 in 2018.05.31-1",
            "https://x.org/1 (in 2018.01.25-4))",
            "https://x.org/1 [DONE - added to addons-server 2018.03.01-1]",
            "Hero banners have none (see list) 2017.10.26-1",
            "~~https://x.org/1~~ DONE",
            "~~https://x.org/1~~ - obsolete",
            "~https://x.org/1~ Tagged in 2019.05.23-2 ([fix](https://x.org/2))",
        ] {
            assert!(says(text, true), "{text}");
        }
        for text in [
            "validate stats scripts  < done last week",
            "Verify (Looks good)",
            "flip it (verified)",
        ] {
            assert!(says(text, false), "{text}");
        }
    }

    #[test]
    fn words_of_real_notes_that_don_t() {
        for text in [
            "https://x.org/1 PATCH landed - going to test on -dev and then add it to the picks list.",
            "https://x.org/1 (picked in 2018.05.03-1, removed from 2018.05.03-2)",
            "https://x.org/1 needs to be fixed before pushing.",
            "https://x.org/1 (Fixes #8907) (Sorry, I forgot to squash)",
            "https://x.org/1 - pick aborted because merge conflicts",
            "https://x.org/1 [FIX committed]",
            "https://x.org/1 verified on -dev",
            "https://x.org/1 (verified on -dev)",
            "search is broken in 2017.11.02-1",
            "https://x.org/1 to be picked in 2017.11.02-1",
        ] {
            assert!(!says(text, true), "{text}");
        }
        for text in [
            "Please update addons-yara tag to 2019.10.10",
            "flip the switch => NOT DONE, TO DO next week",
            "(can be verified by ops)",
        ] {
            assert!(!says(text, false), "{text}");
        }
    }
}
