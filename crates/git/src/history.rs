//! Walks through history, in this process.
//!
//! A walk follows two sides, newest first, until whatever is left was reached from both. Its answers are exact, whatever
//! dates the commits carry.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::rc::Rc;

use conductor::failure::Result;
use train::id::Oid;

use crate::objects::{self, Objects};
use crate::raw::Raw;

/// Reached from the left side.
const LEFT: u8 = 1;
/// Reached from the right side.
const RIGHT: u8 = 2;
const BOTH: u8 = LEFT | RIGHT;

/// The side of a difference that alone has a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// The history of a store, commits kept as they are read.
pub(crate) struct History<'a> {
    objects: &'a Objects,
    known: RefCell<HashMap<Oid, Rc<Known>>>,
}

/// What walks need of a commit.
pub(crate) struct Known {
    /// Its parents, first parent first.
    pub parents: Vec<Oid>,
    date: u64,
}

impl<'a> History<'a> {
    /// Of a store.
    pub(crate) fn of(objects: &'a Objects) -> Self {
        Self { objects, known: RefCell::default() }
    }

    /// A commit, as far as walks need it.
    pub(crate) fn commit(&self, id: &Oid) -> Result<Rc<Known>> {
        if let Some(known) = self.known.borrow().get(id) {
            return Ok(Rc::clone(known));
        }
        let bytes = self.objects.commit(id)?.ok_or_else(|| objects::no_such(id))?;
        let raw = Raw::parse(&bytes);
        let known = Rc::new(Known { parents: raw.parents(), date: raw.committed() });
        self.known.borrow_mut().insert(id.clone(), Rc::clone(&known));
        Ok(known)
    }

    /// Whether `commit` is one of `tips` or in the history of one.
    ///
    /// A commit on a way from a tip down to `commit` is never reached from `commit`, so that no such way is left early.
    pub(crate) fn is_in<'i>(
        &self,
        commit: &'i Oid,
        tips: impl IntoIterator<Item = &'i Oid>,
    ) -> Result<bool> {
        let mut walk = Walk::from(self, [commit], tips)?;
        while walk.mark(commit) != BOTH {
            if !walk.step()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The commits that only one side has, newest first as git lists them, each with the side that has it.
    pub(crate) fn difference(&self, left: &[Oid], right: &[Oid]) -> Result<Vec<(Side, Oid)>> {
        let mut walk = Walk::from(self, left, right)?;
        while walk.step()? {}
        self.mend(&mut walk, left, right)?;
        let seen = std::mem::take(&mut walk.seen);
        let sided = seen.into_iter().filter_map(|id| match walk.mark(&id) {
            LEFT => Some((Side::Left, id)),
            RIGHT => Some((Side::Right, id)),
            _ => None,
        });
        Ok(sided.collect())
    }

    /// The commits that some of `tips` have and none of `others` has, newest first as git lists them.
    pub(crate) fn without(&self, tips: &[Oid], others: &[Oid]) -> Result<Vec<Oid>> {
        let both = self.difference(tips, others)?.into_iter();
        Ok(both.filter(|(side, _)| *side == Side::Left).map(|(_, id)| id).collect())
    }

    /// Finds what a walk took for one side's although the other has it too: dates that go back can hide a way. What one
    /// side alone has is closed upwards, so that it suffices to look at the lowest commits.
    fn mend(&self, walk: &mut Walk<'_, '_>, left: &[Oid], right: &[Oid]) -> Result<()> {
        let mut right_to_be_here = HashSet::new();
        loop {
            let mut found = Vec::new();
            for id in walk.seen.iter().filter(|id| walk.mark(id) != BOTH) {
                let parents = &self.commit(id)?.parents;
                let is_lowest = parents.iter().all(|parent| walk.mark(parent) == BOTH);
                if !is_lowest || right_to_be_here.contains(id) {
                    continue;
                }
                let other = if walk.mark(id) == LEFT { right } else { left };
                if self.is_in(id, other)? {
                    found.push(id.clone());
                } else {
                    right_to_be_here.insert(id.clone());
                }
            }
            if found.is_empty() {
                return Ok(());
            }
            walk.marks.extend(found.into_iter().map(|id| (id, BOTH)));
        }
    }

    /// The same commits, none before all its children among them: as `git log --topo-order` puts what it would list in
    /// the order of `listed`.
    pub(crate) fn topological(&self, listed: &[Oid]) -> Result<Vec<Oid>> {
        let mut children: HashMap<&Oid, usize> = listed.iter().map(|id| (id, 0)).collect();
        for id in listed {
            for parent in &self.commit(id)?.parents {
                if let Some(count) = children.get_mut(parent) {
                    *count += 1;
                }
            }
        }
        let mut ready: Vec<Oid> =
            listed.iter().rev().filter(|id| children.get(id) == Some(&0)).cloned().collect();
        let mut ordered = Vec::with_capacity(listed.len());
        while let Some(id) = ready.pop() {
            for parent in &self.commit(&id)?.parents {
                if let Some(count) = children.get_mut(parent) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(parent.clone());
                    }
                }
            }
            ordered.push(id);
        }
        Ok(ordered)
    }
}

/// A walk along both sides.
struct Walk<'w, 'a> {
    history: &'w History<'a>,
    marks: HashMap<Oid, u8>,
    /// By date, and those of one date in the order in which they were reached.
    queue: BinaryHeap<(u64, Reverse<usize>, Oid, u8)>,
    /// How many were ever queued.
    turns: usize,
    /// How many in the queue were reached from one side alone when they were put there.
    open: usize,
    /// What was left behind, in that order.
    seen: Vec<Oid>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn from<'i>(
        history: &'w History<'a>,
        left: impl IntoIterator<Item = &'i Oid>,
        right: impl IntoIterator<Item = &'i Oid>,
    ) -> Result<Self> {
        let (marks, queue, seen) = (HashMap::new(), BinaryHeap::new(), Vec::new());
        let mut walk = Self { history, marks, queue, turns: 0, open: 0, seen };
        let left = left.into_iter().map(|id| (id, LEFT));
        for (id, mark) in left.chain(right.into_iter().map(|id| (id, RIGHT))) {
            walk.reach(id, mark)?;
        }
        Ok(walk)
    }

    fn mark(&self, id: &Oid) -> u8 {
        self.marks.get(id).copied().unwrap_or_default()
    }

    /// Queues a commit, where that it was reached so is news.
    fn reach(&mut self, id: &Oid, mark: u8) -> Result<()> {
        let known = self.mark(id);
        let mark = known | mark;
        if mark != known {
            self.marks.insert(id.clone(), mark);
            self.turns += 1;
            self.open += usize::from(mark != BOTH);
            let date = self.history.commit(id)?.date;
            self.queue.push((date, Reverse(self.turns), id.clone(), mark));
        }
        Ok(())
    }

    /// Follows the newest commit to its parents. False once whatever is left was reached from both sides.
    fn step(&mut self) -> Result<bool> {
        if self.open == 0 {
            return Ok(false);
        }
        let Some((_, _, id, queued)) = self.queue.pop() else { return Ok(false) };
        self.open -= usize::from(queued != BOTH);
        let mark = self.mark(&id);
        let known = self.history.commit(&id)?;
        for parent in &known.parents {
            self.reach(parent, mark)?;
        }
        self.seen.push(id);
        Ok(true)
    }
}
