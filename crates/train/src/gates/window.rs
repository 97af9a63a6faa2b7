//! The gate of time: whether anything may leave now.

use super::{Facts, Gate};
use crate::calendar::{Standing, is_frozen};
use crate::hold::Held;
use crate::id::RepoName;

/// The date runs, no freeze stands in the way, and nobody holds the push.
pub(super) fn window(facts: &Facts<'_>) -> Gate {
    let push = facts.push;
    match facts.departure.map(|departure| &departure.standing) {
        Some(Standing::Cancelled { because }) => {
            return Gate::fail("window", format!("{push} is cancelled: {because}"))
                .ask(facts.hero_name());
        }
        Some(Standing::Skipped) => {
            return Gate::fail("window", format!("{push} is skipped in the configuration"))
                .ask(facts.hero_name());
        }
        Some(Standing::Frozen { because }) => {
            return Gate::fail("window", format!("{push} is in the freeze: {because}"))
                .ask(facts.hero_name());
        }
        _ => {}
    }
    let holding = facts.day.holding(facts.now);
    let judged = |name: &RepoName| facts.only.is_empty() || facts.only.contains(name);
    let concerns = |held: &&&Held| held.hold.repo.as_ref().is_none_or(judged);
    if let Some(held) = holding.iter().find(concerns) {
        return Gate::fail("window", held_in_words(held, facts)).ask(Some(held.by.clone()));
    }
    freeze(facts)
}

/// A freeze at the time it would leave: its own, or now where that is past. One that ops let a hot-fix through is recorded.
fn freeze(facts: &Facts<'_>) -> Gate {
    let leaves = facts.departure.map_or(facts.now, |d| d.push_at.timestamp().max(facts.now));
    let Some(freeze) = is_frozen(&facts.settings.timetable, leaves) else {
        return Gate::pass("window", "no skipped date, no freeze and no hold");
    };
    match facts.overrides.iter().find(|(rule, _)| rule == "freeze") {
        Some((_, why)) => Gate::pass("window", format!("let through a freeze: {why}")),
        None => {
            let why = format!("nothing leaves now: {}", freeze.because);
            Gate::fail("window", why).ask(facts.hero_name())
        }
    }
}

fn held_in_words(held: &Held, facts: &Facts<'_>) -> String {
    let until = held.hold.until.map(|until| {
        let at = until.to_zoned_datetime(facts.settings.timetable.zone());
        format!(" until {}", at.strftime("%a %d %b %H:%M %Z"))
    });
    format!("{} holds {}{}: {}", held.by, held.what(), until.unwrap_or_default(), held.hold.because)
}
