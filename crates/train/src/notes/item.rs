//! An item: a paragraph, bullet or numbered line, with its deeper-indented lines and the fences right after it.

use std::ops::Range;

use crate::id::RepoName;

use super::context::{Context, Who};
use super::done::{Done, Manner, said};
use super::heading::{SectionKind, after};
use super::line::Shape;
use super::token::{Kind, Token, struck, tokens};
use super::weight::{Weight, weigh};
use super::{person, place};

/// Something that a person wrote down to be known, done, picked or waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// From its first visible character to the end of its last line.
    pub span: Range<usize>,
    /// Where its first line's text ends: marks are written there.
    pub line_end: usize,
    /// The section it stands in.
    pub kind: SectionKind,
    /// The repository whose sub-heading it stands under, or that it begins with.
    pub repo: Option<RepoName>,
    /// Its own text on one line, without bullet, box, strike and comments.
    pub text: String,
    /// Its deeper-indented lines, each without bullet.
    pub details: Vec<String>,
    /// Whether it is done, and how that was said.
    pub done: Option<Done>,
    /// Struck, yet with other words behind the strike: not taken as done.
    pub half_struck: bool,
    /// Whether it holds, warns, forbids or informs.
    pub weight: Weight,
    /// Whose it is.
    pub owner: Option<Who>,
    /// The environments it is for, where it names some.
    pub environments: Vec<String>,
    /// Those of them that it is ticked for: `(done on stage)`.
    pub done_on: Vec<String>,
    /// What it says it comes after.
    pub after: Option<String>,
    /// The content of the fences right after it, verbatim.
    pub commands: Vec<Command>,
}

/// A fenced command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The lines between the fences.
    pub span: Range<usize>,
    /// The same without the fence's own indentation.
    pub text: String,
}

/// An item being read.
#[derive(Debug)]
pub(super) struct Draft {
    pub first: Shape,
    pub kind: SectionKind,
    pub repo: Option<RepoName>,
    /// The lines of its paragraph.
    pub lines: Vec<Range<usize>>,
    /// Deeper lines: shape of each.
    pub details: Vec<Shape>,
    pub commands: Vec<Command>,
    pub end: usize,
    /// The width of the last line of its paragraph, while nothing else came.
    pub wrap: Option<usize>,
}

impl Draft {
    pub fn new(shape: Shape, kind: SectionKind, repo: Option<RepoName>, width: usize) -> Self {
        let (line, end) = (shape.body.clone(), shape.visible.end);
        Self {
            first: shape,
            kind,
            repo,
            lines: vec![line],
            details: Vec::new(),
            commands: Vec::new(),
            end,
            wrap: Some(width),
        }
    }

    /// The item, unless it says nothing.
    pub fn finish(self, text: &str, context: &Context) -> Option<Item> {
        let paragraph =
            self.lines.iter().map(|l| text[l.clone()].trim()).collect::<Vec<_>>().join(" ");
        let paragraph = without_comments(&paragraph);
        let tokens = tokens(&paragraph);
        if is_nothing(&paragraph)
            && !self.details.iter().any(|d| text[d.body.clone()].contains(char::is_alphanumeric))
        {
            return None;
        }
        let details: Vec<String> =
            self.details.iter().map(|d| text[d.body.clone()].to_owned()).collect();
        let (done, half_struck) = self.done(&paragraph, &tokens, &details);
        let task = matches!(self.kind, SectionKind::Tasks(_));
        let environments =
            if task { place::environments(&paragraph, &tokens, context) } else { vec![] };
        let done_on = if task { place::done_on(&paragraph, &tokens, context) } else { vec![] };
        // Ticked for some of its environments, it is to be done for the others.
        let partly = environments.iter().any(|name| !done_on.contains(name)) && !done_on.is_empty();
        let said_of = |done: &Done| matches!(done, Done::Said(how) if place::is_of_some(how));
        let done = done.filter(|done| !(partly && said_of(done)));
        let repo = tokens.first().filter(|_| tokens.get(1).is_some_and(|t| t.is(':')));
        let repo = repo.and_then(|t| context.repo(t.word(&paragraph)?)).cloned();
        Some(Item {
            span: self.first.visible.start..self.end,
            line_end: self.first.visible.end,
            kind: self.kind,
            repo: repo.or(self.repo),
            weight: weigh(&paragraph, &tokens),
            owner: person::owner(&paragraph, &tokens, context),
            environments,
            done_on,
            after: task.then(|| order(&paragraph, &tokens)).flatten(),
            text: without_strikes(&paragraph),
            details,
            done,
            half_struck,
            commands: self.commands,
        })
    }

    fn done(&self, paragraph: &str, tokens: &[Token], details: &[String]) -> (Option<Done>, bool) {
        match self.first.ticked {
            Some(true) => return (Some(Done::Ticked), false),
            Some(false) => return (None, false),
            None => {}
        }
        let manner = self.manner();
        let words = said(paragraph, tokens, manner);
        let lead = paragraph.len() - paragraph.trim_start_matches(['*', '_', ' ', '(']).len();
        let strike = struck(paragraph).into_iter().find(|strike| strike.start == lead);
        if let Some(strike) = strike {
            let replaced = words.is_none() && is_replaced(&paragraph[strike.end..]);
            return if replaced { (None, true) } else { (Some(Done::Struck), false) };
        }
        (words.or_else(|| self.in_details(details)), false)
    }

    /// How a line of this section may say that it is done.
    fn manner(&self) -> Manner {
        let ask = self.kind == SectionKind::Picks;
        Manner { tags: ask || self.kind == SectionKind::Blockers, verified: !ask }
    }

    /// A line of its own beneath it: `* Done`, `… [DONE]`; or boxes, all ticked.
    fn in_details(&self, details: &[String]) -> Option<Done> {
        if self.kind == SectionKind::Picks || details.is_empty() {
            return None;
        }
        let mut boxes = self.details.iter().filter_map(|detail| detail.ticked).peekable();
        if boxes.peek().is_some() {
            return boxes.all(|ticked| ticked).then_some(Done::Ticked);
        }
        let manner = Manner { tags: false, verified: true };
        let alone = |detail: &&String| {
            let word = detail.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            matches!(word.to_lowercase().as_str(), "done" | "fixed" | "landed" | "resolved")
        };
        let whole = details.iter().find(alone).map(|detail| Done::Said(detail.clone()));
        let bulleted = self.details.last().is_some_and(|detail| detail.bullet);
        let last = details.last().filter(|_| !bulleted);
        whole.or_else(|| last.and_then(|last| said(last, &tokens(last), manner)))
    }
}

/// Whether other words stand behind a strike: three or more, with no link, that don't begin like a reason.
fn is_replaced(rest: &str) -> bool {
    let rest = rest.trim();
    let starts = rest.starts_with(char::is_alphanumeric);
    let reason = [
        "in", "see", "as", "by", "because", "since", "thanks", "for", "no", "not", "was", "is",
        "will",
    ];
    let reasoned = reason.iter().any(|word| after(rest, word).is_some());
    let tokens = tokens(rest);
    let words = tokens.iter().filter(|token| token.kind == Kind::Word).count();
    starts && !reasoned && words >= 3 && !tokens.iter().any(|token| token.kind == Kind::Url)
}

/// What an item comes after: `after: deploy customs`, up to the end of the line or of the bracket.
fn order(text: &str, tokens: &[Token]) -> Option<String> {
    let named = |at: &usize| {
        tokens[*at].word(text).is_some_and(|word| word.eq_ignore_ascii_case("after"))
            && tokens.get(at + 1).is_some_and(|token| token.is(':'))
    };
    let at = (0..tokens.len()).find(named)?;
    let closes = tokens[at + 2..].iter().find(|token| token.is(')') || token.is(']'));
    let end = closes
        .filter(|_| at > 0 && (tokens[at - 1].is('(') || tokens[at - 1].is('[')))
        .map_or(text.len(), |t| t.span.start);
    let what = text[tokens[at + 1].span.end..end].trim();
    (!what.is_empty()).then(|| what.to_owned())
}

/// A line without a letter or digit says nothing, nor do *None*, *nothing* and *n/a*.
pub(super) fn is_nothing(text: &str) -> bool {
    if !text.contains(char::is_alphanumeric) {
        return true;
    }
    if text.len() > 40 {
        return false;
    }
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(
        bare.as_str(),
        "none"
            | "nothing"
            | "n/a"
            | "na"
            | "nil"
            | "none yet"
            | "nothing yet"
            | "none so far"
            | "nothing so far"
            | "no blockers"
            | "no issues"
            | "none known"
            | "none that we know of"
    )
}

pub(super) fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<!--") {
        let Some(length) = rest[at..].find("-->") else { break };
        out.push_str(rest[..at].trim_end());
        rest = &rest[at + length + 3..];
    }
    if out.is_empty() { rest.trim().to_owned() } else { (out + rest).trim().to_owned() }
}

pub(super) fn without_strikes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for strike in struck(text) {
        let marks = text[strike.clone()].bytes().take_while(|b| *b == b'~').count();
        out.push_str(&text[at..strike.start]);
        out.push_str(&text[strike.start + marks..strike.end - marks]);
        at = strike.end;
    }
    out.push_str(&text[at..]);
    out
}
