//! The push's notes: text that everybody edits, read as what people ask for.
//!
//! [`Notes::parse`] takes any text and never fails: what it can't place is kept and, where somebody should know,
//! [reported](Notes::check). The text is the truth; nothing is normalised, and [`Notes::print`] gives back every byte.
//! The machine is one more author: what it writes are [edits](Edit) of spans, made by the functions of [`mod@write`].

mod ask;
pub mod authors;
pub mod carry;
mod check;
mod clock;
mod context;
mod diff;
mod done;
mod edit;
pub mod embargo;
pub mod follow;
pub mod given;
mod heading;
mod item;
mod kept;
mod line;
mod link;
mod merge;
pub mod order;
pub mod page;
mod person;
mod place;
mod read;
mod row;
mod template;
mod token;
mod weight;
pub mod write;

use std::ops::Range;

pub use ask::Ask;
pub use check::{Problem, ProblemKind};
pub use clock::Clock;
pub use context::{Context, Who};
pub use diff::{ChangedLine, changed_lines, edits};
pub use done::Done;
pub use edit::{Edit, apply, moved};
pub use heading::{Phase, SectionKind};
pub use item::{Command, Item};
pub use line::Line;
pub use link::Link;
pub use merge::{Clash, Merged, merge};
pub use person::{HeroLine, Named};
pub use template::{TEMPLATE, page};
pub use weight::Weight;

use crate::id::RepoName;

/// A section: from its heading to the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it holds.
    pub kind: SectionKind,
    /// Its heading's lines; empty for what stands before the first heading.
    pub heading: Range<usize>,
    /// How many `#` the heading has.
    pub level: usize,
    /// What follows the heading.
    pub body: Range<usize>,
}

/// *no addons-server push: nothing new*, in *Pushing*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The repository that keeps its tag.
    pub repo: RepoName,
    /// The line's text.
    pub span: Range<usize>,
    /// Why, where it says.
    pub because: Option<String>,
}

/// A page of notes, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    text: String,
    lines: Vec<Line>,
    /// The sections, in the page's order.
    pub sections: Vec<Section>,
    /// The items of all sections that have some, in the page's order.
    pub items: Vec<Item>,
    /// The asks among them.
    pub asks: Vec<Ask>,
    /// All links of the page.
    pub links: Vec<Link>,
    /// The hero's lines: one, as a rule.
    pub heroes: Vec<HeroLine>,
    /// Who is there for ops.
    pub ops: Vec<Named>,
    /// Who is there for QA.
    pub qa: Vec<Named>,
    /// `start:`, each of them.
    pub starts: Vec<Clock>,
    /// `end:`, each of them.
    pub ends: Vec<Clock>,
    /// The repositories that *Pushing* says stay.
    pub stays: Vec<Stay>,
    odd: Odd,
}

/// What did not come out even.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Odd {
    fences: Vec<usize>,
    comment: Option<usize>,
    headings: Vec<usize>,
    cut_short: bool,
}

impl Notes {
    /// Reads a page. Takes time in proportion to its length, whatever is in it.
    #[must_use]
    pub fn parse(text: &str, context: &Context) -> Self {
        read::page(text, context)
    }

    /// The page as it was, byte for byte.
    #[must_use]
    pub fn print(&self) -> String {
        self.lines.iter().map(|line| &self.text[line.span.clone()]).collect()
    }

    /// The text that the spans are of.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines, in order: together they are the text.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The number of the line at an offset, from 1.
    #[must_use]
    pub fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.span.end <= at) + 1
    }

    /// The hero's line that counts: the first that names somebody.
    #[must_use]
    pub fn hero(&self) -> Option<&HeroLine> {
        self.heroes.iter().find(|line| !line.names.is_empty()).or(self.heroes.first())
    }

    /// When it was started: the first `start:` with a time.
    #[must_use]
    pub fn start(&self) -> Option<&Clock> {
        self.starts.iter().find(|clock| clock.read)
    }

    /// When it ended: the first `end:` with a time.
    #[must_use]
    pub fn end(&self) -> Option<&Clock> {
        self.ends.iter().find(|clock| clock.read)
    }

    /// The blockers, done or not.
    pub fn blockers(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.kind == SectionKind::Blockers)
    }

    /// The tasks of a phase, done or not.
    pub fn tasks(&self, phase: Phase) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == SectionKind::Tasks(phase))
    }

    /// The first section of a kind.
    #[must_use]
    pub fn section(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    /// The section at an offset.
    #[must_use]
    pub fn section_at(&self, at: usize) -> Option<&Section> {
        let next = self.sections.partition_point(|section| section.heading.start <= at);
        self.sections.get(next.checked_sub(1)?)
    }
}
