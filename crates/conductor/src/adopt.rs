//! `adopt`: this ledger takes the train over, from another or from an older copy of itself (P12).

use std::collections::BTreeMap;

use futures_util::future::join_all;
use train::differences::{self, Difference};
use train::event::Event;
use train::facts::{Look, SeenFence, SeenRef};
use train::fence;
use train::id::{Oid, RepoName};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::{Conductor, KEPT_PUSHES};
use crate::evidence::Known;
use crate::failure::Result;
use crate::journal::{self, Journal};
use crate::ports::{Publish, Pushed};
use crate::view::{AdoptView, FailureView, FencedView, OutcomeWord};

/// Tags by repository and name; none: it is gone.
type TagsSeen = BTreeMap<RepoName, BTreeMap<String, Option<SeenRef>>>;

/// What a take-over finds, and what it came to.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// Each repository that takes a fence.
    pub repos: Vec<Adopted>,
    /// Tags that somebody moved or deleted, which are taken as they are.
    pub moved: Vec<Difference>,
    /// The looks that it was found by: whoever says yes has seen these.
    looks: BTreeMap<RepoName, Look>,
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
        self.is_conducted() && self.moved.is_empty()
    }

    /// Whether every fence is this ledger's already.
    #[must_use]
    pub fn is_conducted(&self) -> bool {
        self.repos.iter().all(|repo| repo.ours)
    }

    /// What a yes is bound to: each fence as it was found, and the tags that are taken.
    #[must_use]
    pub fn digest(&self) -> String {
        let fences: Vec<_> = self.repos.iter().map(|repo| (&repo.repo, &repo.fence)).collect();
        train::digest::of(&("adopt", fences, &self.moved))
    }

    /// The failure that it comes to: every repository that is still another's, and that the rest are this ledger's.
    #[must_use]
    pub fn failure(&self) -> Option<Refusal> {
        let failed: Vec<_> = self.repos.iter().filter_map(|repo| repo.failed.as_ref()).collect();
        let first = failed.first()?;
        let (all, done) = (self.repos.len(), self.repos.len() - failed.len());
        let first = Refusal::clone(first)
            .within(|what| format!("{done} of {all} repositories taken over: {what}"));
        let hint = "mend that remote and run the same command again: it takes over the rest";
        Some(Refusal { code: Code::Incomplete, hint: hint.to_owned(), ..first })
    }
}

impl Conductor {
    /// A take-over as a document: `outcome` is what became of the fences that were another's.
    #[must_use]
    pub fn adopt_view(&self, adoption: &Adoption, outcome: OutcomeWord) -> AdoptView {
        let published = outcome == OutcomeWord::Published && adoption.failure().is_none();
        AdoptView {
            done: adoption.is_done() || published,
            ledger: self.ledger.identity().id.clone(),
            repos: adoption.repos.iter().map(|repo| fenced(repo, outcome)).collect(),
            moved: adoption.moved.clone(),
        }
    }

    /// Looks at every fence, and at every tag.
    pub async fn plan_adopt(&self) -> Result<Adoption> {
        let state = self.state().await?;
        self.may_adopt(&state)?;
        let looks = self.look(&[]).await.into_iter().map(|(name, look)| Ok((name, look?)));
        let looks = looks.collect::<Result<_>>()?;
        self.found(looks).await
    }

    fn may_adopt(&self, state: &State) -> Result<()> {
        self.acting(state).must_hold(&[Role::Hero, Role::Admin], "take the train over")
    }

    async fn found(&self, looks: BTreeMap<RepoName, Look>) -> Result<Adoption> {
        let recorded = self.recorded_by_now().await?;
        let (mut repos, mut moved) = (Vec::new(), Vec::new());
        for (name, look) in &looks {
            moved.extend(differences::of(&recorded, &self.aboard(name)?.settings, look));
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
        Ok(Adoption { repos, moved, looks })
    }

    /// Records the take-over and the tags that were seen, then moves every fence that is not this ledger's yet. Nothing that
    /// an older conductor began can land after: a fence that moved since the look is not taken.
    pub async fn adopt(&self, seen: Adoption, because: &str) -> Result<Adoption> {
        let mut journal = self.journal().await?;
        self.may_adopt(journal.state())?;
        let mut adoption = self.found(seen.looks).await?;
        if adoption.is_done() {
            return Ok(adoption);
        }
        let mut events = Vec::new();
        if !adoption.is_conducted() {
            events.push(self.taken_over(&adoption, because).await?);
        }
        let tags = self.tags_taken(&adoption)?;
        events.push(Event::TagsTaken { tags, because: because.to_owned() });
        journal.append(self.now(journal.state()), events).await?;
        let moves = adoption.repos.iter_mut().filter(|repo| !repo.ours).map(|repo| {
            let journal = &journal;
            async move {
                repo.failed = self.take_fence(journal, &repo.repo, repo.fence.as_ref()).await.err();
            }
        });
        join_all(moves).await;
        Ok(adoption)
    }

    /// The take-over, as it is recorded.
    async fn taken_over(&self, adoption: &Adoption, because: &str) -> Result<Event> {
        let others = adoption.repos.iter().filter(|repo| !repo.ours);
        let before = others.filter_map(|repo| repo.fence.as_ref()?.body.clone()).next();
        let from = before.as_ref().map(|body| body.ledger.clone());
        let lost = match from.as_ref() == Some(&self.ledger.identity().id) {
            true => self.lost_tags(&adoption.looks).await?,
            false => Vec::new(),
        };
        let head = before.map(|body| body.head);
        Ok(Event::Adopted { from, head, lost, because: because.to_owned() })
    }

    /// The tags that are recorded with a take-over, for later looks to be compared with: those of the newest pushes, and each
    /// that somebody had moved or deleted.
    fn tags_taken(&self, adoption: &Adoption) -> Result<TagsSeen> {
        let mut tags = TagsSeen::new();
        for (name, look) in &adoption.looks {
            let scheme = &self.aboard(name)?.settings.scheme;
            let newest = scheme.newest_pushes(&look.tags, KEPT_PUSHES);
            let newest = newest.into_iter().map(|(tag, seen)| (tag, Some(seen)));
            tags.insert(name.clone(), newest.collect());
        }
        for difference in &adoption.moved {
            let Some(tag) = difference.tag() else { continue };
            let seen = adoption.looks.get(&difference.repo).and_then(|look| look.tags.get(tag));
            let taken = tags.entry(difference.repo.clone()).or_default();
            taken.insert(tag.to_owned(), seen.cloned());
        }
        Ok(tags)
    }

    /// The tags that this ledger made, by what they say, and of which it has no entry: an older copy of it was brought back.
    async fn lost_tags(&self, looks: &BTreeMap<RepoName, Look>) -> Result<Vec<Oid>> {
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
        let repo = &self.aboard(name)?.repo;
        repo.check_address().await?;
        let pushed = repo.publish(&journal.lock(), &publish).await?;
        let why = match pushed {
            Pushed::Done => return Ok(()),
            Pushed::Refused(why) | Pushed::Lost(why) | Pushed::Unknown(why) => why,
        };
        let what = format!("the fence of {name} was not moved: {why}");
        Err(Refusal::new(Code::Incomplete, what, "run the same command again").in_repo(name))
    }
}

fn fenced(repo: &Adopted, outcome: OutcomeWord) -> FencedView {
    let body = repo.fence.as_ref().and_then(|fence| fence.body.as_ref());
    let outcome = match &repo.failed {
        Some(_) => OutcomeWord::Failed,
        None if repo.ours => OutcomeWord::Already,
        None => outcome,
    };
    FencedView {
        name: repo.repo.clone(),
        has_fence: repo.fence.is_some(),
        nonsense: repo.nonsense.clone(),
        ledger_before: body.map(|b| b.ledger.clone()),
        node_before: body.map(|b| b.node.clone()),
        outcome,
        error: repo.failed.as_ref().map(FailureView::from),
    }
}
