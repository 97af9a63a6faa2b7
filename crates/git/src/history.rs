//! Walks through history, in this process.

use std::cell::RefCell;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use conductor::failure::Result;
use train::id::Oid;

use crate::objects::{self, Objects};
use crate::raw::Raw;

/// Reached from the commit that is looked for.
const WANTED: u8 = 1;
/// Reached from the tip.
const TIP: u8 = 2;

/// The history of a store, commits kept as they are read.
pub(crate) struct History<'a> {
    objects: &'a Objects,
    known: RefCell<HashMap<Oid, Rc<Known>>>,
}

/// What walks need of a commit.
struct Known {
    parents: Vec<Oid>,
    date: u64,
}

impl<'a> History<'a> {
    /// Of a store.
    pub(crate) fn of(objects: &'a Objects) -> Self {
        Self { objects, known: RefCell::default() }
    }

    fn commit(&self, id: &Oid) -> Result<Rc<Known>> {
        if let Some(known) = self.known.borrow().get(id) {
            return Ok(Rc::clone(known));
        }
        let bytes = self.objects.commit(id)?.ok_or_else(|| objects::no_such(id))?;
        let raw = Raw::parse(&bytes);
        let known = Rc::new(Known { parents: raw.parents(), date: raw.committed() });
        self.known.borrow_mut().insert(id.clone(), Rc::clone(&known));
        Ok(known)
    }

    /// Whether `commit` is `tip` or in its history.
    ///
    /// Both are followed, newest first, until whatever is left was reached from both. A commit on a way from `tip` down
    /// to `commit` is never reached from `commit`, so that no such way is left early, whatever the dates.
    pub(crate) fn is_in(&self, commit: &Oid, tip: &Oid) -> Result<bool> {
        let mut marks: HashMap<Oid, u8> = HashMap::new();
        let mut queue = BinaryHeap::new();
        // How many in the queue were reached from one side alone when they were put there.
        let mut open = 0_usize;
        for (id, mark) in [(commit, WANTED), (tip, TIP)] {
            *marks.entry(id.clone()).or_default() |= mark;
            queue.push((self.commit(id)?.date, id.clone(), mark));
            open += 1;
        }
        while open > 0 {
            if marks.get(commit).is_some_and(|mark| mark & TIP != 0) {
                return Ok(true);
            }
            let Some((_, id, pushed)) = queue.pop() else { break };
            open -= usize::from(pushed != WANTED | TIP);
            let mark = marks.get(&id).copied().unwrap_or_default();
            for parent in &self.commit(&id)?.parents {
                let seen = marks.entry(parent.clone()).or_default();
                if *seen | mark != *seen {
                    *seen |= mark;
                    open += usize::from(*seen != WANTED | TIP);
                    queue.push((self.commit(parent)?.date, parent.clone(), *seen));
                }
            }
        }
        Ok(marks.get(commit).is_some_and(|mark| mark & TIP != 0))
    }
}
