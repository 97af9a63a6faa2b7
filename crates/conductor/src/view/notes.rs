//! `notes --json`, and that of `block`, `unblock` and `task`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::fixed::Fix;
use train::id::{PushDate, RepoName};
use train::notes::order::{Due, order};
use train::notes::page::{ItemChange, Standing};
use train::notes::{ChangedLine, Clash, Phase, Problem, Weight};

use super::Moment;
use super::asks::AskView;

/// `notes show`: the page, and what it is read as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotesView {
    /// The train.
    pub train: String,
    /// The push.
    pub push: PushDate,
    /// The version: what `--base` names; 0 where nobody wrote in it yet.
    pub version: u32,
    /// Whether this is the newest version.
    pub newest: bool,
    /// Whether the page is opened; else it is what it will begin as.
    pub opened: bool,
    /// The page, byte for byte.
    pub text: String,
    /// What it is read as.
    pub items: Vec<ItemView>,
    /// The asks among it, tried.
    pub asks: Vec<AskView>,
    /// Who wrote each line last, and in which version; null unless asked for.
    pub lines: Option<Vec<LineView>>,
    /// Every writing, the oldest first; null unless asked for.
    pub history: Option<Vec<NotesVersion>>,
}

/// An item of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemView {
    /// Its name for its life.
    pub id: String,
    /// Its section.
    pub section: SectionWord,
    /// When a task is due.
    pub when: Option<Phase>,
    /// Its line, from 1; null where it is gone.
    pub line: Option<usize>,
    /// Its text on one line.
    pub text: String,
    /// Its further lines.
    pub details: Vec<String>,
    /// Its commands, verbatim.
    pub commands: Vec<String>,
    /// Its repository, where it has one.
    pub repo: Option<RepoName>,
    /// Whose it is, as written.
    pub owner: Option<String>,
    /// The environments it is for.
    pub environments: Vec<String>,
    /// Those of them that it is ticked for.
    pub done_on: Vec<String>,
    /// What it comes after.
    pub after: Option<String>,
    /// Whether it holds, warns, forbids or informs; null where its line is gone.
    pub weight: Option<Weight>,
    /// How it stands.
    pub state: Standing,
    /// Whether it holds the push.
    pub holds: bool,
    /// Who raised it.
    pub raised_by: String,
    /// When.
    pub raised_at: Moment,
    /// Who marked it as done or took its line out.
    pub ended_by: Option<String>,
}

/// The section that an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SectionWord {
    /// *Notable things shipping*.
    Notable,
    /// *Blockers*.
    Blockers,
    /// *To pick*.
    Picks,
    /// Tasks, of a phase.
    Tasks,
    /// *Later*.
    Later,
    /// *Issues*.
    Issues,
}

/// Who wrote a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineView {
    /// The last who wrote in it.
    pub by: String,
    /// In which version.
    pub version: u32,
    /// When.
    pub at: Moment,
}

/// One writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotesVersion {
    /// The version that came of it.
    pub version: u32,
    /// When.
    pub at: Moment,
    /// Whose hand.
    pub by: String,
    /// Who acted: the machine writes for somebody.
    pub actor: Option<String>,
    /// Whether the page was opened with it.
    pub opened: bool,
    /// How many lines came.
    pub added: usize,
    /// How many went.
    pub removed: usize,
    /// What became of items.
    pub items: Vec<ItemChange>,
}

/// What is, or was, written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WritingView {
    /// The push.
    pub push: PushDate,
    /// The version that it was planned on, or that came of it.
    pub version: u32,
    /// Whether it is done; else it is a plan.
    pub done: bool,
    /// What it does, in a sentence.
    pub change: String,
    /// Whether anything is different.
    pub changed: bool,
    /// Lines that go, and lines that come.
    pub lines: Vec<ChangedLine>,
    /// Lines that others changed too: both are there.
    pub clashes: Vec<Clash>,
    /// The item it is about, or that came of it.
    pub item: Option<String>,
    /// What became of items; of a plan none.
    pub items: Vec<ItemChange>,
    /// Those of them that are marked or taken out, and still hold until somebody confirms it who may.
    pub unconfirmed: Vec<String>,
    /// The asks that are new, or that it is about, tried.
    pub asks: Vec<AskView>,
}

/// `notes check`: what to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotesCheckView {
    /// The push.
    pub push: PushDate,
    /// The version; null for a file.
    pub version: Option<u32>,
    /// Doubts, in the page's order.
    pub problems: Vec<Problem>,
    /// Asks that can't be picked as they are; none of a file.
    pub asks: Vec<AskView>,
    /// Open blockers that nobody owns, with who should where something tells; none of a file.
    pub ownerless: Vec<BlockerView>,
}

/// A blocker, as `status` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockerView {
    /// Its name.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// Whether it is open, or somebody has to confirm that it isn't. One whose fix is aboard is not.
    pub open: bool,
    /// Where its fix is; null where no newest tag has it.
    pub fixed: Option<Fix>,
    /// Whether it holds the push.
    pub holds: bool,
    /// How it stands.
    pub state: Standing,
    /// Who marked it as done or took its line out.
    pub ended_by: Option<String>,
    /// Who should own it, where nobody does; null where nothing tells.
    pub propose: Option<ProposeView>,
}

/// A proposal who should own a blocker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposeView {
    /// The person, or the name that their commits have.
    pub owner: String,
    /// Why.
    pub because: String,
}

/// A task, as `status` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskView {
    /// Its name.
    pub id: String,
    /// Its text.
    pub text: String,
    /// When it is due.
    pub when: Option<Phase>,
    /// Whose it is.
    pub owner: Option<String>,
    /// Whether it is done.
    pub done: bool,
    /// Whether it holds its phase up: open, and neither soft words nor for information alone.
    pub holds: bool,
    /// Its repository, where it has one.
    pub repo: Option<RepoName>,
    /// The environments it is for.
    pub environments: Vec<String>,
    /// Those of them that it is ticked for.
    pub done_on: Vec<String>,
    /// What it comes after, as it is written.
    pub after: Option<String>,
    /// Its further lines.
    pub details: Vec<String>,
    /// Its commands, verbatim.
    pub commands: Vec<String>,
}

impl TaskView {
    /// The task that an item is, if it is one.
    #[must_use]
    pub fn of(item: &ItemView) -> Option<Self> {
        Some(Self {
            id: item.id.clone(),
            text: item.text.clone(),
            when: Some(item.when?),
            owner: item.owner.clone(),
            done: item.state == Standing::Done,
            holds: item.state != Standing::Done && item.weight == Some(Weight::Hard),
            repo: item.repo.clone(),
            environments: item.environments.clone(),
            done_on: item.done_on.clone(),
            after: item.after.clone(),
            details: item.details.clone(),
            commands: item.commands.clone(),
        })
    }

    /// The tasks among a page's items, in the order of [`ItemView::tasks`].
    #[must_use]
    pub fn in_order(items: &[ItemView]) -> Vec<Self> {
        ItemView::tasks(items).into_iter().filter_map(Self::of).collect()
    }
}

impl ItemView {
    /// The tasks among a page's items by phase, and within one in the order in which they are done: what comes after
    /// another stands behind it.
    #[must_use]
    pub fn tasks(items: &[Self]) -> Vec<&Self> {
        let tasks: Vec<&Self> = items.iter().filter(|item| item.when.is_some()).collect();
        let due: Vec<Due<'_>> = tasks
            .iter()
            .map(|task| Due {
                id: &task.id,
                text: &task.text,
                when: task.when,
                after: task.after.as_deref(),
            })
            .collect();
        order(&due).into_iter().map(|at| tasks[at]).collect()
    }
}

impl BlockerView {
    /// The blocker that an item is, if it is one.
    #[must_use]
    pub fn of(item: &ItemView) -> Option<Self> {
        (item.section == SectionWord::Blockers).then(|| Self {
            id: item.id.clone(),
            text: item.text.clone(),
            owner: item.owner.clone(),
            open: item.state != Standing::Done,
            fixed: None,
            holds: item.holds,
            state: item.state,
            ended_by: item.ended_by.clone(),
            propose: None,
        })
    }
}
