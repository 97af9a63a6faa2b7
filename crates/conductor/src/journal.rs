//! The ledger as a use case sees it: the state folded so far, and one way to add to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use train::event::Event;
use train::facts::Head;
use train::notes::embargo::Embargoed;
use train::people::Actor;
use train::refusal::Code;
use train::state::State;

use crate::embargo::tells_nothing;
use crate::failure::{Failure, Result};
use crate::ports::{Draft, Entry, Ledger, Lock, Projection};

/// The projection that holds the folded state.
const STATE: &str = "state";

/// How many entries are read at once when the projection is behind.
const PAGE: usize = 1_000;

/// The state after the last entry, and where that is.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The folded state.
    pub state: State,
    /// The end of the chain it was folded to.
    pub head: Head,
}

/// Reads the state: from its projection, and the entries after that.
pub async fn read(ledger: &dyn Ledger) -> Result<Seen> {
    let (mut state, mut seq) = match ledger.projection(STATE).await? {
        Some(kept) => match serde_json::from_str(&kept.body) {
            Ok(state) => (state, kept.seq),
            // A projection of another form is dropped and rebuilt: it holds nothing that the entries don't.
            Err(_) => (State::default(), 0),
        },
        None => (State::default(), 0),
    };
    let head = ledger.head().await?;
    while seq < head.seq {
        let entries = ledger.read(seq, PAGE, None).await?;
        let Some(last) = entries.last() else { break };
        seq = last.seq;
        fold(&mut state, &entries);
    }
    Ok(Seen { state, head })
}

/// Folds every entry anew, showing each to `learn`: what the projection must equal.
pub async fn rebuilt(ledger: &dyn Ledger, mut learn: impl FnMut(&Entry)) -> Result<State> {
    let (mut state, mut seq) = (State::default(), 0);
    loop {
        let entries = ledger.read(seq, PAGE, None).await?;
        let Some(last) = entries.last() else { return Ok(state) };
        seq = last.seq;
        entries.iter().for_each(&mut learn);
        fold(&mut state, &entries);
    }
}

fn fold(state: &mut State, entries: &[Entry]) {
    for entry in entries {
        if let Some((actor, event)) = &entry.content {
            state.apply(event, entry.at, &actor.name);
        }
    }
}

/// A ledger open for writing: holds the lock, knows the state, appends.
pub struct Journal {
    ledger: Arc<dyn Ledger>,
    lock: Arc<Lock>,
    actor: Actor,
    seen: Seen,
    /// What no reason may tell of; none where that can't be read now.
    embargoed: Option<Embargoed>,
}

impl Journal {
    /// Takes the lock and reads the state under it.
    pub async fn open(ledger: Arc<dyn Ledger>, actor: Actor, patience: Duration) -> Result<Self> {
        let lock = Arc::new(ledger.lock(patience).await?);
        let seen = read(ledger.as_ref()).await?;
        Ok(Self { ledger, lock, actor, seen, embargoed: Some(Embargoed::default()) })
    }

    /// The same where something is under embargo: from here on it takes no reason that tells of it (P9).
    #[must_use]
    pub(crate) fn keeping(self, embargoed: Option<Embargoed>) -> Self {
        Self { embargoed, ..self }
    }

    /// The state after the last entry.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.seen.state
    }

    /// The end of the chain.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.seen.head
    }

    /// The right to write to remotes.
    #[must_use]
    pub fn lock(&self) -> Arc<Lock> {
        Arc::clone(&self.lock)
    }

    /// Appends events at `at`, in one transaction with the state they come to.
    pub async fn append(&mut self, at: Timestamp, events: Vec<Event>) -> Result<()> {
        self.append_keeping(at, events, &|_| Vec::new()).await
    }

    /// The same, with further views that `keep` gives for the last entry's number.
    pub async fn append_keeping(
        &mut self,
        at: Timestamp,
        events: Vec<Event>,
        keep: &(dyn Fn(u64) -> Vec<Projection> + Send + Sync),
    ) -> Result<()> {
        let by = |event| (self.actor.clone(), event);
        self.append_by(at, events.into_iter().map(by).collect(), keep).await
    }

    /// The same, each by whom it is.
    pub async fn append_by(
        &mut self,
        at: Timestamp,
        events: Vec<(Actor, Event)>,
        keep: &(dyn Fn(u64) -> Vec<Projection> + Send + Sync),
    ) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let said: Vec<&str> = events.iter().flat_map(|(_, event)| event.said()).collect();
        tells_nothing(self.embargoed.as_ref(), &said)?;
        self.prove_pushes(events.iter().map(|(_, event)| event)).await?;
        let drafts = events.into_iter().map(|(actor, event)| Draft { at, actor, event }).collect();
        let before = self.seen.state.clone();
        let project = move |entries: &[Entry]| {
            let mut state = before.clone();
            fold(&mut state, entries);
            let seq = entries.last().map_or(0, |e| e.seq);
            let mut kept = keep(seq);
            if let Ok(body) = serde_json::to_string(&state) {
                kept.push(Projection { name: STATE.to_owned(), seq, body });
            }
            kept
        };
        let entries = self.ledger.append(&self.lock, &self.seen.head, drafts, &project).await?;
        fold(&mut self.seen.state, &entries);
        if let Some(last) = entries.last() {
            self.seen.head = Head { seq: last.seq, hash: last.hash.clone() };
        }
        Ok(())
    }
}

impl Journal {
    /// Before an intent, that the entries of its push still say what was recorded: nothing is published over one that was
    /// changed (P10). The whole chain is for `check` and `verify`: it grows for ever, and a cut does not wait for it.
    async fn prove_pushes(&self, events: impl Iterator<Item = &Event>) -> Result<()> {
        let intended = |event: &Event| match event {
            Event::Intended(intent) => intent.push.map(|_| event.stream()),
            _ => None,
        };
        let pushes: BTreeSet<String> = events.filter_map(intended).collect();
        for push in &pushes {
            let mut seq = 0;
            while let Some(last) = self.ledger.read(seq, PAGE, Some(push)).await?.last() {
                seq = last.seq;
            }
        }
        Ok(())
    }
}

/// Begins a ledger that has no entry yet.
pub async fn begin(
    journal: &mut Journal,
    at: Timestamp,
    on: jiff::civil::Date,
    rehearsal: bool,
) -> Result<()> {
    if journal.head().seq > 0 {
        return Ok(());
    }
    journal.append(at, vec![Event::Began { on, rehearsal }]).await
}

/// Refuses a clock that was set by hand unless the ledger is a rehearsal.
pub fn check_clock(set_by_hand: bool, rehearsal: bool, all_local: bool) -> Result<()> {
    if !set_by_hand || (rehearsal && all_local) {
        return Ok(());
    }
    let what = if rehearsal { "a remote is no local path" } else { "this ledger is no rehearsal" };
    Err(Failure::new(
        Code::NotARehearsal,
        format!("PUSHDUTY_NOW sets the clock for rehearsals only, and {what}"),
        "unset PUSHDUTY_NOW, or rehearse with --data on a fresh folder and remotes that are local paths",
    ))
}
