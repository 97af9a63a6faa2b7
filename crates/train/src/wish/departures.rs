//! Wishes to change the calendar, judged before they become events.

use jiff::Timestamp;

use crate::calendar::{Departure, Standing, departure_of, departures, holds, is_frozen, nearest};
use crate::changes::{Changes, PushMove};
use crate::id::{PushDate, quoted};
use crate::refusal::{Code, Refusal};
use crate::settings::Settings;

/// The departure a wish is about, or a refusal that names the nearest.
pub fn known(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    now: Timestamp,
) -> Result<Departure, Refusal> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    departure_of(timetable, order, changes, push).ok_or_else(|| {
        let hint = match nearest(timetable, order, changes, push.0, now) {
            Some(near) => {
                format!("the nearest departure is {}; `pushduty schedule` lists them", near.push)
            }
            None => "`pushduty schedule` lists the departures".to_owned(),
        };
        Refusal::new(Code::BadDate, format!("no departure goes by {push}"), hint)
    })
}

/// Judges the wish that `push` departs on another day.
///
/// Before its first tag (`tagged` false) the push takes the new date as its name, after that it keeps its name and tags
/// (P4). Answers with the date it was scheduled for, which is the key of [`moved`](crate::changes::Noted::moved), and the move. Refuses a date
/// that is past, skipped, frozen or another push's, a push that is cancelled, and one that left untagged on an earlier day.
pub fn move_push(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    to: PushDate,
    tagged: bool,
    now: Timestamp,
) -> Result<(PushDate, PushMove), Refusal> {
    let departure = known(settings, changes, push, now)?;
    let name = departure.push;
    if let Standing::Cancelled { because } = &departure.standing {
        return Err(Refusal::new(
            Code::WrongState,
            format!("{name} is cancelled: {}", quoted(because)),
            "a cancelled push stays where it is; `pushduty tag --push DATE --off-cycle` makes one on another day",
        ));
    }
    not_gone(settings, &departure, tagged, now)?;
    free(settings, changes, &departure, to, now)?;
    let name = if tagged { name } else { to };
    Ok((departure.scheduled, PushMove { to, name }))
}

/// The departures that run between the day of `push` and the day `to`: those it changes places with when it moves there.
#[must_use]
pub fn between(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    to: PushDate,
) -> Vec<PushDate> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    let Some(own) = departure_of(timetable, order, changes, push) else { return Vec::new() };
    let (first, last) = (own.departs().min(to.0), own.departs().max(to.0));
    let all = departures(timetable, order, changes, first, last).into_iter();
    all.filter(|d| d.runs() && d.push != own.push).map(|d| d.push).collect()
}

/// Refuses a day that this push can't move to.
fn free(
    settings: &Settings,
    changes: &Changes,
    departure: &Departure,
    to: PushDate,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (timetable, order) = (&settings.timetable, &settings.rotation[..]);
    let refused = |message: String| {
        Err(Refusal::new(
            Code::BadDate,
            message,
            "choose another day; `pushduty schedule` shows which are taken",
        ))
    };
    let at = timetable.push_at(to.0).timestamp();
    if departure.departs() == to.0 && departure.runs() {
        return refused(format!("{} departs on {to} already", departure.push));
    }
    if at <= now {
        return refused(format!("{to} is past: the push would have left"));
    }
    if timetable.skip.contains(&to.0) {
        return refused(format!("{to} is skipped in the configuration"));
    }
    if let Some(freeze) = is_frozen(timetable, at) {
        return refused(format!("{to} is in the freeze {}", quoted(&freeze.because)));
    }
    if to != departure.scheduled && holds(timetable, order, changes, to) {
        return refused(format!("{to} is another push's date"));
    }
    Ok(())
}

/// Judges the wish that a push does not run; answers with its name, the key of [`cancelled`](crate::changes::Noted::cancelled).
///
/// Refuses a push that does not run anyway and one that left untagged on an earlier day. A tagged one may be cancelled at any
/// time: that settles a push that never went out.
pub fn cancel(
    settings: &Settings,
    changes: &Changes,
    push: PushDate,
    tagged: bool,
    now: Timestamp,
) -> Result<PushDate, Refusal> {
    let departure = known(settings, changes, push, now)?;
    let name = departure.push;
    let why = match &departure.standing {
        Standing::Cancelled { because } => {
            Some(format!("{name} is cancelled already: {}", quoted(because)))
        }
        Standing::Skipped => {
            Some(format!("{name} does not run: its date is skipped in the configuration"))
        }
        Standing::Frozen { because } => {
            Some(format!("{name} does not run: it is in the freeze {}", quoted(because)))
        }
        Standing::Scheduled | Standing::Moved | Standing::OffCycle => None,
    };
    if let Some(message) = why {
        return Err(Refusal::new(
            Code::WrongState,
            message,
            "there is nothing to cancel; `pushduty schedule` shows what runs",
        ));
    }
    not_gone(settings, &departure, tagged, now)?;
    Ok(name)
}

fn not_gone(
    settings: &Settings,
    departure: &Departure,
    tagged: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    if tagged || departure.departs() >= settings.timetable.date_of(now) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::BadDate,
        format!("{} is past and was never tagged", departure.push),
        "`pushduty schedule` shows the departures to come",
    ))
}
