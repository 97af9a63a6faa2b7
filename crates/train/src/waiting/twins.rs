//! The private twins, for whoever holds the security role: branches to review, to merge, and mains that have diverged (P1, P9).

use super::{Answer, Facts, Stage, Thing};
use crate::command::{Command, MergeWish};
use crate::id::{Oid, RepoName};
use crate::key::Kind;
use crate::people::Role;
use crate::security::BranchState;

/// A private twin as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinFacts {
    /// The repository.
    pub repo: RepoName,
    /// Whether its main has what upstream's lacks.
    pub diverged: bool,
    /// Its branches, by number.
    pub branches: Vec<BranchFacts>,
}

/// A branch of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchFacts {
    /// Its number.
    pub number: u32,
    /// Its tip.
    pub commit: Oid,
    /// How it stands.
    pub state: BranchState,
    /// Whether whoever asks may review it: they hold the role, and did not write it.
    pub may_review: bool,
}

/// What waits of them. Nothing for whoever lacks the role, whatever there is.
pub(super) fn of(facts: &Facts<'_>) -> Vec<Thing> {
    if !facts.holds(Role::Security) {
        return Vec::new();
    }
    let mut things = Vec::new();
    for twin in &facts.twins {
        if twin.diverged {
            things.push(repair(twin));
            continue;
        }
        things
            .extend(twin.branches.iter().filter(|b| b.may_review).filter_map(|b| review(twin, b)));
        things.extend(merge(facts, twin));
    }
    things
}

fn repair(twin: &TwinFacts) -> Thing {
    let repo = &twin.repo;
    let says = format!("security's main of {repo} has commits that upstream's lacks");
    let command = format!("pushduty security repair --repo {repo}");
    let thing = Thing::new(Kind::Repair, None, repo.as_str(), says).of_repo(repo);
    thing.answered(Answer::typed("On a terminal", command))
}

fn review(twin: &TwinFacts, branch: &BranchFacts) -> Option<Thing> {
    let (repo, number) = (&twin.repo, branch.number);
    let says = match branch.state {
        BranchState::Open => format!("security branch {number} of {repo} waits for a review"),
        BranchState::Moved => format!("security branch {number} of {repo} moved since its review"),
        BranchState::Reviewed | BranchState::Merged => return None,
    };
    // A branch that moves is to be read again.
    let about = format!("{repo}-{number}.{}", &branch.commit.as_str()[..8]);
    let wish = Command::SecurityApprove { repo: Some(repo.clone()), branch: number };
    let command = format!("pushduty security approve {number} --repo {repo}");
    let thing = Thing::new(Kind::Review, None, &about, says).of_repo(repo);
    Some(thing.answered(Answer::yes("Review the branch…", wish, command)))
}

/// Reviewed branches, for whoever serves the next cut: they go with it.
fn merge(facts: &Facts<'_>, twin: &TwinFacts) -> Option<Thing> {
    let uncut = facts.pushes.iter().find(|push| matches!(push.stage, Stage::Uncut { .. }))?;
    let reviewed = twin.branches.iter().filter(|b| b.state == BranchState::Reviewed);
    let reviewed: Vec<u32> = reviewed.map(|branch| branch.number).collect();
    if reviewed.is_empty() || !facts.serves(uncut) {
        return None;
    }
    let repo = &twin.repo;
    let says = match &reviewed[..] {
        [one] => {
            format!("security branch {one} of {repo} is reviewed, and goes with {}", uncut.push)
        }
        all => format!(
            "{} security branches of {repo} are reviewed, and go with {}",
            all.len(),
            uncut.push
        ),
    };
    let about = format!("{repo}.{}", super::short(&reviewed));
    let wish =
        Command::SecurityMerge(MergeWish { repo: Some(repo.clone()), ..MergeWish::default() });
    let command = format!("pushduty security merge --repo {repo}");
    let thing = Thing::new(Kind::Merge, Some(uncut), &about, says).due(uncut.cut_at).of_repo(repo);
    Some(thing.answered(Answer::yes("Review the merge…", wish, command)))
}
