//! Alarms: what nobody looks for any more once a push has started, told to the channel, to its hero and to those who took it to
//! production.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use super::words;
use super::{Announcement, Audience, Facts, Kind};
use crate::id::{PushDate, RepoName};

/// For how many hours it is told that production shows a tag which no start allowed.
const STRANGE: i64 = 24;

/// A tag that production shows though no start allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The push that it is a tag of.
    pub push: PushDate,
    /// The repository.
    pub repo: RepoName,
    /// The tag.
    pub tag: String,
    /// Who is on duty for that push.
    pub hero: Option<String>,
}

/// What is told of such tags at `now`: of each once, as long as production shows it so.
#[must_use]
pub fn strangers(facts: Facts<'_>, all: &[Stranger], now: Timestamp) -> Vec<Announcement> {
    let of_one = |one: &Stranger| {
        let said = words::past_us(facts, one);
        let (train, kind) = (&facts.settings.train, Kind::PastUs);
        let told = alarmed(facts, one.push, one.hero.as_deref());
        let make = move |audience: Audience| {
            let name = crate::digest::of(&(kind, train, one.push, &one.repo, &one.tag, &audience));
            Announcement {
                id: format!("{name}-{kind}"),
                kind,
                train: train.clone(),
                push: Some(one.push),
                audience,
                subject: said.0.clone(),
                text: said.1.clone(),
                at: now,
                expires_at: now.checked_add(STRANGE.hours()).unwrap_or(Timestamp::MAX),
                rehearsal: facts.state.rehearsal,
            }
        };
        told.into_iter().map(make).collect::<Vec<_>>()
    };
    all.iter().flat_map(of_one).collect()
}

/// Everybody who is to hear of an alarm: the channel, the hero, and those who took the push to production; each once.
pub(super) fn alarmed(facts: Facts<'_>, push: PushDate, hero: Option<&str>) -> Vec<Audience> {
    let claims = facts.state.days.of(push).claims.iter().map(|claim| claim.by.as_str());
    let people: BTreeSet<&str> = hero.into_iter().chain(claims).collect();
    let people = people.into_iter().map(|who| Audience::person(facts.settings, who));
    std::iter::once(Audience::Channel).chain(people).collect()
}
