//! What people decided about a push on its way to production: sign-offs, holds, and who takes it there. A fold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::{Attempt, Bad, Deployed, Finish, Leaving, Override, Rollback, Start};
use crate::confirm::Words;
use crate::event::Event;
use crate::hold::{Held, Hold};
use crate::id::{PushDate, RepoName};
use crate::signoff::Signoff;

/// Of how many pushes it is kept; older ones are read from the ledger. More than there are pushes in the state, so that of each
/// of those it is known whether it is over.
const KEPT: usize = 24;

/// One push's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PushDay {
    /// Sign-offs, oldest first.
    pub signoffs: Vec<Signoff>,
    /// Holds that were not lifted, oldest first.
    pub holds: Vec<Held>,
    /// Who will take it to production.
    pub claims: Vec<Claim>,
    /// Gates that were let go since the last rollback, oldest first.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Tries to bring it to production, oldest first.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
    /// Tags that were taken back from production, and not cleared.
    #[serde(default)]
    pub bad: Vec<Bad>,
    /// How it ended last, if it has.
    #[serde(default)]
    pub finished: Option<Finish>,
    /// How many attempts it had when it was opened again: it got a tag after its end, to be brought to production.
    #[serde(default)]
    pub reopened: Option<u32>,
    /// When it was over, each time that it was.
    #[serde(default)]
    pub ends: Vec<Timestamp>,
    /// What authors confirmed of their changes, and who was called.
    #[serde(default)]
    pub words: Words,
}

/// Somebody will take a push to production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
}

impl PushDay {
    /// The holds that hold now: of the whole push first.
    #[must_use]
    pub fn holding(&self, now: Timestamp) -> Vec<&Held> {
        let mut holding: Vec<&Held> = self.holds.iter().filter(|held| held.stands(now)).collect();
        holding.sort_by_key(|held| held.hold.repo.is_some());
        holding
    }

    /// How it ended, where nothing is left to be done: a tag given since opens it again.
    #[must_use]
    pub fn over(&self) -> Option<&Finish> {
        self.finished.as_ref().filter(|_| self.reopened.is_none())
    }

    /// The attempt that runs: started, and neither rolled back nor finished.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        let last = self.attempts.last().filter(|attempt| attempt.rolled_back.is_none());
        last.filter(|last| match (&self.finished, self.reopened) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(before)) => last.number > before,
        })
    }

    /// The newest tag of each repository that left with any attempt, and was not taken back.
    #[must_use]
    pub fn left(&self) -> BTreeMap<&RepoName, &Leaving> {
        let mut left = BTreeMap::new();
        for attempt in &self.attempts {
            for one in &attempt.leaving {
                left.remove(&one.repo);
            }
            left.extend(attempt.standing().map(|one| (&one.repo, one)));
        }
        left
    }

    /// The attempt that opened the way for a tag last, by its number, where it was not taken back.
    #[must_use]
    pub fn left_with(&self, repo: &RepoName, tag: &str) -> Option<u32> {
        self.left().get(repo).filter(|left| left.tag == tag)?;
        let mut attempts = self.attempts.iter().rev();
        attempts.find(|attempt| attempt.allowed(repo, tag)).map(|attempt| attempt.number)
    }

    /// Whether a start of any attempt opened the way for a tag.
    #[must_use]
    pub fn allowed(&self, repo: &RepoName, tag: &str) -> bool {
        self.attempts.iter().any(|attempt| attempt.allowed(repo, tag))
    }

    /// Whether production ran a tag when it was finished last.
    #[must_use]
    pub fn ended_with(&self, repo: &RepoName, tag: &str) -> bool {
        let finish = self.finished.as_ref().filter(|finish| finish.because.is_none());
        finish.is_some_and(|finish| finish.tags.get(repo).is_some_and(|last| last == tag))
    }

    /// The gates that are let go for these very tags.
    pub fn let_go<'a>(&'a self, tagset: &'a str) -> impl Iterator<Item = &'a Override> {
        self.overrides.iter().filter(move |given| given.tagset == tagset)
    }

    fn started(&mut self, start: &Start, at: Timestamp, actor: &str) {
        if self.over().is_some() {
            // Somebody else's tag had opened it again: no event of ours tells of that.
            self.reopened = Some(self.attempts.last().map_or(0, |last| last.number));
        }
        match self.attempts.last_mut() {
            Some(last) if last.number == start.attempt => last.join(start),
            _ => self.attempts.push(Attempt::started(start, at, actor)),
        }
    }

    fn rolled_back(&mut self, rollback: &Rollback, at: Timestamp, actor: &str) {
        let marked = rollback.back.iter().map(|back| Bad {
            repo: back.repo.clone(),
            tag: back.tag.clone(),
            commit: back.commit.clone(),
            because: rollback.because.clone(),
            by: actor.to_owned(),
            at,
        });
        for bad in marked {
            if !self.bad.iter().any(|old| old.repo == bad.repo && old.tag == bad.tag) {
                self.bad.push(bad);
            }
        }
        let because = format!("rolled back: {}", rollback.because);
        let hold = Hold { repo: None, until: None, because };
        self.holds.push(Held { hold, by: actor.to_owned(), at });
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.rolled_back = Some((rollback.clone(), at));
        }
        // What was let go was let go for the attempt that is over.
        self.overrides.clear();
        // Whoever said that it was over said so of what production ran then.
        (self.finished, self.reopened) = (None, None);
    }

    /// What happened on the way to production.
    fn travelled(&mut self, event: &Event, at: Timestamp, actor: &str) {
        match event {
            Event::GateOverridden { gate, because, tagset, only, closed_by, .. } => {
                let same = |old: &Override| {
                    old.gate == *gate && old.tagset == *tagset && old.only == *only
                };
                self.overrides.retain(|old| !same(old));
                self.overrides.push(Override {
                    gate: gate.clone(),
                    because: because.clone(),
                    by: actor.to_owned(),
                    at,
                    tagset: tagset.clone(),
                    only: only.clone(),
                    closed_by: closed_by.clone(),
                });
            }
            Event::Started { start, .. } => self.started(start, at, actor),
            Event::DeployBegan { deploy, .. } => {
                let deployed =
                    Deployed { run: (**deploy).clone(), at, ended: None, without: false };
                let attempts = self.attempts.iter_mut();
                if let Some(own) = attempts.rev().find(|own| own.number == deploy.attempt) {
                    own.deploys.push(deployed);
                }
            }
            Event::DeployEnded { key, end, without, .. } => {
                let mut all = self.attempts.iter_mut().flat_map(|attempt| &mut attempt.deploys);
                if let Some(deployed) = all.find(|deployed| deployed.run.key == *key) {
                    deployed.ended = Some((end.clone(), at));
                    deployed.without = *without;
                }
            }
            Event::Promoted { .. } => {
                if let Some(attempt) = self.attempts.last_mut() {
                    attempt.promoted = Some(at);
                }
            }
            Event::RolledBack { rollback, .. } => self.rolled_back(rollback, at, actor),
            Event::Cleared { repo, tag, .. } => {
                self.bad.retain(|bad| bad.repo != *repo || bad.tag != *tag);
            }
            Event::Finished { finish, .. } => {
                self.ends.push(finish.ended);
                self.finished = Some((**finish).clone());
                self.reopened = None;
            }
            _ => {}
        }
    }
}

/// Those of the newest pushes, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PushDays(BTreeMap<PushDate, PushDay>);

static NOTHING: PushDay = PushDay {
    signoffs: Vec::new(),
    holds: Vec::new(),
    claims: Vec::new(),
    overrides: Vec::new(),
    attempts: Vec::new(),
    bad: Vec::new(),
    finished: None,
    reopened: None,
    ends: Vec::new(),
    words: Words::NONE,
};

impl PushDays {
    /// What was decided about `push`.
    #[must_use]
    pub fn of(&self, push: PushDate) -> &PushDay {
        self.0.get(&push).unwrap_or(&NOTHING)
    }

    /// The same without what programs said of how deploys ended, where they said anything: as whoever is not of the train reads it.
    #[must_use]
    pub fn unquoted(&self) -> Option<Self> {
        let (mut days, mut quotes) = (self.clone(), false);
        let attempts = days.0.values_mut().flat_map(|day| &mut day.attempts);
        for deployed in attempts.flat_map(|attempt| &mut attempt.deploys) {
            let Some((end, _)) = &mut deployed.ended else { continue };
            if let Some(unquoted) = end.unquoted() {
                (*end, quotes) = (unquoted, true);
            }
        }
        quotes.then_some(days)
    }

    /// All of them, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (PushDate, &PushDay)> {
        self.0.iter().rev().map(|(push, day)| (*push, day))
    }

    /// With one more event, recorded at `at` by `actor`.
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        match event {
            Event::SignedOff { push, word } => {
                let (word, by) = ((**word).clone(), actor.to_owned());
                self.entry(*push).signoffs.push(Signoff { word, by, at, withdrawn: None });
            }
            Event::Withdrawn { push, repo, role, because } => {
                let own = |s: &&mut Signoff| {
                    s.by == actor && s.word.repo == *repo && s.word.role == *role
                };
                let signoffs = self.entry(*push).signoffs.iter_mut();
                for signoff in signoffs.filter(own).filter(|s| s.withdrawn.is_none()) {
                    signoff.withdrawn = Some(because.clone());
                }
            }
            Event::Held { push, hold } => {
                let held = Held { hold: hold.clone(), by: actor.to_owned(), at };
                let holds = &mut self.entry(*push).holds;
                // Whoever holds the same again has another reason, or another end.
                holds.retain(|other| other.by != held.by || other.hold.repo != held.hold.repo);
                holds.push(held);
            }
            Event::Resumed { push, repo } => {
                let lifted = |held: &Held| repo.is_none() || held.hold.repo == *repo;
                self.entry(*push).holds.retain(|held| !lifted(held));
            }
            Event::Claimed { push } => {
                let claims = &mut self.entry(*push).claims;
                if claims.iter().all(|claim| claim.by != actor) {
                    claims.push(Claim { by: actor.to_owned(), at });
                }
            }
            Event::Unclaimed { push } => {
                self.entry(*push).claims.retain(|claim| claim.by != actor);
            }
            Event::Confirmed { push, confirmation } => {
                self.entry(*push).words.confirm(confirmation, at, actor);
            }
            Event::ConfirmationWithdrawn { push, repo, changes, .. } => {
                self.entry(*push).words.take_back(repo, changes, actor);
            }
            Event::Called { push, call } => self.entry(*push).words.call(call, at, actor),
            Event::GateOverridden { push, .. }
            | Event::Started { push, .. }
            | Event::DeployBegan { push, .. }
            | Event::DeployEnded { push, .. }
            | Event::Promoted { push }
            | Event::RolledBack { push, .. }
            | Event::Cleared { push, .. }
            | Event::Finished { push, .. } => {
                self.entry(*push).travelled(event, at, actor);
            }
            _ => {}
        }
    }

    /// A push got a tag: one that was finished is open again.
    pub fn tagged(&mut self, push: PushDate) {
        if let Some(day) = self.0.get_mut(&push).filter(|day| day.over().is_some()) {
            day.reopened = Some(day.attempts.last().map_or(0, |last| last.number));
        }
    }

    /// A push goes by another date from now on.
    pub fn renamed(&mut self, was: PushDate, is: PushDate) {
        if was != is
            && let Some(day) = self.0.remove(&was)
        {
            self.0.insert(is, day);
        }
    }

    fn entry(&mut self, push: PushDate) -> &mut PushDay {
        while self.0.len() >= KEPT && !self.0.contains_key(&push) {
            self.0.pop_first();
        }
        self.0.entry(push).or_default()
    }
}
