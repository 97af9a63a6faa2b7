//! What deserves a word in a cut's plan, and stops nothing.

use std::collections::BTreeMap;

use super::fate::leaves;
use super::{Fate, RepoFacts, RepoPlan, SecurityFacts};
use crate::command::{RepoCommit, TagWish};
use crate::id::{PushDate, RepoName, quoted};
use crate::settings::Repo;
use crate::state::State;

/// An earlier push that was cut and neither finished nor cancelled: worth a word, not a stop.
pub(super) fn earlier_unfinished(state: &State, push: PushDate) -> Vec<String> {
    state
        .pushes
        .range(..push)
        .next_back()
        .filter(|(date, p)| !p.tags.is_empty() && state.over(**date).is_none())
        .map(|(date, _)| match state.days.of(*date).attempts.is_empty() {
            true => format!("{date} was cut and never finished; if it never left, `pushduty cancel --push {date}` settles it"),
            false => format!("{date} was started and never finished; `pushduty finish --push {date}` ends it"),
        })
        .into_iter()
        .collect()
}

/// What was taken back from production and not cleared, of the repositories that get a tag.
pub(super) fn taken_back(state: &State, plans: &[RepoPlan]) -> Vec<String> {
    let gets_one = |repo: &RepoName| {
        plans.iter().any(|plan| &plan.repo == repo && matches!(plan.fate, Fate::Tag { .. }))
    };
    let all = state.days.newest_first();
    all.flat_map(|(push, day)| {
        day.bad.iter().filter(|bad| gets_one(&bad.repo)).map(move |bad| bad.warning(push))
    })
    .collect()
}

/// Rules that a wish overrides: what will be recorded.
#[must_use]
pub fn overridden(overrides: &[(String, String)]) -> Vec<String> {
    let one = |(rule, because): &(String, String)| {
        format!("overridden, and recorded: {rule}: {}", quoted(because))
    };
    overrides.iter().map(one).collect()
}

/// `--leave` of what no tag of this cut would drop.
pub(super) fn left_in_vain(wish: &TagWish, facts: &BTreeMap<RepoName, RepoFacts>) -> Vec<String> {
    let in_vain = |leave: &&RepoCommit| {
        let mut all = facts.iter().flat_map(|(repo, f)| f.uncarried.iter().map(move |p| (repo, p)));
        !all.any(|(repo, picked)| leaves(leave, repo, picked))
    };
    let none = |l: &RepoCommit| format!("--leave {}: no tag here would drop it", quoted(&l.commit));
    wish.leave.iter().filter(in_vain).map(none).collect()
}

/// What deserves a word of one repository.
pub(super) fn of(plan: &RepoPlan, wish: &TagWish, repo: &Repo, facts: &RepoFacts) -> Vec<String> {
    [
        unlike_the_tag(plan, facts),
        nothing_new(plan, wish),
        moved(plan, facts),
        other_scheme(repo, facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn unlike_the_tag(plan: &RepoPlan, facts: &RepoFacts) -> Option<String> {
    let (Fate::Already { tag, commit }, Ok(target)) = (&plan.fate, &facts.target) else {
        return None;
    };
    let (is, was) = (target.commit.short(), commit.short());
    (*commit != target.commit).then(|| {
        format!(
            "{repo} has {tag} on {was} and would get it on {is} now: --again --repo {repo} tags that",
            repo = plan.repo
        )
    })
}

fn nothing_new(plan: &RepoPlan, wish: &TagWish) -> Option<String> {
    let Fate::Tag { .. } = plan.fate else { return None };
    let (base, _) = plan.base.tag.as_ref()?;
    (plan.brings.commit_count == 0 && !wish.again).then(|| {
        format!("{} has nothing new since {base}: --stay {} keeps it there", plan.repo, plan.repo)
    })
}

/// Only whoever holds the security role has seen any (P9).
fn moved(plan: &RepoPlan, facts: &RepoFacts) -> Option<String> {
    let SecurityFacts::Seen { moved, .. } = &facts.security else { return None };
    let numbers: Vec<String> = moved.iter().map(ToString::to_string).collect();
    (!moved.is_empty()).then(|| {
        format!(
            "{}: security branches that moved since their review are held: {}",
            plan.repo,
            numbers.join(", ")
        )
    })
}

/// Tags that are none of this train's count for nothing; that is said, since a template may be wrong.
fn other_scheme(repo: &Repo, facts: &RepoFacts) -> Option<String> {
    let look = facts.look.as_ref().ok()?;
    let other: Vec<&String> =
        look.tags.keys().filter(|name| repo.scheme.parse(name).is_none()).collect();
    let example = quoted(other.last()?);
    let count = other.len();
    let are = if count == 1 { "tag is" } else { "tags are" };
    Some(format!(
        "{}: {count} {are} not of the form {} and left aside, such as {example}",
        repo.name,
        quoted(&repo.scheme.template())
    ))
}
