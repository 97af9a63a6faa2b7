//! Gates of what people wrote in the notes.

use super::{Facts, Gate, GateState, OpenItem};
use crate::id::quoted;

/// Nobody says that something keeps the push from leaving.
pub(super) fn blockers(facts: &Facts<'_>) -> Gate {
    let words = ("no blocker is open", "blocker is open", "blockers are open");
    let mut gate = gate(facts, "blockers", GateState::Fail, &facts.blockers, words);
    for fixed in &facts.fixed {
        gate.why.push_str("; ");
        gate.why.push_str(fixed);
    }
    gate
}

/// What is to be done before it leaves is done.
pub(super) fn tasks(facts: &Facts<'_>) -> Gate {
    let words = (
        "nothing is left to do before it leaves",
        "task is left before it leaves",
        "tasks are left before it leaves",
    );
    gate(facts, "tasks", GateState::Wait, &facts.tasks, words)
}

fn gate(
    facts: &Facts<'_>,
    name: &str,
    state: GateState,
    open: &[OpenItem],
    (none, one, many): (&str, &str, &str),
) -> Gate {
    let Some(first) = open.first() else { return Gate::pass(name, none) };
    let unconfirmed = first.unconfirmed.as_ref().map(|what| format!(", {what}"));
    let what = format!("{} {}{}", first.id, quoted(&first.text), unconfirmed.unwrap_or_default());
    let why = match open.len() {
        1 => format!("1 {one}: {what}"),
        n => format!("{n} {many}, the first {what}"),
    };
    let ids = open.iter().map(|item| item.id.clone()).collect();
    let gate = Gate { state, ..Gate::wait(name, why) }.by(ids);
    gate.ask(first.owner.clone().or_else(|| facts.hero_name()))
}
