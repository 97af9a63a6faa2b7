//! `promote`: what was brought to production takes over, once its own tasks are done.

use std::collections::BTreeMap;

use train::attempt::{Attempt, DeployFor, Next, next};
use train::command::PromoteWish;
use train::event::Event;
use train::id::{PushDate, RepoName, quoted};
use train::notes::Phase;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::conductor::Conductor;
use crate::deploy::Deploying;
use crate::failure::Result;
use crate::standing::is_there;
use crate::start::to_retry;
use crate::view::PromoteView;

/// What a promotion comes to.
#[derive(Debug, Clone)]
pub struct PromotePlan {
    /// The push.
    pub push: PushDate,
    /// The attempt.
    pub attempt: u32,
    /// Whether it was promoted before, so that this goes on.
    pub running: bool,
    /// In a sentence.
    pub words: String,
    /// Failed promotions that are tried again, by repository.
    again: BTreeMap<RepoName, String>,
}

impl PromotePlan {
    /// Whether saying yes begins something.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        !self.running || !self.again.is_empty()
    }

    /// As a document.
    #[must_use]
    pub fn view(&self, done: bool) -> PromoteView {
        PromoteView { push: self.push, attempt: self.attempt, done, change: self.words.clone() }
    }
}

impl Conductor {
    /// Plans a promotion without doing anything.
    pub async fn plan_promotion(&self, wish: &PromoteWish) -> Result<PromotePlan> {
        let state = self.state().await?;
        self.promoting(&state, wish).await
    }

    /// Promotes: plans again under the lock, records it, and runs the program for it where there is one.
    pub async fn promote(&self, wish: &PromoteWish) -> Result<PromotePlan> {
        self.may_start(&*self.state().await?, "promote a push")?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.promoting(&state, wish).await?;
        if !plan.running {
            let push = plan.push;
            let skipped = wish.because.iter().map(|because| {
                let (rule, because) = ("before-promote".to_owned(), because.to_string());
                Event::Overridden { push, rule, because }
            });
            let events = skipped.chain([Event::Promoted { push }]).collect();
            let at = self.now(journal.state());
            journal.append(at, events).await?;
        }
        drop(journal);
        let again = plan.again.clone();
        self.deploy(Deploying { push: plan.push, purpose: DeployFor::Promote, again }).await?;
        Ok(plan)
    }

    async fn promoting(&self, state: &State, wish: &PromoteWish) -> Result<PromotePlan> {
        train::cut::check_names(&self.settings, wish.retry.iter().cloned())?;
        let push = self.meant_push(state, Want::Started, wish.push).await?;
        let Some(attempt) = state.days.of(push).attempt() else {
            let what = format!("{push} is not in production: there is nothing to promote");
            return Err(Refusal::new(Code::WrongState, what, "`pushduty start` brings it there"));
        };
        let tags: Vec<String> =
            attempt.leaving.iter().map(|one| format!("{} {}", one.repo, one.tag)).collect();
        let running = attempt.promoted.is_some();
        let words = match running {
            true => format!("{push} was promoted already"),
            false => format!("{push}: all users get {}", tags.join(" and ")),
        };
        let again = to_retry(Some(attempt), DeployFor::Promote, &wish.retry, push)?;
        if !running {
            for one in &attempt.leaving {
                self.not_held(state, push, &one.repo)?;
            }
            self.all_deployed(push, attempt).await?;
            self.promotion_tasks(push, wish).await?;
        }
        Ok(PromotePlan { push, attempt: attempt.number, running, words, again })
    }

    /// Refuses while something that was started is not there: production shows it, or where it has no services its deploy
    /// ended well.
    async fn all_deployed(&self, push: PushDate, attempt: &Attempt) -> Result<()> {
        let tags: Vec<_> =
            attempt.leaving.iter().map(|one| (&one.repo, one.tag.as_str())).collect();
        let there = self.shown_there(&tags).await?;
        let arrived = if self.deploy_program(DeployFor::Start).is_some() {
            next(attempt, DeployFor::Start, &tags, &there, &BTreeMap::new()) == Next::Over
        } else {
            let environments = self.status(Some(push)).await?.environments;
            attempt.leaving.iter().all(|one| is_there(&environments, one, Some(attempt), false))
        };
        if arrived {
            return Ok(());
        }
        let what = "not everything that was started is in production";
        Err(Refusal::new(
            Code::Refused,
            what,
            "`pushduty start` goes on with it, `pushduty watch production` follows",
        ))
    }

    /// Refuses while something is to be done before it takes over, unless there is a reason to go on.
    async fn promotion_tasks(&self, push: PushDate, wish: &PromoteWish) -> Result<()> {
        let tasks = self.status(Some(push)).await?.tasks;
        let mut left = tasks.iter().filter(|t| t.holds && t.when == Some(Phase::BeforePromote));
        let Some(first) = left.next().filter(|_| wish.because.is_none()) else { return Ok(()) };
        let more = match left.count() {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        let what =
            format!("{} is left before it is promoted: {}{more}", first.id, quoted(&first.text));
        let hint = format!(
            "`pushduty task done {} --this` ticks it; --because TEXT goes on without, for the record",
            first.id
        );
        Err(Refusal::new(Code::Refused, what, hint))
    }
}
