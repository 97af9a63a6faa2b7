//! `log`: the record, as each reader may see it (P9).

use std::collections::BTreeMap;
use std::sync::Arc;

use train::event::Event;
use train::id::PushDate;
use train::intent::Intent;
use train::people::Role;
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::intents::{Intents, hides};
use crate::ports::Entry;
use crate::remembered::OfPush;
use crate::view::{EntryView, LogView, Moment};

/// How many entries are read at once.
const PAGE: usize = 1_000;
/// How many somebody who is nobody of this train is shown.
const MOST_OF_A_STRANGER: usize = 1_000;

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

/// Whoever reads, and when.
#[derive(Clone, Copy)]
struct Reader<'s> {
    /// Whether they hold the security role.
    sees_all: bool,
    /// Whether they are nobody of this train: then who comes in, and what the configuration says of people, is not theirs.
    is_stranger: bool,
    /// Whether what remotes and programs said is not theirs either.
    unquoted: bool,
    state: &'s State,
}

impl Conductor {
    /// Entries of the ledger from where `reading` stands, oldest first; what is embargoed is left out for those without the
    /// security role (P9).
    pub async fn log(&self, wish: &LogWish, reading: &mut Reading) -> Result<LogView> {
        let state = self.state().await?;
        let reader = self.reader(&state);
        // Whoever is nobody here is shown the newest: a long record is a long answer.
        let most = |last: usize| last.min(MOST_OF_A_STRANGER);
        let last = match reader.is_stranger {
            true => Some(wish.last.map_or(MOST_OF_A_STRANGER, most)),
            false => wish.last,
        };
        let wish = LogWish { last, ..wish.clone() };
        let mut views = match wish.push {
            Some(push) if reading.after == 0 => self.log_of(reader, push, &wish, reading).await?,
            _ => self.log_on(reader, &wish, reading).await?,
        };
        if let Some(last) = last {
            views.drain(..views.len().saturating_sub(last));
        }
        Ok(LogView { entries: views })
    }

    /// Whoever acts, as a reader.
    fn reader<'s>(&self, state: &'s State) -> Reader<'s> {
        let acting = self.acting(state);
        let sees_all = acting.holds(&[Role::Security]);
        let (is_stranger, unquoted) = (!self.is_ours(&acting), self.reads_unquoted(&acting));
        Reader { sees_all, is_stranger, unquoted, state }
    }

    /// The same, of a push and from its begin: what was read of it before is remembered.
    async fn log_of(
        &self,
        reader: Reader<'_>,
        push: PushDate,
        wish: &LogWish,
        reading: &mut Reading,
    ) -> Result<Vec<EntryView>> {
        let of_push = self.read_of(reader.state, push).await?;
        let all = of_push.entries.iter().rev();
        let seen = all.filter_map(|(entry, words)| {
            self.entry_view(entry, words.clone(), &of_push.intents, reader)
        });
        let mut views: Vec<EntryView> = seen.take(wish.last.unwrap_or(usize::MAX)).collect();
        views.reverse();
        *reading = Reading { after: of_push.after, intents: of_push.intents.clone() };
        Ok(views)
    }

    /// The same from where `reading` stands.
    async fn log_on(
        &self,
        reader: Reader<'_>,
        wish: &LogWish,
        reading: &mut Reading,
    ) -> Result<Vec<EntryView>> {
        let mut views = Vec::new();
        loop {
            let entries = self.ledger.read(reading.after, PAGE, None).await?;
            let Some(last) = entries.last() else { return Ok(views) };
            reading.after = last.seq;
            for entry in &entries {
                reading.intents.learn(entry);
                if wish.push.is_none_or(|push| reading.intents.is_of(entry, push)) {
                    let words = reading.intents.words(entry);
                    views.extend(self.entry_view(entry, words, &reading.intents, reader));
                }
            }
            // Of a long record no more is held than is shown.
            let shown = wish.last.unwrap_or(usize::MAX);
            views.drain(..views.len().saturating_sub(shown));
        }
    }

    /// All that is recorded of a push by now.
    async fn read_of(&self, state: &State, push: PushDate) -> Result<Arc<OfPush>> {
        let head = self.ledger.head().await?.seq;
        let known = self.remembered.of_push(push);
        if let Some(known) = known.as_ref().filter(|known| known.after == head) {
            return Ok(Arc::clone(known));
        }
        let mut of_push = match known {
            Some(known) => (*known).clone(),
            None => {
                OfPush { after: self.before_first(state, push, head).await?, ..OfPush::default() }
            }
        };
        loop {
            let entries = self.ledger.read(of_push.after, PAGE, None).await?;
            let Some(last) = entries.last() else { break };
            of_push.after = last.seq;
            entries.into_iter().for_each(|entry| of_push.learn(push, entry));
        }
        Ok(self.remembered.keep_of_push(push, of_push))
    }

    /// The entry before the first of a push: nothing earlier is about it.
    async fn before_first(&self, state: &State, push: PushDate, head: u64) -> Result<u64> {
        let looks = BTreeMap::new();
        let train = self.train(state, &looks);
        let mut first = head;
        // Its notes are kept under the date that it was scheduled for.
        for date in [push, train.scheduled(push)] {
            let stream = format!("push/{date}");
            let of_stream = self.ledger.read(0, 1, Some(&stream)).await?;
            first = of_stream.first().map_or(first, |entry| first.min(entry.seq - 1));
        }
        Ok(first)
    }

    /// How many of the chain's entries this reader may know of.
    pub(crate) async fn readable(&self, entries: u64) -> Result<u64> {
        if !self.has_twins() {
            return Ok(entries);
        }
        let state = self.state().await?;
        let (reader, mut reading) = (self.reader(&state), Reading::default());
        let views = self.log_on(reader, &LogWish::default(), &mut reading).await?;
        Ok(u64::try_from(views.len()).unwrap_or(entries))
    }

    /// Whether whoever acts may know of an intent: of one that names what is not public the security role alone (P9).
    pub(crate) fn may_hear_of(&self, intent: &Intent, state: &State) -> bool {
        !hides(intent, state) || self.acting(state).holds(&[Role::Security])
    }

    /// Whether whoever acts is told of what is embargoed: somebody without the security role reads none of it (P9).
    pub async fn hears_of_embargoed(&self) -> Result<bool> {
        Ok(self.has_twins() && self.acting(&*self.state().await?).holds(&[Role::Security]))
    }

    /// Whether a repository has a private twin, so that there is anything to be kept from anybody (P9).
    #[must_use]
    pub fn has_twins(&self) -> bool {
        self.aboard.iter().any(|aboard| aboard.settings.security.is_some())
    }

    /// An entry as this reader may see it, if they may.
    fn entry_view(
        &self,
        entry: &Entry,
        words: String,
        intents: &Intents,
        Reader { sees_all, is_stranger, unquoted, state }: Reader<'_>,
    ) -> Option<EntryView> {
        let withheld = intents.keep_back(entry, state);
        let content = entry.content.as_ref();
        let at_the_door = content.is_some_and(|(_, event)| event.is_at_the_door());
        if withheld && !sees_all {
            return None;
        }
        if at_the_door && is_stranger {
            return None;
        }
        let quotes = content.filter(|_| unquoted).and_then(|(_, event)| event.unquoted());
        let words = quotes.as_ref().map_or(words, |event| intents.told(event));
        let told = |event: &Event| match event {
            Event::Configured { .. } if is_stranger => None,
            event if sees_all => serde_json::to_value(event).ok(),
            event => serde_json::to_value(event.public()).ok(),
        };
        // A gap in the numbers would tell how many were left out, and when; and a tag's message, which everybody reads, names the
        // hash of the entry before it, be that one to be read or not.
        let sees_chain = sees_all || !self.has_twins();
        Some(EntryView {
            seq: Some(entry.seq).filter(|_| sees_chain),
            at: Moment(self.local(entry.at)),
            stream: entry.stream.clone(),
            kind: entry.kind.clone(),
            actor: content.map(|(actor, _)| actor.name.clone()),
            proof: content.map(|(actor, _)| actor.proof.clone()),
            event: content.and_then(|(_, event)| told(quotes.as_ref().unwrap_or(event))),
            withheld,
            hash: Some(entry.hash.clone()).filter(|_| sees_chain),
            words,
        })
    }
}
