//! `finish`: the push is over. Times are written, what is left goes into the next push's notes, mail and topic are made, and
//! the next hero has it.

use jiff::Timestamp;
use train::announce::Handover;
use train::attempt::{Attempt, Back, DeployEnd, DeployFor, Finish, Leaving};
use train::command::{FinishWish, WhichPush};
use train::event::Event;
use train::id::PushDate;
use train::people::Role;
use train::pushday::PushDay;
use train::refusal::{Code, Refusal};
use train::settings::PRODUCTION;
use train::state::{Over, State};
use train::which::Want;

use crate::conductor::Conductor;
use crate::environments::is_live;
use crate::failure::Result;
use crate::gates::newest;
use crate::notes::{PageTime, ShownNotes};
use crate::standing::{is_settled, is_there};
use crate::view::{EnvironmentView, FinishView, ItemView, Moment, SectionWord, StatusView};

/// What finishing comes to.
#[derive(Debug, Clone)]
pub struct FinishPlan {
    /// The push.
    pub push: PushDate,
    /// Whether it was finished before: then nothing is left to do.
    pub already: bool,
    /// Its times, and what there is to tell.
    pub finish: Finish,
    /// What is carried over to the next push.
    pub left: Vec<String>,
    /// What is unticked, and can be settled before.
    pub unticked: Vec<ItemView>,
    /// The mail, the topic and the next hero.
    pub handover: Handover,
}

impl FinishPlan {
    /// The plan, or what was done, as a document.
    #[must_use]
    pub fn view(&self, conductor: &Conductor, done: bool) -> FinishView {
        let moment = |at: Timestamp| Moment(conductor.local(at));
        let next = self.handover.next.as_ref();
        FinishView {
            push: self.push,
            done: done || self.already,
            started_at: self.finish.started.map(moment),
            ended_at: moment(self.finish.ended),
            issues: self.finish.issues.clone(),
            left: self.left.clone(),
            unticked: self.unticked.clone(),
            next_push: next.map(|next| next.departure.push),
            next_hero: next.and_then(|next| next.departure.hero.clone()),
            subject: self.handover.subject.clone(),
            mail: self.handover.mail.clone(),
            topic: self.handover.topic.clone(),
        }
    }
}

impl Conductor {
    /// Plans the end of a push without ending it. Production is asked.
    pub async fn plan_finish(&self, wish: &FinishWish) -> Result<FinishPlan> {
        let state = self.state().await?;
        self.finishing(&state, wish).await
    }

    /// Ends it: the notes first, the end last, so that one cut off in between is finished by doing it again (P11).
    pub async fn finish(&self, wish: &FinishWish) -> Result<FinishPlan> {
        self.acting(&*self.state().await?).must_hold(&[Role::Hero, Role::Ops], "finish a push")?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.finishing(&state, wish).await?;
        if plan.already {
            return Ok(plan);
        }
        if let Some(started) = plan.finish.started {
            self.write_time(&mut journal, plan.push, PageTime::Start, started).await?;
        }
        self.write_time(&mut journal, plan.push, PageTime::End, plan.finish.ended).await?;
        if let Some(next) = &plan.handover.next {
            self.carry_over(&mut journal, plan.push, next.departure.push).await?;
        }
        let event = Event::Finished { push: plan.push, finish: Box::new(plan.finish.clone()) };
        let at = self.now(journal.state());
        journal.append(at, vec![event]).await?;
        Ok(plan)
    }

    async fn finishing(&self, state: &State, wish: &FinishWish) -> Result<FinishPlan> {
        let push = match self.meant_push(state, Want::Cut, wish.push).await {
            Ok(push) => push,
            Err(refusal) => {
                let before = finished_before(state, wish);
                let Some((push, finish)) = before.filter(|_| refusal.code != Code::Ambiguous)
                else {
                    return Err(refusal);
                };
                let handover = self.handover(state, push, &finish.issues).await;
                let (left, unticked) = (Vec::new(), Vec::new());
                return Ok(FinishPlan { push, already: true, finish, left, unticked, handover });
            }
        };
        self.ask(|environment| environment.name == PRODUCTION).await?;
        let status = self.status(Some(push)).await?;
        let day = state.days.of(push);
        let attempts = &day.attempts;
        self.nothing_runs(push, attempts)?;
        if wish.because.is_none() {
            self.may_finish(push, &status, day)?;
        }
        let notes = self.notes(WhichPush::On(push), ShownNotes::default()).await?;
        let mut issues: Vec<String> = noted(&notes.items, SectionWord::Issues);
        issues.extend(wish.issues.iter().map(ToString::to_string));
        let ended = self.arrived_at(&status, day.attempt()).await?;
        let finish = Finish {
            started: attempts.first().map(|first| first.started_at),
            ended: ended.unwrap_or_else(|| self.now(state)),
            issues,
            because: wish.because.clone().map(String::from),
            tags: tagged(&status).into_iter().map(|one| (one.repo, one.tag)).collect(),
        };
        let handover = self.handover(state, push, &finish.issues).await;
        let left = self.left_of(state, push).await?;
        let unticked = unticked(&status, &notes.items);
        Ok(FinishPlan { push, already: false, finish, left, unticked, handover })
    }

    /// Refuses while a deploy runs, or a way back was decided and not begun: nobody could follow or stop it afterwards.
    fn nothing_runs(&self, push: PushDate, attempts: &[Attempt]) -> Result<()> {
        if let Some(run) = attempts.iter().flat_map(Attempt::unended).next() {
            let what = format!("a deploy of {push} runs: {}", crate::telling::deploys(&run.run));
            let hint = "`pushduty start` follows it, `pushduty start --stop` ends it";
            return Err(Refusal::new(Code::WrongState, what, hint));
        }
        let last = attempts.last().and_then(|last| Some((last, &last.rolled_back.as_ref()?.0)));
        let Some((last, rollback)) =
            last.filter(|_| self.deploy_program(DeployFor::Rollback).is_some())
        else {
            return Ok(());
        };
        let begun = |back: &Back| {
            let to = back.to.as_deref();
            to.is_none_or(|to| last.newest(DeployFor::Rollback, &back.repo, to).is_some())
        };
        match rollback.back.iter().find(|back| !begun(back)) {
            None => Ok(()),
            Some(back) => {
                let what =
                    format!("{} {} was rolled back and is not back yet", back.repo, back.tag);
                let hint = "`pushduty rollback --because TEXT` goes on with it";
                Err(Refusal::new(Code::WrongState, what, hint).in_repo(&back.repo))
            }
        }
    }

    /// Refuses while production does not show what left, or nothing left at all.
    fn may_finish(&self, push: PushDate, status: &StatusView, day: &PushDay) -> Result<()> {
        let last = day.attempts.last();
        let reason = "--because TEXT ends the push all the same, for the record";
        if let Some((rollback, _)) = last.and_then(|last| last.rolled_back.as_ref()) {
            let what = format!("{push} was rolled back: {}", rollback.because);
            let hint = format!("`pushduty start` begins another attempt; {reason}");
            return Err(Refusal::new(Code::Refused, what, hint));
        }
        let deploys = self.settings.environment(PRODUCTION).and_then(|p| p.deploy.as_ref());
        let newest = tagged(status);
        // A tag that came past us is there in the place of the one that left.
        let mended = |one: &Leaving| {
            let mut newest = newest.iter().filter(|newest| newest.repo == one.repo);
            newest.any(|newest| newest.tag != one.tag && is_live(&status.environments, newest))
        };
        let there = |one: &Leaving| {
            let with = day.attempts.iter().rev().find(|a| a.allowed(&one.repo, &one.tag));
            is_settled(&status.repos, &one.repo)
                || mended(one)
                || is_there(&status.environments, one, with, deploys.is_some())
        };
        let gone = day.left();
        // What left with an earlier attempt, and was not taken back, is to be there as well.
        let mut leaving = leaving(status, last);
        let earlier = gone.values().filter(|one| leaving.iter().all(|l| l.repo != one.repo));
        let earlier: Vec<Leaving> = earlier.map(|one| (*one).clone()).collect();
        leaving.extend(earlier);
        let left = |one: &Leaving| {
            is_settled(&status.repos, &one.repo)
                || gone.get(&one.repo).is_some_and(|gone| gone.tag == one.tag)
        };
        // Of a push that was never started all that is asked is whether production shows it.
        let mut started = newest.iter().filter(|_| last.is_some());
        let behind = started.find(|one| !left(one) && !is_live(&status.environments, one));
        if let Some(one) = behind {
            let what = format!("{} {} never left", one.repo, one.tag);
            let hint = format!("`pushduty start --repo {}` brings it there; {reason}", one.repo);
            return Err(Refusal::new(Code::Refused, what, hint).in_repo(&one.repo));
        }
        if let Some(one) = leaving.iter().find(|one| !there(one)) {
            if let Some(end) = failed_there(&status.environments, day, one) {
                return Err(did_not_end_well(one, end, reason));
            }
            let what = match last {
                Some(_) => format!("production does not show {} {}", one.repo, one.tag),
                None => format!(
                    "{push} was not started, and production does not show {} {}",
                    one.repo, one.tag
                ),
            };
            let hint = format!("`pushduty watch production` follows until it does; {reason}");
            return Err(Refusal::new(Code::Refused, what, hint).in_repo(&one.repo));
        }
        Ok(())
    }

    /// When the last service of what left was first seen with its tag, or the last deploy ended; none where neither is known.
    async fn arrived_at(
        &self,
        status: &StatusView,
        attempt: Option<&Attempt>,
    ) -> Result<Option<Timestamp>> {
        let mut latest = None;
        for one in leaving(status, attempt) {
            if is_live(&status.environments, &one) {
                let since = self.shown_since(PRODUCTION, &one.repo, &one.tag).await?;
                latest = latest.max(since.map(|Moment(at)| at.timestamp()));
            }
        }
        let deploys = attempt.into_iter().flat_map(|attempt| &attempt.deploys);
        let ended = deploys.filter_map(|run| run.ended.as_ref().map(|(_, at)| *at)).max();
        Ok(latest.max(ended))
    }
}

/// The push that a wish means, where that was finished before: the one named, or where no other is cut the last.
fn finished_before(state: &State, wish: &FinishWish) -> Option<(PushDate, Finish)> {
    let over = |push: PushDate| state.over(push);
    match wish.push {
        Some(push) => done(push, over(push)?),
        None => {
            let mut cut = state.pushes.keys().rev().map(|push| (*push, over(*push)));
            let (push, over) = cut.find(|(_, over)| !matches!(over, Some(Over::Cancelled(_))))?;
            done(push, over?)
        }
    }
}

fn done(push: PushDate, over: Over<'_>) -> Option<(PushDate, Finish)> {
    match over {
        Over::Done(finish) => Some((push, finish.clone())),
        Over::Cancelled(_) => None,
    }
}

/// That a push can't end with a deploy that did not; `reason` is by what it can.
fn did_not_end_well(one: &Leaving, end: &DeployEnd, reason: &str) -> Refusal {
    let what = |end: &DeployEnd| format!("the deploy of {} {} {}", one.repo, one.tag, end.words());
    let hint = format!("`pushduty start --retry {}` tries it again; {reason}", one.repo);
    let refusal = Refusal::new(Code::Refused, what(end), hint).in_repo(&one.repo);
    match end.unquoted() {
        Some(unquoted) => refusal.unquoted(what(&unquoted)),
        None => refusal,
    }
}

/// How the deploy of a tag ended that production shows though it failed.
fn failed_there<'d>(
    environments: &[EnvironmentView],
    day: &'d PushDay,
    one: &Leaving,
) -> Option<&'d DeployEnd> {
    let with = day.attempts.iter().rev().find(|a| a.allowed(&one.repo, &one.tag))?;
    let newest = with.newest(DeployFor::Start, &one.repo, &one.tag)?;
    let end = newest.failed(is_live(environments, one))?;
    is_live(environments, one).then_some(end)
}

/// What left with an attempt; without one, the newest tags.
fn leaving(status: &StatusView, attempt: Option<&Attempt>) -> Vec<Leaving> {
    if let Some(attempt) = attempt {
        return attempt.leaving.clone();
    }
    tagged(status)
}

/// The newest tags of the repositories that do not stay.
fn tagged(status: &StatusView) -> Vec<Leaving> {
    let tagged = status.repos.iter().filter(|repo| !repo.stays).filter_map(newest);
    tagged
        .map(|tag| Leaving {
            repo: tag.repo,
            tag: tag.tag,
            object: tag.object,
            commit: tag.commit,
            from: None,
        })
        .collect()
}

/// The open blockers, then the tasks that hold, as they stand in the notes.
fn unticked(status: &StatusView, items: &[ItemView]) -> Vec<ItemView> {
    let blockers = status.blockers.iter().filter(|blocker| blocker.open).map(|one| &one.id);
    let tasks = status.tasks.iter().filter(|task| task.holds).map(|one| &one.id);
    let item = |id: &String| items.iter().find(|item| item.id == *id).cloned();
    blockers.chain(tasks).filter_map(item).collect()
}

fn noted(items: &[ItemView], section: SectionWord) -> Vec<String> {
    let there = items.iter().filter(|item| item.section == section && item.line.is_some());
    there.map(|item| item.text.clone()).collect()
}
