//! The bench: commits are put on a tip, ordered by the rules and computed by git, and what came of it is told.

mod apply;
mod told;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::facts::{Commit, Picked};
use train::id::{Oid, RepoName, quoted};
use train::intent::PickRecord;
use train::pick::{self, ConflictReport, PickStep, StepKind};
use train::refusal::{Code, Refusal};

use crate::conductor::Aboard;
use crate::failure::Result;
use crate::ports::Stamp;

/// What is asked of one repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    /// Commits to add.
    pub picks: Vec<Commit>,
    /// Picks to leave out.
    pub drop: Vec<Commit>,
    /// Commits to take back.
    pub revert: Vec<Commit>,
}

/// A conflict that a person has resolved: this step on this tip makes that commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The repository.
    pub repo: RepoName,
    /// The tip.
    pub onto: Oid,
    /// The step.
    pub step: PickStep,
    /// The commit that the person's work came to.
    pub made: Oid,
    /// The time of every commit made for this command: a tip is found again only if it is made again the same.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Put {
    /// The tip, up to the conflict if there is one.
    pub tip: Oid,
    /// The steps, all of them.
    pub steps: Vec<PickStep>,
    /// What is new on the tip over the tag it replaces.
    pub picks: Vec<PickRecord>,
    /// What was made again of it: each commit with the one it was.
    pub remade: BTreeMap<Oid, Oid>,
    /// What the tip had already.
    pub contained: Vec<Commit>,
    /// Remarks.
    pub notes: Vec<String>,
    /// The step that does not apply.
    pub conflict: Option<ConflictReport>,
}

/// One repository while commits are put on its tip.
pub(crate) struct Bench<'a> {
    /// The repository.
    pub aboard: &'a Aboard,
    /// The tip of its main branch.
    pub main: &'a Oid,
    /// That branch's name.
    pub branch: &'a str,
    /// Who makes the commits, and when.
    pub stamp: &'a Stamp,
    /// What people resolved by hand.
    pub resolved: &'a [Resolution],
    /// Whether commits that are not on main may be picked.
    pub off_main: OffMain,
}

/// Whether commits that are not on main may be picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OffMain {
    /// The wish says so.
    Let,
    /// The wish could say so, and does not.
    Refused,
    /// There is no such wish.
    Never,
}

impl OffMain {
    fn is_let(self) -> bool {
        self == Self::Let
    }

    /// How to have them nonetheless.
    fn way(self) -> Option<&'static str> {
        (self != Self::Never).then_some("say --off-main")
    }
}

/// The tip that commits are put on.
#[derive(Debug, Clone)]
pub(crate) struct Tip {
    /// The commit that is built on.
    pub newest: Oid,
    /// The commits of all tags of the push, oldest first.
    pub tags: Vec<Oid>,
}

impl Tip {
    /// Where it began.
    pub(crate) fn first(&self) -> &Oid {
        self.tags.first().unwrap_or(&self.newest)
    }
}

impl Bench<'_> {
    /// Puts an order on the tip, or makes the tip again where something is dropped.
    pub(crate) async fn put(&self, tip: &Tip, order: &Order) -> Result<Put> {
        let Self { aboard, main, branch, .. } = self;
        let mut notes = Vec::new();
        let named: Vec<Oid> = order.picks.iter().map(|c| c.id.clone()).collect();
        let not_on_main = aboard.repo.outside(main, &named).await?;
        if let Some(commit) =
            order.picks.iter().find(|c| !self.off_main.is_let() && not_on_main.contains(&c.id))
        {
            return Err(pick::off_main(commit, branch, self.off_main.way()));
        }
        notes.extend(not_on_main.iter().map(|id| format!("{} is not on {branch}", id.short())));
        let (start, mut steps) = self.start(tip, &order.drop).await?;
        notes.extend(
            order
                .drop
                .iter()
                .map(|c| format!("{} {} is left out", c.id.short(), quoted(&c.subject))),
        );
        steps.extend(self.reverts(&tip.newest, &order.revert).await?);
        let (picks, sorted) = self.sorted(&order.picks).await?;
        if sorted {
            notes.push(format!(
                "the commits are taken in the order of {branch}, not in the order given"
            ));
        }
        steps.extend(picks);
        let applied = self.apply_all(&start, &steps).await?;
        self.told(applied, steps, notes, order).await
    }

    /// The commit to start from, and the steps that make the tag again where something is dropped.
    async fn start(&self, tip: &Tip, drop: &[Commit]) -> Result<(Oid, Vec<PickStep>)> {
        let newest = &tip.newest;
        if drop.is_empty() {
            return Ok((newest.clone(), Vec::new()));
        }
        let picked = self.aboard.repo.picked(self.main, newest).await?;
        let mut dropped = Vec::new();
        for commit in drop {
            dropped.extend(self.still_there(tip, &picked, &commit.id).await?);
        }
        if dropped.is_empty() {
            // An earlier run of the same command has made the tag without them.
            return Ok((newest.clone(), Vec::new()));
        }
        let remade = pick::without(newest, &picked, &dropped)?;
        let start = match remade.below {
            Some(below) => below,
            None => self.without_merges(newest, &picked, &dropped).await?,
        };
        Ok((start, remade.steps))
    }

    /// What is to be dropped of the tip for `id`: nothing where an earlier tag of the push had it and the newest has it in no
    /// form any more.
    async fn still_there(&self, tip: &Tip, picked: &[Picked], id: &Oid) -> Result<Option<Oid>> {
        if picked.iter().any(|p| p.is_of(id)) {
            return Ok(Some(id.clone()));
        }
        for tag in tip.tags.iter().rev() {
            let had = self.aboard.repo.picked(self.main, tag).await?;
            let names = |p: &Picked| p.is_of(id) || p.reverts.as_ref() == Some(id);
            let Some(had) = had.into_iter().find(names) else { continue };
            // Made again on another commit, it has another name and the same origin.
            let origin = had.origin.clone();
            let again = origin.filter(|origin| picked.iter().any(|p| p.is_of(origin)));
            if again.is_some() {
                return Ok(again);
            }
            let is_gone = !self.aboard.repo.uncarried(&tip.newest, &[had]).await?.is_empty();
            return Ok((!is_gone).then(|| id.clone()));
        }
        Ok(Some(id.clone()))
    }

    /// The commit of main that the tag at `newest` stands on, where merges lie above it: its picks alone, put on that commit,
    /// must be all that the tag is, for what a merge holds besides them would be lost (P6).
    async fn without_merges(
        &self,
        newest: &Oid,
        picked: &[Picked],
        dropped: &[Oid],
    ) -> Result<Oid> {
        let repo = &self.aboard.repo;
        if let [base] = &repo.stands_on(self.main, newest).await?[..] {
            for p in picked.iter().filter(|p| dropped.iter().any(|d| p.is_of(d))) {
                // A merge has brought it as a commit of main as well.
                if let Some(origin) = &p.origin
                    && repo.contains(base, origin).await?
                {
                    return Err(pick::no_pick(origin));
                }
            }
            let again = |p: &Picked| PickStep { commit: p.made.id.clone(), kind: StepKind::Replay };
            let steps: Vec<PickStep> = picked.iter().map(again).collect();
            let all = repo.apply(base, &steps, self.stamp).await?;
            if all.conflict.is_none() && repo.tree(&all.tip).await? == repo.tree(newest).await? {
                return Ok(base.clone());
            }
        }
        let what = "the tag has merges that hold more than its picks, which a tag made again without them would lose";
        let hint = "--revert COMMIT takes a pick back and keeps all else";
        Err(Refusal::new(Code::Refused, what, hint))
    }

    /// What to take back: the commit as the tag has it, by pick or from main.
    async fn reverts(&self, onto: &Oid, revert: &[Commit]) -> Result<Vec<PickStep>> {
        if revert.is_empty() {
            return Ok(Vec::new());
        }
        let picked = self.aboard.repo.picked(self.main, onto).await?;
        let mut steps = Vec::new();
        // The newest first: what was built on another is taken back before it.
        for commit in revert.iter().rev() {
            // Picked, taken back and picked again: what is there is the newest.
            let as_pick = picked
                .iter()
                .rfind(|p| p.origin.as_ref() == Some(&commit.id))
                .map(|p| p.made.id.clone());
            let there = match as_pick {
                Some(made) => Some(made),
                None if self.aboard.repo.contains(onto, &commit.id).await? => {
                    Some(commit.id.clone())
                }
                None => None,
            };
            let commit = there.ok_or_else(|| {
                let what = format!(
                    "the tag does not have {} {}",
                    commit.id.short(),
                    quoted(&commit.subject)
                );
                Refusal::new(Code::NotFound, what, "there is nothing to take back")
            })?;
            steps.push(PickStep { commit, kind: StepKind::Revert });
        }
        Ok(steps)
    }

    /// The picks in main's order, and whether that is another than the one given.
    async fn sorted(&self, picks: &[Commit]) -> Result<(Vec<PickStep>, bool)> {
        let mut given: Vec<Oid> = Vec::new();
        for commit in picks {
            if !given.contains(&commit.id) {
                given.push(commit.id.clone());
            }
        }
        let ordered = if given.len() > 1 {
            self.aboard.repo.in_order(self.main, &given).await?
        } else {
            given.clone()
        };
        let moved = ordered != given;
        Ok((
            ordered.into_iter().map(|commit| PickStep { commit, kind: StepKind::Pick }).collect(),
            moved,
        ))
    }
}
