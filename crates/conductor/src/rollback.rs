//! `rollback`: production goes back to what it ran before, and stays there until a person says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use train::attempt::{Attempt, Back, DeployFor, Deployed, Leaving, Rollback};
use train::base::Running;
use train::command::RollbackWish;
use train::cut;
use train::event::Event;
use train::expected::{came_past, expected};
use train::facts::Look;
use train::id::{Oid, PushDate, RepoName};
use train::pushes::Train;
use train::reason::unsaid;
use train::refusal::{Code, Refusal};
use train::settings::{PRODUCTION, Repo};
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::environments::Wait;
use crate::failure::Result;
use crate::production::{AT_MOST, PAST_US, Shown};
use crate::start::{before_newer, to_retry};
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
        self.may_start(&state, "roll a push back")?;
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
            self.stop_runs(&*self.state().await?, plan.push, purpose).await?;
        }
        let deploying = crate::Deploying {
            push: plan.push,
            purpose: DeployFor::Rollback,
            again: plan.again.clone(),
        };
        let done = self.deploy(deploying).await;
        // What was kept of production is from before it, and would be told as what runs now.
        self.ask(|environment| environment.name == PRODUCTION).await?;
        done?;
        Ok(plan)
    }

    async fn rolling_back(&self, state: &State, wish: &RollbackWish) -> Result<RollbackPlan> {
        cut::check_names(&self.settings, wish.repos.iter().chain(&wish.retry).cloned())?;
        let looks = self.known_looks().await?;
        let train = self.train(state, &looks);
        let push = train.taken_back(wish.push)?;
        let Some(last) = state.days.of(push).attempts.last() else {
            let what = format!("{push} was not started: there is nothing to roll back");
            let hint = "`pushduty status` shows how it stands";
            return Err(Refusal::new(Code::WrongState, what, hint));
        };
        let before = last.rolled_back.as_ref().map(|(rollback, _)| rollback);
        let again = to_retry(Some(last), DeployFor::Rollback, &wish.retry, push)?;
        let Taken { back: more, unbegun } = self.to_take_back(state, push, last, wish).await?;
        newest_goes_first(&train, push, &more)?;
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
                let goes = |one: &&Back| !more.iter().any(|more| more.repo == one.repo);
                let back = before.into_iter().flat_map(|before| &before.back).filter(goes);
                let mut back: Vec<Back> = back.cloned().collect();
                back.extend(more);
                back.sort_by_key(|one| std::cmp::Reverse(self.rank(&one.repo)));
                let because = wish.because.clone().ok_or_else(unsaid)?.into();
                let unbegun = never_left(before, unbegun, &back);
                let rollback = Rollback { attempt: last.number, back, unbegun, because };
                Ok(RollbackPlan { push, rollback, running: false, again })
            }
        }
    }

    /// What an attempt brought to production, or began to, and what is not taken back yet; and what it never began. Where a
    /// newer tag was not begun, the one it was to take the place of goes back. What came past us on top of it goes back with
    /// it; of a push that was over alone, as an attempt of its own would.
    async fn to_take_back(
        &self,
        state: &State,
        push: PushDate,
        attempt: &Attempt,
        wish: &RollbackWish,
    ) -> Result<Taken> {
        let chosen = |repo: &RepoName| wish.repos.is_empty() || wish.repos.contains(repo);
        let on_top = match attempt.rolled_back {
            None => self.on_top(state, push, &chosen).await?,
            Some(_) => Vec::new(),
        };
        let alone = !on_top.is_empty() && state.days.of(push).attempt().is_none();
        let (answers, by_program) =
            (self.last_answers().await?, self.deploy_program(DeployFor::Start).is_some());
        let back = attempt.rolled_back.as_ref().map(|(rollback, _)| &rollback.back);
        let is_there = |one: &&Leaving| {
            !by_program
                || attempt.newest(DeployFor::Start, &one.repo, &one.tag).is_some()
                || self.shown_in_production(&one.repo, &answers).contains(&one.tag)
        };
        let gone = |repo: &RepoName| back.into_iter().flatten().find(|b| b.repo == *repo);
        let is_under = |one: &Leaving| on_top.iter().any(|b| b.repo == one.repo);
        let own =
            attempt.leaving.iter().filter(|one| !alone && chosen(&one.repo) && !is_under(one));
        let own = own.filter_map(|one| {
            let older = attempt.overtaken.iter().rev().filter(|old| old.repo == one.repo);
            let mut all = std::iter::once(one).chain(older);
            match gone(&one.repo) {
                None => all.find(is_there),
                // What went back to an earlier tag of the same attempt goes on from there.
                Some(back) => all.find(|one| back.to.as_ref() == Some(&one.tag)),
            }
        });
        let mut back: Vec<Back> = own.map(taken).chain(on_top.iter().cloned()).collect();
        back.sort_by_key(|one| std::cmp::Reverse(self.rank(&one.repo)));
        let unbegun = attempt.leaving.iter().filter(|one| !is_there(one)).map(taken).collect();
        Ok(Taken { back, unbegun })
    }

    /// The tags of a push that production runs though no start allowed them, each with where it goes back to: of an attempt
    /// that runs to what that came onto, else to what left last. Production is asked; a service that fails stands by what it
    /// showed last. Refuses where it runs another push's: that is none of this push's to take back.
    async fn on_top(
        &self,
        state: &State,
        push: PushDate,
        chosen: &impl Fn(&RepoName) -> bool,
    ) -> Result<Vec<Back>> {
        let Some(production) = self.settings.environment(PRODUCTION) else { return Ok(Vec::new()) };
        let wait = Wait { at_most: AT_MOST, else_kept: true };
        self.ask_until(|environment| environment.name == PRODUCTION, Some(wait)).await?;
        let answers = self.last_answers().await?;
        let runs = state.days.of(push).attempt();
        let mut on_top = Vec::new();
        for repo in self.settings.repos.iter().filter(|repo| chosen(&repo.name)) {
            let shown = self.last_shown_in(&answers, production, &repo.name).await?;
            let Some(Running { version: tag, commit }) = shown.map(|shown| shown.running) else {
                continue;
            };
            let Some(of) = came_past(state, repo, &tag) else { continue };
            let known = self.commit_of(state, &repo.name, &tag).await?;
            let Some(commit) = known.or(commit) else { continue };
            if of != push {
                return Err(anothers(repo, push, of, &tag));
            }
            let leaving = runs.into_iter().flat_map(|a| a.leaving.iter().map(move |one| (a, one)));
            let to = match leaving.into_iter().find(|(_, one)| one.repo == repo.name) {
                Some((attempt, one)) => before_newer(attempt, one, false, &tag),
                None => expected(state, &repo.name).map(str::to_owned),
            };
            on_top.push(Back { repo: repo.name.clone(), tag, commit, to });
        }
        Ok(on_top)
    }

    /// The commit of a tag, as its remote shows it; one that was made since the last look is looked for.
    async fn commit_of(&self, state: &State, repo: &RepoName, tag: &str) -> Result<Option<Oid>> {
        let given = state.pushes.values().filter_map(|push| push.tags.get(repo)).flatten();
        let mut given = given.filter(|given| given.tag.tag == tag);
        if let Some(given) = given.next() {
            return Ok(Some(given.tag.commit.clone()));
        }
        let of = |look: &Look| look.tags.get(tag).map(|seen| seen.commit.clone());
        if let Some(commit) = self.last_looks().await?.get(repo).and_then(of) {
            return Ok(Some(commit));
        }
        // Where the remote can't be reached, the way back does not wait for it.
        let looked = self.look(std::slice::from_ref(repo)).await;
        Ok(looked.get(repo).and_then(|look| of(look.as_ref().ok()?)))
    }

    /// What is shown of a plan, before and after.
    pub async fn rollback_view(&self, plan: &RollbackPlan, done: bool) -> Result<RollbackView> {
        let state = self.state().await?;
        let attempts = state.days.of(plan.push).attempts.iter();
        let own = attempts.rev().find(|attempt| attempt.number == plan.rollback.attempt);
        let (looks, answers) = (self.last_looks().await?, self.last_answers().await?);
        let mut back = Vec::new();
        for one in &plan.rollback.back {
            let (state, note) = how_far_back(own, one, &self.back_in(&answers, one));
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
        self.may_start(state, "clear a tag that was rolled back")?;
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

/// What is to be taken back of an attempt, and what of it was never begun.
struct Taken {
    back: Vec<Back>,
    unbegun: Vec<Back>,
}

fn taken(one: &Leaving) -> Back {
    Back {
        repo: one.repo.clone(),
        tag: one.tag.clone(),
        commit: one.commit.clone(),
        to: one.from.clone(),
    }
}

/// What did not leave with an attempt that is rolled back: what was never begun, by then or now, and does not go back.
fn never_left(before: Option<&Rollback>, unbegun: Vec<Back>, back: &[Back]) -> Vec<Back> {
    let mut all: Vec<Back> = before.into_iter().flat_map(|b| &b.unbegun).cloned().collect();
    let known =
        |all: &[Back], one: &Back| all.iter().any(|a| a.repo == one.repo && a.tag == one.tag);
    for one in unbegun {
        if !known(&all, &one) {
            all.push(one);
        }
    }
    all.retain(|one| !known(back, one));
    all
}

/// Refuses to take back what another push took the place of since: production would run neither what it ran before that
/// push nor what it runs now.
fn newest_goes_first(train: &Train<'_>, push: PushDate, back: &[Back]) -> Result<()> {
    let goes = |repo: &RepoName| back.iter().any(|back| &back.repo == repo);
    let since = train.brought_since(push);
    let Some((later, one)) = since.iter().find(|(_, one)| goes(&one.repo)) else {
        return Ok(());
    };
    let what = format!("{later} brought {} {} to production after {push}", one.repo, one.tag);
    let hint = format!("`pushduty rollback --push {later} --because TEXT` comes first");
    Err(Refusal::new(Code::WrongState, what, hint).in_repo(&one.repo))
}

/// That production runs another push's tag, which no start allowed.
fn anothers(repo: &Repo, push: PushDate, of: PushDate, tag: &str) -> Refusal {
    let name = &repo.name;
    let what = format!("production shows {name} {tag}, {PAST_US}: it does not run {push}");
    let hint = format!(
        "`pushduty start --push {of}` has it on record, and then it can be rolled back; or deploy what ran before by hand"
    );
    Refusal::new(Code::WrongState, what, hint).in_repo(name)
}

/// How far a repository is on its way back: as its last deploy ended, and as production shows it.
fn how_far_back(
    attempt: Option<&Attempt>,
    one: &Back,
    shown: &Shown,
) -> (StepWord, Option<String>) {
    let newest: Option<&Deployed> = attempt
        .zip(one.to.as_deref())
        .and_then(|(attempt, to)| attempt.newest(DeployFor::Rollback, &one.repo, to));
    let decided = attempt.is_some_and(|attempt| attempt.rolled_back.is_some());
    if let Some(end) = newest.and_then(|newest| newest.failed(shown.back)) {
        return (StepWord::Failed, Some(end.words()));
    }
    match newest.map(|deployed| &deployed.ended) {
        Some(None) => (StepWord::Deploying, None),
        _ if decided && shown.back => (StepWord::Live, None),
        Some(Some(_)) => (StepWord::Deployed, shown.words()),
        None if decided => (StepWord::Started, shown.words()),
        None => (StepWord::Planned, None),
    }
}
