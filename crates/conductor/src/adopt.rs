//! `adopt`: this ledger takes the train over, from another or from an older copy of itself (P12).

use futures_util::future::join_all;
use train::event::Event;
use train::facts::{Look, SeenFence};
use train::fence;
use train::id::RepoName;
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Publish, Pushed};

/// What a take-over finds, and what it came to.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// Each repository that takes a fence.
    pub repos: Vec<Adopted>,
}

/// One repository's fence.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The repository.
    pub repo: RepoName,
    /// The fence that was found.
    pub fence: Option<SeenFence>,
    /// Whether it lets this ledger act already.
    pub ours: bool,
    /// Suffixes in it that nobody gave: for those dates it lets nobody act.
    pub nonsense: Vec<String>,
    /// Why it was not moved, where it should have been.
    pub failed: Option<Refusal>,
}

impl Adoption {
    /// Whether there is nothing to take over.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.repos.iter().all(|repo| repo.ours)
    }

    /// The failure that it comes to: every repository that is still another's, and that the rest are this ledger's.
    #[must_use]
    pub fn failure(&self) -> Option<Refusal> {
        let failed: Vec<_> = self.repos.iter().filter_map(|repo| repo.failed.as_ref()).collect();
        let first = failed.first()?;
        let what = format!(
            "{} of {} repositories taken over: {}",
            self.repos.len() - failed.len(),
            self.repos.len(),
            first.message
        );
        let hint = "mend that remote and run the same command again: it takes over the rest";
        let refusal = Refusal::new(Code::Incomplete, what, hint);
        Some(Refusal { repo: first.repo.clone(), ..refusal })
    }
}

impl Conductor {
    /// Looks at every fence.
    pub async fn plan_adopt(&self) -> Result<Adoption> {
        let state = self.state().await?;
        self.may_adopt(&state)?;
        let looks = self.fences().await?;
        self.found(&looks).await
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

    async fn found(&self, looks: &[(RepoName, Look)]) -> Result<Adoption> {
        let recorded = self.recorded_by_now().await?;
        let mut repos = Vec::new();
        for (name, look) in looks {
            let fence = look.fence.clone();
            let nonsense = fence::nonsense(fence.as_ref());
            let ours = fence.is_some()
                && nonsense.is_empty()
                && self.check_fence(name, fence.as_ref(), &recorded).await.is_ok();
            repos.push(Adopted { repo: name.clone(), fence, ours, nonsense, failed: None });
        }
        Ok(Adoption { repos })
    }

    /// Records the take-over, then moves every fence that is not this ledger's yet. Nothing that an older conductor began
    /// can land after.
    pub async fn adopt(&self, because: &str) -> Result<Adoption> {
        let mut journal = self.journal().await?;
        self.may_adopt(journal.state())?;
        let looks = self.fences().await?;
        let mut adoption = self.found(&looks).await?;
        if adoption.is_done() {
            return Ok(adoption);
        }
        let others = adoption.repos.iter().filter(|repo| !repo.ours);
        let before = others.filter_map(|repo| repo.fence.as_ref()?.body.clone()).next();
        let event = Event::Adopted {
            from: before.as_ref().map(|body| body.ledger.clone()),
            head: before.map(|body| body.head),
            because: because.to_owned(),
        };
        let at = self.now(journal.state());
        journal.append(at, vec![event]).await?;
        let moves = adoption.repos.iter_mut().zip(&looks).map(|(repo, (name, look))| {
            let journal = &journal;
            async move {
                if !repo.ours {
                    repo.failed = self.take_fence(journal, name, look).await.err();
                }
            }
        });
        join_all(moves).await;
        Ok(adoption)
    }

    async fn take_fence(&self, journal: &Journal, name: &RepoName, look: &Look) -> Result<()> {
        let before = look.fence.as_ref().map(fence::mended);
        let fence =
            self.next_fence(journal.head(), name, before.as_ref(), fence::ADOPTED, &[]).await?;
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
