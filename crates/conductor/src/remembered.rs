//! What was read of the record last, in memory: a server is asked for the same again and again between two entries. To lose it
//! costs time alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use train::facts::{Head, Look};
use train::id::{PushDate, RepoName};
use train::state::State;

use crate::intents::Intents;
use crate::notes::ReadPage;
use crate::ports::{Entry, Observation, Projection};

/// Of how many pushes the entries are remembered: people look at this one and the next.
const PUSHES: usize = 4;

/// What remotes showed, by repository.
pub type Looks = BTreeMap<RepoName, Look>;

/// What was read last.
#[derive(Debug, Default)]
pub struct Remembered {
    state: Mutex<Option<(Head, Arc<State>)>>,
    /// The looks as they were kept, and what they say.
    looks: Mutex<(Vec<Observation>, Arc<Looks>)>,
    /// The entries of pushes; the number says when they were asked for last.
    pushes: Mutex<BTreeMap<PushDate, (u64, Arc<OfPush>)>>,
    /// The pages of notes of pushes as they were kept, and what they are read as, the one that was read last at the end.
    pages: Mutex<Vec<(PushDate, Projection, Arc<ReadPage>)>>,
}

/// The entries of a push, read up to one of the ledger's.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfPush {
    /// The last entry that was read, of whatever it is.
    pub after: u64,
    /// The intents among them.
    pub intents: Intents,
    /// Each with its sentence.
    pub entries: Vec<(Entry, String)>,
}

impl OfPush {
    /// Takes in an entry, if it is one of the push.
    pub fn learn(&mut self, push: PushDate, entry: Entry) {
        if self.intents.is_of(&entry, push) {
            self.intents.learn(&entry);
            let words = self.intents.words(&entry);
            self.entries.push((entry, words));
        }
    }
}

impl Remembered {
    /// The state after that entry, if it is the one that was read last.
    pub(crate) fn state(&self, head: &Head) -> Option<Arc<State>> {
        let known = open(&self.state);
        known.as_ref().filter(|(at, _)| at == head).map(|(_, state)| Arc::clone(state))
    }

    /// Remembers the state after that entry.
    pub(crate) fn keep_state(&self, head: Head, mut state: State) -> Arc<State> {
        let mut known = open(&self.state);
        // Few entries are about the calendar: what was walked of it before is as good.
        let before = known.as_ref().filter(|(_, before)| before.changes == state.changes);
        if let Some((_, before)) = before {
            state.changes = before.changes.clone();
        }
        let state = Arc::new(state);
        *known = Some((head, Arc::clone(&state)));
        state
    }

    /// What `kept` looks say: as they were read before, or as they are `read` now.
    pub(crate) fn looks(
        &self,
        kept: Vec<Observation>,
        read: impl FnOnce(&[Observation]) -> Looks,
    ) -> Arc<Looks> {
        let mut known = open(&self.looks);
        if known.0 != kept {
            let looks = Arc::new(read(&kept));
            *known = (kept, looks);
        }
        Arc::clone(&known.1)
    }

    /// What the page of a push that is `kept` so was read as.
    pub(crate) fn page(&self, push: PushDate, kept: &Projection) -> Option<Arc<ReadPage>> {
        let pages = open(&self.pages);
        let known = pages.iter().find(|(of, before, _)| *of == push && before == kept);
        known.map(|(.., read)| Arc::clone(read))
    }

    /// Remembers what it is read as, and forgets the page that was read first.
    pub(crate) fn keep_page(&self, push: PushDate, kept: Projection, read: Arc<ReadPage>) {
        let mut pages = open(&self.pages);
        pages.retain(|(of, ..)| *of != push);
        pages.push((push, kept, read));
        let most = pages.len().saturating_sub(PUSHES);
        pages.drain(..most);
    }

    /// What was read of a push.
    pub(crate) fn of_push(&self, push: PushDate) -> Option<Arc<OfPush>> {
        let mut pushes = open(&self.pushes);
        let last = pushes.values().map(|(asked, _)| *asked).max().unwrap_or_default();
        let (asked, known) = pushes.get_mut(&push)?;
        *asked = last + 1;
        Some(Arc::clone(known))
    }

    /// Remembers what was read of a push, and forgets the one that was not asked for the longest.
    pub(crate) fn keep_of_push(&self, push: PushDate, of_push: OfPush) -> Arc<OfPush> {
        let mut pushes = open(&self.pushes);
        let last = pushes.values().map(|(asked, _)| *asked).max().unwrap_or_default();
        let of_push = Arc::new(of_push);
        pushes.insert(push, (last + 1, Arc::clone(&of_push)));
        if pushes.len() > PUSHES {
            let oldest = pushes.iter().min_by_key(|(_, (asked, _))| *asked).map(|(push, _)| *push);
            oldest.map(|oldest| pushes.remove(&oldest));
        }
        of_push
    }
}

fn open<T>(known: &Mutex<T>) -> MutexGuard<'_, T> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
