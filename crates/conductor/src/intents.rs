//! What a result is the result of, and who may know of it: an entry of the ledger alone does not say it.

use std::collections::BTreeMap;

use train::event::{Event, Outcome};
use train::id::{PushDate, RepoName};
use train::intent::{Intent, IntentId, Purpose, Tagged};
use train::state::State;

use crate::ports::Entry;
use crate::telling;

/// Whether an event names what is not on upstream yet.
fn hidden(event: &Event, state: &State) -> bool {
    match event {
        Event::Intended(intent) => hides(intent, state),
        // Only merges and syncs move branches. What was found in the way of a sync is on the security remote.
        Event::Settled { outcome: Outcome::Overtaken { name, .. }, .. } => {
            name.starts_with("refs/heads/")
        }
        other => other.embargoed(),
    }
}

/// The same of an intent: a merge stops being hidden when it is public.
pub(crate) fn hides(intent: &Intent, state: &State) -> bool {
    match intent.purpose {
        Purpose::Merge { .. } => state.open.contains_key(&intent.id) || !reached(state, intent),
        Purpose::SetAside => true,
        Purpose::Tag(_) | Purpose::Pick(_) | Purpose::Sync => false,
    }
}

fn reached(state: &State, intent: &Intent) -> bool {
    intent
        .updates
        .iter()
        .all(|u| state.merges.iter().any(|m| m.repo == intent.repo && m.commit == u.commit))
}

/// The intents among the entries read: a result alone does not say what it is the result of, nor a tag what it lacks of
/// the one before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Intents {
    all: BTreeMap<IntentId, Intent>,
    /// The newest tag that is there, by repository and push.
    newest: BTreeMap<(RepoName, Option<PushDate>), Tagged>,
}

impl Intents {
    /// Takes an entry in: what comes after it may be about it.
    pub fn learn(&mut self, entry: &Entry) {
        match &entry.content {
            Some((_, Event::Intended(intent))) => {
                self.all.insert(intent.id.clone(), (**intent).clone());
            }
            Some((
                _,
                Event::Settled { intent, outcome: Outcome::Published | Outcome::Already },
            )) => {
                let landed = self.all.get(intent);
                let tagged = landed.and_then(|of| Some((of, tagged(&of.purpose)?.clone())));
                if let Some((of, tagged)) = tagged {
                    self.newest.insert((of.repo.clone(), of.push), tagged);
                }
            }
            _ => {}
        }
    }

    fn of(&self, event: &Event) -> Option<&Intent> {
        let Event::Settled { intent, .. } = event else { return None };
        self.all.get(intent)
    }

    /// Whether the entry is of that push: by its stream, or as a result of an intent of it.
    pub fn is_of(&self, entry: &Entry, push: PushDate) -> bool {
        let event = entry.content.as_ref().map(|(_, event)| event);
        let settled = event.and_then(|event| self.of(event));
        // A page is kept under the date that its push was scheduled for, wherever that was moved.
        let noted = match event {
            Some(Event::NotesWritten(written)) => Some(written.push),
            Some(
                Event::BlockerSettled { push, .. }
                | Event::AskDeclined { push, .. }
                | Event::CarriedOver { push, .. },
            ) => Some(*push),
            _ => None,
        };
        entry.stream == format!("push/{push}")
            || settled.is_some_and(|intent| intent.push == Some(push))
            || noted == Some(push)
    }

    /// Whether only the security role may know of it: of what is not public, or the result of it (P9).
    pub fn keep_back(&self, entry: &Entry, state: &State) -> bool {
        match &entry.content {
            Some((_, event)) => {
                hidden(event, state) || self.of(event).is_some_and(|of| hides(of, state))
            }
            // Of what was erased the kind is left, and says enough.
            None => matches!(entry.kind.as_str(), "approved" | "unreviewed"),
        }
    }

    /// The tag that one to come is made after.
    fn before(&self, event: &Event) -> Option<&Tagged> {
        let Event::Intended(intent) = event else { return None };
        self.newest.get(&(intent.repo.clone(), intent.push))
    }

    /// An entry in a sentence.
    pub fn words(&self, entry: &Entry) -> String {
        entry.content.as_ref().map_or_else(|| "erased".to_owned(), |(_, event)| self.told(event))
    }

    /// What an entry says, in a sentence.
    pub fn told(&self, event: &Event) -> String {
        let about = self.of(event).map(telling::about);
        telling::words(event, about.as_deref(), self.before(event))
    }
}

fn tagged(purpose: &Purpose) -> Option<&Tagged> {
    match purpose {
        Purpose::Tag(tagged) | Purpose::Pick(tagged) => Some(tagged),
        Purpose::Merge { .. } | Purpose::Sync | Purpose::SetAside => None,
    }
}
