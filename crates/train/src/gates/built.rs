//! The gate of what is built from the tags.

use super::own::WAITS;
use super::{Facts, Gate, GateState, Told};
use crate::gate::Basis;
use crate::id::RepoName;

/// Its name.
const BUILT: &str = "built";

/// How far what is built from the tags is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// It is there.
    There,
    /// It is still to come.
    Coming,
    /// It was not found.
    Failed,
    /// Nobody asked.
    NotAsked,
}

impl Built {
    /// As the gate has it; none where nobody watches what is built.
    #[must_use]
    pub fn of(gates: &[Gate]) -> Option<Self> {
        let gate = gates.iter().find(|gate| gate.name == BUILT && gate.is_set_up())?;
        Some(match gate.state {
            GateState::Pass => Self::There,
            GateState::Fail => Self::Failed,
            GateState::Wait if gate.basis == Basis::NotAsked => Self::NotAsked,
            GateState::Wait => Self::Coming,
        })
    }
}

/// What is built from the tags is there, of the repositories where that is watched.
pub(super) fn gate(facts: &Facts<'_>) -> Gate {
    let watched = |name: &RepoName| facts.settings.repo(name).is_some_and(|r| r.artifact.is_some());
    if facts.settings.repos.iter().all(|repo| repo.artifact.is_none()) {
        return Gate::not_set_up(BUILT, "no artifacts are watched");
    }
    let mut gate = Gate::pass(BUILT, "what is built from the tags is there");
    let mut closed_by = Vec::new();
    for tag in facts.leaving().filter(|tag| watched(&tag.repo)) {
        let told = facts.built.iter().find(|(repo, _)| *repo == tag.repo).map(|(_, told)| told);
        let name = format!("{} {}", tag.repo, tag.tag);
        let one = artifact(&name, told);
        match one.state {
            GateState::Pass => {}
            // What is said of it while it is built may count the minutes.
            GateState::Wait => closed_by.push(format!("{name} waits")),
            GateState::Fail => closed_by.push(format!("{name} fails")),
        }
        if one.state > gate.state {
            gate = one;
        }
    }
    let hero = facts.hero_name().filter(|_| gate.state != GateState::Pass);
    gate.by(closed_by).ask(hero)
}

/// Whether what is built from one tag is there, by what was told of it.
fn artifact(tag: &str, told: Option<&Told>) -> Gate {
    let Some(told) = told else {
        let why = format!("nobody asked yet for what is built from {tag}; `pushduty ready` asks");
        return Gate::not_asked(BUILT, why);
    };
    let said = |else_said: &str| match told.sentence.as_str() {
        "" => else_said.to_owned(),
        sentence => sentence.to_owned(),
    };
    match told.exit {
        Some(0) => Gate::pass(BUILT, "what is built from the tags is there"),
        Some(WAITS) => Gate::wait(
            BUILT,
            format!("what is built from {tag} is not there yet: {}", said("it is still to come")),
        ),
        Some(code) => Gate::fail(
            BUILT,
            format!("what is built from {tag} was not found: {}", said(&format!("exit {code}"))),
        ),
        None => Gate::fail(
            BUILT,
            format!("what is built from {tag} was not found: {}", said("there was no answer")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_read_from_the_gate() {
        let told = |exit| Told { exit, sentence: String::new() };
        let of = |told: Option<&Told>| Built::of(&[artifact("web 2026.11.26", told)]);
        assert_eq!(of(None), Some(Built::NotAsked));
        assert_eq!(of(Some(&told(Some(0)))), Some(Built::There));
        assert_eq!(of(Some(&told(Some(WAITS)))), Some(Built::Coming));
        assert_eq!(of(Some(&told(Some(1)))), Some(Built::Failed));
        assert_eq!(of(Some(&told(None))), Some(Built::Failed));
        assert_eq!(Built::of(&[Gate::not_set_up(BUILT, "no artifacts are watched")]), None);
        assert_eq!(Built::of(&[]), None);
    }
}
