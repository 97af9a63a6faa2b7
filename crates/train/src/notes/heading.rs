//! Headings: the runbook's phrases, in the etherpad's form and in Markdown.
//!
//! A known phrase at the start of a line is a heading with or without `#`, colon or trailing words. Phrases of one word
//! also begin ordinary sentences; without `#` they take a colon or a line of their own. A line with a bullet is an item,
//! save for the two times.

use std::ops::Range;

use crate::id::RepoName;

use super::context::Context;
use super::line::Shape;

/// When a task is due.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// *Before we push*.
    BeforePush,
    /// *Before we start*.
    BeforeStart,
    /// *Before we promote*.
    BeforePromote,
    /// *After we're done*.
    AfterDone,
}

impl Phase {
    /// All of them, in the order in which they come.
    pub const ALL: [Self; 4] =
        [Self::BeforePush, Self::BeforeStart, Self::BeforePromote, Self::AfterDone];

    /// The word for it, as commands take it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BeforePush => "before-push",
            Self::BeforeStart => "before-start",
            Self::BeforePromote => "before-promote",
            Self::AfterDone => "after-done",
        }
    }

    /// The phase whose word and a colon a text begins with, and what follows; else the first phase, and all of the text.
    #[must_use]
    pub fn leading(text: &str) -> (Self, &str) {
        let said = text.split_once(':').and_then(|(word, rest)| {
            let word = word.trim().replace('_', "-");
            let phase =
                Self::ALL.into_iter().find(|phase| phase.word().eq_ignore_ascii_case(&word));
            Some((phase?, rest.trim())).filter(|(_, rest)| !rest.is_empty())
        });
        said.unwrap_or((Self::BeforePush, text))
    }
}

/// What a section holds.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// Before the first heading, or after a line of its own (hero, ops, times).
    Loose,
    /// *Notable things shipping*.
    Notable,
    /// *Blockers*.
    Blockers,
    /// *To pick* or *Cherry-picks*.
    Picks,
    /// *Pushing*: the compare links.
    Pushing,
    /// Tasks of one phase.
    Tasks(Phase),
    /// *Later*.
    Later,
    /// *Issues*, for the mail.
    Issues,
    /// Under a heading of the team's own: kept, not read.
    Other,
}

impl SectionKind {
    /// Whether its lines are items.
    #[must_use]
    pub fn has_items(self) -> bool {
        !matches!(self, Self::Loose | Self::Pushing | Self::Other)
    }
}

/// What a heading opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opens {
    Section(SectionKind),
    Repo(RepoName),
    Hero,
    Ops,
    Qa,
    Start,
    End,
}

/// A heading in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub opens: Opens,
    /// How many `#` it has; 0 in the etherpad's form.
    pub level: usize,
    /// What stands behind its colon.
    pub rest: Range<usize>,
    /// It has trailing words and no colon: the next line may bring it.
    pub open_ended: bool,
}

/// Phrases that are headings whatever follows them.
const STRONG: &[(&str, SectionKind)] = &[
    ("notable things", SectionKind::Notable),
    ("blockers", SectionKind::Blockers),
    ("to pick", SectionKind::Picks),
    ("cherry-picks", SectionKind::Picks),
    ("cherry picks", SectionKind::Picks),
    ("cherrypicks", SectionKind::Picks),
    ("before we push", SectionKind::Tasks(Phase::BeforePush)),
    ("before we start", SectionKind::Tasks(Phase::BeforeStart)),
    ("before we promote", SectionKind::Tasks(Phase::BeforePromote)),
    ("after we're done", SectionKind::Tasks(Phase::AfterDone)),
    ("after we are done", SectionKind::Tasks(Phase::AfterDone)),
];
/// Phrases that also begin sentences.
const WEAK: &[(&str, SectionKind)] = &[
    ("pushing", SectionKind::Pushing),
    ("later", SectionKind::Later),
    ("issues", SectionKind::Issues),
    ("blocker", SectionKind::Blockers),
];
/// Lines of their own, with the words that may stand before the colon.
const LABELS: &[(&str, Opens, &[&str])] = &[
    ("start", Opens::Start, &["time"]),
    ("end", Opens::End, &["time"]),
    ("ops", Opens::Ops, &["on duty", "support", "contact"]),
    ("qa", Opens::Qa, &["on duty", "support", "contact"]),
];

/// The heading that a line is.
pub(super) fn read(text: &str, shape: &Shape, context: &Context) -> Option<Heading> {
    let line = if shape.bullet { &shape.body } else { &shape.visible };
    let (level, inner) = undressed(text, line.clone());
    let plain = Plain { text, inner, level };
    if shape.bullet {
        return (level == 0 && shape.ticked.is_none()).then(|| plain.bulleted_time()).flatten();
    }
    plain
        .hero()
        .or_else(|| plain.phrase(STRONG, true))
        .or_else(|| plain.phrase(WEAK, level > 0))
        .or_else(|| plain.label())
        .or_else(|| plain.repo(context))
        .or_else(|| (level > 0 && shape.indent < 4 && plain.spaced(line)).then(|| plain.other()))
}

/// A line without `#`, emphasis and the closing `#`.
fn undressed(text: &str, line: Range<usize>) -> (usize, Range<usize>) {
    let whole = &text[line.clone()];
    let level = whole.bytes().take_while(|b| *b == b'#').count();
    let level = if level > 6 { 0 } else { level };
    let mut inner = whole[level..].trim_start();
    let start = line.end - inner.len();
    if level > 0 {
        inner = inner.trim_end_matches('#').trim_end();
    }
    let emphasis = inner.bytes().take_while(|b| matches!(b, b'*' | b'_')).count().min(3);
    let closed = inner[emphasis..].trim_end_matches(['*', '_']).trim_end();
    (level, start + emphasis..start + emphasis + closed.len())
}

struct Plain<'t> {
    text: &'t str,
    inner: Range<usize>,
    level: usize,
}

impl Plain<'_> {
    fn line(&self) -> &str {
        &self.text[self.inner.clone()]
    }

    fn heading(&self, opens: Opens, rest: &str, open_ended: bool) -> Heading {
        let rest = self.inner.end - rest.len()..self.inner.end;
        Heading { opens, level: self.level, rest, open_ended }
    }

    /// Whether `#` is followed by a space, as Markdown asks of headings that we don't know.
    fn spaced(&self, line: &Range<usize>) -> bool {
        let after = &self.text[line.start + self.level..line.end];
        after.is_empty() || after.starts_with(char::is_whitespace)
    }

    fn other(&self) -> Heading {
        self.heading(Opens::Section(SectionKind::Other), "", false)
    }

    fn phrase(&self, known: &[(&str, SectionKind)], strong: bool) -> Option<Heading> {
        let line = self.line();
        let begins = |(phrase, kind): &(&str, SectionKind)| Some((after(line, phrase)?, *kind));
        let (rest, kind) = known.iter().find_map(begins)?;
        let opens = Opens::Section(kind);
        let trimmed = rest.trim();
        if let Some(inline) = trimmed.strip_prefix(':') {
            return Some(self.heading(opens, inline.trim_start(), false));
        }
        if !trimmed.contains(char::is_alphanumeric) || trimmed.ends_with(':') {
            return Some(self.heading(opens, "", false));
        }
        if !strong {
            return None;
        }
        match trimmed.split_once(": ") {
            Some((_, inline)) => Some(self.heading(opens, inline.trim_start(), false)),
            None => Some(self.heading(opens, "", self.level == 0)),
        }
    }

    fn label(&self) -> Option<Heading> {
        let line = self.line();
        let (rest, opens) = LABELS.iter().find_map(|(phrase, opens, more)| {
            let rest = after(line, phrase)?;
            let rest =
                more.iter().find_map(|words| after(rest.trim_start(), words)).unwrap_or(rest);
            Some((rest.trim_start(), opens))
        })?;
        match rest.strip_prefix(':') {
            Some(value) => Some(self.heading(opens.clone(), value.trim_start(), false)),
            None if rest.is_empty() => Some(self.heading(opens.clone(), "", false)),
            None => None,
        }
    }

    /// `* start time: 9:02am PT`; `* start: cron` is a task.
    fn bulleted_time(&self) -> Option<Heading> {
        let heading = self.label()?;
        let value = &self.text[heading.rest.clone()];
        let timely =
            value.is_empty() || value.starts_with(|c: char| c.is_ascii_digit() || c == '~');
        let time = matches!(heading.opens, Opens::Start | Opens::End) && self.line().contains(':');
        (time && timely).then_some(heading)
    }

    /// *This week's push hero is …*, *This push's hero is …*, *Push hero: …*.
    fn hero(&self) -> Option<Heading> {
        let line = self.line();
        let (at, _) =
            line.char_indices().take(30).find(|(at, _)| after(&line[*at..], "hero").is_some())?;
        let before = line[..at].to_lowercase().replace('’', "'");
        if !(before.ends_with("push ")
            || before.ends_with("push's ")
            || before.ends_with("week's "))
        {
            return None;
        }
        let rest = line[at + 4..].trim_start();
        let value = after(rest, "is").or_else(|| rest.starts_with(':').then_some(rest))?;
        let value = value.trim_start().trim_start_matches(':').trim_start();
        Some(self.heading(Opens::Hero, value, false))
    }

    fn repo(&self, context: &Context) -> Option<Heading> {
        let name = self.line().trim_end().trim_end_matches(':').trim_matches('`');
        let repo = context.repo(name)?;
        Some(self.heading(Opens::Repo(repo.clone()), "", false))
    }
}

/// What follows `phrase` at the start of `text`, a word's end behind it. Case and the form of the apostrophe don't count,
/// nor does how much space is between words.
pub(super) fn after<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let mut rest = text;
    for wanted in phrase.chars() {
        if wanted == ' ' {
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
            continue;
        }
        let c = rest.chars().next()?;
        let same = c.eq_ignore_ascii_case(&wanted) || (wanted == '\'' && c == '’');
        if !same {
            return None;
        }
        rest = &rest[c.len_utf8()..];
    }
    let ends = !rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
    ends.then_some(rest)
}
