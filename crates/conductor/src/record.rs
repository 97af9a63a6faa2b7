//! `log` and `verify`: the record, and whether it holds against itself and against the remotes (P10, P15).

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
        let stream = wish.push.map(|push| format!("push/{push}"));
        let mut after = wish.after;
        let mut views = Vec::new();
        loop {
            let entries = self.ledger.read(after, PAGE, stream.as_deref()).await?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            views.extend(entries.iter().map(|e| self.entry_view(e, &state, sees_all)));
        }
        if let Some(last) = wish.last {
            views.drain(..views.len().saturating_sub(last));
        }
        Ok(LogView { entries: views })
    }

    fn entry_view(&self, entry: &Entry, state: &State, sees_all: bool) -> EntryView {
        let withheld =
            !sees_all && entry.content.as_ref().is_some_and(|(_, event)| hidden(event, state));
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
                (Some((_, event)), _) => words(event),
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

/// An event in a sentence.
#[must_use]
pub fn words(event: &Event) -> String {
    match event {
        Event::Began { rehearsal: true, .. } => "began a rehearsal".to_owned(),
        Event::Began { .. } => "began the ledger".to_owned(),
        Event::Configured { changes, .. } if changes.is_empty() => {
            "took the configuration".to_owned()
        }
        Event::Configured { changes, .. } => {
            format!("changed the configuration: {}", changes.join("; "))
        }
        Event::Adopted { because, .. } => format!("took the train over: {because}"),
        Event::Opened { push, hero: Some(hero), .. } => format!("opened {push}, hero {hero}"),
        Event::Opened { push, .. } => format!("opened {push}"),
        Event::Stayed { repo, tag: Some(tag), .. } => format!("let {repo} stay on {tag}"),
        Event::Stayed { repo, .. } => format!("let {repo} stay"),
        Event::Overridden { rule, because, .. } => format!("overrode {rule}: {because}"),
        Event::Intended(intent) => format!("is about to {}", intended(intent)),
        Event::Settled { outcome, intent } => format!("{} ({intent})", settled(outcome)),
        Event::Noticed { repo, name, .. } => {
            format!("noticed that {name} of {repo} differs from the record")
        }
        Event::Synced { repo } => format!("found the security remote of {repo} in sync"),
        Event::Moved { push, change } => format!("moved {push} to {}", change.to),
        Event::Cancelled { push, because } => format!("cancelled {push}: {because}"),
        Event::OffCycle { push } => format!("declared {push}, off the schedule"),
        Event::Swapped(swap) => format!("swapped {} for {} on {}", swap.from, swap.to, swap.date),
        Event::Away(absence) => format!(
            "noted {} away from {} to {}",
            absence.who,
            PushDate(absence.from),
            PushDate(absence.to)
        ),
        Event::Unreviewed { repo, branches, because } => {
            let numbers: Vec<String> = branches.iter().map(ToString::to_string).collect();
            format!("took security branches {} of {repo} unreviewed: {because}", numbers.join(", "))
        }
        Event::Approved { repo, branch, commit, own } => {
            let own = if *own { ", their own: nobody else holds the role" } else { "" };
            format!("reviewed security branch {branch} of {repo} at {}{own}", commit.short())
        }
    }
}

fn intended(intent: &Intent) -> String {
    match &intent.purpose {
        Purpose::Tag(tag) => {
            let why = tag.because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("tag {} {} at {}{why}", intent.repo, tag.tag, tag.commit.short())
        }
        Purpose::Pick(tag) => format!(
            "tag {} {} with {} picks over {}",
            intent.repo,
            tag.tag,
            tag.picks.len(),
            tag.commit.short()
        ),
        Purpose::Merge { branches } => {
            format!("merge {} security branches into upstream of {}", branches.len(), intent.repo)
        }
        Purpose::Sync => format!("bring the security remote of {} up to upstream", intent.repo),
        Purpose::SetAside => format!("set commits of the security remote of {} aside", intent.repo),
    }
}

fn settled(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Published => "done".to_owned(),
        Outcome::Already => "somebody else had done the same".to_owned(),
        Outcome::Refused { why } => format!("the remote refused: {why}"),
        Outcome::Overtaken { name, .. } => format!("somebody else was first: {name}"),
    }
}
