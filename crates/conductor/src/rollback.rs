//! `rollback`: production goes back to what it ran before, and stays there until a person says otherwise.

use std::collections::BTreeSet;

use train::attempt::{Attempt, Back, DeployEnd, DeployFor, Deployed, Rollback};
use train::command::RollbackWish;
use train::cut;
use train::event::Event;
use train::id::{PushDate, RepoName};
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::bound::same_plan;
use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::start::may_start;
use crate::view::{BackView, RollbackView, StepWord};

/// What a rollback comes to.
#[derive(Debug, Clone)]
pub struct RollbackPlan {
    /// The push.
    pub push: PushDate,
    /// The rollback: as decided before, where one was begun and is not over.
    pub rollback: Rollback,
    /// Whether it was decided before, so that this goes on.
    pub running: bool,
    /// Repositories whose way back is tried again.
    pub retry: BTreeSet<RepoName>,
}

impl RollbackPlan {
    /// What `--if` binds: what goes back, and where to.
    #[must_use]
    pub fn digest(&self) -> String {
        train::digest::of(&("rollback", self.push, self.rollback.attempt, &self.rollback.back))
    }
}

impl Conductor {
    /// Plans a rollback without doing anything.
    pub async fn plan_rollback(&self, wish: &RollbackWish) -> Result<RollbackPlan> {
        let state = self.state().await?;
        self.rolling_back(&state, wish).await
    }

    /// Decides the rollback, stops what deploys, and brings production back.
    pub async fn roll_back(&self, wish: &RollbackWish, saw: Option<&str>) -> Result<RollbackPlan> {
        let state = self.state().await?;
        may_start(&self.settings, &self.acting(&state), "roll a push back")?;
        let plan = self.rolling_back(&state, wish).await?;
        same_plan(saw, &plan.digest())?;
        if !plan.running {
            let mut journal = self.journal().await?;
            let state = self.with_external(journal.state().clone());
            let again = self.rolling_back(&state, wish).await?;
            same_plan(Some(&plan.digest()), &again.digest())?;
            let event = Event::RolledBack { push: plan.push, rollback: Box::new(again.rollback) };
            let at = self.now(journal.state());
            journal.append(at, vec![event]).await?;
        }
        // Decided first: nothing new is begun from here on. What runs is ended before the way back begins.
        self.stop_runs(&self.state().await?, plan.push, DeployFor::Start).await?;
        let deploying = crate::Deploying {
            push: plan.push,
            purpose: DeployFor::Rollback,
            again: plan.retry.clone(),
        };
        self.deploy(deploying).await?;
        Ok(plan)
    }

    async fn rolling_back(&self, state: &State, wish: &RollbackWish) -> Result<RollbackPlan> {
        cut::check_names(&self.settings, wish.repos.iter().chain(&wish.retry).cloned())?;
        let push = self.cut_push(state, wish.push).await?;
        let day = state.days.of(push);
        let retry = wish.retry.clone();
        if let Some(attempt) = day.attempt() {
            if let Some(repo) = retry.first() {
                return Err(crate::start::nothing_to_retry(repo, push));
            }
            let rollback = rollback_of(attempt, wish)?;
            return Ok(RollbackPlan { push, rollback, running: false, retry });
        }
        let last = day.attempts.last().and_then(|attempt| attempt.rolled_back.as_ref());
        match last {
            Some((rollback, _)) => {
                Ok(RollbackPlan { push, rollback: rollback.clone(), running: true, retry })
            }
            None => {
                let what = format!("{push} was not started: there is nothing to roll back");
                Err(Refusal::new(Code::WrongState, what, "`pushduty status` shows how it stands"))
            }
        }
    }

    /// What is shown of a plan, before and after.
    pub async fn rollback_view(&self, plan: &RollbackPlan, done: bool) -> Result<RollbackView> {
        let state = self.state().await?;
        let attempts = state.days.of(plan.push).attempts.iter();
        let own = attempts.rev().find(|attempt| attempt.number == plan.rollback.attempt);
        let mut back = Vec::new();
        for one in &plan.rollback.back {
            let (state, note) = how_far_back(own, one);
            back.push(BackView {
                repo: one.repo.clone(),
                tag: one.tag.clone(),
                to: one.to.clone(),
                migrations: self.migrations_between(&one.repo, one.to.as_deref(), &one.tag).await?,
                state,
                note,
            });
        }
        Ok(RollbackView {
            push: plan.push,
            attempt: plan.rollback.attempt,
            digest: plan.digest(),
            done,
            back,
        })
    }

    /// A tag that was rolled back may leave again.
    pub(crate) async fn cleared(
        &self,
        state: &State,
        asked: Option<PushDate>,
        repos: &BTreeSet<RepoName>,
        because: &str,
    ) -> Result<CalendarChange> {
        may_start(&self.settings, &self.acting(state), "clear a tag that was rolled back")?;
        cut::check_names(&self.settings, repos.iter().cloned())?;
        let push = match asked {
            Some(push) => push,
            None => self.cut_push(state, None).await?,
        };
        let bad = state.days.of(push).bad.iter();
        let chosen = |repo: &RepoName| repos.is_empty() || repos.contains(repo);
        let events: Vec<Event> = bad
            .filter(|bad| chosen(&bad.repo))
            .map(|bad| Event::Cleared {
                push,
                repo: bad.repo.clone(),
                tag: bad.tag.clone(),
                because: because.to_owned(),
            })
            .collect();
        let names = events.iter().filter_map(|event| match event {
            Event::Cleared { repo, tag, .. } => Some(format!("{repo} {tag}")),
            _ => None,
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() {
            return Ok(CalendarChange::already(format!("no tag of {push} is marked as bad")));
        }
        let words = format!("{} may leave again: {because}", names.join(" and "));
        Ok(CalendarChange { events, words })
    }
}

fn rollback_of(attempt: &Attempt, wish: &RollbackWish) -> Result<Rollback> {
    let chosen = |repo: &RepoName| wish.repos.is_empty() || wish.repos.contains(repo);
    let left = attempt.leaving.iter().rev().filter(|one| chosen(&one.repo));
    let back: Vec<Back> = left
        .map(|one| Back {
            repo: one.repo.clone(),
            tag: one.tag.clone(),
            commit: one.commit.clone(),
            to: one.from.clone(),
        })
        .collect();
    if back.is_empty() {
        let what = "none of these repositories was started";
        return Err(Refusal::new(Code::WrongState, what, "`pushduty status` shows what was"));
    }
    Ok(Rollback { attempt: attempt.number, back, because: wish.because.clone() })
}

fn how_far_back(attempt: Option<&Attempt>, one: &Back) -> (StepWord, Option<String>) {
    let newest: Option<&Deployed> = attempt
        .zip(one.to.as_deref())
        .and_then(|(attempt, to)| attempt.newest(DeployFor::Rollback, &one.repo, to));
    let decided = attempt.is_some_and(|attempt| attempt.rolled_back.is_some());
    match newest.map(|deployed| &deployed.ended) {
        None if decided => (StepWord::Started, None),
        None => (StepWord::Planned, None),
        Some(None) => (StepWord::Deploying, None),
        Some(Some((DeployEnd::Succeeded, _))) => (StepWord::Deployed, None),
        Some(Some((end, _))) => (StepWord::Failed, Some(end.words())),
    }
}
