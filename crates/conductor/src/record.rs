//! `log` and `verify`: the record, and whether it holds against itself and against the remotes (P10, P15).

use std::collections::BTreeMap;

use train::differences;
use train::event::{Event, Outcome};
use train::facts::{Anchor, Look};
use train::id::{PushDate, RepoName};
use train::intent::{Intent, IntentId, Purpose};
use train::people::Role;
use train::state::State;

use crate::build::anchor_in;
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::journal;
use crate::ports::Entry;
use crate::telling;
use crate::view::{EntryView, LogView, Moment, VerifyView};

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

    /// Proves the chain, compares the anchors outside with it, and the record with the remotes.
    pub async fn verify(&self) -> Result<VerifyView> {
        let chain = self.ledger.verify().await?;
        let mut broken = chain.broken;
        let mut state = State::default();
        if broken.is_none() {
            state = journal::rebuilt(self.ledger.as_ref()).await?;
            if journal::read(self.ledger.as_ref()).await?.state != state {
                broken = Some("the kept state is not what the entries come to".to_owned());
            }
        }
        let mut view = VerifyView {
            entries: chain.entries,
            chain: "ok",
            broken: None,
            anchors: 0,
            differences: Vec::new(),
            unreachable: Vec::new(),
        };
        for (name, look) in self.look(&[]).await {
            let aboard = self.aboard(&name)?;
            match look {
                Err(_) => view.unreachable.push(name),
                Ok(look) => {
                    for (place, anchor) in self.anchors(aboard, &look).await? {
                        view.anchors += 1;
                        broken = broken.or(self.unanchored(&name, &place, &anchor).await?);
                    }
                    view.differences.extend(differences::of(&state, &aboard.settings.name, &look));
                }
            }
        }
        if broken.is_some() {
            view.chain = "broken";
            view.broken = broken;
        }
        Ok(view)
    }

    /// Where the remote holds a place of our chain: in the fence, and in the messages of tags.
    async fn anchors(&self, aboard: &Aboard, look: &Look) -> Result<Vec<(String, Anchor)>> {
        let ours = &self.ledger.identity().id;
        let mut found = Vec::new();
        if let Some(body) =
            look.fence.as_ref().and_then(|f| f.body.as_ref()).filter(|b| &b.ledger == ours)
        {
            found.push(("the fence".to_owned(), body.head.clone()));
        }
        for (name, seen) in &look.tags {
            if seen.object == seen.commit || aboard.settings.scheme.parse(name).is_none() {
                continue;
            }
            let message = aboard.repo.tag_message(&seen.object).await?;
            if let Some((ledger, anchor)) = message.as_deref().and_then(anchor_in)
                && &ledger == ours
            {
                found.push((format!("tag {name}"), anchor));
            }
        }
        Ok(found)
    }

    async fn unanchored(
        &self,
        repo: &RepoName,
        place: &str,
        anchor: &Anchor,
    ) -> Result<Option<String>> {
        let known = if anchor.seq == 0 {
            Some("0".repeat(64))
        } else {
            self.ledger.hash_of(anchor.seq).await?
        };
        Ok(match known {
            Some(hash) if hash == anchor.hash => None,
            Some(_) => Some(format!(
                "entry {} is another than {place} of {repo} names: the ledger was rewritten",
                anchor.seq
            )),
            None => Some(format!(
                "entry {} that {place} of {repo} names is not there: the ledger was cut short",
                anchor.seq
            )),
        })
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
        let settled = entry.content.as_ref().and_then(|(_, event)| self.of(event));
        entry.stream == format!("push/{push}")
            || settled.is_some_and(|known| known.push == Some(push))
    }

    /// Whether it is the result of what may not be told (P9).
    fn hide(&self, event: &Event) -> bool {
        self.of(event).is_some_and(|known| known.hidden)
    }

    fn about(&self, event: &Event) -> Option<&str> {
        self.of(event).map(|known| known.about.as_str())
    }
}
