//! A push's page through everybody's writing: which item is which, who raised it, and whether its end counts.
//!
//! Anybody may strike a line, or take it out. A blocker is settled by that only where whoever did it has the right to: its
//! raiser, the hero, QA or ops. Else it stays, with the name of who did it, until one of them confirms.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::follow::{Family, ItemId, Tracked, follow};
use super::{Edit, Notes, Weight, moved};

/// What is known of a page beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// How often it was written: the number of its version.
    pub version: u32,
    /// The template it was made from.
    pub template: String,
    /// Its items in the page's order, then the blockers whose lines are gone.
    pub items: Vec<Known>,
    /// The highest number given to an item.
    pub last: u32,
}

/// An item with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Which it is, and what it was when last seen.
    pub tracked: Tracked,
    /// Who raised it.
    pub raised: Trace,
    /// Who marked it as done, or took its line out.
    pub ended: Option<Trace>,
    /// Whether the mark counts: somebody made or confirmed it who may.
    pub settled: bool,
    /// Whether it holds the push while it is open. Words that soften it count only from somebody who may settle it.
    pub hard: bool,
}

/// Who, when, and in which version of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The version that came of it.
    pub version: u32,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The name.
    pub name: String,
    /// Whether they may settle blockers that others raised: the hero, QA, ops.
    pub settles: bool,
    /// When.
    pub at: Timestamp,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is new.
    Raised,
    /// Its words are others.
    Reworded,
    /// It is marked as done.
    Done,
    /// It is no longer marked.
    Reopened,
    /// Its line is gone.
    Removed,
    /// Its line is there again.
    Back,
}

/// A change of an item, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChange {
    /// Which.
    pub item: ItemId,
    /// What became of it.
    pub change: What,
    /// Its text.
    pub text: String,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// A blocker marked as done by somebody who may not settle it: to be confirmed.
    Marked,
    /// An open blocker whose line is gone: to be confirmed.
    Removed,
}

impl Known {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.tracked.removed(), self.tracked.done, self.settled) {
            (true, ..) => Standing::Removed,
            (false, true, true) => Standing::Done,
            (false, true, false) => Standing::Marked,
            (false, false, _) => Standing::Open,
        }
    }

    /// Whether it holds the push: an open blocker, unless it only warns.
    #[must_use]
    pub fn holds(&self) -> bool {
        let blocker = self.tracked.id.family == Family::Blocker;
        blocker && self.hard && self.standing() != Standing::Done
    }

    /// Whether `writer` may settle it.
    fn settled_by(&self, writer: &Writer) -> bool {
        let blocker = self.tracked.id.family == Family::Blocker;
        !blocker || writer.settles || self.raised.by == writer.name
    }
}

impl Page {
    /// A page that is about to be made from a template.
    #[must_use]
    pub fn from_template(template: String) -> Self {
        Self { template, ..Self::default() }
    }

    /// The item of that name.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&Known> {
        self.items.iter().find(|known| known.tracked.id == id)
    }

    /// Takes in what `writer` wrote: `edits` made the page that is now read as `notes`. Answers with what became of items.
    pub fn written(&mut self, notes: &Notes, edits: &[Edit], writer: &Writer) -> Vec<ItemChange> {
        self.version += 1;
        let trace = Trace { by: writer.name.clone(), at: writer.at, version: self.version };
        let followed = self.followed(notes, edits);
        let mut old: BTreeMap<ItemId, Known> =
            self.items.drain(..).map(|known| (known.tracked.id, known)).collect();
        let mut changes = Vec::new();
        for tracked in followed.items {
            let hard = tracked.item.map(|at| notes.items[at].weight == Weight::Hard);
            let (known, told) = match old.remove(&tracked.id) {
                Some(before) => changed(before, tracked, hard, writer, &trace),
                None => raised(tracked, hard.unwrap_or(true), &trace),
            };
            let told = told.into_iter().map(|change| said(&known, change));
            changes.extend(told);
            self.items.push(known);
        }
        let gone = old.values().filter(|known| followed.gone.contains(&known.tracked.id));
        changes.extend(gone.map(|known| said(known, What::Removed)));
        self.last = followed.last;
        changes
    }

    /// The same page, read anew: under another configuration a line may be another item, or none.
    #[must_use]
    pub fn reread(&self, notes: &Notes) -> Self {
        let nobody = Writer { name: String::new(), settles: false, at: Timestamp::UNIX_EPOCH };
        let mut page = self.clone();
        page.written(notes, &[], &nobody);
        page.version = self.version;
        page
    }

    /// A mark that did not count is confirmed, or that the line is gone. Whether there was such a thing.
    pub fn confirmed(&mut self, id: ItemId) -> bool {
        let Some(at) = self.items.iter().position(|known| known.tracked.id == id) else {
            return false;
        };
        match self.items[at].standing() {
            Standing::Removed => {
                self.items.remove(at);
                true
            }
            Standing::Marked => {
                self.items[at].settled = true;
                true
            }
            Standing::Open | Standing::Done => false,
        }
    }

    fn followed(&self, notes: &Notes, edits: &[Edit]) -> super::follow::Followed {
        // A mark that does not count is none: the line may not vanish behind it.
        let before = |known: &Known| Tracked {
            done: known.tracked.done && known.settled,
            ..known.tracked.clone()
        };
        let before: Vec<Tracked> = self.items.iter().map(before).collect();
        follow(&before, notes, moved(edits), self.last)
    }
}

fn raised(tracked: Tracked, hard: bool, trace: &Trace) -> (Known, Vec<What>) {
    let ended = tracked.done.then(|| trace.clone());
    (Known { tracked, raised: trace.clone(), ended, settled: true, hard }, vec![What::Raised])
}

/// An item before and after: `hard` is how it reads now, if its line is there.
fn changed(
    before: Known,
    tracked: Tracked,
    hard: Option<bool>,
    writer: &Writer,
    trace: &Trace,
) -> (Known, Vec<What>) {
    let may = before.settled_by(writer);
    let mut known = before.clone();
    let mut told = Vec::new();
    let (was, now) = (before.tracked.removed(), tracked.removed());
    let (was_done, is_done) = (before.tracked.done, tracked.done && !now);
    if was != now {
        told.push(if now { What::Removed } else { What::Back });
    }
    if tracked.text != before.tracked.text {
        told.push(What::Reworded);
    }
    if now && !was {
        known.ended = Some(trace.clone());
    } else if is_done && (was || !was_done) {
        told.push(What::Done);
        (known.settled, known.ended) = (may, Some(trace.clone()));
    } else if !now && !is_done && (was || was_done) {
        told.extend((!was).then_some(What::Reopened));
        (known.settled, known.ended) = (true, None);
    }
    known.hard = match hard {
        Some(true) => true,
        // Only who changes the words softens it, not who writes elsewhere afterwards.
        Some(false) => before.hard && !(may && told.contains(&What::Reworded)),
        None => before.hard,
    };
    known.tracked = tracked;
    (known, told)
}

/// As it is recorded: of a long text the beginning.
fn said(known: &Known, change: What) -> ItemChange {
    let text = known.tracked.text.chars().take(300).collect();
    ItemChange { item: known.tracked.id, change, text }
}
