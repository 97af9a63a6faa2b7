//! `log`: the record, as each reader may see it (P9).

use std::collections::BTreeMap;

use train::event::{Event, Outcome};
use train::id::{PushDate, RepoName};
use train::intent::{Intent, IntentId, Purpose, Tagged};
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
    /// At most this many, the newest; all if none.
    pub last: Option<usize>,
}

/// How far the ledger was read, and what a result further on may be the result of.
#[derive(Debug, Default)]
pub struct Reading {
    after: u64,
    intents: Intents,
}

impl Conductor {
    /// Entries of the ledger from where `reading` stands, oldest first; what is embargoed is left out for those without the
    /// security role (P9).
    pub async fn log(&self, wish: &LogWish, reading: &mut Reading) -> Result<LogView> {
        let state = self.state().await?;
        let sees_all = self.acting(&state).holds(&[Role::Security]);
        let mut views = Vec::new();
        loop {
            let entries = self.ledger.read(reading.after, PAGE, None).await?;
            let Some(last) = entries.last() else { break };
            reading.after = last.seq;
            for entry in &entries {
                reading.intents.learn(entry);
                let kept_back = reading.intents.keep_back(entry, &state);
                let meant = wish.push.is_none_or(|push| reading.intents.is_of(entry, push));
                if meant && (sees_all || !kept_back) {
                    let mut view = self.entry_view(entry, &reading.intents);
                    view.withheld = kept_back;
                    // A gap in the numbers would tell how many were left out, and when.
                    view.seq = view.seq.filter(|_| sees_all || !self.has_twins());
                    views.push(view);
                }
            }
        }
        if let Some(last) = wish.last {
            views.drain(..views.len().saturating_sub(last));
        }
        Ok(LogView { entries: views })
    }

    /// How many of the chain's entries this reader may know of.
    pub(crate) async fn readable(&self, entries: u64) -> Result<u64> {
        if !self.has_twins() {
            return Ok(entries);
        }
        let view = self.log(&LogWish::default(), &mut Reading::default()).await?;
        Ok(u64::try_from(view.entries.len()).unwrap_or(entries))
    }

    /// Whether whoever acts may know of an intent: of one that names what is not public the security role alone (P9).
    pub(crate) fn may_hear_of(&self, intent: &Intent, state: &State) -> bool {
        !hides(intent, state) || self.acting(state).holds(&[Role::Security])
    }

    /// Whether whoever acts is told of what is embargoed: somebody without the security role reads none of it (P9).
    pub async fn hears_of_embargoed(&self) -> Result<bool> {
        Ok(self.has_twins() && self.acting(&self.state().await?).holds(&[Role::Security]))
    }

    /// Whether a repository has a private twin, so that there is anything to be kept from anybody (P9).
    #[must_use]
    pub fn has_twins(&self) -> bool {
        self.aboard.iter().any(|aboard| aboard.settings.security.is_some())
    }

    fn entry_view(&self, entry: &Entry, intents: &Intents) -> EntryView {
        let content = entry.content.as_ref();
        EntryView {
            seq: Some(entry.seq),
            at: Moment(self.local(entry.at)),
            stream: entry.stream.clone(),
            kind: entry.kind.clone(),
            actor: content.map(|(actor, _)| actor.name.clone()),
            proof: content.map(|(actor, _)| actor.proof.clone()),
            event: content.and_then(|(_, event)| serde_json::to_value(event).ok()),
            withheld: false,
            hash: entry.hash.clone(),
            words: content.map_or_else(
                || "erased".to_owned(),
                |(_, event)| {
                    telling::words(event, intents.about(event).as_deref(), intents.before(event))
                },
            ),
        }
    }
}

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
fn hides(intent: &Intent, state: &State) -> bool {
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
#[derive(Debug, Default)]
struct Intents {
    all: BTreeMap<IntentId, Intent>,
    /// The newest tag that is there, by repository and push.
    newest: BTreeMap<(RepoName, Option<PushDate>), Tagged>,
}

impl Intents {
    fn learn(&mut self, entry: &Entry) {
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
    fn is_of(&self, entry: &Entry, push: PushDate) -> bool {
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
    fn keep_back(&self, entry: &Entry, state: &State) -> bool {
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

    fn about(&self, event: &Event) -> Option<String> {
        self.of(event).map(telling::about)
    }
}

fn tagged(purpose: &Purpose) -> Option<&Tagged> {
    match purpose {
        Purpose::Tag(tagged) | Purpose::Pick(tagged) => Some(tagged),
        Purpose::Merge { .. } | Purpose::Sync | Purpose::SetAside => None,
    }
}
