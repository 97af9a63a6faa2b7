//! `adopt`: this ledger takes the train over, from another or from an older copy of itself (P12).

use futures_util::future::join_all;
use train::event::Event;
use train::facts::{Look, SeenFence};
use train::id::RepoName;
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Publish, Pushed};

/// What a take-over finds.
#[derive(Debug, Clone)]
pub struct AdoptPlan {
    /// Each repository that takes a fence, with the fence it has.
    pub repos: Vec<(RepoName, Option<SeenFence>)>,
}

impl AdoptPlan {
    /// Whether every fence names `ledger` already.
    #[must_use]
    pub fn is_ours(&self, ledger: &str) -> bool {
        self.repos.iter().all(|(_, fence)| {
            fence.as_ref().is_some_and(|f| f.body.as_ref().is_some_and(|b| b.ledger == ledger))
        })
    }
}

impl Conductor {
    /// Looks at every fence.
    pub async fn plan_adopt(&self) -> Result<AdoptPlan> {
        let state = self.state().await?;
        self.may_adopt(&state)?;
        Ok(AdoptPlan {
            repos: self
                .fences()
                .await?
                .into_iter()
                .map(|(name, look)| (name, look.fence))
                .collect(),
        })
    }

    fn may_adopt(&self, state: &State) -> Result<()> {
        self.acting(state).must_hold(&[Role::Hero, Role::Admin], "take the train over")
    }

    async fn fences(&self) -> Result<Vec<(RepoName, Look)>> {
        let mut looks = Vec::new();
        for (name, look) in self.look(&[]).await {
            if self.aboard(&name)?.settings.fence {
                looks.push((name, look?));
            }
        }
        Ok(looks)
    }

    /// Records the take-over, then moves every fence to this ledger. Nothing that an older conductor began can land after.
    pub async fn adopt(&self, because: &str) -> Result<AdoptPlan> {
        let mut journal = self.journal().await?;
        self.may_adopt(journal.state())?;
        let looks = self.fences().await?;
        let foreign = looks
            .iter()
            .filter_map(|(_, l)| l.fence.as_ref()?.body.clone())
            .find(|b| b.ledger != self.ledger.identity().id);
        let event = Event::Adopted {
            from: foreign.as_ref().map(|b| b.ledger.clone()),
            head: foreign.map(|b| b.head),
            because: because.to_owned(),
        };
        let at = self.now(journal.state());
        journal.append(at, vec![event]).await?;
        let moves = looks.iter().map(|(name, look)| self.take_fence(&journal, name, look));
        let moved: Result<Vec<()>> = join_all(moves).await.into_iter().collect();
        moved?;
        Ok(AdoptPlan { repos: looks.into_iter().map(|(name, look)| (name, look.fence)).collect() })
    }

    async fn take_fence(&self, journal: &Journal, name: &RepoName, look: &Look) -> Result<()> {
        let fence = self.fence_for(journal.head(), name, look, "adopt", &[]).await?;
        let publish = Publish { updates: Vec::new(), fence: Some(fence) };
        let pushed = self.aboard(name)?.repo.publish(&journal.lock(), &publish).await?;
        let why = match pushed {
            Pushed::Done => return Ok(()),
            Pushed::Refused(why) | Pushed::Lost(why) | Pushed::Unknown(why) => why,
        };
        let what = format!("the fence of {name} was not moved: {why}");
        Err(Refusal::new(Code::Incomplete, what, "run the same command again").in_repo(name))
    }
}
