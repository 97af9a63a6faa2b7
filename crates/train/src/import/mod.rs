//! Importing: what a team's own notes of past pushes tell, as facts to be kept, and every doubt with its file and line.
//!
//! A page is read as any other page of notes. What it says is taken as it was written, mistakes included: a doubtful line
//! is reported, never mended or dropped in silence. Pages are then held against each other and against the tags that are
//! known: [`read`].

mod chain;
mod date;
mod facts;
mod page;
mod problem;
mod revision;
mod source;

pub use chain::Known;
pub use date::{DateTrouble, date_of};
pub use facts::{Asked, Compared, Imported, Noted, Stays, TaskNoted, Time, Told};
pub use page::Page;
pub use problem::{Kind, OwnKind, Problem};
pub use revision::Revision;
pub use source::{Folder, LONGEST, Source, Unread};

use std::collections::BTreeMap;

use crate::id::PushDate;
use crate::notes::Context;
use crate::notes::embargo::Embargoed;

/// What files come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The pages, oldest push first; one for each push.
    pub pages: Vec<Page>,
    /// What to look at again, by file and line.
    pub problems: Vec<Problem>,
}

/// Reads files as pages of past pushes. `before` are pages that were imported earlier, by push; `known` are the tags that
/// remotes show; what tells of `embargoed` is not taken (P9).
#[must_use]
pub fn read(
    folder: &Folder,
    context: &Context,
    before: &BTreeMap<PushDate, Imported>,
    known: &Known,
    embargoed: &Embargoed,
) -> Reading {
    let mut problems = source::left_out(folder);
    let mut pages: BTreeMap<PushDate, Page> = BTreeMap::new();
    for source in &folder.files {
        let (push, text) = match source.page() {
            Ok(found) => found,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        if let Some(other) = pages.get(&push) {
            problems.push(source.second_of(push, &other.file));
            continue;
        }
        match page::read(source, push, text, context, embargoed) {
            Ok(page) => drop(pages.insert(push, page)),
            Err(problem) => problems.push(problem),
        }
    }
    let pages: Vec<Page> = pages.into_values().collect();
    let chained = chain::doubts(&pages, before, known);
    for page in &pages {
        // A mistyped year says why a tag is of another push.
        let typed = |problem: &Problem| {
            chained.iter().any(|c| c.is_typo() && c.line == problem.line && c.file == problem.file)
        };
        problems.extend(page.problems.iter().filter(|p| !p.is_other_push() || !typed(p)).cloned());
    }
    problems.extend(chained);
    problems.sort();
    Reading { pages, problems }
}
