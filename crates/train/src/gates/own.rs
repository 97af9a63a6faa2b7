//! Gates of the team's own, each opened by a program.

use super::{Facts, Gate, GateState, Told};
use crate::settings::Opens;

/// The exit code by which a program says: not yet.
pub(super) const WAITS: i32 = 3;

/// A gate for each of the team's own programs.
pub(super) fn gates(facts: &Facts<'_>) -> Vec<Gate> {
    let own = |opens: &Opens| matches!(opens, Opens::Command { .. });
    let rules = facts.settings.gates.iter().filter(|rule| own(&rule.opens));
    rules
        .map(|rule| {
            let told = facts.told.iter().find(|(name, _)| *name == rule.name);
            let gate = judged(&rule.name, told.map(|(_, told)| told));
            let hero = facts.hero_name().filter(|_| gate.state != GateState::Pass);
            gate.ask(hero)
        })
        .collect()
}

fn judged(name: &str, told: Option<&Told>) -> Gate {
    let Some(told) = told else {
        return Gate::not_asked(name, "not asked about these tags yet; `pushduty ready` asks");
    };
    let said = |otherwise: &str| match told.sentence.as_str() {
        "" => otherwise.to_owned(),
        sentence => sentence.to_owned(),
    };
    match told.exit {
        Some(0) => Gate::pass(name, said("its program is content")),
        // What it says while it waits may count the minutes; what it found wrong is another thing each time.
        Some(WAITS) => {
            Gate::wait(name, said("its program says: not yet")).by(vec!["waits".to_owned()])
        }
        Some(code) => Gate::fail(name, said(&format!("its program ended with {code}"))),
        None => Gate::fail(name, said("its program gave no answer")),
    }
}
