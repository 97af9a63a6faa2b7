//! Wishes about offers of duty, judged before they become events; and which offers stand.
//!
//! An offer stands as long as whoever made it is the hero of that push, and the push is to come: a swap, an absence, a
//! cancellation or its end are each the end of it, without a word.

use jiff::Timestamp;

use super::already;
use super::duty::{is_there, somebody, swap, to_serve};
use crate::calendar::{Departure, departure_of};
use crate::changes::{Offer, Swap};
use crate::id::{PersonName, PushDate, quoted};
use crate::offers::Made;
use crate::people::Role;
use crate::refusal::{Code, Refusal};
use crate::settings::Settings;
use crate::state::State;

/// An offer that stands, with the departure it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open<'a> {
    /// The departure.
    pub departure: Departure,
    /// The offer.
    pub made: &'a Made,
}

/// The offers that stand at `now`, in the order of their dates.
#[must_use]
pub fn open<'a>(settings: &Settings, state: &'a State, now: Timestamp) -> Vec<Open<'a>> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    let one = |made: &'a Made| {
        let date = made.offer.date;
        let departure = departure_of(timetable, order, &state.changes, date)?;
        let made = standing(state, &departure, now).filter(|_| departure.scheduled == date)?;
        Some(Open { departure, made })
    };
    state.offers.all().filter_map(one).collect()
}

/// The offers that wait for a word of `who`: those made to them, or to all heroes of whom they are one; without those that
/// they declined, and of those made to all heroes without what they can't take, being away.
#[must_use]
pub fn made_to<'a>(
    settings: &Settings,
    state: &'a State,
    who: &PersonName,
    now: Timestamp,
) -> Vec<Open<'a>> {
    let waits = |open: &Open<'a>| {
        let named = open.made.offer.to.is_some();
        let can = || is_there(&state.changes, &open.departure, who).is_ok();
        open.made.is_to(who)
            && !open.made.is_declined_by(who.as_str())
            && (named || (is_hero(settings, state, who) && can()))
    };
    open(settings, state, now).into_iter().filter(waits).collect()
}

/// The last offer of a departure, where whoever made it still is the hero of that push to come; also one that was declined.
#[must_use]
pub fn last_offer<'a>(state: &'a State, departure: &Departure, now: Timestamp) -> Option<&'a Made> {
    let of = |made: &&Made| {
        departure.runs()
            && departure.push_at.timestamp() > now
            && departure.hero.as_ref() == Some(&made.offer.from)
            && state.over(departure.push).is_none()
    };
    state.offers.of(departure.scheduled).filter(of)
}

/// The offer of a departure that stands.
fn standing<'a>(state: &'a State, departure: &Departure, now: Timestamp) -> Option<&'a Made> {
    last_offer(state, departure, now).filter(|made| !made.is_declined())
}

/// Whether somebody takes turns, or holds the role.
fn is_hero(settings: &Settings, state: &State, who: &PersonName) -> bool {
    let held = settings.people.get(who).is_some_and(|p| state.given.holds(p, Role::Hero));
    held || settings.rotation.contains(who)
}

/// A push that may still change hands, and its hero.
fn to_come(
    settings: &Settings,
    state: &State,
    push: PushDate,
    now: Timestamp,
) -> Result<(Departure, PersonName), Refusal> {
    let (departure, hero) = to_serve(settings, &state.changes, push, now)?;
    match state.over(departure.push) {
        Some(over) => Err(Refusal::new(
            Code::WrongState,
            format!("{} {}: nobody has to serve it", departure.push, over.words()),
            "`pushduty schedule` shows the departures to come",
        )),
        None => Ok((departure, hero)),
    }
}

/// Judges the wish of `actor` to offer a push to somebody, or to whoever of the heroes takes it; and whether it is offered
/// so already.
///
/// Refuses a push that is another's, does not run, has left or is over, and somebody who is no hero, away, or the one who
/// offers it.
pub fn offer(
    settings: &Settings,
    state: &State,
    actor: &str,
    push: PushDate,
    to: Option<&PersonName>,
    now: Timestamp,
) -> Result<(Offer, bool), Refusal> {
    let (departure, hero) = to_come(settings, state, push, now)?;
    let name = departure.push;
    if hero.as_str() != actor {
        return Err(Refusal::new(
            Code::NotAllowed,
            format!("{} is not on duty for {name}: {hero} is", quoted(actor)),
            format!(
                "ask {hero}, or let somebody else serve with `pushduty rotation swap {name} NAME`"
            ),
        ));
    }
    if let Some(to) = to {
        may_be_offered(settings, state, &departure, to, &hero)?;
    }
    let offer = Offer { date: departure.scheduled, from: hero, to: to.cloned() };
    let so = standing(state, &departure, now).is_some_and(|made| made.offer == offer);
    Ok((offer, so))
}

fn may_be_offered(
    settings: &Settings,
    state: &State,
    departure: &Departure,
    to: &PersonName,
    hero: &PersonName,
) -> Result<(), Refusal> {
    somebody(settings, to)?;
    let name = departure.push;
    if to == hero {
        let what = format!("{name} is {}’s own", quoted(to.as_str()));
        return Err(Refusal::new(
            Code::Refused,
            what,
            "name another hero, or nobody for all of them",
        ));
    }
    must_be_hero(settings, state, to, Some(hero))?;
    is_there(&state.changes, departure, to)
}

/// Refuses somebody who neither takes turns nor holds the role: whoever is on duty may do what a hero may, and knows what the
/// security role knows.
pub fn must_be_hero(
    settings: &Settings,
    state: &State,
    who: &PersonName,
    besides: Option<&PersonName>,
) -> Result<(), Refusal> {
    somebody(settings, who)?;
    if is_hero(settings, state, who) {
        return Ok(());
    }
    let others = settings.people.keys().filter(|one| Some(*one) != besides);
    let heroes: Vec<&str> =
        others.filter(|one| is_hero(settings, state, one)).map(PersonName::as_str).collect();
    let what = format!("{} is no hero, so no push can be theirs", quoted(who.as_str()));
    let hint = match heroes.is_empty() {
        true => "an admin gives the role, by `pushduty people give NAME hero`".to_owned(),
        false => format!("the other heroes are {}", heroes.join(", ")),
    };
    Err(Refusal::new(Code::Refused, what, hint))
}

/// Judges the wish of `actor` to take a push that is offered; none where they serve it already.
///
/// Refuses what nobody offers, what is offered to somebody else, somebody who is no hero, and who is away.
pub fn take(
    settings: &Settings,
    state: &State,
    actor: &str,
    push: PushDate,
    now: Timestamp,
) -> Result<Option<Swap>, Refusal> {
    let who = person(settings, actor)?;
    if already::serves(settings, &state.changes, push, who, now) {
        return Ok(None);
    }
    let departure = offered_to(settings, state, who, push, now)?.departure;
    swap(settings, &state.changes, departure.push, who, now).map(Some)
}

/// Judges the wish of `actor` not to take a push that is offered to them; none where they said so already.
///
/// Refuses what nobody offers, and what is offered to somebody else.
pub fn decline(
    settings: &Settings,
    state: &State,
    actor: &str,
    push: PushDate,
    now: Timestamp,
) -> Result<Option<Offer>, Refusal> {
    let who = person(settings, actor)?;
    let (departure, _) = to_come(settings, state, push, now)?;
    let last = state.offers.of(departure.scheduled);
    if last.is_some_and(|made| made.is_declined_by(actor)) {
        return Ok(None);
    }
    let open = offered_to(settings, state, who, push, now)?;
    Ok(Some(open.made.offer.clone()))
}

/// Judges the wish of `actor` to keep a push that they offered; none where nothing of it is offered.
///
/// Refuses a push that is another's.
pub fn keep(
    settings: &Settings,
    state: &State,
    actor: &str,
    push: PushDate,
    now: Timestamp,
) -> Result<Option<Offer>, Refusal> {
    let (departure, hero) = to_come(settings, state, push, now)?;
    let name = departure.push;
    if hero.as_str() != actor {
        let what = format!("{} is not on duty for {name}: {hero} is", quoted(actor));
        let hint = format!("{hero} alone takes an offer of it back");
        return Err(Refusal::new(Code::NotAllowed, what, hint));
    }
    Ok(standing(state, &departure, now).map(|made| made.offer.clone()))
}

/// The offer of `push` that stands and that `who` may answer.
fn offered_to<'a>(
    settings: &Settings,
    state: &'a State,
    who: &PersonName,
    push: PushDate,
    now: Timestamp,
) -> Result<Open<'a>, Refusal> {
    let (departure, hero) = to_come(settings, state, push, now)?;
    let name = departure.push;
    let Some(made) = standing(state, &departure, now) else {
        return Err(Refusal::new(
            Code::WrongState,
            format!("nobody offers {name}: {hero} serves it"),
            format!("`pushduty rotation` shows what is offered; ask {hero}"),
        ));
    };
    let no = |what: String| {
        let hint = format!("ask {hero}, who can offer it to somebody else");
        Err(Refusal::new(Code::NotAllowed, what, hint))
    };
    match &made.offer.to {
        Some(to) if to != who => no(format!("{name} is offered to {to}, not to {who}")),
        None if !is_hero(settings, state, who) => {
            no(format!("{name} is offered to heroes, and {who} is none"))
        }
        _ => Ok(Open { departure, made }),
    }
}

/// Who acts, as a person of the configuration.
fn person<'a>(settings: &'a Settings, actor: &str) -> Result<&'a PersonName, Refusal> {
    let all = settings.people.keys().chain(&settings.rotation);
    all.into_iter().find(|name| name.as_str() == actor).ok_or_else(|| {
        let what = format!("{} is nobody in the configuration", quoted(actor));
        Refusal::new(Code::NotAllowed, what, "--as NAME acts as somebody of [people]")
    })
}
