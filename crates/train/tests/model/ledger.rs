//! One ledger: the product's events, chained, folded by the product's own `State::apply`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use train::event::Event;
use train::facts::{Head, SeenFence};
use train::fence;
use train::id::RepoName;
use train::refusal::Refusal;
use train::state::State;

/// Two ledgers are equal when their chains end in the same hash: it covers all that the state is folded from.
#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) id: &'static str,
    pub(crate) state: Arc<State>,
    hashes: Arc<Vec<String>>,
}

impl Ledger {
    pub(crate) fn new(id: &'static str) -> Self {
        let mut ledger = Self { id, state: Arc::default(), hashes: Arc::default() };
        ledger.append(vec![Event::Began { on: jiff::civil::date(2026, 11, 1), rehearsal: false }]);
        ledger
    }

    pub(crate) fn append(&mut self, events: Vec<Event>) {
        let (state, hashes) = (Arc::make_mut(&mut self.state), Arc::make_mut(&mut self.hashes));
        for event in events {
            let hash = train::digest::of(&(self.id, hashes.last(), &event)).repeat(4);
            state.apply(&event, Timestamp::UNIX_EPOCH, "mat");
            hashes.push(hash);
        }
    }

    pub(crate) fn head(&self) -> Head {
        let hash = self.hashes.last().cloned().unwrap_or_default();
        Head { seq: self.hashes.len() as u64, hash }
    }

    /// Whether a fence lets this ledger act.
    pub(crate) fn check(&self, repo: &RepoName, seen: Option<&SeenFence>) -> Result<(), Refusal> {
        let body = seen.and_then(|seen| seen.body.as_ref());
        let has_head = body.is_some_and(|body| self.hashes.contains(&body.head.hash));
        fence::check(repo, seen, fence::Ours { ledger: self.id, has_head, state: &self.state })
    }
}

impl PartialEq for Ledger {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.hashes.last() == other.hashes.last()
    }
}

impl Eq for Ledger {}

impl Hash for Ledger {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.id, self.hashes.last()).hash(hasher);
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let open: Vec<_> = self.state.open.values().map(|i| (&i.purpose, &i.updates)).collect();
        write!(f, "{} at {}, open: {open:?}", self.id, self.hashes.len())
    }
}
