//! A push's page through everybody's writing: which item is which, who raised it, and whether its end counts.
//!
//! Anybody may strike a line, or take it out. A blocker is settled by that only where whoever did it has the right to: its
//! raiser, the hero, QA or ops. Else it stays, with the name of who did it, until one of them confirms. An ask may be
//! struck by anybody, for that is there to be seen; its line is taken out by the same people, or it stays.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ask::Ask;
use super::follow::{Family, ItemId, Tracked, follow};
use super::{Edit, Notes, Weight, moved};
use crate::id::{PushDate, RepoName};

/// What is known of a page beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// How often it was written: the number of its version.
    pub version: u32,
    /// The template it was made from.
    pub template: String,
    /// Its items in the page's order, then the blockers and asks whose lines are gone.
    pub items: Vec<Known>,
    /// The highest number given to an item.
    pub last: u32,
    /// Asks that somebody said no to.
    pub declined: Vec<Declined>,
    /// The items that were carried over, with the push they went to.
    pub carried: BTreeMap<ItemId, PushDate>,
    /// What the machine put in once for all, by its key: taken out by a person, it does not come back.
    pub once: BTreeSet<String>,
}

/// A no to an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The item that the ask stands in.
    pub item: ItemId,
    /// Its repository, where it said one.
    pub repo: Option<RepoName>,
    /// What was asked for: a hash as it was written, or `#12`; empty where the whole item is meant.
    pub commit: String,
    /// Why not.
    pub because: String,
    /// Who said no.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Declined {
    /// Whether it is about this ask, which stands in that item.
    #[must_use]
    pub fn is_about(&self, item: ItemId, ask: &Ask) -> bool {
        let same = self.commit.is_empty() || ask.is_named(self.repo.as_ref(), &self.commit);
        self.item == item && same
    }
}

/// An item that was carried over from an earlier push: who raised it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedItem {
    /// Its text as it stands in the new page.
    pub text: String,
    /// Who raised it.
    pub by: String,
    /// When.
    pub at: Timestamp,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "ItemFate")]
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
    /// Its line stands under another heading: a task is due in another phase.
    Moved,
}

/// A change of an item, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ItemChange {
    /// Which.
    pub item: ItemId,
    /// What became of it.
    pub change: What,
    /// Its text.
    pub text: String,
}

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// A blocker marked as done by somebody who may not settle it: to be confirmed.
    Marked,
    /// An open blocker or ask whose line is gone: to be confirmed.
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

    /// Whether `writer` took its line out just now, and may: then it is gone.
    fn vanishes(&self, now: &Tracked, writer: &Writer) -> bool {
        let ask = self.tracked.id.family == Family::Ask;
        let taken_out = now.removed() && !self.tracked.removed();
        ask && taken_out && (writer.settles || self.raised.by == writer.name)
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
                Some(before) if before.vanishes(&tracked, writer) => {
                    changes.push(said(&before, What::Removed));
                    continue;
                }
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

    /// What the last writing was recorded with: who raised the items where they were carried over from, and what is put in
    /// once for all.
    pub fn marked(&mut self, carried: &[CarriedItem], once: &[String]) {
        self.once.extend(once.iter().cloned());
        let mut left: Vec<&CarriedItem> = carried.iter().collect();
        let version = self.version;
        for known in self.items.iter_mut().filter(|known| known.raised.version == version) {
            let Some(at) = left.iter().position(|one| one.text == known.tracked.text) else {
                continue;
            };
            let CarriedItem { by, at, .. } = left.remove(at).clone();
            known.raised = Trace { by, at, version };
        }
    }

    /// Somebody said no to an ask. One whose line is gone is gone with that.
    pub fn decline(&mut self, declined: Declined) {
        let id = declined.item;
        let gone = |known: &Known| known.tracked.id == id && known.tracked.removed();
        self.items.retain(|known| !gone(known));
        self.declined.push(declined);
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
    if tracked.kind != before.tracked.kind && !now {
        told.push(What::Moved);
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
