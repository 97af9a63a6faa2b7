//! The four of DORA, as far as a release train knows them.
//!
//! Source: DORA's *four keys* (dora.dev/guides/dora-metrics-four-keys): deployment frequency, lead time for changes, change
//! failure rate, time to restore service.

use jiff::Timestamp;
use serde::Serialize;

use super::figure::{Figure, Spread};
use super::joined::{PushFacts, RepoFacts};
use super::{count, hours};
use crate::calendar::Timetable;
use crate::id::{PushDate, RepoName};
use crate::import::Revision;

/// Days of a week.
const WEEK: f64 = 7.0;

/// The four, and the pushes that count as failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dora {
    /// Pushes a week, from the first to the last; null with fewer than two.
    pub deployment_frequency: Option<f64>,
    /// Days from a commit on main to production, half of all commits; null where none is known.
    pub lead_time_days: Option<f64>,
    /// How many commits that is of.
    pub commits: usize,
    /// The share of failed pushes among those that can be judged, from 0 to 1; null where none can.
    pub change_failure_rate: Option<f64>,
    /// How many can be judged.
    pub judged: usize,
    /// Hours from production to the fix or the rollback, half of those known; null where none is.
    pub time_to_restore_hours: Option<f64>,
    /// The failed pushes.
    pub failures: Vec<Failure>,
}

/// A push after which production had to be changed again before the next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The push.
    pub push: PushDate,
    /// `rollback`, or `tag` for another tag that production ran before the next push: a hot-fix or a late re-tag.
    pub by: &'static str,
    /// The repository, for a tag.
    pub repo: Option<RepoName>,
    /// That tag.
    pub tag: Option<String>,
    /// Hours until then; null where the time is not known.
    pub hours: Option<f64>,
}

/// The four of pushes in the order of their dates.
pub(super) fn dora(pushes: &[&PushFacts], timetable: &Timetable, lead_time: &Figure) -> Dora {
    let days = pushes.first().zip(pushes.last()).map(|(a, b)| (b.push.0 - a.push.0).get_days());
    let days = days.filter(|days| *days > 0).map(f64::from);
    let (mut judged, mut failures) = (0, Vec::new());
    for (at, push) in pushes.iter().enumerate() {
        let next = pushes.get(at + 1).copied();
        if let Some(failure) = judge(push, next, timetable) {
            judged += 1;
            failures.extend(failure);
        }
    }
    let known = failures.iter().filter_map(|failure| failure.hours).collect();
    Dora {
        deployment_frequency: days.map(|days| count(pushes.len() - 1) * WEEK / days),
        lead_time_days: lead_time.spread.as_ref().map(|spread| spread.median),
        commits: lead_time.spread.as_ref().map_or(0, |spread| spread.count),
        change_failure_rate: (judged > 0).then(|| count(failures.len()) / count(judged)),
        judged,
        time_to_restore_hours: Spread::of(known).map(|spread| spread.median),
        failures,
    }
}

/// Whether a push failed; none where that can't be told: nothing says when it was in production, or no push follows it.
fn judge(
    push: &PushFacts,
    next: Option<&PushFacts>,
    timetable: &Timetable,
) -> Option<Option<Failure>> {
    let (arrived, _) = push.production(timetable)?;
    if let Some(back) = push.rolled_back.first() {
        let hours = Some(hours(arrived, *back));
        let failure = Failure { push: push.push, by: "rollback", repo: None, tag: None, hours };
        return Some(Some(failure));
    }
    let late = push.repos.iter().find_map(|repo| late_tag(push, repo));
    let followed =
        next.is_some_and(|next| push.repos.iter().any(|repo| based(next, repo).is_some()));
    if late.is_none() && !followed && push.end.is_none() {
        return None;
    }
    let ran = || {
        let next = next?;
        push.repos.iter().find_map(|repo| ran_before(next, repo, timetable, arrived))
    };
    Some(late.or_else(ran).map(|(repo, tag, hours)| Failure {
        push: push.push,
        by: "tag",
        repo: Some(repo),
        tag: Some(tag),
        hours,
    }))
}

type Fix = (RepoName, String, Option<f64>);

/// A tag of the push itself that was given after its end.
fn late_tag(push: &PushFacts, repo: &RepoFacts) -> Option<Fix> {
    let end = push.end?;
    let (tag, at) =
        repo.tags.iter().find_map(|(tag, at)| Some((tag, at.filter(|at| *at > end)?)))?;
    Some((repo.repo.clone(), tag.clone(), Some(hours(end, at))))
}

/// The part of the next push of the same repository, where it says what it is based on.
fn based<'a>(next: &'a PushFacts, repo: &RepoFacts) -> Option<&'a RepoFacts> {
    repo.tag.as_ref()?;
    next.repos.iter().find(|other| other.repo == repo.repo && other.base.is_some())
}

/// A tag that the next push is based on, newer than any of this one: production ran it in between.
fn ran_before(
    next: &PushFacts,
    repo: &RepoFacts,
    timetable: &Timetable,
    arrived: Timestamp,
) -> Option<Fix> {
    let last = Revision::of(repo.tag.as_deref()?)?;
    let after = based(next, repo)?;
    let bases = after.bases.iter().chain(&after.base);
    let fixed = bases.filter_map(|base| Some((Revision::of(base)?, base)));
    // A base of the next push's own date is a re-tag of that one; one far away a slip of the pen.
    let between = |r: &Revision| *r > last && r.push < next.push;
    let (revision, tag) = fixed.filter(|(r, _)| between(r)).min()?;
    let day =
        revision.push.0.to_datetime(timetable.push.time).to_zoned_datetime(timetable.zone()).ok();
    let own_day = day.filter(|_| revision.push > last.push).map(|day| day.timestamp());
    Some((repo.repo.clone(), tag.clone(), own_day.map(|at| hours(arrived, at))))
}
