//! Reminders: what is to be done by somebody about now. Each is named by its push, what it is of, and the time it is about,
//! so that it is told once; a push that moves is reminded of again.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use super::words::{self, Said};
use super::{Announcement, Audience, Facts, Kind};
use crate::calendar::Departure;
use crate::gate::{Gate, GateState, SECURITY};

/// How many hours before its cut the hero hears of it.
const BEFORE_CUT: i64 = 24;

/// How many hours before the push those who hold a gate are asked.
const BEFORE_PUSH: i64 = 2;

/// For how many hours somebody is reminded of a push that has not left.
const AFTER_PUSH: i64 = 12;

/// After how many hours on its way somebody is reminded to finish, and for how many.
const ON_ITS_WAY: i64 = 4;
const TO_FINISH: i64 = 24;

/// How far a push has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not every repository has its tag, or stays.
    Uncut,
    /// It has its tags, and has not left.
    Cut,
    /// Somebody holds it, or brought production back.
    Held,
    /// It is on its way, since then.
    Left(Timestamp),
    /// There is nothing more to do about it.
    Over,
}

/// A push that somebody may have to be reminded of.
#[derive(Debug, Clone)]
pub struct Duty<'a> {
    /// When it is cut and leaves.
    pub departure: &'a Departure,
    /// Who is on duty.
    pub hero: Option<&'a str>,
    /// How far it has come.
    pub standing: Standing,
    /// How its gates stand; they are asked for only when [`gates_are_due`].
    pub gates: &'a [Gate],
}

/// Whether those who hold a gate of this departure are asked now.
#[must_use]
pub fn gates_are_due(departure: &Departure, now: Timestamp) -> bool {
    let leaves = departure.push_at.timestamp();
    shifted(leaves, -BEFORE_PUSH) <= now && now < leaves
}

/// Who is to be reminded of what at `now`.
#[must_use]
pub fn reminders(facts: Facts<'_>, duties: &[Duty<'_>], now: Timestamp) -> Vec<Announcement> {
    let all = duties.iter().filter(|duty| duty.departure.runs());
    let all = all.flat_map(|duty| of_one(facts, duty, now));
    all.filter(|made| made.at <= now && now < made.expires_at).collect()
}

fn of_one(facts: Facts<'_>, duty: &Duty<'_>, now: Timestamp) -> Vec<Announcement> {
    let departure = duty.departure;
    let (cut, leaves) = (departure.cut_at.timestamp(), departure.push_at.timestamp());
    match duty.standing {
        Standing::Uncut => {
            let before = Window { of: cut, from: shifted(cut, -BEFORE_CUT), to: cut };
            let due = Window { of: cut, from: cut, to: leaves };
            let (soon, late) =
                (words::cut_soon(facts, departure), words::cut_due(facts, departure));
            vec![
                to_hero(facts, duty, Kind::ReminderCut, "soon", before, soon),
                to_hero(facts, duty, Kind::ReminderCut, "due", due, late),
            ]
        }
        Standing::Cut if now < leaves => asked(facts, duty),
        Standing::Cut => {
            let late = Window { of: leaves, from: leaves, to: shifted(leaves, AFTER_PUSH) };
            let said = words::push_due(facts, departure);
            vec![to_hero(facts, duty, Kind::ReminderPush, "due", late, said)]
        }
        Standing::Left(since) => {
            let from = shifted(since, ON_ITS_WAY);
            let window = Window { of: since, from, to: shifted(from, TO_FINISH) };
            let said = words::finish_due(facts, departure.push, since);
            vec![to_hero(facts, duty, Kind::ReminderFinish, "due", window, said)]
        }
        Standing::Held | Standing::Over => Vec::new(),
    }
}

/// The time a reminder is about, and from when to when it is told.
#[derive(Clone, Copy)]
struct Window {
    of: Timestamp,
    from: Timestamp,
    to: Timestamp,
}

/// Everybody who still holds a gate, by name: who is to be asked about it, or else the hero. How the gate of security stands
/// is for the security role alone, and is in no announcement (P9).
fn asked(facts: Facts<'_>, duty: &Duty<'_>) -> Vec<Announcement> {
    let leaves = duty.departure.push_at.timestamp();
    let window = Window { of: leaves, from: shifted(leaves, -BEFORE_PUSH), to: leaves };
    let mut by_name: BTreeMap<Option<&str>, Vec<&Gate>> = BTreeMap::new();
    let closed = |gate: &&Gate| gate.state != GateState::Pass && gate.name != SECURITY;
    for gate in duty.gates.iter().filter(closed) {
        by_name.entry(gate.ask.as_deref().or(duty.hero)).or_default().push(gate);
    }
    let ask = |(who, gates): (Option<&str>, Vec<&Gate>)| {
        let said = words::gates(facts, duty.departure, &gates);
        let about = who.unwrap_or("everybody");
        make(facts, duty, Kind::GateReminder, about, window, audience(facts, who), said)
    };
    by_name.into_iter().map(ask).collect()
}

fn audience(facts: Facts<'_>, who: Option<&str>) -> Audience {
    who.map_or(Audience::Channel, |who| Audience::person(facts.settings, who))
}

fn to_hero(
    facts: Facts<'_>,
    duty: &Duty<'_>,
    kind: Kind,
    about: &str,
    window: Window,
    said: Said,
) -> Announcement {
    make(facts, duty, kind, about, window, audience(facts, duty.hero), said)
}

fn make(
    facts: Facts<'_>,
    duty: &Duty<'_>,
    kind: Kind,
    about: &str,
    window: Window,
    audience: Audience,
    said: Said,
) -> Announcement {
    let (train, push) = (&facts.settings.train, duty.departure.push);
    let name = crate::digest::of(&("reminder", train, push, kind, about, window.of));
    Announcement {
        id: format!("{name}-{kind}"),
        kind,
        train: train.clone(),
        push: Some(push),
        audience,
        subject: said.0,
        text: said.1,
        at: window.from,
        expires_at: window.to,
        rehearsal: facts.rehearsal,
    }
}

fn shifted(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(hours.hours()).unwrap_or(at)
}
