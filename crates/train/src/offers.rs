//! Offers of duty: a hero would have somebody else serve a push, and that one takes it or not. A fold; whether an offer still
//! stands is judged in [`crate::wish`], beside the calendar.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::changes::Offer;
use crate::event::Event;
use crate::id::{PersonName, PushDate};

/// Of how many pushes an offer is kept: of the latest dates.
const KEPT: usize = 52;

/// The last offer of each push, by the date that it was scheduled for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offers(BTreeMap<PushDate, Made>);

/// An offer that was made, and neither taken nor taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The offer.
    #[serde(flatten)]
    pub offer: Offer,
    /// When it was made.
    pub at: Timestamp,
    /// Who does not take it, each once.
    pub declined: Vec<Declined>,
}

/// Somebody does not take what was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// Who.
    pub by: String,
    /// Why, where that was said.
    pub because: Option<String>,
}

impl Made {
    /// Whether `who` said that they don't take it.
    #[must_use]
    pub fn is_declined_by(&self, who: &str) -> bool {
        self.declined.iter().any(|declined| declined.by == who)
    }

    /// Whether it was made to one person, who does not take it.
    #[must_use]
    pub fn is_declined(&self) -> bool {
        self.offer.to.as_ref().is_some_and(|to| self.is_declined_by(to.as_str()))
    }

    /// Whether it is made to `who`: by name, or as to everybody but whoever makes it.
    #[must_use]
    pub fn is_to(&self, who: &PersonName) -> bool {
        self.offer.to.as_ref().map_or(&self.offer.from != who, |to| to == who)
    }
}

impl Offers {
    /// With one more event, recorded at `at` by `actor`. A push that changes hands is not offered any more, however that came.
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        match event {
            Event::Offered(offer) => {
                let made = Made { offer: offer.clone(), at, declined: Vec::new() };
                self.0.insert(offer.date, made);
                while self.0.len() > KEPT {
                    self.0.pop_first();
                }
            }
            Event::OfferDeclined { offer, because } => {
                let made = self.0.get_mut(&offer.date).filter(|made| made.offer == *offer);
                if let Some(made) = made.filter(|made| !made.is_declined_by(actor)) {
                    let declined = Declined { by: actor.to_owned(), because: because.clone() };
                    made.declined.push(declined);
                }
            }
            Event::OfferKept(offer) => drop(self.0.remove(&offer.date)),
            Event::Swapped(swap) => drop(self.0.remove(&swap.date)),
            _ => {}
        }
    }

    /// The last offer of the push that was scheduled for `date`.
    #[must_use]
    pub fn of(&self, date: PushDate) -> Option<&Made> {
        self.0.get(&date)
    }

    /// All of them, by date.
    pub fn all(&self) -> impl Iterator<Item = &Made> {
        self.0.values()
    }
}
