//! The gate of time: whether anything may leave now.

use super::{Facts, Gate, GateState};
use crate::calendar::{Standing, is_frozen};
use crate::hold::Held;
use crate::id::RepoName;

/// The date runs, no freeze stands in the way, and nobody holds the push.
pub(super) fn window(facts: &Facts<'_>) -> Gate {
    let hero = || facts.hero_name();
    let mut closed: Vec<(String, Option<String>)> = Vec::new();
    closed.extend(standing(facts).map(|why| (why, hero())));
    let holding = facts.day.holding(facts.now);
    let judged = |name: &RepoName| facts.only.is_empty() || facts.only.contains(name);
    let concerns = |held: &&&Held| held.hold.repo.as_ref().is_none_or(judged);
    let held = holding.iter().filter(concerns);
    closed.extend(held.map(|held| (held_in_words(held, facts), Some(held.by.clone()))));
    let freeze = freeze(facts);
    if freeze.state != GateState::Pass {
        closed.push((freeze.why.clone(), hero()));
    }
    let Some((why, ask)) = closed.first().cloned() else { return freeze };
    Gate::fail("window", why).by(closed.into_iter().map(|(why, _)| why).collect()).ask(ask)
}

/// Why the date itself does not run.
fn standing(facts: &Facts<'_>) -> Option<String> {
    let push = facts.push;
    match &facts.departure?.standing {
        Standing::Cancelled { because } => Some(format!("{push} is cancelled: {because}")),
        Standing::Skipped => Some(format!("{push} is skipped in the configuration")),
        Standing::Frozen { because } => Some(format!("{push} is in the freeze: {because}")),
        _ => None,
    }
}

/// A freeze at the time it would leave: its own, or now where that is past. One that ops let a hot-fix through is recorded.
fn freeze(facts: &Facts<'_>) -> Gate {
    let leaves = facts.departure.map_or(facts.now, |d| d.push_at.timestamp().max(facts.now));
    let Some(freeze) = is_frozen(&facts.settings.timetable, leaves) else {
        return Gate::pass("window", "no skipped date, no freeze and no hold");
    };
    match facts.overrides.iter().find(|(rule, _)| rule == "freeze") {
        Some((_, why)) => Gate::pass("window", format!("let through a freeze: {why}")),
        None => Gate::fail("window", format!("nothing leaves now: {}", freeze.because)),
    }
}

fn held_in_words(held: &Held, facts: &Facts<'_>) -> String {
    let until = held.hold.until.map(|until| {
        let at = until.to_zoned_datetime(facts.settings.timetable.zone());
        format!(" until {}", at.strftime("%a %d %b %H:%M %Z"))
    });
    format!("{} holds {}{}: {}", held.by, held.what(), until.unwrap_or_default(), held.hold.because)
}
