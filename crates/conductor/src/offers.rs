//! `rotation offer`, `take`, `decline`, `keep`: a hero would have somebody else serve a push, and that one takes it or not.

use jiff::Timestamp;
use train::calendar::Departure;
use train::command::Command;
use train::event::Event;
use train::id::{PersonName, PushDate};
use train::state::State;
use train::wish;

use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{DeclinedView, Moment, OfferView};

impl Conductor {
    /// What a wish about an offer comes to.
    pub(crate) fn offer_changed(&self, state: &State, wished: &Command) -> Result<CalendarChange> {
        match wished {
            Command::Offer { push, to } => self.offered(state, *push, to.as_ref()),
            Command::TakeOffer { push } => self.offer_taken(state, *push),
            Command::DeclineOffer { push, because } => {
                self.offer_declined(state, *push, because.as_deref())
            }
            Command::KeepOffer { push } => self.offer_kept(state, *push),
            _ => Ok(CalendarChange::already("nothing of offers is wished".to_owned())),
        }
    }

    fn offered(
        &self,
        state: &State,
        push: PushDate,
        to: Option<&PersonName>,
    ) -> Result<CalendarChange> {
        self.known_actor(state, "offer duty")?;
        let (settings, who) = (&self.settings, &self.actor.name);
        let (offer, so) = wish::offer(settings, state, who, push, to, self.now(state))?;
        let whom = match to {
            Some(to) => to.as_str(),
            None => "whoever of the heroes takes it",
        };
        let words = format!("{who} offers {push} to {whom}");
        if so {
            return Ok(CalendarChange::already(format!("{words} already")));
        }
        let more = format!("{who} serves it until it is taken, and takes their next turn then");
        let more = vec![more];
        Ok(CalendarChange { more, ..CalendarChange::new(Event::Offered(offer), words) })
    }

    fn offer_taken(&self, state: &State, push: PushDate) -> Result<CalendarChange> {
        self.known_actor(state, "take duty")?;
        let who = &self.actor.name;
        match wish::take(&self.settings, state, who, push, self.now(state))? {
            Some(swap) => {
                let words = format!(
                    "{} serves on {push} in place of {}, who takes their next turn",
                    swap.to, swap.from
                );
                Ok(CalendarChange::new(Event::Swapped(swap), words))
            }
            None => Ok(CalendarChange::already(format!("{who} serves on {push} already"))),
        }
    }

    fn offer_declined(
        &self,
        state: &State,
        push: PushDate,
        because: Option<&str>,
    ) -> Result<CalendarChange> {
        self.known_actor(state, "decline duty")?;
        let who = &self.actor.name;
        match wish::decline(&self.settings, state, who, push, self.now(state))? {
            Some(offer) => {
                let why = because.map(|why| format!(": {why}")).unwrap_or_default();
                let words = format!("{who} does not take {push}, which {} offers{why}", offer.from);
                let because = because.map(str::to_owned);
                Ok(CalendarChange::new(Event::OfferDeclined { offer, because }, words))
            }
            None => Ok(CalendarChange::already(format!("{who} has declined {push} already"))),
        }
    }

    fn offer_kept(&self, state: &State, push: PushDate) -> Result<CalendarChange> {
        self.known_actor(state, "keep duty")?;
        let who = &self.actor.name;
        match wish::keep(&self.settings, state, who, push, self.now(state))? {
            Some(offer) => {
                let words = format!("{who} keeps {push}, which is not offered any more");
                Ok(CalendarChange::new(Event::OfferKept(offer), words))
            }
            None => Ok(CalendarChange::already(format!("nothing of {push} is offered"))),
        }
    }

    /// The offer of a departure that stands, or that was declined by whom it was made to, as documents show it.
    pub(crate) fn offer_of(
        &self,
        state: &State,
        departure: &Departure,
        now: Timestamp,
    ) -> Option<OfferView> {
        let made = wish::last_offer(state, departure, now)?;
        let declined = made.declined.iter().map(|declined| DeclinedView {
            by: declined.by.clone(),
            because: declined.because.clone(),
        });
        Some(OfferView {
            by: made.offer.from.clone(),
            to: made.offer.to.clone(),
            at: Moment(self.local(made.at)),
            stands: !made.is_declined(),
            declined: declined.collect(),
        })
    }
}
