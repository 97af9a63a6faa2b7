//! `waiting`, `later`: what needs whoever asks, from what was recorded and last seen. It asks nobody.

use jiff::Timestamp;
use train::command::RepoCommit;
use train::event::Event;
use train::fence;
use train::gates::OpenItem;
use train::id::{PushDate, RepoName};
use train::key::Key;
use train::later;
use train::people::Role;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::security;
use train::state::State;
use train::waiting::{
    self, Answer, AskFacts, BranchFacts, Facts, ItemFacts, NextStep, OfferFacts, PushFacts,
    SeeFacts, Stage, Thing, TwinFacts,
};

use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::gates::{Judging, unconfirmed};
use crate::remembered::Looks;
use crate::security::candidates;
use crate::status::Judged;
use crate::view::{
    AnswerView, AskView, BlockerView, Moment, PushState, PutOffView, StatusView, TaskView,
    ThingView, TurnView, WaitingView,
};
use crate::waits::Waits;

impl Conductor {
    /// All that waits for whoever acts.
    pub async fn what_waits(&self) -> Result<WaitingView> {
        let state = self.state().await?;
        let now = self.now(&state);
        let views = self.things(&state).await?.into_iter().map(|thing| self.thing(thing, now));
        let (things, later) = views.partition(|thing| thing.until.is_none());
        Ok(WaitingView {
            train: self.settings.train.to_string(),
            person: self.actor.name.clone(),
            things,
            later,
            next_turn: self.next_turn(&state),
        })
    }

    /// The wish to be asked again later.
    pub(crate) async fn put_off(
        &self,
        state: &State,
        key: &Key,
        until: Option<&str>,
    ) -> Result<CalendarChange> {
        self.known_actor(state, "put anything off")?;
        let things = self.things(state).await?;
        let Some(thing) = waiting::meant(&things, key.as_str()) else {
            let what = format!("nothing that goes by {key} waits for {}", self.actor.name);
            return Err(Refusal::new(Code::NotFound, what, "`pushduty waiting` lists what does"));
        };
        let until = later::until(until, &self.settings.timetable, self.now(state))?;
        let when = Moment(self.local(until)).words();
        let words = format!("{} is asked again {when}: {}", self.actor.name, thing.says);
        if thing.later == Some(until) {
            return Ok(CalendarChange::already(format!("{words}: that is so already")));
        }
        Ok(CalendarChange::new(Event::PutOff { what: thing.key.clone(), until }, words))
    }

    /// Who put an ask off, and until when.
    pub(crate) fn ask_put_off(
        &self,
        train: &Train<'_>,
        push: PushDate,
        ask: &AskView,
    ) -> Vec<PutOffView> {
        let Some(Ok(item)) = ask.id.as_ref().map(|id| id.parse()) else { return Vec::new() };
        let key = waiting::ask_key(push, item, &ask.name(), ask.state);
        let all = train.state.put_off.by(&key, train.now);
        all.map(|(by, until)| self.put_off_view(by, until)).collect()
    }

    fn put_off_view(&self, by: &str, until: Timestamp) -> PutOffView {
        PutOffView { by: by.to_owned(), until: Moment(self.local(until)) }
    }

    async fn things(&self, state: &State) -> Result<Vec<Thing>> {
        let looks = self.last_looks().await?;
        let train = self.train(state, &looks);
        let (actor, mut seen) = (self.acting(state), Vec::new());
        for push in at_hand(&train) {
            seen.push((push, self.status_with(Some(push), &Judging::default()).await?));
        }
        let pushes = seen.iter().map(|(push, judged)| push_facts(state, *push, judged)).collect();
        let twins = match actor.holds(&[Role::Security]) {
            true => self.twin_facts(state).await,
            false => Vec::new(),
        };
        let other_ledgers = self.other_ledgers(state, &train).await?;
        let waits = match actor.name.parse() {
            Ok(name) => self.waits_for(&name).await?,
            // Nobody of that name is in any configuration.
            Err(_) => Waits::default(),
        };
        let (offers, to_see) = (offers(&train, &waits), to_see(&waits));
        let settings = &self.settings;
        Ok(waiting::of(&Facts {
            actor: &actor,
            settings,
            state,
            now: train.now,
            pushes,
            twins,
            offers,
            to_see,
            calls: waits.calls,
            other_ledgers,
        }))
    }

    /// The private twins as last fetched. What can't be read now is told by the commands that are about it.
    async fn twin_facts(&self, state: &State) -> Vec<TwinFacts> {
        let (actor, on_duty) = (self.acting(state), self.on_duty(state));
        let mut twins = Vec::new();
        for aboard in &self.aboard {
            let Some(twin) = &aboard.security else { continue };
            let Ok(Some(look)) = twin.last_look(self.clock.now()).await else { continue };
            let repo = aboard.settings.name.clone();
            let known = candidates(state, &repo, &look);
            let branch = |(branch, known): (&crate::ports::Branch, &security::Candidate)| {
                let given = (&state.given, on_duty.as_ref());
                let email = &self.ident.email;
                let may =
                    security::may_review(&self.settings, given, &actor, email, &branch.authors);
                BranchFacts {
                    number: branch.number,
                    commit: branch.commit.clone(),
                    state: known.state(),
                    may_review: may.is_ok(),
                }
            };
            let branches = look.branches.iter().zip(&known).map(branch).collect();
            twins.push(TwinFacts { repo, diverged: !look.ahead.is_empty(), branches });
        }
        twins
    }

    /// Repositories whose fence, as last seen, names another ledger, or more than ours has: an admin goes on from there.
    async fn other_ledgers(
        &self,
        state: &State,
        train: &Train<'_>,
    ) -> Result<Vec<(RepoName, String)>> {
        let ledger = &self.ledger.identity().id;
        let mut others = Vec::new();
        for (repo, look) in train.looks {
            let body = look.fence.as_ref().and_then(|seen| seen.body.as_ref());
            let has_head = match body {
                Some(body) if &body.ledger == ledger => {
                    self.ledger.seq_of(&body.head.hash).await?.is_some()
                }
                _ => false,
            };
            let ours = fence::Ours { ledger, has_head, state };
            if let Err(refusal) = fence::check(repo, look.fence.as_ref(), ours) {
                others.push((repo.clone(), refusal.message));
            }
        }
        Ok(others)
    }

    fn next_turn(&self, state: &State) -> Option<TurnView> {
        let looks = Looks::new();
        let train = self.train(state, &looks);
        let mine = |d: &train::calendar::Departure| {
            let hero = d.hero.as_ref().is_some_and(|hero| hero.as_str() == self.actor.name);
            hero && d.runs() && d.push_at.timestamp() > train.now
        };
        let turn = train.departures(train.today()).into_iter().find(mine)?;
        let (cut_at, push_at) = (Moment(turn.cut_at), Moment(turn.push_at));
        Some(TurnView { push: turn.push, cut_at, push_at })
    }

    fn thing(&self, thing: Thing, now: Timestamp) -> ThingView {
        let moment = |at: Option<Timestamp>| at.map(|at| Moment(self.local(at)));
        let others = thing.others.iter();
        ThingView {
            since: moment(thing.since),
            due: moment(thing.due),
            late: thing.due.is_some_and(|due| due <= now),
            until: moment(thing.later),
            put_off: others.map(|(by, until)| self.put_off_view(by, *until)).collect(),
            answers: thing.answers.into_iter().map(answer).collect(),
            key: thing.key,
            kind: thing.kind,
            push: thing.push,
            repo: thing.repo,
            says: thing.says,
        }
    }
}

fn offers(train: &Train<'_>, waits: &Waits) -> Vec<OfferFacts> {
    let one = |(push, offer): &(PushDate, crate::view::OfferView)| OfferFacts {
        push: *push,
        by: offer.by.clone(),
        to_all: offer.to.is_none(),
        at: offer.at.0.timestamp(),
        cut_at: train.departure(*push).map(|departure| departure.cut_at.timestamp()),
    };
    waits.offers.iter().map(one).collect()
}

fn to_see(waits: &Waits) -> Vec<SeeFacts> {
    let one = |see: &crate::waits::ToSee| SeeFacts {
        push: see.push,
        repo: see.repo.clone(),
        tag: see.tag.clone(),
        change: see.change.clone(),
    };
    waits.changes.iter().map(one).collect()
}

fn answer(answer: Answer) -> AnswerView {
    let Answer { word, label, wish, needs_reason, command } = answer;
    AnswerView { answer: word, label: label.to_owned(), wish, needs_reason, command }
}

/// The pushes that something is to be done for: those that are cut and not over, the one that matters now, and the next.
fn at_hand(train: &Train<'_>) -> Vec<PushDate> {
    let next = train.next().map(|departure| departure.push);
    let mut pushes: Vec<PushDate> =
        train.live().into_iter().chain(train.shown()).chain(next).collect();
    pushes.sort_unstable();
    pushes.dedup();
    pushes
}

fn push_facts<'a>(state: &'a State, push: PushDate, judged: &'a Judged) -> PushFacts<'a> {
    let Judged { status, answered } = judged;
    let at = |moment: &Option<Moment>| moment.as_ref().map(|at| at.0.timestamp());
    let next = &status.next;
    PushFacts {
        push,
        stage: stage(state, push, status),
        hero: status.hero.as_ref(),
        cut_at: at(&status.cut_at),
        push_at: at(&status.push_at),
        day: state.days.of(push),
        tagset: status.tagset.as_deref(),
        answered: *answered,
        gates: &status.gates,
        asks: status.asks.iter().filter_map(ask).collect(),
        blockers: status.blockers.iter().filter(|one| one.open).map(blocker).collect(),
        tasks: status.tasks.iter().filter(|one| !one.done).map(task).collect(),
        next: NextStep {
            who: next.who.as_deref(),
            what: &next.what,
            command: next.command.as_deref(),
            alarm: next.alarm,
        },
    }
}

/// How far a push is; one that is held stands where it stood.
fn stage(state: &State, push: PushDate, status: &StatusView) -> Stage {
    let lacks = |repo: &crate::view::RepoStatus| repo.tags.is_empty() && !repo.stays;
    let uncut = status.repos.iter().any(lacks);
    let begun = status.repos.iter().any(|repo| !repo.tags.is_empty());
    match status.state {
        PushState::Done | PushState::Cancelled => Stage::Over,
        PushState::Pushing => Stage::Pushing,
        PushState::Watching => Stage::Watching,
        PushState::RolledBack => Stage::RolledBack,
        PushState::Held if state.days.of(push).attempt().is_some() => Stage::Pushing,
        _ if uncut => Stage::Uncut { begun },
        _ => Stage::Cut,
    }
}

fn ask(ask: &AskView) -> Option<AskFacts> {
    let named = ask.pull_request.map(|number| format!("#{number}"));
    let commit = ask.commit.as_ref().map(ToString::to_string).or(named);
    Some(AskFacts {
        item: ask.id.as_ref()?.parse().ok()?,
        name: ask.name(),
        repo: ask.repo.clone(),
        pick: commit.map(|commit| RepoCommit { repo: ask.repo.clone(), commit }),
        why: ask.why.clone(),
        by: ask.by.clone(),
        at: ask.at.0.timestamp(),
        state: ask.state,
        says: ask.says.clone(),
    })
}

fn blocker(blocker: &BlockerView) -> ItemFacts {
    let item = OpenItem {
        id: blocker.id.clone(),
        text: blocker.text.clone(),
        owner: blocker.owner.clone(),
        unconfirmed: unconfirmed(blocker),
    };
    let propose = blocker.propose.as_ref().map(|propose| propose.owner.clone());
    ItemFacts { item, when: None, holds: blocker.holds, propose }
}

fn task(task: &TaskView) -> ItemFacts {
    let item = OpenItem {
        id: task.id.clone(),
        text: task.text.clone(),
        owner: task.owner.clone(),
        unconfirmed: None,
    };
    ItemFacts { item, when: task.when, holds: task.holds, propose: None }
}
