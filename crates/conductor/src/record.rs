//! `log`: the record, as each reader may see it (P9).

use std::collections::BTreeMap;

use train::event::{Event, Outcome};
use train::id::PushDate;
use train::intent::{Intent, IntentId, Purpose};
use train::people::Role;
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::Entry;
use crate::telling;
use crate::view::{EntryView, LogView, Moment};

/// How many entries are read at once.
const PAGE: usize = 1_000;

/// Which entries to show.
#[derive(Debug, Clone, Default)]
pub struct LogWish {
    /// Only this push's stream.
    pub push: Option<PushDate>,
    /// Only entries after this number.
    pub after: u64,
    /// At most this many, the newest; all if none.
    pub last: Option<usize>,
}

impl Conductor {
    /// Entries of the ledger, oldest first; what is embargoed is withheld from those without the security role (P9).
    pub async fn log(&self, wish: &LogWish) -> Result<LogView> {
        let state = self.state().await?;
        let sees_all = self.acting(&state).holds(&[Role::Security]);
        let mut after = wish.after;
        let mut views = Vec::new();
        let mut intents = Intents::default();
        loop {
            let entries = self.ledger.read(after, PAGE, None).await?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                intents.learn(entry, &state);
                if wish.push.is_none_or(|push| intents.is_of(entry, push)) {
                    views.push(self.entry_view(entry, &state, sees_all, &intents));
                }
            }
        }
        if let Some(last) = wish.last {
            views.drain(..views.len().saturating_sub(last));
        }
        Ok(LogView { entries: views })
    }

    fn entry_view(
        &self,
        entry: &Entry,
        state: &State,
        sees_all: bool,
        intents: &Intents,
    ) -> EntryView {
        let event = entry.content.as_ref().map(|(_, event)| event);
        let withheld = !sees_all && event.is_some_and(|e| hidden(e, state) || intents.hide(e));
        let content = entry.content.as_ref().filter(|_| !withheld);
        EntryView {
            seq: entry.seq,
            at: Moment(self.local(entry.at)),
            stream: entry.stream.clone(),
            kind: if withheld { "withheld".to_owned() } else { entry.kind.clone() },
            actor: content.map(|(actor, _)| actor.name.clone()),
            proof: content.map(|(actor, _)| actor.proof.clone()),
            event: content.and_then(|(_, event)| serde_json::to_value(event).ok()),
            withheld,
            hash: entry.hash.clone(),
            words: match (content, withheld) {
                (Some((_, event)), _) => telling::words(event, intents.about(event)),
                (None, true) => "withheld until it is public".to_owned(),
                (None, false) => "erased".to_owned(),
            },
        }
    }
}

/// Whether an event names what is not on upstream yet: a merge stops being hidden when it is public.
fn hidden(event: &Event, state: &State) -> bool {
    let public = |id: &IntentId| !state.open.contains_key(id);
    match event {
        Event::Intended(intent) if matches!(intent.purpose, Purpose::Merge { .. }) => {
            !public(&intent.id) || !reached(state, intent)
        }
        // Only merges and syncs move branches. What was found in the way of a sync is on the security remote.
        Event::Settled { outcome: Outcome::Overtaken { name, .. }, .. } => {
            name.starts_with("refs/heads/")
        }
        other => other.embargoed(),
    }
}

fn reached(state: &State, intent: &Intent) -> bool {
    intent
        .updates
        .iter()
        .all(|u| state.merges.iter().any(|m| m.repo == intent.repo && m.commit == u.commit))
}

/// The intents among the entries read: a result alone does not say what it is the result of.
#[derive(Debug, Default)]
struct Intents(BTreeMap<IntentId, Known>);

#[derive(Debug)]
struct Known {
    push: Option<PushDate>,
    about: String,
    hidden: bool,
}

impl Intents {
    fn learn(&mut self, entry: &Entry, state: &State) {
        if let Some((_, event @ Event::Intended(intent))) = &entry.content {
            let known = Known {
                push: intent.push,
                about: telling::about(intent),
                hidden: hidden(event, state),
            };
            self.0.insert(intent.id.clone(), known);
        }
    }

    fn of(&self, event: &Event) -> Option<&Known> {
        let Event::Settled { intent, .. } = event else { return None };
        self.0.get(intent)
    }

    /// Whether the entry is of that push: by its stream, or as a result of an intent of it.
    fn is_of(&self, entry: &Entry, push: PushDate) -> bool {
        let event = entry.content.as_ref().map(|(_, event)| event);
        let settled = event.and_then(|event| self.of(event));
        // A page is kept under the date that its push was scheduled for, wherever that was moved.
        let noted = match event {
            Some(Event::NotesWritten(written)) => Some(written.push),
            Some(Event::BlockerSettled { push, .. }) => Some(*push),
            _ => None,
        };
        entry.stream == format!("push/{push}")
            || settled.is_some_and(|known| known.push == Some(push))
            || noted == Some(push)
    }

    /// Whether it is the result of what may not be told (P9).
    fn hide(&self, event: &Event) -> bool {
        self.of(event).is_some_and(|known| known.hidden)
    }

    fn about(&self, event: &Event) -> Option<&str> {
        self.of(event).map(|known| known.about.as_str())
    }
}
