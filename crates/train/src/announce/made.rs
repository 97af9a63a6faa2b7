//! From entries of the ledger to announcements.

use jiff::{Timestamp, ToSpan};

use super::alarm::alarmed;
use super::duty::duty;
use super::handover::handover;
use super::make::{each, make};
use super::words::{self, Given};
use super::{Announcement, Audience, Facts, Kind, News};
use crate::attempt::{DeployEnd, DeployRun, Finish};
use crate::event::{Event, Outcome, Written};
use crate::gate::SECURITY;
use crate::id::PushDate;
use crate::intent::{Intent, Purpose, Tagged};
use crate::notes::follow::Family;
use crate::notes::page::{ItemChange, What};
use crate::pushday::PushDay;

/// Tags that came within so many minutes are of one command, as a rule, and told together.
const TOGETHER: i64 = 10;

/// What there is to tell of these entries, which follow each other.
#[must_use]
pub fn of(facts: Facts<'_>, news: &[News]) -> Vec<Announcement> {
    let mut made = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for (at, one) in news.iter().enumerate() {
        match landed(facts, one) {
            Some(_) if told.contains(&one.hash.as_str()) => {}
            Some((kind, push)) => {
                let end = one.at.checked_add(TOGETHER.minutes()).unwrap_or(Timestamp::MAX);
                let same =
                    |other: &&News| other.at < end && landed(facts, other) == Some((kind, push));
                let all: Vec<&News> = news[at..].iter().filter(same).collect();
                told.extend(all.iter().map(|other| other.hash.as_str()));
                made.push(tags(facts, push, kind, &all));
            }
            None => made.extend(by_itself(facts, one)),
        }
    }
    made
}

/// The tag that reached its remote with an entry, and the intent it came by.
fn tagged(news: &News) -> Option<(&Intent, &Tagged)> {
    let Event::Settled { outcome: Outcome::Published | Outcome::Already, .. } = news.event else {
        return None;
    };
    let intent = news.intent.as_ref()?;
    match &intent.purpose {
        Purpose::Tag(tag) | Purpose::Pick(tag) => Some((intent, tag)),
        // What security does is public when it is on upstream, and told to nobody before (P9).
        Purpose::Merge { .. } | Purpose::Sync | Purpose::SetAside => None,
    }
}

/// What a tag that reached its remote means to its push.
fn landed(facts: Facts<'_>, news: &News) -> Option<(Kind, PushDate)> {
    let (intent, tag) = tagged(news)?;
    let push = intent.push?;
    let first = before(facts, push, intent, tag).is_none();
    let kind = match intent.purpose {
        Purpose::Tag(_) if first => Kind::Cut,
        Purpose::Tag(_) => Kind::Retagged,
        _ if has_left(facts, push, news.at) => Kind::HotFix,
        _ => Kind::Picked,
    };
    Some((kind, push))
}

/// Whether a push is in production, or on its way: what is picked onto it then is a hot-fix.
fn has_left(facts: Facts<'_>, push: PushDate, at: Timestamp) -> bool {
    let known = facts.state.pushes.get(&push);
    let day = |at| facts.settings.timetable.date_of(at);
    let on_its_way = has_started(facts, push, at);
    let mut later = facts.state.pushes.iter().filter(|(other, _)| **other > push);
    on_its_way
        || facts.state.days.of(push).finished.as_ref().is_some_and(|finish| finish.ended <= at)
        || later.any(|(_, later)| later.opened_at <= at)
        // Cut and brought to production by others: this ledger knows of it since.
        || (push.0 < day(at) && known.is_none_or(|known| day(known.opened_at) > push.0))
}

/// Whether a push was started by then, and not rolled back.
fn has_started(facts: Facts<'_>, push: PushDate, at: Timestamp) -> bool {
    facts.state.days.of(push).attempts.iter().any(|attempt| {
        let back = attempt.rolled_back.as_ref().map(|(_, at)| *at);
        attempt.started_at <= at && back.is_none_or(|back| at < back)
    })
}

/// The tag of the push that this one comes after in its repository, by the ledger.
fn before<'a>(
    facts: Facts<'a>,
    push: PushDate,
    intent: &Intent,
    tag: &Tagged,
) -> Option<&'a Tagged> {
    let given = facts.state.pushes.get(&push)?.tags.get(&intent.repo)?;
    let at = given.iter().position(|given| given.tag.tag == tag.tag)?;
    Some(&given.get(at.checked_sub(1)?)?.tag)
}

fn tags(facts: Facts<'_>, push: PushDate, kind: Kind, all: &[&News]) -> Announcement {
    let mut given: Vec<Given<'_>> = all
        .iter()
        .filter_map(|news| tagged(news))
        .map(|(intent, tag)| Given {
            repo: &intent.repo,
            tag,
            before: before(facts, push, intent, tag),
        })
        .collect();
    // In the order of the run sheet, not in that in which the remotes answered.
    let rank = |name| facts.settings.repos.iter().position(|repo| &repo.name == name);
    given.sort_by_key(|one| rank(one.repo));
    let said = match kind {
        Kind::Cut => {
            let (rest, whole) = rest(facts, push, &given);
            words::cut(facts, push, &given, &rest, whole)
        }
        Kind::Retagged => words::retagged(facts, push, &given),
        kind => words::picked(facts, push, &given, kind == Kind::HotFix),
    };
    make(facts, all[0], kind, push, Audience::Channel, said)
}

/// A line for each repository that stays; and whether every repository has its tag by now, or stays.
fn rest(facts: Facts<'_>, push: PushDate, given: &[Given<'_>]) -> (Vec<String>, bool) {
    let known = facts.state.pushes.get(&push);
    let stays = known.map(|known| &known.stays);
    let lines = stays.into_iter().flatten();
    let lines = lines.map(|(repo, tag)| words::stays(repo, tag.as_deref())).collect();
    let done = |name| {
        given.iter().any(|one| one.repo == name)
            || known.is_some_and(|k| k.stays.contains_key(name) || k.tags.contains_key(name))
    };
    (lines, facts.settings.repos.iter().all(|repo| done(&repo.name)))
}

/// What is told of an entry by itself.
fn by_itself(facts: Facts<'_>, news: &News) -> Vec<Announcement> {
    let by = news.by.as_str();
    let channel = |kind, push, said| vec![make(facts, news, kind, push, Audience::Channel, said)];
    match &news.event {
        Event::GateOverridden { push, gate, because, .. } if gate != SECURITY => {
            let said = words::overridden(facts, *push, by, gate, because);
            channel(Kind::Overridden, *push, said)
        }
        Event::Started { push, start, .. } => {
            channel(Kind::Started, *push, words::started(facts, *push, by, start))
        }
        Event::DeployEnded { push, key, end, .. } => deploy(facts, news, *push, key, end),
        Event::NotesWritten(written) => late_blockers(facts, news, written),
        Event::Promoted { push } => {
            channel(Kind::Promoted, *push, words::promoted(facts, *push, by))
        }
        Event::RolledBack { push, rollback } => {
            channel(Kind::RolledBack, *push, words::rolled_back(facts, *push, by, rollback))
        }
        Event::Called { push, call } => {
            channel(Kind::Called, *push, words::called(facts, *push, by, call))
        }
        Event::Held { push, hold } => {
            channel(Kind::Held, *push, words::held(facts, *push, by, hold))
        }
        Event::Resumed { push, repo } => {
            channel(Kind::Resumed, *push, words::resumed(facts, *push, by, repo.as_ref()))
        }
        Event::Moved { push, change } => {
            channel(Kind::Moved, change.name, words::moved(facts, *push, by, change))
        }
        Event::Cancelled { push, because } => {
            channel(Kind::Cancelled, *push, words::cancelled(facts, *push, by, because))
        }
        Event::Finished { push, finish } => finished(facts, news, *push, finish),
        Event::Offered(_) | Event::OfferDeclined { .. } | Event::Swapped(_) => duty(facts, news),
        _ => Vec::new(),
    }
}

/// The blockers that were raised in the notes of a push which is on its way, to each who is to hear of it.
fn late_blockers(facts: Facts<'_>, news: &News, written: &Written) -> Vec<Announcement> {
    let push = written.push;
    let finished = facts.state.days.of(push).finished.as_ref();
    let raised = |one: &&ItemChange| {
        one.item.family == Family::Blocker
            && matches!(one.change, What::Raised | What::Reopened | What::Back)
    };
    let raised: Vec<&ItemChange> = written.items.iter().filter(raised).collect();
    if raised.is_empty()
        || !has_started(facts, push, news.at)
        || finished.is_some_and(|finish| finish.ended <= news.at)
    {
        return Vec::new();
    }
    let hero = facts.state.pushes.get(&push).and_then(|known| known.hero.as_ref());
    let made = |audience: Audience| {
        let said = words::late_blocker(facts, push, &news.by, &raised);
        each(make(facts, news, Kind::LateBlocker, push, audience, said), news)
    };
    alarmed(facts, push, hero.map(|hero| hero.as_str())).into_iter().map(made).collect()
}

fn deploy(
    facts: Facts<'_>,
    news: &News,
    push: PushDate,
    key: &str,
    end: &DeployEnd,
) -> Vec<Announcement> {
    let kind = match end {
        DeployEnd::Succeeded => Kind::Deployed,
        _ => Kind::DeployFailed,
    };
    let said = |run| words::deployed(facts, run, end);
    let run = run(facts.state.days.of(push), key);
    run.map(|run| make(facts, news, kind, push, Audience::Channel, said(run))).into_iter().collect()
}

fn run<'a>(day: &'a PushDay, key: &str) -> Option<&'a DeployRun> {
    let mut deploys = day.attempts.iter().flat_map(|attempt| &attempt.deploys);
    deploys.find(|deployed| deployed.run.key == key).map(|deployed| &deployed.run)
}

/// The end of a push: the mail, the topic, and the next hero's.
fn finished(facts: Facts<'_>, news: &News, push: PushDate, finish: &Finish) -> Vec<Announcement> {
    let again = facts.state.days.of(push).ends.len() > 1;
    let handover = handover(facts, push, &finish.issues, news.at, again);
    let mail = (handover.subject, handover.mail);
    let mut made = vec![make(facts, news, Kind::Finished, push, Audience::List, mail)];
    // Whoever has the topic already has the push too.
    let next = handover.next.as_ref().filter(|_| handover.topic.is_some());
    if let Some(topic) = &handover.topic {
        let said = (format!("{}: topic", facts.settings.train), topic.clone());
        made.push(make(facts, news, Kind::Topic, push, Audience::Channel, said));
    }
    if let Some(next) = next
        && let Some(hero) = &next.hero
    {
        let to = Audience::person(facts.settings, hero);
        let said = words::has_it(facts, &news.by, next);
        made.push(make(facts, news, Kind::HeroHandover, next.departure.push, to, said));
    }
    made
}
