//! The four of DORA, as far as a release train knows them.
//!
//! Source: DORA's *four keys* (dora.dev/guides/dora-metrics-four-keys): deployment frequency, lead time for changes, change
//! failure rate, time to restore service.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::figure::{Figure, Spread};
use super::joined::{PushFacts, RepoFacts};
use super::{count, hours};
use crate::calendar::Timetable;
use crate::id::{PushDate, RepoName};
use crate::import::Revision;

/// Days of a week.
const WEEK: f64 = 7.0;

/// The four, and the pushes that count as failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Failure {
    /// The push.
    pub push: PushDate,
    /// `rollback`, or `tag` for another tag that production ran before the next push: a hot-fix or a late re-tag.
    pub by: Cow<'static, str>,
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
    if let Some(back) = push.rolled_back.first() {
        let hours = since(push, *back);
        let failure =
            Failure { push: push.push, by: "rollback".into(), repo: None, tag: None, hours };
        return Some(Some(failure));
    }
    let by_tag = |(repo, tag, hours): Fix| {
        let (repo, tag) = (Some(repo), Some(tag));
        Failure { push: push.push, by: "tag".into(), repo, tag, hours }
    };
    if let Some(late) = push.repos.iter().find_map(|repo| late_tag(push, repo)) {
        return Some(Some(by_tag(late)));
    }
    let (arrived, _) = push.production(timetable)?;
    let followed =
        next.is_some_and(|next| push.repos.iter().any(|repo| based(next, repo).is_some()));
    if !followed && push.end.is_none() {
        return None;
    }
    let ran = next.and_then(|next| {
        push.repos.iter().find_map(|repo| ran_before(next, repo, timetable, arrived))
    });
    Some(ran.map(by_tag))
}

type Fix = (RepoName, String, Option<f64>);

/// Hours that a push had been in production by then: since its end if that was before, else since its start.
fn since(push: &PushFacts, then: Timestamp) -> Option<f64> {
    let since = [push.end, push.start].into_iter().flatten().find(|at| *at <= then)?;
    Some(hours(since, then))
}

/// A tag of the push itself that was given after its end, or while production ran it.
fn late_tag(push: &PushFacts, repo: &RepoFacts) -> Option<Fix> {
    let after = |at: &Option<Timestamp>| at.zip(push.end).is_some_and(|(at, end)| at > end);
    let late =
        |tag: &String, at: &Option<Timestamp>| repo.hot_fix.as_ref() == Some(tag) || after(at);
    let (tag, at) = repo.tags.iter().find(|(tag, at)| late(tag, at))?;
    Some((repo.repo.clone(), tag.clone(), at.and_then(|at| since(push, at))))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::joined::Origin;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn timetable() -> Timetable {
        let time = |text: &str| text.parse().expect("a day and a time");
        let zone = "UTC".parse().expect("a zone");
        Timetable::new(zone, time("Tuesday 09:00"), time("Thursday 09:00"))
    }

    /// A push of *web* by its date, over this base, with these tags and when each was given; it ended at noon of its day.
    fn push(date: &str, base: Option<&str>, tags: &[(&str, &str)]) -> PushFacts {
        let web = RepoFacts {
            repo: "web".parse().expect("a name"),
            base: base.map(str::to_owned),
            bases: Vec::new(),
            tag: tags.last().map(|(tag, _)| (*tag).to_owned()),
            commit: None,
            tags: tags.iter().map(|(tag, given)| ((*tag).to_owned(), Some(at(given)))).collect(),
            hot_fix: None,
            retags: 0,
            stayed: None,
            commits: None,
            landed: Vec::new(),
        };
        let date: PushDate = date.parse().expect("a date");
        let noon = date.0.at(12, 0, 0, 0).to_zoned_datetime(timetable().zone()).expect("a noon");
        PushFacts {
            push: date,
            origin: Origin::Own,
            hero: None,
            repos: vec![web],
            cut_at: None,
            start: Some(at("2026-11-26T09:00:00Z").min(noon.timestamp())),
            end: Some(noon.timestamp()),
            picks: None,
            retags: None,
            blockers: Vec::new(),
            holds: Vec::new(),
            cancelled: None,
            rolled_back: Vec::new(),
            issues: Vec::new(),
        }
    }

    fn week() -> PushFacts {
        push("2026.11.26", Some("2026.11.19"), &[("2026.11.26", "2026-11-24T09:00:00Z")])
    }

    fn next(base: &str) -> PushFacts {
        push("2026.12.03", Some(base), &[("2026.12.03", "2026-12-01T09:00:00Z")])
    }

    /// How it failed: by what, which tag, after how many hours. None where it did not, or can't be judged.
    fn failed(
        push: &PushFacts,
        next: Option<&PushFacts>,
    ) -> Option<(&'static str, Option<String>, Option<f64>)> {
        let failure = judge(push, next, &timetable()).expect("it can be judged")?;
        let by = if failure.by == "tag" { "tag" } else { "rollback" };
        Some((by, failure.tag, failure.hours))
    }

    #[test]
    fn a_push_that_stays_as_it_is_did_not_fail() {
        assert_eq!(failed(&week(), Some(&next("2026.11.26"))), None);
        assert_eq!(failed(&week(), None), None, "its end is known");
        // A tag before its end is a re-tag on the way.
        let tags =
            [("2026.11.26", "2026-11-24T09:00:00Z"), ("2026.11.26-1", "2026-11-26T11:59:59Z")];
        let retagged = push("2026.11.26", None, &tags);
        assert_eq!(failed(&retagged, Some(&next("2026.11.26-1"))), None);
    }

    #[test]
    fn a_rollback_is_a_failure_from_the_end_or_while_it_ran_from_the_start() {
        let back = |times: &[&str]| PushFacts {
            rolled_back: times.iter().map(|time| at(time)).collect(),
            ..week()
        };
        let hours = |push: &PushFacts| failed(push, None).expect("it failed").2;
        assert_eq!(
            failed(&back(&["2026-11-26T13:30:00Z"]), None),
            Some(("rollback", None, Some(1.5)))
        );
        assert_eq!(hours(&back(&["2026-11-26T10:00:00Z"])), Some(1.0), "before its end");
        assert_eq!(hours(&back(&["2026-11-26T10:00:00Z", "2026-11-27T10:00:00Z"])), Some(1.0));
        assert_eq!(hours(&back(&["2026-11-26T08:00:00Z"])), None, "before it began");
    }

    #[test]
    fn a_tag_after_its_end_is_a_failure() {
        let tags =
            [("2026.11.26", "2026-11-24T09:00:00Z"), ("2026.11.26-1", "2026-11-26T15:00:00Z")];
        let fixed = push("2026.11.26", None, &tags);
        let tag = Some("2026.11.26-1".to_owned());
        assert_eq!(failed(&fixed, None), Some(("tag", tag, Some(3.0))));
    }

    #[test]
    fn a_tag_given_while_production_ran_the_push_is_a_failure_whoever_brought_it_there() {
        let tag = Some("2026.11.26-1".to_owned());
        let tags =
            [("2026.11.26", "2026-11-24T09:00:00Z"), ("2026.11.26-1", "2026-11-26T11:00:00Z")];
        let mut fixed = push("2026.11.26", Some("2026.11.19"), &tags);
        fixed.repos[0].hot_fix.clone_from(&tag);
        assert_eq!(failed(&fixed, None), Some(("tag", tag.clone(), Some(2.0))), "before its end");
        // One that others cut and brought there: nothing says when.
        fixed.repos[0].tags.remove(0);
        let unknown = PushFacts { start: None, end: None, ..fixed };
        assert_eq!(failed(&unknown, None), Some(("tag", tag, None)));
    }

    #[test]
    fn a_base_of_the_next_push_that_its_notes_do_not_tell_of_is_a_failure() {
        let own = Some("2026.11.26-2".to_owned());
        assert_eq!(failed(&week(), Some(&next("2026.11.26-2"))), Some(("tag", own, None)));
        // A hot-fix under a date of its own counts from that day at the timetable's time.
        let dated = Some("2026.11.28".to_owned());
        assert_eq!(failed(&week(), Some(&next("2026.11.28"))), Some(("tag", dated, Some(45.0))));
        // One of the next push's own date is a re-tag of that, and one far away a slip of the pen.
        assert_eq!(failed(&week(), Some(&next("2026.12.03"))), None);
        assert_eq!(failed(&week(), Some(&next("2026.11.19"))), None);
        assert_eq!(failed(&week(), Some(&next("2027.11.27"))), None);
    }

    #[test]
    fn what_can_not_be_judged_is_left_out() {
        let open = PushFacts { end: None, ..week() };
        assert_eq!(judge(&open, None, &timetable()).map(|f| f.is_some()), None);
        assert_eq!(
            judge(&open, Some(&next("2026.11.26")), &timetable()).map(|f| f.is_some()),
            Some(false)
        );
        let unknown = PushFacts { end: None, start: None, ..week() };
        assert!(judge(&unknown, Some(&next("2026.11.26")), &timetable()).is_none());
        let (by_year, points) = (Vec::new(), Vec::new());
        let lead =
            Figure { unit: "days".into(), known: 0, unknown: 0, spread: None, by_year, points };
        let bad = PushFacts { rolled_back: vec![at("2026-12-03T14:00:00Z")], ..next("2026.11.26") };
        let dora = dora(&[&week(), &bad, &open], &timetable(), &lead);
        assert_eq!((dora.judged, dora.failures.len()), (2, 1));
        assert_eq!((dora.change_failure_rate, dora.time_to_restore_hours), (Some(0.5), Some(2.0)));
    }
}
