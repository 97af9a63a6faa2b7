//! Deploys: one run after another, followed to its end by whoever asks, and never begun twice without a yes (P13).
//!
//! A run is recorded before it is begun, has a watch of its own that outlives us, and its end is recorded by the first who
//! sees it. So whoever is killed in between leaves a run that the next command follows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use train::attempt::{Attempt, DeployEnd, DeployFor, DeployRun, Deployed, Next, next};
use train::event::Event;
use train::facts::Look;
use train::hold::Held;
use train::id::{PushDate, RepoName};
use train::refusal::{Code, Refusal};
use train::settings::{DeployProgram, Environment, PRODUCTION};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{DeployOrder, DeployState};

/// How often a run is looked at.
const PAUSE: Duration = Duration::from_millis(40);

/// How long a program has to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// How often it is tried to begin a run whose watch does not come up.
const TRIES: u32 = 50;

/// The longest line that is handed on, in bytes: what is put out is kept whole beside the run.
const LINE: usize = 4_000;

/// What is deployed: for what purpose, and what is tried again.
#[derive(Debug, Clone)]
pub struct Deploying {
    /// The push.
    pub push: PushDate,
    /// What for.
    pub purpose: DeployFor,
    /// Failed runs that are tried again, once, by repository.
    pub again: BTreeMap<RepoName, String>,
}

impl Conductor {
    /// The program that serves a purpose; none where people do it.
    #[must_use]
    pub fn deploy_program(&self, purpose: DeployFor) -> Option<(&Environment, &DeployProgram)> {
        let production = self.settings.environment(PRODUCTION)?;
        let program = match purpose {
            DeployFor::Start | DeployFor::Rollback => production.deploy.as_ref(),
            DeployFor::Promote => production.promote.as_ref(),
        };
        Some((production, program?))
    }

    /// Deploys what an attempt decided, one tag after another, and follows what runs already. Refuses, with exit 6, where a
    /// run did not end well: none after it is begun. Whether the actor may was asked by whoever carries the wish out.
    pub(crate) async fn deploy(&self, deploying: Deploying) -> Result<()> {
        if self.deploy_program(deploying.purpose).is_none() {
            return Ok(());
        }
        let Deploying { push, purpose, again } = deploying;
        let mut there = BTreeSet::new();
        let (mut looked, mut followed) = (false, BTreeSet::new());
        loop {
            let state = self.state().await?;
            let attempt = attempt_of(&state, push, purpose)?;
            let tags = self.tags_of(attempt, purpose);
            match next(attempt, purpose, &tags, &there, &again) {
                Next::Over => return Ok(()),
                Next::Follow(run) => {
                    followed.insert(run.run.key.clone());
                    self.follow_run(&state, push, &run.run).await?;
                }
                Next::Begin { at, round } => {
                    let (repo, tag) = tags[at];
                    let run = run_of(push, purpose, attempt.number, repo, tag, round);
                    self.begin(push, &run).await?;
                }
                // Whoever saw it fail stops there, whatever production shows in that moment.
                Next::Stuck(run) if failed(run) && followed.contains(&run.run.key) => {
                    return Err(stuck(run));
                }
                Next::Stuck(_) if !looked => {
                    looked = true;
                    there = self.shown_there(&tags).await?;
                }
                Next::Stuck(run) => return Err(stuck(run)),
            }
        }
    }

    /// What a purpose deploys, in the order of the run sheet; a way back in the other.
    fn tags_of<'a>(
        &self,
        attempt: &'a Attempt,
        purpose: DeployFor,
    ) -> Vec<(&'a RepoName, &'a str)> {
        let mut tags: Vec<(&RepoName, &str)> = match (purpose, &attempt.rolled_back) {
            (DeployFor::Rollback, Some((rollback, _))) => {
                let back = rollback.back.iter();
                back.filter_map(|back| Some((&back.repo, back.to.as_deref()?))).collect()
            }
            _ => attempt.leaving.iter().map(|one| (&one.repo, one.tag.as_str())).collect(),
        };
        tags.sort_by_key(|(repo, _)| self.rank(repo));
        if purpose == DeployFor::Rollback {
            tags.reverse();
        }
        tags
    }

    /// Records that a run begins, if under the lock it is still the next, and begins it.
    async fn begin(&self, push: PushDate, run: &DeployRun) -> Result<()> {
        let mut journal = self.journal().await?;
        let state = journal.state().clone();
        let attempt = attempt_of(&state, push, run.purpose)?;
        let newest = attempt.newest(run.purpose, &run.repo, &run.tag);
        let ended_badly = |d: &Deployed| {
            d.run.round + 1 == run.round
                && d.ended.as_ref().is_some_and(|(end, _)| *end != DeployEnd::Succeeded)
        };
        if attempt.unended().next().is_some() || !newest.map_or(run.round == 1, ended_badly) {
            // Somebody else was first: what they began is followed.
            return Ok(());
        }
        if run.purpose != DeployFor::Rollback {
            self.not_held(&state, push, &run.repo)?;
        }
        let at = self.now(&state);
        let event = Event::DeployBegan { push, deploy: Box::new(run.clone()) };
        journal.append(at, vec![event]).await?;
        drop(journal);
        let order = self.order(&state, push, run).await?;
        self.deploys.begin(&order).await
    }

    /// Between two deploys a hold keeps the next one back.
    pub(crate) fn not_held(&self, state: &State, push: PushDate, repo: &RepoName) -> Result<()> {
        let now = self.now(state);
        let holding = state.days.of(push).holding(now);
        let is_its = |held: &&&Held| held.hold.repo.as_ref().is_none_or(|own| own == repo);
        let Some(held) = holding.iter().find(is_its) else { return Ok(()) };
        let what = format!("{} holds {}: {}", held.by, held.what(), held.hold.because);
        let hint =
            "what was deployed stays; `pushduty resume` lifts the hold, `pushduty start` goes on";
        Err(Refusal::new(Code::Incomplete, what, hint))
    }

    /// The program as it is run.
    async fn order(&self, state: &State, push: PushDate, run: &DeployRun) -> Result<DeployOrder> {
        let (from, looks) = (came_from(state, push, run), self.last_looks().await?);
        let Some((command, time_limit)) = self.filled(&looks, push, run, &from) else {
            let what = "the program that deploys is no longer configured";
            let hint = "give [environments.production] its deploy again";
            return Err(Refusal::new(Code::Configuration, what, hint));
        };
        Ok(DeployOrder { key: run.key.clone(), command, time_limit, grace: GRACE })
    }

    /// The words of a run's program, filled in, and how long it may take; none where people deploy.
    pub(crate) fn filled(
        &self,
        looks: &BTreeMap<RepoName, Look>,
        push: PushDate,
        run: &DeployRun,
        from: &str,
    ) -> Option<(Vec<String>, Duration)> {
        let (_, program) = self.deploy_program(run.purpose)?;
        let commit = looks.get(&run.repo).and_then(|look| look.tags.get(&run.tag));
        let commit = commit.map(|seen| seen.commit.to_string()).unwrap_or_default();
        let filled = |word: &String| {
            word.replace("{repo}", run.repo.as_str())
                .replace("{tag}", &run.tag)
                .replace("{commit}", &commit)
                .replace("{from}", from)
                .replace("{environment}", &run.environment)
                .replace("{push}", &push.to_string())
                .replace("{key}", &run.key)
        };
        let command = program.command.iter().map(filled).collect();
        Some((command, Duration::from_secs(program.seconds)))
    }

    /// Follows a run to its end, hands on what it puts out, and records how it ended.
    async fn follow_run(&self, state: &State, push: PushDate, run: &DeployRun) -> Result<()> {
        self.progress.step(&run.repo, &crate::telling::deploys(run));
        let (mut from, mut line, mut tries) = (0, Vec::new(), 0);
        let end = loop {
            let is = self.deploys.state(&run.key).await?;
            loop {
                let (piece, next) = self.deploys.output(&run.key, from).await?;
                if piece.is_empty() {
                    break;
                }
                from = next;
                self.hand_on(&run.repo, &mut line, &piece);
            }
            match is {
                DeployState::Ended(end) => break end,
                DeployState::Running => {}
                DeployState::NotBegun if tries < TRIES => {
                    tries += 1;
                    let order = self.order(state, push, run).await?;
                    self.deploys.begin(&order).await?;
                }
                DeployState::NotBegun => {
                    let sentence = "its watch could not be started".to_owned();
                    break DeployEnd::Failed { exit: None, sentence };
                }
            }
            tokio::time::sleep(PAUSE).await;
        };
        self.hand_on(&run.repo, &mut line, b"\n");
        self.progress.ended(&run.repo, &end);
        let without = match end {
            DeployEnd::Failed { .. } | DeployEnd::Stopped => self.seen_without(run).await,
            DeployEnd::Succeeded | DeployEnd::TimedOut | DeployEnd::Unknown => false,
        };
        self.record_end(push, run, (end, without)).await
    }

    fn hand_on(&self, repo: &RepoName, line: &mut Vec<u8>, piece: &[u8]) {
        for byte in piece {
            if *byte != b'\n' {
                // One byte more says that there was more.
                if line.len() <= LINE {
                    line.push(*byte);
                }
                continue;
            }
            if !line.is_empty() {
                self.progress.output(repo, &shown(line));
            }
            line.clear();
        }
    }

    async fn record_end(
        &self,
        push: PushDate,
        run: &DeployRun,
        (end, without): (DeployEnd, bool),
    ) -> Result<()> {
        let mut journal = self.journal().await?;
        let attempts = &journal.state().days.of(push).attempts;
        let known = attempts.iter().flat_map(Attempt::unended).any(|d| d.run.key == run.key);
        if !known {
            return Ok(());
        }
        let at = self.now(journal.state());
        let event = Event::DeployEnded { push, key: run.key.clone(), end, without };
        journal.append(at, vec![event]).await
    }

    /// Of which repositories production shows these tags, asked now (P15).
    pub(crate) async fn shown_there(
        &self,
        tags: &[(&RepoName, &str)],
    ) -> Result<BTreeSet<RepoName>> {
        let answers = self.ask(|environment| environment.name == PRODUCTION).await?;
        let there = tags.iter().filter(|(repo, tag)| {
            self.running(&answers, repo).is_some_and(|running| running.version == *tag)
        });
        Ok(there.map(|(repo, _)| (*repo).clone()).collect())
    }

    /// What runs now: of the push asked for, be it over, or of every push.
    pub async fn running_deploys(
        &self,
        asked: Option<PushDate>,
    ) -> Result<Vec<(PushDate, DeployRun)>> {
        let state = self.state().await?;
        let days = state.days.newest_first().filter(|(push, _)| asked.is_none_or(|a| a == *push));
        let runs = days.flat_map(|(push, day)| {
            let unended = day.attempts.iter().flat_map(Attempt::unended);
            unended.map(move |deployed| (push, deployed.run.clone()))
        });
        Ok(runs.collect())
    }

    /// Records the end of runs that have ended with nobody following them.
    pub(crate) async fn see_deploys_end(&self) -> Result<()> {
        let state = self.state().await?;
        for (push, run) in self.running_deploys(None).await? {
            if let DeployState::Ended(_) = self.deploys.state(&run.key).await? {
                self.follow_run(&state, push, &run).await?;
            }
        }
        Ok(())
    }

    /// Stops all that, and follows each to its end. Tells which they were.
    pub async fn stop_deploys(
        &self,
        asked: Option<PushDate>,
    ) -> Result<Vec<(PushDate, DeployRun)>> {
        let state = self.state().await?;
        self.may_start(&state, "stop a deploy")?;
        let runs = self.running_deploys(asked).await?;
        for (push, run) in &runs {
            self.stop_run(&state, *push, run).await?;
        }
        Ok(runs)
    }

    /// Ends what runs for a purpose, and records how it ended.
    pub(crate) async fn stop_runs(
        &self,
        state: &State,
        push: PushDate,
        purpose: DeployFor,
    ) -> Result<()> {
        let unended = state.days.of(push).attempts.iter().flat_map(Attempt::unended);
        let runs: Vec<DeployRun> =
            unended.filter(|d| d.run.purpose == purpose).map(|d| d.run.clone()).collect();
        for run in &runs {
            self.stop_run(state, push, run).await?;
        }
        Ok(())
    }

    async fn stop_run(&self, state: &State, push: PushDate, run: &DeployRun) -> Result<()> {
        // From here on it has ended, or ends: what was recorded and never begun is not begun any more.
        self.deploys.stop(&run.key).await?;
        self.follow_run(state, push, run).await
    }
}

/// A run as it would be recorded, with its key.
pub(crate) fn run_of(
    push: PushDate,
    purpose: DeployFor,
    attempt: u32,
    repo: &RepoName,
    tag: &str,
    round: u32,
) -> DeployRun {
    let run = DeployRun {
        key: String::new(),
        purpose,
        attempt,
        environment: PRODUCTION.to_owned(),
        repo: repo.clone(),
        tag: tag.to_owned(),
        round,
    };
    DeployRun { key: DeployRun::key_of(push, &run), ..run }
}

/// The attempt that a purpose is of: the one that runs, or for a way back the one that was rolled back.
fn attempt_of(state: &State, push: PushDate, purpose: DeployFor) -> Result<&Attempt> {
    let day = state.days.of(push);
    let attempt = match purpose {
        DeployFor::Rollback => day.attempts.last().filter(|last| last.rolled_back.is_some()),
        DeployFor::Start | DeployFor::Promote => day.attempt(),
    };
    attempt.ok_or_else(|| {
        let what = match purpose {
            DeployFor::Rollback => format!("{push} was not rolled back"),
            _ => format!("{push} is not on its way to production any more"),
        };
        Refusal::new(Code::WrongState, what, "`pushduty status` shows how it stands")
    })
}

/// What production ran before a run, for its program; empty where that is nothing.
fn came_from(state: &State, push: PushDate, run: &DeployRun) -> String {
    let attempts = state.days.of(push).attempts.iter();
    let mut own = attempts.filter(|attempt| attempt.number == run.attempt);
    let from = own.next().and_then(|attempt| match run.purpose {
        DeployFor::Rollback => {
            let back = attempt.rolled_back.as_ref().map(|(rollback, _)| &rollback.back);
            back?.iter().find(|back| back.repo == run.repo).map(|back| back.tag.clone())
        }
        _ => attempt.leaving.iter().find(|one| one.repo == run.repo)?.from.clone(),
    });
    from.unwrap_or_default()
}

/// Whether it is known that a run did not do all it was to.
fn failed(run: &Deployed) -> bool {
    let end = run.ended.as_ref().map(|(end, _)| end);
    matches!(end, Some(DeployEnd::Failed { .. } | DeployEnd::Stopped))
}

fn stuck(run: &Deployed) -> Refusal {
    let end = run.ended.as_ref().map(|(end, _)| end);
    let words = end.map(DeployEnd::words).unwrap_or_default();
    let DeployRun { repo, tag, purpose, .. } = &run.run;
    let (what, command) = match purpose {
        DeployFor::Start => ("deploy", "start"),
        DeployFor::Promote => ("promotion", "promote"),
        DeployFor::Rollback => ("way back", "rollback"),
    };
    let message =
        |words: &str| format!("the {what} of {repo} {tag} {words}; nothing after it was begun");
    let back = match purpose {
        DeployFor::Start | DeployFor::Promote => {
            ", `pushduty rollback --because TEXT` brings production back"
        }
        DeployFor::Rollback => "",
    };
    let hint = format!(
        "it is not repeated by itself: `pushduty {command} --retry {repo}` tries it again{back}"
    );
    let refusal = Refusal::new(Code::Incomplete, message(&words), hint).in_repo(repo);
    match end.and_then(DeployEnd::unquoted) {
        Some(unquoted) => refusal.unquoted(message(&unquoted.words())),
        None => refusal,
    }
}

/// A line as it is handed on: `line` has a byte more than is shown where there was more.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    match line.len() > LINE {
        true => format!("{}…", &text[..text.floor_char_boundary(LINE)]),
        false => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_cut_and_says_so() {
        assert_eq!(shown(b"web is there"), "web is there");
        assert_eq!(shown(&[b'x'; LINE]), "x".repeat(LINE));
        assert_eq!(shown(&[b'x'; LINE + 1]), "x".repeat(LINE) + "…");
    }
}
