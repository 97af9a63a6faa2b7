//! `rollback`: production goes back to what it ran before, and stays there until a person says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use train::attempt::{Attempt, Back, DeployEnd, DeployFor, Deployed, Leaving, Rollback};
use train::command::RollbackWish;
use train::cut;
use train::event::Event;
use train::id::{PushDate, RepoName};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::start::{may_start, to_retry};
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
    /// Failed ways back that are tried again, by repository.
    pub again: BTreeMap<RepoName, String>,
}

impl RollbackPlan {
    /// What `--if` binds: what goes back, and where to.
    #[must_use]
    pub fn digest(&self) -> String {
        let Rollback { attempt, back, .. } = &self.rollback;
        train::digest::of(&("rollback", self.push, attempt, back, &self.again))
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
        for purpose in [DeployFor::Start, DeployFor::Promote] {
            self.stop_runs(&self.state().await?, plan.push, purpose).await?;
        }
        let deploying = crate::Deploying {
            push: plan.push,
            purpose: DeployFor::Rollback,
            again: plan.again.clone(),
        };
        self.deploy(deploying).await?;
        Ok(plan)
    }

    async fn rolling_back(&self, state: &State, wish: &RollbackWish) -> Result<RollbackPlan> {
        cut::check_names(&self.settings, wish.repos.iter().chain(&wish.retry).cloned())?;
        let looks = self.known_looks().await?;
        let train = Train { settings: &self.settings, state, looks: &looks, now: self.now(state) };
        let push = train.taken_back(wish.push)?;
        let Some(last) = state.days.of(push).attempts.last() else {
            let what = format!("{push} was not started: there is nothing to roll back");
            let hint = "`pushduty status` shows how it stands";
            return Err(Refusal::new(Code::WrongState, what, hint));
        };
        newest_goes_first(&train, push, wish)?;
        let before = last.rolled_back.as_ref().map(|(rollback, _)| rollback);
        let again = to_retry(Some(last), DeployFor::Rollback, &wish.retry, push)?;
        let more = self.to_take_back(last, wish).await?;
        match before {
            // What was decided goes on, unless more is to go back now.
            Some(before) if more.is_empty() || wish.repos.is_empty() => {
                Ok(RollbackPlan { push, rollback: before.clone(), running: true, again })
            }
            _ if more.is_empty() => {
                let what = "none of these repositories was brought to production";
                Err(Refusal::new(Code::WrongState, what, "`pushduty status` shows what was"))
            }
            _ => {
                let back = before.into_iter().flat_map(|before| &before.back).cloned();
                let mut back: Vec<Back> = back.chain(more).collect();
                back.sort_by_key(|one| std::cmp::Reverse(self.rank(&one.repo)));
                let because = wish.because.clone();
                let rollback = Rollback { attempt: last.number, back, because };
                Ok(RollbackPlan { push, rollback, running: false, again })
            }
        }
    }

    /// What an attempt brought to production, or began to, and what is not taken back yet.
    async fn to_take_back(&self, attempt: &Attempt, wish: &RollbackWish) -> Result<Vec<Back>> {
        let answers = self.last_answers().await?;
        let by_program = self.deploy_program(DeployFor::Start).is_some();
        let back = attempt.rolled_back.as_ref().map(|(rollback, _)| &rollback.back);
        let is_there = |one: &Leaving| {
            let shown = self.running(&answers, &one.repo);
            !by_program
                || attempt.newest(DeployFor::Start, &one.repo, &one.tag).is_some()
                || shown.is_some_and(|shown| shown.version == one.tag)
        };
        let is_back = |one: &Leaving| back.into_iter().flatten().any(|b| b.repo == one.repo);
        let chosen = |one: &&Leaving| {
            (wish.repos.is_empty() || wish.repos.contains(&one.repo))
                && is_there(one)
                && !is_back(one)
        };
        let mut leaving: Vec<&Leaving> = attempt.leaving.iter().filter(chosen).collect();
        leaving.sort_by_key(|one| std::cmp::Reverse(self.rank(&one.repo)));
        let one = |one: &Leaving| Back {
            repo: one.repo.clone(),
            tag: one.tag.clone(),
            commit: one.commit.clone(),
            to: one.from.clone(),
        };
        Ok(leaving.into_iter().map(one).collect())
    }

    /// What is shown of a plan, before and after.
    pub async fn rollback_view(&self, plan: &RollbackPlan, done: bool) -> Result<RollbackView> {
        let state = self.state().await?;
        let attempts = state.days.of(plan.push).attempts.iter();
        let own = attempts.rev().find(|attempt| attempt.number == plan.rollback.attempt);
        let (looks, mut back) = (self.last_looks().await?, Vec::new());
        for one in &plan.rollback.back {
            let (state, note) = how_far_back(own, one);
            back.push(BackView {
                repo: one.repo.clone(),
                tag: one.tag.clone(),
                to: one.to.clone(),
                migrations: self
                    .migrations_between(&looks, &one.repo, one.to.as_deref(), &one.tag)
                    .await?,
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
        let marked = state.days.newest_first().find(|(_, day)| !day.bad.is_empty());
        let push = match asked.or(marked.map(|(push, _)| push)) {
            Some(push) => push,
            None => self.meant_push(state, Want::Cut, None).await?,
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
        let words = format!("{push}: {} may leave again: {because}", names.join(" and "));
        Ok(CalendarChange { events, words, more: Vec::new() })
    }
}

/// Refuses to take back what another push took the place of since: production would run neither what it ran before that
/// push nor what it runs now.
fn newest_goes_first(train: &Train<'_>, push: PushDate, wish: &RollbackWish) -> Result<()> {
    let chosen = |repo: &RepoName| wish.repos.is_empty() || wish.repos.contains(repo);
    let own = train.state.days.of(push).attempts.last();
    let has = |repo: &RepoName| own.is_some_and(|a| a.leaving.iter().any(|l| &l.repo == repo));
    let since = train.brought_since(push);
    let Some((later, one)) = since.iter().find(|(_, one)| chosen(&one.repo) && has(&one.repo))
    else {
        return Ok(());
    };
    let what = format!("{later} brought {} {} to production after {push}", one.repo, one.tag);
    let hint = format!("`pushduty rollback --push {later} --because TEXT` comes first");
    Err(Refusal::new(Code::WrongState, what, hint).in_repo(&one.repo))
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
