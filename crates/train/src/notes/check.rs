//! What people should look at again: each with its line, a kind, a sentence and, where there is one, what to write.

use serde::{Deserialize, Serialize};

use crate::id::{PushDate, quoted};
use crate::links::Target;

use super::context::{Context, Who};
use super::done::is_tag;
use super::heading::SectionKind;
use super::link::Link;
use super::person::Named;
use super::{Clock, Notes};

/// Kinds of doubt, as stable words.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// No line says who is the hero.
    NoHero,
    /// The hero's line names several.
    SeveralHeroes,
    /// A name that nobody has.
    UnknownPerson,
    /// A time that can't be read.
    BadTime,
    /// An end before its start.
    EndBeforeStart,
    /// A compare link whose head is of another push.
    OtherPush,
    /// A compare link whose head is older than its base.
    HeadBeforeBase,
    /// A link to no repository aboard, where a pick is asked for.
    UnknownRepository,
    /// A hash without its repository.
    NoRepository,
    /// A commit among the blockers: nobody picks it from there.
    CommitInBlockers,
    /// A fence that nothing closes.
    OpenFence,
    /// A comment that nothing closes.
    OpenComment,
    /// Struck, with other words behind it.
    HalfStruck,
    /// A heading that goes on like a sentence.
    HeadingOrSentence,
    /// More items than a page of notes has.
    TooMany,
}

/// Something to look at again.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[schemars(rename = "NotesProblem")]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What kind of doubt.
    pub kind: ProblemKind,
    /// What is doubtful.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

impl Notes {
    /// All doubts, in the page's order.
    #[must_use]
    pub fn check(&self, context: &Context) -> Vec<Problem> {
        let mut checker = Checker { notes: self, context, found: Vec::new() };
        checker.people();
        checker.times();
        self.links.iter().for_each(|link| checker.compared(link));
        checker.asks();
        checker.items();
        checker.odd();
        checker.found.sort();
        checker.found
    }
}

struct Checker<'n> {
    notes: &'n Notes,
    context: &'n Context,
    found: Vec<Problem>,
}

impl Checker<'_> {
    fn add(
        &mut self,
        at: usize,
        kind: ProblemKind,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        let line = self.notes.line_at(at);
        self.found.push(Problem { line, kind, message: message.into(), suggestion });
    }

    fn people(&mut self) {
        let notes = self.notes;
        match notes.hero() {
            Some(line) if line.names.is_empty() => {
                self.add(
                    line.span.start,
                    ProblemKind::NoHero,
                    "the hero's line names nobody",
                    None,
                );
            }
            Some(line) if line.names.len() > 1 => {
                let all: Vec<&str> = line.names.iter().map(|name| name.text.as_str()).collect();
                let message = format!("the hero's line names {}", all.join(" and "));
                let last = &all[all.len() - 1];
                self.add(
                    line.span.start,
                    ProblemKind::SeveralHeroes,
                    message,
                    Some(format!("~~{}~~ {last}", all[..all.len() - 1].join(" "))),
                );
            }
            Some(_) => {}
            None => self.add(
                0,
                ProblemKind::NoHero,
                "no line says who is the hero",
                Some("This week's push hero is NAME".into()),
            ),
        }
        let lines = notes.heroes.iter().flat_map(|line| &line.names);
        for name in lines.chain(&notes.ops).chain(&notes.qa) {
            self.name(name);
        }
        for item in &notes.items {
            if let Some(Who::Unknown(name)) = &item.owner {
                self.unknown(item.span.start, name);
            }
        }
    }

    fn name(&mut self, name: &Named) {
        if let Who::Unknown(text) = &name.who {
            self.unknown(name.span.start, text);
        }
    }

    fn unknown(&mut self, at: usize, name: &str) {
        if self.context.knows_people() {
            let near = self.context.nearest_person(name).map(str::to_owned);
            self.add(
                at,
                ProblemKind::UnknownPerson,
                format!("nobody is called {}", quoted(name)),
                near,
            );
        }
    }

    fn times(&mut self) {
        let notes = self.notes;
        let unread = |clock: &&Clock| !clock.read && clock.text.contains(char::is_alphanumeric);
        for clock in notes.starts.iter().chain(&notes.ends).filter(unread) {
            let message = format!("{} is no time", quoted(&clock.text));
            self.add(clock.span.start, ProblemKind::BadTime, message, Some("9:02am PT".into()));
        }
        if let (Some(start), Some(end)) = (notes.start(), notes.end())
            && end.at < start.at
            && end.at.is_some()
        {
            let message = format!("{} is before the start, {}", end.text, start.text);
            self.add(end.span.start, ProblemKind::EndBeforeStart, message, None);
        }
    }

    /// A compare link of *Pushing*, by the dates in its tags.
    fn compared(&mut self, link: &Link) {
        let pushing =
            self.notes.section_at(link.span.start).is_some_and(|s| s.kind == SectionKind::Pushing);
        let Some(Target::Compare { base, head }) =
            link.target.as_ref().filter(|_| pushing && !link.struck)
        else {
            return;
        };
        let (Some(from), Some(to)) = (date(base), date(head)) else { return };
        if to < from {
            let message = format!("{head} is older than what it is compared with, {base}");
            self.add(link.span.start, ProblemKind::HeadBeforeBase, message, None);
        } else if let Some(push) = self.context.push.filter(|push| *push != to) {
            let message = format!("{head} is a tag of another push than {push}");
            self.add(link.span.start, ProblemKind::OtherPush, message, None);
        }
    }

    fn asks(&mut self) {
        let notes = self.notes;
        for ask in notes.asks.iter().filter(|ask| ask.repo.is_none()) {
            let message =
                format!("{} doesn't say which repository", quoted(&notes.text()[ask.span.clone()]));
            self.add(
                ask.span.start,
                ProblemKind::NoRepository,
                message,
                Some("REPO@HASH, or the link to the commit".into()),
            );
        }
        for link in notes.links.iter().filter(|link| link.repo.is_none()) {
            let text = &notes.text()[link.span.clone()];
            let hash = text.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
            let commit = hash.len() >= 20 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            let kind = notes.section_at(link.span.start).map(|section| section.kind);
            if commit && kind == Some(SectionKind::Picks) {
                // Not repeated: it may be a link to what is not public yet (P9).
                let message = "this is no link to a commit of a repository aboard";
                self.add(link.span.start, ProblemKind::UnknownRepository, message, None);
            }
        }
        for link in &notes.links {
            let commit = matches!(link.target, Some(Target::Commit(_)));
            let kind = notes.section_at(link.span.start).map(|section| section.kind);
            if commit && !link.struck && kind == Some(SectionKind::Blockers) {
                let message = "a commit among the blockers is not asked for";
                self.add(
                    link.span.start,
                    ProblemKind::CommitInBlockers,
                    message,
                    Some("move it to To pick".into()),
                );
            }
        }
    }

    fn items(&mut self) {
        for item in self.notes.items.iter().filter(|item| item.half_struck) {
            let message = format!(
                "{} is struck, with other words behind it: it counts as open",
                quoted(&item.text)
            );
            self.add(
                item.span.start,
                ProblemKind::HalfStruck,
                message,
                Some("tick it, or say DONE".into()),
            );
        }
    }

    fn odd(&mut self) {
        let odd = &self.notes.odd;
        for at in &odd.fences {
            self.add(
                *at,
                ProblemKind::OpenFence,
                "nothing closes this fence: what follows is read as text",
                None,
            );
        }
        if let Some(at) = odd.comment {
            self.add(
                at,
                ProblemKind::OpenComment,
                "nothing closes this comment: what follows is read as text",
                None,
            );
        }
        for at in &odd.headings {
            let message = "a heading that goes on like a sentence: it opens a section";
            self.add(
                *at,
                ProblemKind::HeadingOrSentence,
                message,
                Some("put * before it, if it is an item".into()),
            );
        }
        if odd.cut_short {
            self.add(0, ProblemKind::TooMany, "the page has more items than are read", None);
        }
    }
}

/// The date in a tag.
fn date(tag: &str) -> Option<PushDate> {
    let first = tag.find(|c: char| c.is_ascii_digit()).filter(|_| is_tag(tag))?;
    tag.get(first..first + 10)?.parse().ok()
}
