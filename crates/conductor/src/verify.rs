//! `verify`: whether the record holds against itself, against its anchors outside and against the remotes (P10, P15).
//!
//! The chain alone can't show that its end was cut off. What was published can: each remote's fence names an entry and the
//! intent it was moved for, and the tags are [evidence](crate::evidence).

use train::differences;
use train::facts::Look;
use train::refusal::Code;
use train::state::State;

use crate::conductor::{Aboard, Conductor};
use crate::evidence::Known;
use crate::failure::Result;
use crate::journal;
use crate::ports::Entry;
use crate::view::{ChainWord, VerifyView};

impl Conductor {
    /// Proves the chain, compares the anchors outside with it, and the record with the remotes.
    pub async fn verify(&self) -> Result<VerifyView> {
        let chain = self.ledger.verify().await?;
        let mut broken = chain.broken;
        let mut known = Known::default();
        // What a broken chain's entries come to is nothing to hold against anybody: the state that was kept is.
        let mut state = match broken {
            Some(_) => self.recorded_by_now().await.ok(),
            None => None,
        };
        if broken.is_none() {
            let ours = &self.ledger.identity().id;
            let learn = |entry: &Entry| known.learn(ours, entry);
            let rebuilt = journal::rebuilt(self.ledger.as_ref(), learn).await?;
            if journal::read(self.ledger.as_ref()).await?.state != rebuilt {
                broken = Some("the kept state is not what the entries come to".to_owned());
            }
            state = Some(rebuilt);
        }
        let mut view = VerifyView {
            entries: 0,
            chain: ChainWord::Ok,
            broken: None,
            anchors: 0,
            compared: state.is_some(),
            differences: Vec::new(),
            unreachable: Vec::new(),
        };
        let looks = self.look(&[]).await;
        let recorded = match self.recorded_by_now().await {
            Err(failure) if broken.is_none() => return Err(failure),
            recorded => recorded.unwrap_or_default(),
        };
        for (name, look) in looks {
            let Ok(look) = look else {
                view.unreachable.push(name);
                continue;
            };
            let Some(state) = &state else { continue };
            let aboard = self.aboard(&name)?;
            broken =
                broken.or(self.compare_fence(&mut view, state, &recorded, aboard, &look).await?);
            for evidence in self.evidence(aboard, &look).await? {
                view.anchors += 1;
                broken =
                    broken.or(known.lacks(&evidence).map(|what| evidence.against(&name, what)));
            }
            view.differences.extend(differences::of(state, &aboard.settings, &look));
        }
        // A chain that is broken may not be readable.
        view.entries = self.readable(chain.entries).await.unwrap_or_default();
        if broken.is_some() {
            view.chain = ChainWord::Broken;
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
}
