//! `verify`: whether the record holds against itself, against its anchors outside and against the remotes (P10, P15).
//!
//! The chain alone can't show that its end was cut off. What was published can: every tag names this ledger and a place in
//! its chain, and so does each remote's fence, with the intent it was moved for. One that no entry intended, or a place that
//! is not in the chain, means that entries are missing.

use std::collections::BTreeSet;

use train::differences;
use train::event::Event;
use train::facts::{Anchor, Look};
use train::id::{Oid, RepoName};
use train::refusal::Code;
use train::state::State;

use crate::build::anchor_in;
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::journal;
use crate::ports::Entry;
use crate::view::VerifyView;

/// A tag that says it is this ledger's.
struct Evidence {
    tag: String,
    object: Oid,
    anchor: Anchor,
}

/// What the entries say of what was ever to be published.
#[derive(Debug, Default)]
struct Intended {
    objects: BTreeSet<Oid>,
    /// Whether an intent was erased: then what it intended is not known.
    erased: bool,
    /// For each time that this ledger was taken up again from an older copy: between which entries some were lost.
    lost: Vec<(u64, u64)>,
}

impl Intended {
    fn learn(&mut self, ours: &str, entry: &Entry) {
        match &entry.content {
            None => self.erased |= entry.kind == "intended",
            Some((_, Event::Intended(intent))) => {
                self.objects.extend(intent.updates.iter().map(|update| update.new.clone()));
            }
            Some((_, Event::Adopted { from: Some(from), head: Some(head), .. }))
                if from == ours =>
            {
                self.lost.push((entry.seq.saturating_sub(1), head.seq));
            }
            Some(_) => {}
        }
    }

    /// Whether what names this place was lost, and that was recorded when the train was taken up again.
    fn was_lost(&self, anchor: &Anchor) -> bool {
        self.lost.iter().any(|(from, to)| (*from..=*to).contains(&anchor.seq))
    }
}

impl Conductor {
    /// Proves the chain, compares the anchors outside with it, and the record with the remotes.
    pub async fn verify(&self) -> Result<VerifyView> {
        let chain = self.ledger.verify().await?;
        let mut broken = chain.broken;
        let mut intended = Intended::default();
        let mut state = State::default();
        if broken.is_none() {
            let ours = &self.ledger.identity().id;
            let learn = |entry: &Entry| intended.learn(ours, entry);
            state = journal::rebuilt(self.ledger.as_ref(), learn).await?;
            if journal::read(self.ledger.as_ref()).await?.state != state {
                broken = Some("the kept state is not what the entries come to".to_owned());
            }
        }
        let mut view = VerifyView {
            entries: 0,
            chain: "ok",
            broken: None,
            anchors: 0,
            differences: Vec::new(),
            unreachable: Vec::new(),
        };
        let looks = self.look(&[]).await;
        let recorded = self.recorded_by_now().await?;
        for (name, look) in looks {
            let Ok(look) = look else {
                view.unreachable.push(name);
                continue;
            };
            let aboard = self.aboard(&name)?;
            broken =
                broken.or(self.compare_fence(&mut view, &state, &recorded, aboard, &look).await?);
            for evidence in self.evidence(aboard, &look).await? {
                view.anchors += 1;
                broken = broken.or(self.missing(&name, &evidence, &intended).await?);
            }
            view.differences.extend(differences::of(&state, &name, &look));
        }
        // A chain that is broken may not be readable.
        view.entries = self.readable(chain.entries).await.unwrap_or_default();
        if broken.is_some() {
            view.chain = "broken";
            view.broken = broken;
        }
        Ok(view)
    }

    /// Compares a fence with the ledger: what is missing here, if so; that it is another's is a difference.
    async fn compare_fence(
        &self,
        view: &mut VerifyView,
        state: &State,
        recorded: &State,
        aboard: &Aboard,
        look: &Look,
    ) -> Result<Option<String>> {
        let repo = &aboard.settings.name;
        if !aboard.settings.fence {
            return Ok(None);
        }
        let (train, ours) = (&self.settings.train, &self.ledger.identity().id);
        let fence = look.fence.as_ref();
        view.differences.extend(differences::of_fence(state, train, repo, fence, ours));
        match self.check_fence(repo, fence, recorded).await {
            Ok(()) => {
                view.anchors += usize::from(fence.is_some());
                Ok(None)
            }
            Err(refusal) if refusal.code == Code::LedgerBehind => {
                view.anchors += 1;
                Ok(Some(format!("{repo}: {}", refusal.message)))
            }
            Err(refusal) if refusal.code == Code::OtherLedger => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// The tags whose message names this ledger.
    async fn evidence(&self, aboard: &Aboard, look: &Look) -> Result<Vec<Evidence>> {
        let ours = &self.ledger.identity().id;
        let mut found = Vec::new();
        for (name, seen) in &look.tags {
            if seen.object == seen.commit || aboard.settings.scheme.parse(name).is_none() {
                continue;
            }
            let message = aboard.repo.tag_message(&seen.object).await?;
            if let Some((ledger, anchor)) = message.as_deref().and_then(anchor_in)
                && &ledger == ours
            {
                found.push(Evidence { tag: name.clone(), object: seen.object.clone(), anchor });
            }
        }
        Ok(found)
    }

    /// What the ledger lacks of what a tag shows.
    async fn missing(
        &self,
        repo: &RepoName,
        evidence: &Evidence,
        intended: &Intended,
    ) -> Result<Option<String>> {
        let Evidence { tag, object, anchor } = evidence;
        if intended.was_lost(anchor) {
            return Ok(None);
        }
        let known = match anchor.seq {
            0 => Some("0".repeat(64)),
            seq => self.ledger.hash_of(seq).await?,
        };
        let seq = anchor.seq;
        Ok(match known {
            Some(hash) if hash != anchor.hash => Some(format!(
                "entry {seq} is another than tag {tag} of {repo} names: the ledger was rewritten"
            )),
            None => Some(format!(
                "entry {seq} that tag {tag} of {repo} names is not there: the ledger was cut short"
            )),
            Some(_) if !intended.erased && !intended.objects.contains(object) => Some(format!(
                "tag {tag} of {repo} was made by this ledger after entry {seq}, and no entry says so: the ledger was cut short"
            )),
            Some(_) => None,
        })
    }
}
