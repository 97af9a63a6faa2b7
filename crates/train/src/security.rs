//! Security branches: who may review them, which may be merged, and why the order of pushes is what it is (P1, P9).
//!
//! Source: the runbook, *Security Fixes*: the private twin's main never gets anything that upstream's main does not have
//! already.

use serde::{Deserialize, Serialize};

use crate::id::{Oid, PersonName, RepoName};
use crate::intent::Update;
use crate::people::{Actor, Person, Role};
use crate::refusal::{Code, Refusal};
use crate::roles::GivenRoles;

use crate::settings::Settings;
use crate::state::Review;

/// How a security branch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BranchState {
    /// Nobody reviewed it.
    Open,
    /// Reviewed at its present commit.
    Reviewed,
    /// Moved since its review: held until it is reviewed again.
    Moved,
    /// Upstream's main has it all.
    Merged,
}

/// A branch as the rules see it: a number, a commit, and whether upstream has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its number.
    pub number: u32,
    /// Its tip.
    pub commit: Oid,
    /// Whether upstream's main has it all.
    pub merged: bool,
    /// Its newest review.
    pub review: Option<Review>,
}

impl Candidate {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> BranchState {
        match &self.review {
            _ if self.merged => BranchState::Merged,
            None => BranchState::Open,
            Some(review) if review.commit == self.commit => BranchState::Reviewed,
            Some(_) => BranchState::Moved,
        }
    }
}

/// Whether security's main may be touched at all: it may not hold what upstream's lacks (P1).
pub fn not_diverged(repo: &RepoName, ahead: &[Oid]) -> Result<(), Refusal> {
    if ahead.is_empty() { Ok(()) } else { Err(diverged(repo, ahead.len())) }
}

/// Security's main has what upstream's lacks: nothing is merged, tagged or synced until that is repaired (P1).
#[must_use]
pub fn diverged(repo: &RepoName, ahead: usize) -> Refusal {
    let commits = if ahead == 1 { "a commit" } else { &format!("{ahead} commits") };
    Refusal::new(
        Code::Diverged,
        format!("security's main of {repo} has {commits} that upstream's lacks"),
        "`pushduty security repair` shows it, and the two ways out",
    )
    .in_repo(repo)
}

/// What security's main needs to follow upstream's: a fast-forward to upstream's main *as it was seen*, never to anything
/// else (P1). None where it has it all; a refusal where the two diverged.
pub fn to_follow(
    repo: &RepoName,
    branch: &str,
    upstream: Option<&Oid>,
    main: Option<&Oid>,
    ahead: &[Oid],
    behind: bool,
) -> Result<Option<Update>, Refusal> {
    not_diverged(repo, ahead)?;
    let due = upstream.filter(|_| behind || main.is_none());
    Ok(due.map(|upstream| Update::forward(branch, main.cloned(), upstream.clone())))
}

/// Checks a review: by the security role, not by an author, unless nobody else can (said and recorded: `Ok(true)`). The
/// role is held by those whom the configuration gives it, and by the hero while `on_duty`.
pub fn may_review(
    settings: &Settings,
    (given, on_duty): (&GivenRoles, Option<&PersonName>),
    actor: &Actor,
    actor_email: &str,
    authors: &[String],
) -> Result<bool, Refusal> {
    actor.must_hold(&[Role::Security], "review security branches")?;
    let person = settings.people.values().find(|p| p.name.as_str() == actor.name);
    let is_actor = |author: &String| {
        author.eq_ignore_ascii_case(actor_email)
            || person.is_some_and(|p: &Person| p.goes_by(author))
    };
    if !authors.iter().any(is_actor) {
        return Ok(false);
    }
    let others = settings.people.values().filter(|p| {
        let holds = given.holds(p, Role::Security) || on_duty == Some(&p.name);
        holds && p.name.as_str() != actor.name && !authors.iter().any(|author| p.goes_by(author))
    });
    let named = |p: &&Person| given.holds(p, Role::Security);
    match others.min_by_key(|p| !named(p)).map(|p| p.name.as_str()) {
        None => Ok(true),
        Some(other) => Err(Refusal::new(
            Code::Refused,
            format!(
                "{} wrote commits on that branch and can't review it",
                crate::id::quoted(&actor.name)
            ),
            format!("ask {other}"),
        )),
    }
}

/// The branches to merge: all reviewed ones, or those named. A named one must be reviewed unless that is overridden; one that
/// upstream has already is among them, so that the same command again finds it done (P11).
pub fn select(
    candidates: &[Candidate],
    named: &[u32],
    unreviewed: bool,
) -> Result<Vec<Candidate>, Refusal> {
    if named.is_empty() {
        return Ok(candidates
            .iter()
            .filter(|c| c.state() == BranchState::Reviewed)
            .cloned()
            .collect());
    }
    named.iter().map(|number| one(candidates, *number, unreviewed)).collect()
}

fn one(candidates: &[Candidate], number: u32, unreviewed: bool) -> Result<Candidate, Refusal> {
    let Some(candidate) = candidates.iter().find(|c| c.number == number) else {
        return Err(Refusal::new(
            Code::NotFound,
            format!("no branch {number} on the security remote; on a fork?"),
            "`pushduty security list` shows them",
        ));
    };
    match candidate.state() {
        BranchState::Reviewed | BranchState::Merged => Ok(candidate.clone()),
        _ if unreviewed => Ok(candidate.clone()),
        BranchState::Moved => Err(Refusal::new(
            Code::Refused,
            format!("branch {number} moved since its review"),
            format!("review it again: `pushduty security approve {number}`"),
        )),
        BranchState::Open => Err(Refusal::new(
            Code::Refused,
            format!("branch {number} is not reviewed"),
            format!("`pushduty security approve {number}`, or --unreviewed --because TEXT"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: u32, reviewed_at: Option<char>) -> Candidate {
        let oid = |c: char| c.to_string().repeat(40).parse::<Oid>().unwrap();
        let review = reviewed_at.map(|c| Review { commit: oid(c), by: "ann".into() });
        Candidate { number, commit: oid('a'), merged: false, review }
    }

    #[test]
    fn a_review_is_for_the_commit_that_was_read() {
        assert_eq!(candidate(1, None).state(), BranchState::Open);
        assert_eq!(candidate(1, Some('a')).state(), BranchState::Reviewed);
        assert_eq!(candidate(1, Some('b')).state(), BranchState::Moved);
        assert_eq!(
            Candidate { merged: true, ..candidate(1, Some('b')) }.state(),
            BranchState::Merged
        );
    }

    #[test]
    fn only_reviewed_branches_are_merged_unless_somebody_says_so() {
        let all = [candidate(1, Some('a')), candidate(2, None), candidate(3, Some('b'))];
        let numbers = |c: Vec<Candidate>| c.iter().map(|c| c.number).collect::<Vec<_>>();
        assert_eq!(numbers(select(&all, &[], false).unwrap()), [1]);
        assert_eq!(select(&all, &[3], false).unwrap_err().code, Code::Refused);
        assert_eq!(select(&all, &[9], true).unwrap_err().code, Code::NotFound);
        assert_eq!(numbers(select(&all, &[2, 3], true).unwrap()), [2, 3]);
        let merged = [Candidate { merged: true, ..candidate(1, Some('a')) }];
        assert!(select(&merged, &[], false).unwrap().is_empty());
        assert_eq!(numbers(select(&merged, &[1], false).unwrap()), [1]);
    }
}
