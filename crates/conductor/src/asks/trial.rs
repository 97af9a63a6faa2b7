//! Tries asks: what git makes of each on the newest tag, by itself and after the others in main's order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::asks::{self, AskState, Attempt, Came, MOST, Trial};
use train::facts::{Commit, Look};
use train::id::{Oid, PushDate, RepoName};
use train::links::Target;
use train::pick::{PickStep, StepKind};
use train::refusal::{Code, Refusal};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::{Applied, Stamp, StepOutcome};

/// Where asks of one repository would go.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    /// The push.
    pub push: PushDate,
    /// Whether any repository has a tag of it.
    pub is_cut: bool,
    /// The repository's newest tag of it, with its commit.
    pub tag: Option<(String, Oid)>,
    /// What was last seen of the repository.
    pub look: &'a Look,
}

/// What was tried.
#[derive(Clone, Serialize, Deserialize)]
struct Tried {
    /// When upstream had been asked, where something was not found: that may be another time.
    seen_at: Option<Timestamp>,
    trials: Vec<Trial>,
}

/// An ask whose commits are known.
struct Found {
    /// Its place among what is asked.
    at: usize,
    name: String,
    commits: Vec<Commit>,
}

/// An ask that is on the tip by now.
struct On {
    name: String,
    commits: Vec<Oid>,
}

impl Conductor {
    /// Tries what is asked of a repository: as last time where nothing is different.
    pub(super) async fn trials(
        &self,
        aboard: &Aboard,
        place: &Place<'_>,
        asked: &[Target],
    ) -> Result<Vec<Trial>> {
        let name = format!("asks/{}/{}", place.push, aboard.settings.name);
        let names: Vec<String> = asked.iter().map(named).collect();
        let of = train::digest::of(&(place.is_cut, &place.tag, &place.look.main, names));
        if let Some(kept) = self.recalled::<Tried>(&name, &of).await?
            && kept.seen_at.is_none_or(|at| at == place.look.observed_at)
            && kept.trials.len() == asked.len()
        {
            return Ok(kept.trials);
        }
        let trials = self.tried(aboard, place, asked).await?;
        let may_change = |trial: &Trial| {
            use AskState::{Ambiguous, NotMerged, NotOnMain, UnknownCommit, Untried};
            let unsettled = [Ambiguous, NotMerged, NotOnMain, UnknownCommit, Untried];
            unsettled.contains(&trial.state)
        };
        let seen_at = trials.iter().any(may_change).then_some(place.look.observed_at);
        Ok(self.keep_found(name, of, Tried { seen_at, trials }).await?.trials)
    }

    async fn tried(
        &self,
        aboard: &Aboard,
        place: &Place<'_>,
        asked: &[Target],
    ) -> Result<Vec<Trial>> {
        let mut trials: BTreeMap<usize, Trial> = BTreeMap::new();
        let mut found: Vec<Found> = Vec::new();
        let Some(main) = &place.look.main else {
            let says = format!("{} has no commit on {}", aboard.settings.name, place.look.branch);
            return Ok(vec![Trial::of(AskState::Untried, says); asked.len()]);
        };
        for (at, target) in asked.iter().enumerate() {
            if at >= MOST {
                let says = format!("only the first {MOST} asks of a repository are tried");
                trials.insert(at, Trial::of(AskState::Untried, says));
                continue;
            }
            match self.commits_of(aboard, main, target).await? {
                Ok(commits) => {
                    let name = called(&aboard.settings.name, target, &commits);
                    found.push(Found { at, name, commits });
                }
                Err(trial) => drop(trials.insert(at, trial)),
            }
        }
        let found = self.on_main(aboard, place, main, found, &mut trials).await?;
        match &place.tag {
            Some((tag, tip)) => {
                let bench =
                    Trying { aboard, main, tag, tip, stamp: self.stamp(place.look.observed_at) };
                bench.all(found, &mut trials).await?;
            }
            None => {
                for one in found {
                    let trial = match place.is_cut {
                        true => asks::no_tag(&aboard.settings.name, place.push),
                        false => asks::with_the_cut(place.push, &place.look.branch),
                    };
                    let commits = ids(&one.commits);
                    trials.insert(one.at, Trial { commits, ..trial });
                }
            }
        }
        Ok(trials.into_values().collect())
    }

    /// The commits that an ask means, oldest first; or why it means none that can be picked.
    async fn commits_of(
        &self,
        aboard: &Aboard,
        main: &Oid,
        target: &Target,
    ) -> Result<std::result::Result<Vec<Commit>, Trial>> {
        let commits = match target {
            Target::Commit(hash) => match aboard.repo.resolve(hash).await {
                Ok(commits) if commits.is_empty() => return Ok(Err(asks::unknown_commit())),
                Ok(commits) => commits,
                Err(refusal) if refusal.code == Code::NoSuchCommit => {
                    return Ok(Err(asks::unknown_commit()));
                }
                Err(refusal) if refusal.code == Code::Ambiguous => {
                    return Ok(Err(Trial::of(AskState::Ambiguous, refusal.message)));
                }
                Err(refusal) => return Err(refusal),
            },
            Target::Pull(number) => return self.of_pull(aboard, main, *number).await,
            Target::Issue(_) | Target::Compare { .. } => return Ok(Err(asks::unknown_commit())),
        };
        match commits.iter().find(|commit| commit.is_merge()) {
            Some(merge) => {
                let brought = aboard.repo.merged_by(&merge.id).await?;
                let commits = vec![merge.id.clone()];
                Ok(Err(Trial { commits, ..asks::merge_commit(&brought) }))
            }
            None => Ok(Ok(commits)),
        }
    }

    /// What a pull request brought to main: its squashed commit, or the commits that its merge brought.
    pub(super) async fn of_pull(
        &self,
        aboard: &Aboard,
        main: &Oid,
        number: u64,
    ) -> Result<std::result::Result<Vec<Commit>, Trial>> {
        let mut commits: Vec<Commit> = Vec::new();
        for commit in aboard.repo.of_pull_request(main, number).await?.into_iter().rev() {
            let own = match commit.is_merge() {
                true => aboard.repo.merged_by(&commit.id).await?,
                false => vec![commit],
            };
            for commit in own.into_iter().filter(|commit| !commit.is_merge()) {
                if commits.iter().all(|known| known.id != commit.id) {
                    commits.push(commit);
                }
            }
        }
        if commits.is_empty() {
            let says = format!("no commit of main names #{number} yet");
            return Ok(Err(Trial::of(AskState::NotMerged, says)));
        }
        Ok(Ok(commits))
    }

    /// Those whose commits are all on main; the others are told.
    async fn on_main(
        &self,
        aboard: &Aboard,
        place: &Place<'_>,
        main: &Oid,
        found: Vec<Found>,
        trials: &mut BTreeMap<usize, Trial>,
    ) -> Result<Vec<Found>> {
        let all: Vec<Oid> = found.iter().flat_map(|one| ids(&one.commits)).collect();
        let outside = aboard.repo.outside(main, &all).await?;
        let (on, off): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|one| !one.commits.iter().any(|c| outside.contains(&c.id)));
        for one in off {
            let commits = ids(&one.commits);
            trials.insert(one.at, Trial { commits, ..asks::not_on_main(&place.look.branch) });
        }
        Ok(on)
    }
}

/// One repository while its asks are tried on its newest tag.
struct Trying<'a> {
    aboard: &'a Aboard,
    main: &'a Oid,
    tag: &'a str,
    tip: &'a Oid,
    stamp: Stamp,
}

impl Trying<'_> {
    async fn all(&self, found: Vec<Found>, trials: &mut BTreeMap<usize, Trial>) -> Result<()> {
        let firsts: Vec<Oid> = found.iter().map(|one| one.commits[0].id.clone()).collect();
        let order = self.aboard.repo.in_order(self.main, &firsts).await?;
        let rank = |one: &Found| order.iter().position(|id| *id == one.commits[0].id);
        let mut found = found;
        found.sort_by_key(|one| (rank(one), one.at));
        let (mut tip, mut on) = (self.tip.clone(), Vec::new());
        for one in found {
            let alone = self.put(self.tip, &one.commits).await?;
            let after = match tip == *self.tip {
                true => alone.clone(),
                false => self.put(&tip, &one.commits).await?,
            };
            let attempt = self.attempt((&alone, &after), &on).await?;
            let trial = asks::judge(self.tag, &attempt, ids(&one.commits));
            if trial.goes_on {
                on.push(On { name: one.name.clone(), commits: ids(&one.commits) });
                tip = after.tip;
            }
            trials.insert(one.at, trial);
        }
        Ok(())
    }

    async fn put(&self, onto: &Oid, commits: &[Commit]) -> Result<Applied> {
        let step = |commit: &Commit| PickStep { commit: commit.id.clone(), kind: StepKind::Pick };
        let steps: Vec<PickStep> = commits.iter().map(step).collect();
        self.aboard.repo.apply(onto, &steps, &self.stamp).await
    }

    async fn attempt(&self, (alone, after): (&Applied, &Applied), on: &[On]) -> Result<Attempt> {
        let prerequisites = match &alone.conflict {
            Some(conflict) => {
                let paths: Vec<String> =
                    conflict.files.iter().map(|(path, _)| path.clone()).collect();
                let commit = &conflict.step.commit;
                self.aboard.repo.prerequisites(self.tip, self.main, commit, &paths).await?
            }
            None => Vec::new(),
        };
        let in_the_way = |other: &&On| prerequisites.iter().any(|c| other.commits.contains(&c.id));
        let mut needs: Vec<String> =
            on.iter().filter(in_the_way).map(|other| other.name.clone()).collect();
        if needs.is_empty() {
            needs = on.iter().map(|other| other.name.clone()).collect();
        }
        Ok(Attempt { alone: came(alone), after: came(after), needs, prerequisites })
    }
}

fn came(applied: &Applied) -> Came {
    if let Some(conflict) = &applied.conflict {
        return Came::Conflict(conflict.files.iter().map(|(path, _)| path.clone()).collect());
    }
    match applied.done.iter().all(|done| done.outcome == StepOutcome::Contained) {
        true => Came::There,
        false => Came::On,
    }
}

fn ids(commits: &[Commit]) -> Vec<Oid> {
    commits.iter().map(|commit| commit.id.clone()).collect()
}

/// What is asked for, as a key.
fn named(target: &Target) -> String {
    match target {
        Target::Commit(hash) => hash.clone(),
        Target::Pull(number) => format!("#{number}"),
        Target::Issue(_) | Target::Compare { .. } => String::new(),
    }
}

/// What people call an ask.
fn called(repo: &RepoName, target: &Target, commits: &[Commit]) -> String {
    match (target, commits.first()) {
        (Target::Pull(number), _) => format!("{repo}#{number}"),
        (_, Some(commit)) => format!("{repo}@{}", commit.id.short()),
        (_, None) => repo.to_string(),
    }
}

/// That asks could not be tried: git failed, which stops nobody from reading them. What it said is none of what everybody reads.
pub(super) fn untried(refusal: Refusal) -> Trial {
    Trial::of(AskState::Untried, format!("not tried: {}", refusal.for_strangers().message))
}
