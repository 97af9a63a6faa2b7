//! `adopt`: this ledger takes the train over, from another or from an older copy of itself (P12).

use futures_util::future::join_all;
use train::event::Event;
use train::facts::{Look, SeenFence};
use train::fence;
use train::id::{Oid, RepoName};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::Conductor;
use crate::evidence::Known;
use crate::failure::Result;
use crate::journal::{self, Journal};
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
        let looks = self.all_remotes().await?;
        self.found(&looks).await
    }

    fn may_adopt(&self, state: &State) -> Result<()> {
        self.acting(state).must_hold(&[Role::Hero, Role::Admin], "take the train over")
    }

    async fn all_remotes(&self) -> Result<Vec<(RepoName, Look)>> {
        self.look(&[]).await.into_iter().map(|(name, look)| Ok((name, look?))).collect()
    }

    async fn found(&self, looks: &[(RepoName, Look)]) -> Result<Adoption> {
        let recorded = self.recorded_by_now().await?;
        let mut repos = Vec::new();
        for (name, look) in looks {
            if !self.aboard(name)?.settings.fence {
                continue;
            }
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
        let looks = self.all_remotes().await?;
        let mut adoption = self.found(&looks).await?;
        if adoption.is_done() {
            return Ok(adoption);
        }
        let others = adoption.repos.iter().filter(|repo| !repo.ours);
        let before = others.filter_map(|repo| repo.fence.as_ref()?.body.clone()).next();
        let from = before.as_ref().map(|body| body.ledger.clone());
        let lost = match from.as_ref() == Some(&self.ledger.identity().id) {
            true => self.lost_tags(&looks).await?,
            false => Vec::new(),
        };
        let head = before.map(|body| body.head);
        let event = Event::Adopted { from, head, lost, because: because.to_owned() };
        let at = self.now(journal.state());
        journal.append(at, vec![event]).await?;
        let moves = adoption.repos.iter_mut().filter(|repo| !repo.ours).map(|repo| {
            let journal = &journal;
            async move {
                repo.failed = self.take_fence(journal, &repo.repo, repo.fence.as_ref()).await.err();
            }
        });
        join_all(moves).await;
        Ok(adoption)
    }

    /// The tags that this ledger made, by what they say, and of which it has no entry: an older copy of it was brought back.
    async fn lost_tags(&self, looks: &[(RepoName, Look)]) -> Result<Vec<Oid>> {
        let mut known = Known::default();
        let ours = &self.ledger.identity().id;
        journal::rebuilt(self.ledger.as_ref(), |entry| known.learn(ours, entry)).await?;
        let mut lost = Vec::new();
        for (name, look) in looks {
            let evidence = self.evidence(self.aboard(name)?, look).await?;
            let lacking = evidence.into_iter().filter(|tag| known.lacks(tag).is_some());
            lost.extend(lacking.map(|tag| tag.object));
        }
        Ok(lost)
    }

    async fn take_fence(
        &self,
        journal: &Journal,
        name: &RepoName,
        before: Option<&SeenFence>,
    ) -> Result<()> {
        let before = before.map(fence::mended);
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
