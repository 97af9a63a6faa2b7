//! Offers of duty in the play: heroes offer, mat answers; and which offers may stand.

use train::event::Event;
use train::id::PersonName;
use train::refusal::Refusal;
use train::wish;

use crate::play::{HEROES, Play};
use crate::wishes::Wish;

impl Play {
    /// An offer of the push that matters now, or an answer to it.
    pub fn offers(&mut self, wished: &Wish) -> Result<(), Refusal> {
        let (settings, state, now) = (&self.settings, &self.state, self.now);
        let Some(departure) = self.train().next() else { return Ok(()) };
        let Some(hero) = departure.hero.clone() else { return Ok(()) };
        let push = departure.push;
        let name = |which: usize| -> PersonName { HEROES[which % 3].parse().unwrap() };
        let event = match wished {
            Wish::Offer(to) => {
                let to = to.map(name);
                let (offer, so) =
                    wish::offer(settings, state, hero.as_str(), push, to.as_ref(), now)?;
                (!so).then_some(Event::Offered(offer))
            }
            Wish::Take(who) => {
                let who = name(*who);
                wish::take(settings, state, who.as_str(), push, now)?.map(Event::Swapped)
            }
            Wish::Decline => wish::decline(settings, state, "mat", push, now)?
                .map(|offer| Event::OfferDeclined { offer, because: None }),
            Wish::Keep => {
                wish::keep(settings, state, hero.as_str(), push, now)?.map(Event::OfferKept)
            }
            _ => None,
        };
        self.append(event.into_iter().collect());
        Ok(())
    }
}

/// An offer stands only while whoever made it serves a push that is to come; whoever it waits for can answer it.
pub fn stand_as_they_should(play: &Play) {
    let (settings, state, now) = (&play.settings, &play.state, play.now);
    let open = wish::open(settings, state, now);
    for one in &open {
        let push = one.departure.push;
        assert_eq!(one.departure.hero.as_ref(), Some(&one.made.offer.from), "{one:?}");
        assert!(one.departure.runs() && one.departure.push_at.timestamp() > now, "{one:?}");
        assert!(state.over(push).is_none(), "{one:?}");
    }
    for who in settings.people.keys() {
        for one in wish::made_to(settings, state, who, now) {
            let push = one.departure.push;
            assert!(open.contains(&one) && &one.made.offer.from != who, "{one:?}");
            let declined = wish::decline(settings, state, who.as_str(), push, now);
            assert_eq!(declined, Ok(Some(one.made.offer.clone())), "{who} can decline it");
            if one.made.offer.to.is_none() {
                let swap = wish::take(settings, state, who.as_str(), push, now);
                assert_eq!(swap.map(|swap| swap.map(|swap| swap.to)), Ok(Some(who.clone())));
            }
        }
    }
}
