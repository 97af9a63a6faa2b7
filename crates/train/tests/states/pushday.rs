//! Push day in the play: who signs off, holds, claims; and the same counted another way than the state does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use train::confirm::{Call, Confirmation};
use train::event::Event;
use train::hold::{self, Hold};
use train::id::{Oid, PushDate, RepoName};
use train::people::{Proof, Role};
use train::refusal::Refusal;
use train::signoff::{self, NewestTag, SignoffState, Word};
use train::state::State;

use crate::play::{Play, actor};
use crate::wishes::Day;

/// Commits of the play have trees of their own, named alike.
fn tree(commit: &Oid) -> Oid {
    commit.as_str().replacen('0', "f", 1).parse().unwrap()
}

impl Play {
    pub fn push_day(&mut self, day: Day) -> Result<(), Refusal> {
        let push = self.cut_push()?;
        let event = match day {
            Day::SignOff(which) => return self.sign_off(push, which),
            Day::Withdraw(which) => {
                let because = "it crashes".to_owned();
                Event::Withdrawn { push, repo: self.repo(which).name, role: Role::Qa, because }
            }
            Day::Hold(which, hours) => {
                hold::may_hold(&actor(), "hold a push")?;
                let repo = which.map(|which| self.repo(which).name);
                let until = hours.map(|hours| self.now + hours.hours());
                Event::Held { push, hold: Hold { repo, until, because: "smoke".to_owned() } }
            }
            Day::Resume(which) => {
                Event::Resumed { push, repo: which.map(|which| self.repo(which).name) }
            }
            Day::Confirm(which) => confirmed(push, self.repo(which).name, which),
            Day::TakeBack(which) => Event::ConfirmationWithdrawn {
                push,
                repo: self.repo(which).name,
                changes: vec![change(which)],
                because: "it crashes".to_owned(),
            },
            Day::Call(all) => {
                let whom = self.settings.people.keys().cloned().collect();
                Event::Called { push, call: Call { whom, text: None, all } }
            }
            Day::Claim => Event::Claimed { push },
            Day::Unclaim => Event::Unclaimed { push },
        };
        self.append(vec![event]);
        Ok(())
    }

    fn sign_off(&mut self, push: PushDate, which: usize) -> Result<(), Refusal> {
        let repo = self.repo(which);
        let own = signoff::may_sign(&self.settings, &actor(), Role::Qa, None)?;
        let Some(newest) = newest(self, push, &repo.name) else { return Ok(()) };
        let word = Word {
            role: Role::Qa,
            repo: repo.name,
            tag: newest.tag.clone(),
            object: newest.object.clone(),
            commit: newest.commit.clone(),
            tree: tree(&newest.commit),
            own,
            settings: self.settings.digest(),
            proof: Proof::Local(0),
        };
        self.append(vec![Event::SignedOff { push, word: Box::new(word) }]);
        let given = self.state.days.of(push).signoffs.last().unwrap();
        assert_eq!(given.state(Some(&newest), &self.settings.digest()), SignoffState::Given);
        Ok(())
    }
}

fn change(which: usize) -> Oid {
    format!("c{which:039x}").parse().unwrap()
}

fn confirmed(push: PushDate, repo: RepoName, which: usize) -> Event {
    let confirmation = Confirmation {
        repo,
        tag: push.to_string(),
        object: change(7),
        commit: change(8),
        changes: vec![change(which)],
        proof: Proof::Local(0),
    };
    Event::Confirmed { push, confirmation: Box::new(confirmation) }
}

fn newest(play: &Play, push: PushDate, repo: &RepoName) -> Option<NewestTag> {
    let (settings, look) = (play.settings.repo(repo)?, &play.looks[repo]);
    let (_, tag, commit) = train::cut::newest(settings, look, push)?;
    let object = look.tags[&tag].object.clone();
    Some(NewestTag { repo: repo.clone(), tree: Some(tree(&commit)), tag, object, commit })
}

/// What the events say of sign-offs, holds and claims.
pub fn as_told(state: &State, events: &[(Event, Timestamp)]) {
    let mut standing: BTreeMap<PushDate, Vec<(RepoName, Oid)>> = BTreeMap::new();
    let mut holding: BTreeMap<PushDate, BTreeSet<Option<RepoName>>> = BTreeMap::new();
    let mut claimed: BTreeSet<PushDate> = BTreeSet::new();
    let mut said: BTreeMap<PushDate, BTreeSet<(RepoName, Oid)>> = BTreeMap::new();
    let mut calls: BTreeMap<PushDate, usize> = BTreeMap::new();
    for (event, _) in events {
        match event {
            Event::SignedOff { push, word } => {
                standing.entry(*push).or_default().push((word.repo.clone(), word.object.clone()))
            }
            Event::Withdrawn { push, repo, .. } => {
                standing.entry(*push).or_default().retain(|(of, _)| of != repo)
            }
            Event::Held { push, hold } => {
                holding.entry(*push).or_default().insert(hold.repo.clone());
            }
            Event::Resumed { push, repo: None } => drop(holding.remove(push)),
            Event::Resumed { push, repo } => {
                holding.entry(*push).or_default().remove(repo);
            }
            Event::Confirmed { push, confirmation: word } => said
                .entry(*push)
                .or_default()
                .extend(word.changes.iter().map(|change| (word.repo.clone(), change.clone()))),
            Event::ConfirmationWithdrawn { push, repo, changes, .. } => said
                .entry(*push)
                .or_default()
                .retain(|(of, change)| of != repo || !changes.contains(change)),
            Event::Called { push, .. } => *calls.entry(*push).or_default() += 1,
            Event::Claimed { push } => drop(claimed.insert(*push)),
            Event::Unclaimed { push } => drop(claimed.remove(push)),
            _ => {}
        }
    }
    for (push, day) in state.days.newest_first() {
        let signed = day.signoffs.iter().filter(|signoff| signoff.withdrawn.is_none());
        let signed: Vec<_> = signed.map(|s| (s.word.repo.clone(), s.word.object.clone())).collect();
        assert_eq!(signed, standing.remove(&push).unwrap_or_default());
        let held: BTreeSet<_> = day.holds.iter().map(|held| held.hold.repo.clone()).collect();
        assert_eq!(held, holding.remove(&push).unwrap_or_default());
        let words = &day.words;
        let has: BTreeSet<_> =
            words.confirmed.iter().map(|one| (one.repo.clone(), one.change.clone())).collect();
        assert_eq!(has.len(), words.confirmed.len(), "each once");
        assert_eq!(has, said.remove(&push).unwrap_or_default());
        assert_eq!(words.calls.len(), calls.remove(&push).unwrap_or_default());
        assert_eq!(!day.claims.is_empty(), claimed.contains(&push));
    }
}
