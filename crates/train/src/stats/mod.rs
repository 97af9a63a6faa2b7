//! What past pushes come to in numbers: cadence, re-tags, picks, lead time, duration, what held them, fairness, and the four
//! of DORA.
//!
//! Nothing is guessed: what is not known of a push is left out of a figure and counted as unknown. `docs/src/history.md` has
//! each definition with its source.

mod dora;
mod figure;
mod joined;
mod svg;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use dora::{Dora, Failure};
pub use figure::{Figure, Point, Spread, Year, number};
pub use joined::{Blocker, Origin, PushFacts, RepoFacts, joined};
pub use svg::{bars, timeline};

use crate::calendar::Timetable;
use crate::id::PushDate;

/// Seconds of an hour.
const HOUR: f64 = 3_600.0;
/// Hours of a day.
const DAY: f64 = 24.0;

/// How well it is known when a push was in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// A time is noted or recorded.
    Time,
    /// Only the day is: the push's own, at the time it departs by the timetable.
    Day,
}

/// Past pushes in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stats {
    /// The first push that is counted.
    pub from: Option<PushDate>,
    /// The last.
    pub to: Option<PushDate>,
    /// How many pushes are counted; cancelled ones are not.
    pub pushes: usize,
    /// Days from one push to the next.
    pub cadence: Figure,
    /// Tags with a suffix, of all repositories.
    pub retags: Figure,
    /// Commits picked, or asked for where only notes tell.
    pub picks: Figure,
    /// Days from a commit on main to production: of each push the median.
    pub lead_time: Figure,
    /// Hours from the first tag to production.
    pub cut_to_production: Figure,
    /// Minutes from start to end.
    pub duration: Figure,
    /// Blockers in the notes.
    pub blockers: Figure,
    /// Hours that holds lasted.
    pub holds: Figure,
    /// What held pushes, most often first.
    pub held: Vec<Held>,
    /// Who had how many.
    pub fairness: Fairness,
    /// The four of DORA.
    pub dora: Dora,
}

impl Stats {
    /// Each of its figures, with its name where it is a file and its title.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, &'static str, &Figure); 8] {
        [
            ("cadence", "From one push to the next", &self.cadence),
            ("retags", "Re-tags per push", &self.retags),
            ("picks", "Picks per push", &self.picks),
            ("lead-time", "From a commit on main to production", &self.lead_time),
            ("cut-to-production", "From the cut to production", &self.cut_to_production),
            ("duration", "From start to end", &self.duration),
            ("blockers", "Blockers per push", &self.blockers),
            ("holds", "Holds per push", &self.holds),
        ]
    }
}

/// Something that held a push.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Held {
    /// The push.
    pub push: PushDate,
    /// `hold` or `blocker`.
    pub what: Cow<'static, str>,
    /// Its words. From outside: filter them before showing.
    pub text: String,
    /// How many hours; null where its end is not known.
    pub hours: Option<f64>,
}

/// Turns by hero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fairness {
    /// Who had how many turns, most first.
    pub heroes: Vec<Turns>,
    /// The difference between the most and the fewest; null where nobody is known.
    pub spread: Option<usize>,
    /// Pushes whose hero is not known, or that name several.
    pub unknown: usize,
}

/// One hero's turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Turns {
    /// The person's name, or as written where that is nobody's.
    pub hero: String,
    /// How many.
    pub turns: usize,
    /// Of all known ones, from 0 to 1.
    pub share: f64,
}

/// Counts pushes, which are in the order of their dates. What is cancelled is left out.
#[must_use]
pub fn stats(pushes: &[PushFacts], timetable: &Timetable) -> Stats {
    let ran: Vec<&PushFacts> = pushes.iter().filter(|p| p.cancelled.is_none()).collect();
    let dates: Vec<PushDate> = ran.iter().map(|p| p.push).collect();
    let between = ran.iter().zip(ran.iter().skip(1));
    let cadence = between.map(|(a, b)| (b.push, f64::from((b.push.0 - a.push.0).get_days())));
    let each = |value: &dyn Fn(&PushFacts) -> Option<f64>| -> Vec<(PushDate, f64)> {
        ran.iter().filter_map(|p| Some((p.push, value(p)?))).collect()
    };
    let total = ran.len();
    let lead: Vec<(PushDate, Vec<f64>)> =
        ran.iter().map(|p| (p.push, lead(p, timetable))).collect();
    let lead_time = Figure::of_many("days", lead);
    Stats {
        from: dates.first().copied(),
        to: dates.last().copied(),
        pushes: total,
        cadence: Figure::of("days", cadence.collect(), total.saturating_sub(1)),
        retags: Figure::of("tags", each(&|p| p.retags.map(count)), total),
        picks: Figure::of("commits", each(&|p| p.picks.map(count)), total),
        cut_to_production: Figure::of(
            "hours",
            each(&|p| Some(hours(p.cut_at?, p.arrived()?))),
            total,
        ),
        duration: Figure::of("minutes", each(&|p| Some(hours(p.start?, p.end?) * 60.0)), total),
        blockers: Figure::of("blockers", each(&|p| Some(count(p.blockers.len()))), total),
        holds: Figure::of("hours", each(&held_for), total),
        held: held(&ran),
        fairness: fairness(&ran),
        dora: dora::dora(&ran, timetable, &lead_time),
        lead_time,
    }
}

/// A count as a number of a figure.
fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Hours from one instant to another; none back.
fn hours(from: Timestamp, to: Timestamp) -> f64 {
    ((to.as_duration() - from.as_duration()).as_secs_f64() / HOUR).max(0.0)
}

/// Days from each commit of a push on main to production.
fn lead(push: &PushFacts, timetable: &Timetable) -> Vec<f64> {
    let Some((at, _)) = push.production(timetable) else { return Vec::new() };
    let landed = push.repos.iter().flat_map(|repo| &repo.landed);
    landed.filter(|landed| **landed <= at).map(|landed| hours(*landed, at) / DAY).collect()
}

/// Hours that a push's holds lasted; notes alone tell of none.
fn held_for(push: &PushFacts) -> Option<f64> {
    if push.origin == Origin::Imported {
        return None;
    }
    let mut ends = push.holds.iter().map(|held| Some(hours(held.at, held.over()?)));
    ends.try_fold(0.0, |sum, hours| Some(sum + hours?))
}

/// Holds and blockers that held, newest push first; within one, the longest first.
fn held(pushes: &[&PushFacts]) -> Vec<Held> {
    let mut all = Vec::new();
    for push in pushes.iter().rev() {
        let holds = push.holds.iter().map(|held| Held {
            push: push.push,
            what: "hold".into(),
            text: held.hold.because.clone(),
            hours: held.over().map(|over| hours(held.at, over)),
        });
        let blockers = push.blockers.iter().filter(|blocker| blocker.holds).map(|blocker| Held {
            push: push.push,
            what: "blocker".into(),
            text: blocker.text.clone(),
            hours: blocker.lasted.map(|(from, to)| hours(from, to)),
        });
        let mut own: Vec<Held> = holds.chain(blockers).collect();
        own.sort_by(|a, b| b.hours.unwrap_or(0.0).total_cmp(&a.hours.unwrap_or(0.0)));
        all.extend(own);
    }
    all
}

fn fairness(pushes: &[&PushFacts]) -> Fairness {
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    for hero in pushes.iter().filter_map(|push| push.hero.as_deref()) {
        *turns.entry(hero).or_default() += 1;
    }
    let known: usize = turns.values().sum();
    let mut heroes: Vec<Turns> = turns
        .iter()
        .map(|(hero, turns)| Turns {
            hero: (*hero).to_owned(),
            turns: *turns,
            share: count(*turns) / count(known),
        })
        .collect();
    heroes.sort_by_key(|turns| std::cmp::Reverse(turns.turns));
    let spread = turns.values().max().zip(turns.values().min()).map(|(most, fewest)| most - fewest);
    Fairness { heroes, spread, unknown: pushes.len() - known }
}
