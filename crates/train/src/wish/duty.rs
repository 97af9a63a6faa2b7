//! Wishes to change who is on duty, judged before they become events.

use jiff::Timestamp;
use jiff::civil::Date;

use super::departures::known;
use crate::calendar::{Departure, Standing};
use crate::changes::{Absence, Changes, Swap};
use crate::id::{PersonName, PushDate, quoted};
use crate::refusal::{Code, Refusal};
use crate::settings::Settings;

/// What there is to look at.
const LOOK: &str = "`pushduty schedule` shows who is on duty when";

/// Judges the wish that `with` serves a push in place of its hero.
///
/// Refuses a person nobody configured, a push that is not on the schedule, does not run, takes no turn or has left, a swap
/// with oneself, and somebody who is away then.
pub fn swap(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    with: &PersonName,
    now: Timestamp,
) -> Result<Swap, Refusal> {
    somebody(settings, with)?;
    let (departure, hero) = to_serve(settings, changes, push, now)?;
    let name = departure.push;
    if &hero == with {
        return Err(Refusal::new(
            Code::Refused,
            format!("{} is on duty for {name} already", quoted(with.as_str())),
            LOOK,
        ));
    }
    is_there(changes, &departure, with)?;
    Ok(Swap { date: departure.scheduled, from: hero, to: with.clone() })
}

/// A departure that somebody else may still serve, and its hero. Refuses a push that is not on the schedule, does not run,
/// takes no turn, has left, or has nobody on duty.
pub(super) fn to_serve(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    now: Timestamp,
) -> Result<(Departure, PersonName), Refusal> {
    let departure = known(settings, changes, push, now)?;
    let name = departure.push;
    if departure.standing == Standing::OffCycle {
        return Err(Refusal::new(
            Code::Refused,
            format!(
                "{name} is off the schedule and takes no turn: the hero of the departure after it serves it"
            ),
            "swap that departure instead",
        ));
    }
    if !departure.runs() {
        return Err(Refusal::new(Code::BadDate, format!("{name} does not run"), LOOK));
    }
    if departure.push_at.timestamp() <= now {
        return Err(Refusal::new(Code::BadDate, format!("{name} has left"), LOOK));
    }
    let Some(hero) = departure.hero.clone() else {
        return Err(Refusal::new(
            Code::Refused,
            format!("nobody is on duty for {name}, so there is nobody to swap with"),
            "set up [rotation] in the configuration, or let somebody be back sooner",
        ));
    };
    Ok((departure, hero))
}

/// Refuses somebody who is away at the cut or the departure.
pub(super) fn is_there(
    changes: &Changes,
    departure: &Departure,
    who: &PersonName,
) -> Result<(), Refusal> {
    let days = [departure.cut_at.date(), departure.push_at.date()];
    if !changes.absences.iter().any(|absence| days.iter().any(|day| absence.covers(who, *day))) {
        return Ok(());
    }
    let (who, name) = (quoted(who.as_str()), departure.push);
    let what = format!("{who} is away at the cut or the departure of {name}");
    Err(Refusal::new(Code::Refused, what, LOOK))
}

/// Judges the wish to be away from `from` to `to`, both included, days of the train's zone.
///
/// Refuses a person nobody configured, an end before the beginning, and an absence that is over.
pub fn away(
    settings: &Settings,
    who: &PersonName,
    from: Date,
    to: Date,
    now: Timestamp,
) -> Result<Absence, Refusal> {
    somebody(settings, who)?;
    let refused = |code: Code, message: String| {
        let hint = "give the first and the last day away, in this order";
        Err(Refusal::new(code, message, hint))
    };
    if to < from {
        return refused(Code::Usage, format!("{} is after {}", PushDate(from), PushDate(to)));
    }
    if to < settings.timetable.date_of(now) {
        let what = format!("an absence that ended on {} is past", PushDate(to));
        return refused(Code::BadDate, what);
    }
    Ok(Absence { who: who.clone(), from, to })
}

/// Judges the wish to take back that `who` is away from `from` to `to`; none where no such thing is noted.
///
/// Refuses other dates than those that are noted: an absence is taken back as a whole.
pub fn back(changes: &Changes, absence: &Absence) -> Result<Option<Absence>, Refusal> {
    let Absence { who, from, to } = absence;
    if changes.absences.contains(absence) {
        return Ok(Some(absence.clone()));
    }
    let shared = |other: &&Absence| &other.who == who && other.from <= *to && *from <= other.to;
    let noted: Vec<String> = changes
        .absences
        .iter()
        .filter(shared)
        .map(|other| format!("{} {}", PushDate(other.from), PushDate(other.to)))
        .collect();
    if noted.is_empty() {
        return Ok(None);
    }
    Err(Refusal::new(
        Code::NotFound,
        format!("{who} is away by other dates than {} {}", PushDate(*from), PushDate(*to)),
        format!("give the first and the last day as noted: {}", noted.join(", or ")),
    ))
}

pub(super) fn somebody(settings: &Settings, who: &PersonName) -> Result<(), Refusal> {
    if settings.people.contains_key(who) || settings.rotation.contains(who) {
        return Ok(());
    }
    let known: Vec<&str> = settings.people.keys().map(PersonName::as_str).collect();
    let hint = if known.is_empty() {
        "add them under [people] in the configuration".to_owned()
    } else {
        format!("[people] has {}", known.join(", "))
    };
    Err(Refusal::new(
        Code::NotFound,
        format!("{} is nobody in the configuration", quoted(who.as_str())),
        hint,
    ))
}
