//! What is told of duty that changes hands: to each whom it concerns, and who did not do it.

use std::collections::BTreeSet;

use super::made::{each, make};
use super::words::Said;
use super::{Announcement, Audience, Facts, Kind, News};
use crate::calendar::{Departure, departure_of};
use crate::changes::{Offer, Swap};
use crate::event::Event;
use crate::id::{PersonName, PushDate};

/// What is told of an offer, of a no to one, and of a swap.
pub(super) fn duty(facts: Facts<'_>, news: &News) -> Vec<Announcement> {
    match &news.event {
        Event::Offered(offer) => {
            let departure = departure(facts, offer.date);
            let push = name(departure.as_ref(), offer.date);
            let audience = match &offer.to {
                Some(to) => Audience::person(facts.settings, to.as_str()),
                None => Audience::Channel,
            };
            let said = offered(facts, push, offer, departure.as_ref());
            vec![make(facts, news, Kind::Offered, push, audience, said)]
        }
        Event::OfferDeclined { offer, because } => {
            let push = name(departure(facts, offer.date).as_ref(), offer.date);
            let why = facts.because(because.as_deref().unwrap_or_default());
            let subject = facts.subject(&format!("{} does not take {push}", news.by));
            let said = (subject, format!("You offered it{why}"));
            let to = Audience::person(facts.settings, offer.from.as_str());
            vec![make(facts, news, Kind::OfferDeclined, push, to, said)]
        }
        Event::Swapped(swap) => swapped(facts, news, swap),
        _ => Vec::new(),
    }
}

fn offered(facts: Facts<'_>, push: PushDate, offer: &Offer, of: Option<&Departure>) -> Said {
    let from = &offer.from;
    let subject = match &offer.to {
        Some(_) => format!("{from} offers you {push}"),
        None => format!("{from} offers {push} to whoever of the heroes takes it"),
    };
    let times = of.map(|of| {
        let (cut, leaves) = (of.cut_at.timestamp(), of.push_at.timestamp());
        format!("It is cut {} and leaves {}.\n", facts.time(cut), facts.time(leaves))
    });
    let text = format!(
        "{}`pushduty rotation take {push}` takes it, `pushduty rotation decline {push}` does not.",
        times.unwrap_or_default()
    );
    (facts.subject(&subject), text)
}

/// Both who change places, without whoever did it.
fn swapped(facts: Facts<'_>, news: &News, swap: &Swap) -> Vec<Announcement> {
    let push = name(departure(facts, swap.date).as_ref(), swap.date);
    let both: BTreeSet<&PersonName> = [&swap.from, &swap.to].into();
    let told = both.into_iter().filter(|who| who.as_str() != news.by);
    let make = |who: &PersonName| {
        let subject =
            facts.subject(&format!("{} serves {push} in place of {}", swap.to, swap.from));
        let said = (subject, format!("By {}. `pushduty rotation` shows the turns.", news.by));
        let to = Audience::person(facts.settings, who.as_str());
        each(make(facts, news, Kind::Swapped, push, to, said), news)
    };
    told.map(make).collect()
}

fn departure(facts: Facts<'_>, date: PushDate) -> Option<Departure> {
    let (timetable, order) = (&facts.settings.timetable, &facts.settings.rotation[..]);
    departure_of(timetable, order, &facts.state.changes, date)
}

/// What a push goes by: another date than it was scheduled for, where it was moved before its cut.
fn name(departure: Option<&Departure>, date: PushDate) -> PushDate {
    departure.map_or(date, |departure| departure.push)
}
