//! What was read of the record last, in memory: a server is asked for the same again and again between two entries. To lose it
//! costs time alone.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use train::facts::{Head, Look};
use train::id::{PushDate, RepoName};
use train::state::State;

use crate::intents::Intents;
use crate::ports::{Entry, Observation, Projection};
use crate::read_page::ReadPage;

/// How many pushes something is remembered of: people look at this one and the next.
const PUSHES: usize = 4;

/// How much of what took long to find out: several times what a page of a push of many repositories asks for.
const FINDS: usize = 256;

/// What remotes showed, by repository.
pub type Looks = BTreeMap<RepoName, Look>;

/// What it was found of, and what was found.
type Found = (String, Arc<dyn Any + Send + Sync>);

/// What was read last.
#[derive(Debug, Default)]
pub struct Remembered {
    state: Mutex<Option<(Head, Arc<State>)>>,
    /// A state, and the same without what programs said.
    unquoted: Mutex<Option<(Arc<State>, Arc<State>)>>,
    /// The looks as they were kept, and what they say.
    looks: Mutex<(Vec<Observation>, Arc<Looks>)>,
    /// The entries of pushes.
    pushes: LastAsked<OfPush>,
    /// The pages of notes as they were kept, and what they are read as.
    pages: LastAsked<(Projection, Arc<ReadPage>)>,
    /// What took long to find out, by its name, and what it was found of.
    found: Mutex<BTreeMap<String, Found>>,
}

/// Something of the pushes that were asked for last, the last of them at the end.
#[derive(Debug)]
struct LastAsked<T>(Mutex<Vec<(PushDate, Arc<T>)>>);

impl<T> Default for LastAsked<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> LastAsked<T> {
    /// What is remembered of a push.
    fn of(&self, push: PushDate) -> Option<Arc<T>> {
        let mut known = open(&self.0);
        let at = known.iter().position(|(of, _)| *of == push)?;
        known[at..].rotate_left(1);
        known.last().map(|(_, one)| Arc::clone(one))
    }

    /// Remembers it, and forgets the push that was not asked for the longest.
    fn keep(&self, push: PushDate, one: Arc<T>) {
        let mut known = open(&self.0);
        known.retain(|(of, _)| *of != push);
        known.push((push, one));
        let more = known.len().saturating_sub(PUSHES);
        known.drain(..more);
    }
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

    /// The same state without what programs said.
    pub(crate) fn unquoted(&self, state: Arc<State>) -> Arc<State> {
        let mut known = open(&self.unquoted);
        if let Some((_, unquoted)) = known.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &state)) {
            return Arc::clone(unquoted);
        }
        let mut unquoted = Arc::clone(&state);
        if let Some(days) = state.days.unquoted() {
            Arc::make_mut(&mut unquoted).days = days;
        }
        *known = Some((state, Arc::clone(&unquoted)));
        unquoted
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
        let known = self.pages.of(push)?;
        let (before, read) = &*known;
        // A page that was written in is of another entry, which is told before the two are read.
        (before.seq == kept.seq && before == kept).then(|| Arc::clone(read))
    }

    /// Remembers what it is read as.
    pub(crate) fn keep_page(&self, push: PushDate, kept: Projection, read: Arc<ReadPage>) {
        self.pages.keep(push, Arc::new((kept, read)));
    }

    /// What was found last under a name, if it was found of the same.
    pub(crate) fn found<T: Clone + 'static>(&self, name: &str, of: &str) -> Option<T> {
        let known = open(&self.found);
        let (before, found) = known.get(name)?;
        found.downcast_ref::<T>().filter(|_| before == of).cloned()
    }

    /// Remembers what was found.
    pub(crate) fn keep_found<T: Send + Sync + 'static>(&self, name: &str, of: &str, found: T) {
        let mut known = open(&self.found);
        if known.len() >= FINDS && !known.contains_key(name) {
            // Of the earliest push, as its name begins.
            known.pop_first();
        }
        known.insert(name.to_owned(), (of.to_owned(), Arc::new(found)));
    }

    /// What was read of a push.
    pub(crate) fn of_push(&self, push: PushDate) -> Option<Arc<OfPush>> {
        self.pushes.of(push)
    }

    /// Remembers what was read of a push.
    pub(crate) fn keep_of_push(&self, push: PushDate, of_push: OfPush) -> Arc<OfPush> {
        let of_push = Arc::new(of_push);
        self.pushes.keep(push, Arc::clone(&of_push));
        of_push
    }
}

fn open<T>(known: &Mutex<T>) -> MutexGuard<'_, T> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_and_again_stays_whatever_else_is_asked_for() {
        let known = LastAsked::default();
        let push = |day: usize| format!("2026.11.{day:02}").parse::<PushDate>().unwrap();
        for day in 1..=PUSHES {
            known.keep(push(day), Arc::new(day));
        }
        for day in PUSHES + 1..=3 * PUSHES {
            assert_eq!(known.of(push(1)).as_deref(), Some(&1), "before the one of {day}");
            known.keep(push(day), Arc::new(day));
            assert_eq!(known.of(push(day)).as_deref(), Some(&day));
            assert!(known.of(push(day + 1 - PUSHES)).is_none(), "it was not asked for the longest");
        }
    }

    #[test]
    fn what_is_kept_anew_stands_in_the_place_of_what_was() {
        let known = LastAsked::default();
        let push = "2026.11.26".parse::<PushDate>().unwrap();
        for n in 0..=PUSHES {
            known.keep(push, Arc::new(n));
        }
        assert_eq!(known.of(push).as_deref(), Some(&PUSHES));
        assert_eq!(open(&known.0).len(), 1);
    }
}
