//! The events that stand before the intents of a command: that a push is opened, what is overridden, what stays.

use super::{Chosen, CutPlan, Fate};
use crate::command::TagWish;
use crate::event::Event;
use crate::id::PushDate;
use crate::state::State;

impl Chosen {
    /// The event that opens it.
    pub(crate) fn opened(&self) -> Event {
        let Self { push, scheduled, hero, turn, off_cycle, .. } = self.clone();
        Event::Opened { push, scheduled, hero, turn, off_cycle }
    }
}

impl CutPlan {
    /// The push opened, once, at its first cut; and what the wish overrides and lets stay.
    #[must_use]
    pub fn opening(&self, state: &State, wish: &TagWish) -> Vec<Event> {
        let push = self.chosen.push;
        let mut events = Vec::new();
        if self.chosen.off_cycle && !state.changes.off_cycle.contains_key(&push) {
            events.push(Event::OffCycle { push });
        }
        if !state.pushes.contains_key(&push) {
            events.push(self.chosen.opened());
        }
        events.extend(override_events(push, &self.overrides));
        for repo in &self.repos {
            let recorded =
                state.pushes.get(&push).is_some_and(|p| p.stays.contains_key(&repo.repo));
            if let (Fate::Stays { tag }, false) = (&repo.fate, recorded) {
                let because = wish.because.as_deref().unwrap_or_default().to_owned();
                let (repo, tag) = (repo.repo.clone(), tag.clone());
                events.push(Event::Stayed { push, repo, tag, because });
            }
        }
        events
    }
}

/// The events of rules overridden.
pub(crate) fn override_events(
    push: PushDate,
    overrides: &[(String, String)],
) -> impl Iterator<Item = Event> + use<'_> {
    let one = move |(rule, because): &(String, String)| {
        let (rule, because) = (rule.clone(), because.clone());
        Event::Overridden { push, rule, because }
    };
    overrides.iter().map(one)
}
