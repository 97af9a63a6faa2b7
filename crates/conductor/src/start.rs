//! `start`: the run sheet, and the way to production opened once every gate holds or is let go by name (P8).

use std::collections::{BTreeMap, BTreeSet};

use train::attempt::{Attempt, DeployFor, Leaving, Start};
use train::command::{StartWish, WhichPush};
use train::cut;
use train::event::Event;
use train::expected::expected;
use train::gates::{self, Gate};
use train::id::{PushDate, RepoName};
use train::people::Role;
use train::pushday::PushDay;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::bound::same_plan;
use crate::conductor::Conductor;
use crate::environments::production_of;
use crate::failure::Result;
use crate::gates::newest;
use crate::notes::{PageTime, ShownNotes, not_up_to_date};
use crate::view::{NotesView, StatusView};

/// What a start comes to.
#[derive(Debug, Clone)]
pub struct StartPlan {
    /// The push.
    pub push: PushDate,
    /// The attempt.
    pub attempt: u32,
    /// What leaves with it now, in the order of the run sheet; nothing where all of it left before.
    pub leaving: Vec<Leaving>,
    /// Whether the way was opened before, so that a start goes on.
    pub running: bool,
    /// The push at that moment, with its gates.
    pub status: StatusView,
    /// The gates that the actor lets go, and why.
    pub overrides: Vec<(String, String)>,
    /// The failed runs that are tried again, by repository.
    pub again: BTreeMap<RepoName, String>,
    /// The part of the push that is asked for; all of it if empty.
    only: BTreeSet<RepoName>,
    /// The notes that were read.
    pub notes: NotesView,
    /// A remote that could not be reached, while what runs already is followed: newer tags there are not known.
    pub unreached: Option<Refusal>,
    by: String,
    settings: String,
}

impl StartPlan {
    /// What `--if` binds: each repository's tag, object and commit, under which configuration; and what closes the gates that
    /// are let go.
    #[must_use]
    pub fn digest(&self) -> String {
        let bound: Vec<_> = self
            .leaving
            .iter()
            .map(|one| (&one.repo, &one.tag, &one.object, &one.commit))
            .collect();
        let (push, attempt, again) = (self.push, self.attempt, &self.again);
        let let_go: Vec<_> =
            self.overrides.iter().map(|(gate, _)| (gate, self.closed_by(gate))).collect();
        match let_go.is_empty() {
            true => train::digest::of(&("start", push, attempt, bound, again, &self.settings)),
            false => {
                train::digest::of(&("start", push, attempt, bound, again, &self.settings, let_go))
            }
        }
    }

    /// What closes a gate.
    fn closed_by(&self, gate: &str) -> &[String] {
        let gate = self.status.gates.iter().find(|one| one.name == gate);
        gate.map_or(&[], |gate| gate.closed_by.as_slice())
    }

    /// The gates as they stand with what the actor lets go.
    #[must_use]
    pub fn gates(&self) -> Vec<Gate> {
        let let_go = |gate: &Gate| self.overrides.iter().find(|(name, _)| name == &gate.name);
        let one = |gate: &Gate| match let_go(gate).filter(|_| !gate.is_open()) {
            Some((_, why)) => {
                let overridden = Some(format!("{}: {why}", self.by));
                Gate { overridden, ..gate.clone() }
            }
            None => gate.clone(),
        };
        self.status.gates.iter().map(one).collect()
    }

    /// Whether it may leave.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        gates::ready(&self.gates())
    }

    /// Refuses while a gate holds it up (P8).
    pub fn may_leave(&self) -> Result<()> {
        let gates = self.gates();
        let Some(closed) = gates.iter().find(|gate| !gate.is_open()) else { return Ok(()) };
        let others = gates.iter().filter(|gate| !gate.is_open()).count() - 1;
        let more = if others == 0 { String::new() } else { format!(", nor do {others} more") };
        let what = format!(
            "{} may not leave: the gate {} does not pass{more}: {}",
            self.push, closed.name, closed.why
        );
        let whom = closed.ask.as_ref().map(|who| format!("ask {who}; ")).unwrap_or_default();
        let hint = format!(
            "{whom}`pushduty ready` shows every gate; --override {} --because TEXT lets one go, for the record",
            closed.name
        );
        Err(Refusal::new(Code::Refused, what, hint))
    }

    fn events(&self) -> Vec<Event> {
        let tagset = self.status.tagset.clone().unwrap_or_default();
        let push = self.push;
        let let_go = self.overrides.iter().map(|(gate, because)| Event::GateOverridden {
            push,
            gate: gate.clone(),
            because: because.clone(),
            tagset: tagset.clone(),
            only: self.only.clone(),
            closed_by: self.closed_by(gate).to_vec(),
        });
        let start = Start {
            attempt: self.attempt,
            leaving: self.leaving.clone(),
            tagset: tagset.clone(),
            notes: Some(self.notes.version).filter(|version| *version > 0),
            settings: self.settings.clone(),
        };
        let gates = gates::for_the_record(&self.gates(), &self.by);
        let started = Event::Started { push, start: Box::new(start), gates };
        let_go.chain([started]).collect()
    }
}

impl Conductor {
    /// Refuses whoever may not bring a push to production, stop it and bring it back: that is for ops; for the hero too, where
    /// nobody holds that role. Asked before anything is written or begun.
    pub(crate) fn may_start(&self, state: &State, to: &str) -> Result<()> {
        let mut people = self.settings.people.values();
        let has_ops = people.any(|person| state.given.holds(person, Role::Ops));
        let roles: &[Role] = if has_ops { &[Role::Ops] } else { &[Role::Ops, Role::Hero] };
        self.acting(state).must_hold(roles, to)
    }

    /// Plans a start without opening anything. Everybody may look at the run sheet.
    pub async fn plan_start(&self, wish: &StartWish) -> Result<StartPlan> {
        let state = self.state().await?;
        self.starting(&state, wish, true).await
    }

    /// The same from what the team's own programs said when they were last run.
    pub(crate) async fn start_as_judged(&self, wish: &StartWish) -> Result<StartPlan> {
        let state = self.state().await?;
        self.starting(&state, wish, false).await
    }

    /// Opens the way: plans again under the lock, and refuses what is not what the person saw (`saw`: that plan's digest).
    /// Whether the actor may was asked by whoever carries the wish out.
    pub(crate) async fn start(&self, wish: &StartWish, saw: Option<&str>) -> Result<StartPlan> {
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.starting(&state, wish, false).await?;
        same_plan(saw, &plan.digest())?;
        if plan.leaving.is_empty() {
            return Ok(plan);
        }
        plan.may_leave()?;
        let at = self.now(journal.state());
        journal.append(at, plan.events()).await?;
        // The page has its line for it; the start is recorded whatever comes of that.
        if let Err(failed) = self.write_time(&mut journal, plan.push, PageTime::Start, at).await {
            self.progress.failed(&not_up_to_date(failed));
        }
        Ok(plan)
    }

    async fn starting(&self, state: &State, wish: &StartWish, programs: bool) -> Result<StartPlan> {
        let only = wish.repos.clone();
        cut::check_names(&self.settings, only.iter().chain(&wish.retry).cloned())?;
        let push = self.meant_push(state, Want::Cut, wish.push).await?;
        let day = state.days.of(push);
        let attempt = day.attempt();
        let (status, unreached) = self.judged_as_seen(Some(push), only.clone(), programs).await?;
        let last = day.attempts.last().map_or(0, |attempt| attempt.number);
        let leaving = self.leaving(state, &status, &only, day)?;
        let running = attempt.is_some();
        let unreached = match unreached {
            // What runs is followed without the remotes; nothing is begun that was not looked at.
            Some(failed) if running && leaving.is_empty() => Some(failed),
            Some(failed) => return Err(failed),
            None => None,
        };
        let again = to_retry(attempt, DeployFor::Start, &wish.retry, push)?;
        let overrides = overridden(&status, wish)?;
        Ok(StartPlan {
            push,
            attempt: if running { last } else { last + 1 },
            leaving,
            running,
            status,
            overrides,
            again,
            only,
            notes: self.notes(WhichPush::On(push), ShownNotes::default()).await?,
            unreached,
            by: self.actor.name.clone(),
            settings: self.settings.digest(),
        })
    }

    /// The newest tags that have not left yet, with what production runs instead of each.
    fn leaving(
        &self,
        state: &State,
        status: &StatusView,
        only: &BTreeSet<RepoName>,
        day: &PushDay,
    ) -> Result<Vec<Leaving>> {
        // What left before and was not taken back is in production, or on its way there.
        let left = day.left();
        let runs = |before: &&Leaving| {
            let attempt = day.attempt()?;
            attempt.leaving.iter().any(|one| one.repo == before.repo).then_some(attempt)
        };
        let mut leaving = Vec::new();
        for repo in status.repos.iter().filter(|repo| only.is_empty() || only.contains(&repo.name))
        {
            let tag = newest(repo).filter(|_| !repo.stays);
            let Some(tag) = tag else {
                if only.contains(&repo.name) {
                    let what = format!("there is no tag of {} to start", repo.name);
                    let hint = "`pushduty tag` makes one; a repository that stays does not leave";
                    return Err(Refusal::new(Code::WrongState, what, hint).in_repo(&repo.name));
                }
                continue;
            };
            let before = left.get(&tag.repo);
            let there = |before: &&Leaving| before.tag == tag.tag && before.object == tag.object;
            if before.is_some_and(there) || (before.is_none() && repo.settled) {
                continue;
            }
            let from = match before.and_then(|before| Some((before, runs(before)?))) {
                Some((before, attempt)) => {
                    let live = production_of(&status.environments, &tag.repo).shows(&before.tag);
                    before_newer(attempt, before, live, &tag.tag)
                }
                None => production_of(&status.environments, &tag.repo)
                    .version()
                    .filter(|shown| *shown != tag.tag)
                    .map(str::to_owned)
                    .or_else(|| before.map(|before| before.tag.clone()))
                    .or_else(|| expected(state, &tag.repo).map(str::to_owned))
                    .or_else(|| repo.base.clone())
                    // What is there already is no place to go back to.
                    .filter(|from| *from != tag.tag),
            };
            let (object, commit) = (tag.object, tag.commit);
            leaving.push(Leaving { repo: tag.repo, tag: tag.tag, object, commit, from });
        }
        Ok(leaving)
    }
}

/// What production runs before a newer tag of a running attempt comes there: the one that it takes the place of, where that is
/// in production; on its way it is no place to go back to.
pub(crate) fn before_newer(
    attempt: &Attempt,
    before: &Leaving,
    live: bool,
    newer: &str,
) -> Option<String> {
    let there = live || attempt.brought(&before.repo, &before.tag);
    match there && before.tag != newer {
        true => Some(before.tag.clone()),
        false => before.from.clone(),
    }
}

/// The failed runs that are meant by these repositories; one that has none is refused.
pub(crate) fn to_retry(
    attempt: Option<&Attempt>,
    purpose: DeployFor,
    retry: &BTreeSet<RepoName>,
    push: PushDate,
) -> Result<BTreeMap<RepoName, String>> {
    let key = |repo: &RepoName| attempt.and_then(|attempt| attempt.failed(purpose, repo));
    let one = |repo: &RepoName| match key(repo) {
        Some(key) => Ok((repo.clone(), key.to_owned())),
        None => Err(nothing_to_retry(repo, push)),
    };
    retry.iter().map(one).collect()
}

fn nothing_to_retry(repo: &RepoName, push: PushDate) -> Refusal {
    let what = format!("no deploy of {repo} in {push} failed: there is nothing to try again");
    Refusal::new(Code::WrongState, what, "`pushduty status` shows how far it is").in_repo(repo)
}

/// The gates that the wish lets go; one that does not exist is refused, one that passes needs nothing.
fn overridden(status: &StatusView, wish: &StartWish) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    if wish.overrides.contains("window") && status.hold.is_some() {
        let what = "a hold is lifted by name, not let go";
        return Err(Refusal::new(
            Code::Refused,
            what,
            "`pushduty resume` lifts it, for the record",
        ));
    }
    for name in &wish.overrides {
        if !status.gates.iter().any(|gate| &gate.name == name) {
            let names: Vec<&str> = status.gates.iter().map(|gate| gate.name.as_str()).collect();
            let near = train::nearest::nearest(name, names.iter().copied());
            let hint = match near {
                Some(near) => format!("did you mean {near}? The gates are {}", names.join(", ")),
                None => format!("the gates are {}", names.join(", ")),
            };
            let what = format!("there is no gate {}", train::id::quoted(name));
            return Err(Refusal::new(Code::Usage, what, hint));
        }
        let Some(because) = &wish.because else {
            let what = format!("the gate {name} is not let go without a reason");
            return Err(Refusal::new(Code::Usage, what, "give it with --because TEXT"));
        };
        found.push((name.clone(), because.to_string()));
    }
    let closed = |name: &str| status.gates.iter().any(|gate| gate.name == name && !gate.is_open());
    found.retain(|(name, _)| closed(name));
    Ok(found)
}
