//! What left for production last, with which push and which attempt, as the ledger has it. A fold in the order of events: two
//! of them may bear the same time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::{Back, Finish, Start};
use crate::event::Event;
use crate::id::{PushDate, RepoName};
use crate::pushday::{PushDay, PushDays};

/// What left last in one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The push it is a tag of; none where a rollback went back to what is of no push that is known.
    pub push: Option<PushDate>,
    /// The attempt that opened the way for it; none where people brought it there.
    pub attempt: Option<u32>,
    /// The tag; none where a rollback went back to nothing.
    pub tag: Option<String>,
    /// When that was recorded.
    pub at: Timestamp,
}

/// What left last, by repository.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InProduction(BTreeMap<RepoName, Left>);

impl InProduction {
    /// What left last in a repository, if anything did.
    #[must_use]
    pub fn of(&self, repo: &RepoName) -> Option<&Left> {
        self.0.get(repo)
    }

    /// Whether what left last in a repository is of another push than this one.
    #[must_use]
    pub fn is_of_another(&self, repo: &RepoName, push: PushDate) -> bool {
        self.of(repo).and_then(|left| left.push).is_some_and(|other| other != push)
    }

    /// With one more event, recorded at `at`; `days` are those before it.
    pub fn apply(&mut self, event: &Event, at: Timestamp, days: &PushDays) {
        match event {
            Event::Started { push, start, .. } => self.started(*push, start, at),
            Event::RolledBack { rollback, .. } => {
                // What was never begun is there no more than what goes back: production runs what it ran before.
                let is_its = |back: &&Back| {
                    self.of(&back.repo).is_some_and(|left| left.tag.as_ref() == Some(&back.tag))
                };
                let unbegun: Vec<&Back> = rollback.unbegun.iter().filter(is_its).collect();
                for back in unbegun.into_iter().chain(&rollback.back) {
                    let to = back.to.as_deref();
                    let owner = to.and_then(|to| owner(days, &back.repo, to));
                    let (push, attempt) = owner.unzip();
                    let left = Left { push, attempt: attempt.flatten(), tag: back.to.clone(), at };
                    self.0.insert(back.repo.clone(), left);
                }
            }
            _ => {}
        }
    }

    fn started(&mut self, push: PushDate, start: &Start, at: Timestamp) {
        for one in &start.leaving {
            let (attempt, tag) = (Some(start.attempt), Some(one.tag.clone()));
            self.0.insert(one.repo.clone(), Left { push: Some(push), attempt, tag, at });
        }
    }

    /// With the end of a push: of what no start allowed people brought there what was tagged last, unless it ended for a
    /// reason alone; what stays counts where nothing else is known.
    pub(crate) fn ended(
        &mut self,
        push: PushDate,
        finish: &Finish,
        stays: &BTreeMap<RepoName, Option<String>>,
        day: &PushDay,
        at: Timestamp,
    ) {
        let by_people = finish.tags.iter().filter(|_| finish.because.is_none());
        let known =
            |repo: &RepoName, tag: &str| day.allowed(repo, tag) || day.ended_with(repo, tag);
        for (repo, tag) in by_people.filter(|(repo, tag)| !known(repo, tag)) {
            let left = Left { push: Some(push), attempt: None, tag: Some(tag.clone()), at };
            self.0.insert(repo.clone(), left);
        }
        for (repo, tag) in stays.iter().filter_map(|(repo, tag)| Some((repo, tag.clone()?))) {
            let left = Left { push: None, attempt: None, tag: Some(tag), at };
            self.0.entry(repo.clone()).or_insert(left);
        }
    }
}

/// The push and the attempt that a tag left with, newest first.
fn owner(days: &PushDays, repo: &RepoName, tag: &str) -> Option<(PushDate, Option<u32>)> {
    days.newest_first().find_map(|(push, day)| {
        let mut attempts = day.attempts.iter().rev();
        match attempts.find(|attempt| attempt.allowed(repo, tag)) {
            Some(attempt) => Some((push, Some(attempt.number))),
            None => day.ended_with(repo, tag).then_some((push, None)),
        }
    })
}
