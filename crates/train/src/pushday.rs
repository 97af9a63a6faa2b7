//! What people decided about a push on its way to production: sign-offs, holds, and who takes it there. A fold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hold::Held;
use crate::id::PushDate;
use crate::signoff::Signoff;

/// Of how many pushes it is kept; older ones are read from the ledger.
const KEPT: usize = 12;

/// One push's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PushDay {
    /// Sign-offs, oldest first.
    pub signoffs: Vec<Signoff>,
    /// Holds that were not lifted, oldest first.
    pub holds: Vec<Held>,
    /// Who will take it to production.
    pub claims: Vec<Claim>,
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
}

/// Those of the newest pushes, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PushDays(BTreeMap<PushDate, PushDay>);

static NOTHING: PushDay = PushDay { signoffs: Vec::new(), holds: Vec::new(), claims: Vec::new() };

impl PushDays {
    /// What was decided about `push`.
    #[must_use]
    pub fn of(&self, push: PushDate) -> &PushDay {
        self.0.get(&push).unwrap_or(&NOTHING)
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
            _ => {}
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
