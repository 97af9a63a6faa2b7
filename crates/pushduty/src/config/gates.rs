//! `[gates]`: what must hold before production is started, beside what is built in.

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::quoted;
use train::people::Role;
use train::settings::{GateRule, Opens};

use super::at::At;
use super::nearest::suggest;
use super::problem::Problems;
use super::shape::Entry;

/// A gate: sign-offs of a role (`need`, `own`), or a command of the team's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// How many people with the role of that name must sign off.
    #[schemars(range(min = 1, max = 20), extend("default" = 1))]
    pub need: Option<At<u32>>,
    /// Whether the push's hero may be one of them.
    #[schemars(extend("default" = true))]
    pub own: Option<At<bool>>,
    /// Of `dev` alone: whether a pick that dev was never seen with holds the push, and is not only said.
    #[schemars(extend("default" = false))]
    pub hold: Option<At<bool>>,
    /// A program with its arguments: exit 0 passes, 3 waits, its last line is the sentence.
    pub command: Option<At<Vec<String>>>,
}

/// The gate that is built in and can be set to hold.
const DEV: &str = "dev";

/// Gates that are built in and have nothing else to set.
const BUILT_IN: [&str; 10] = [
    "cut",
    "carried",
    "built",
    "staged",
    "dev",
    "blockers",
    "tasks",
    "security",
    "window",
    "dependencies",
];

const ROLES: [(&str, Role); 3] =
    [("qa", Role::Qa), ("ops", Role::Ops), ("developer", Role::Developer)];

/// Checks all gates.
pub fn check(raw: &[Entry<Gate>], problems: &mut Problems) -> Vec<GateRule> {
    raw.iter().filter_map(|(name, gate)| gate.check(name, problems)).collect()
}

impl Gate {
    fn check(&self, name: &At<String>, problems: &mut Problems) -> Option<GateRule> {
        if name.as_str() == DEV
            && self.need.is_none()
            && self.own.is_none()
            && self.command.is_none()
        {
            let holds = self.hold.as_ref().is_some_and(|hold| hold.value);
            return holds.then(|| GateRule { name: name.value.clone(), opens: Opens::SeenOnDev });
        }
        if let Some(hold) = self.hold.as_ref().filter(|_| name.as_str() != DEV) {
            let what =
                format!("only the gate {DEV} can be set to hold, {} holds anyway", quoted(name));
            problems.at(&hold.span, what, "leave it out");
            return None;
        }
        if BUILT_IN.contains(&name.as_str()) {
            let what = format!("the gate {} is built in and has nothing to set", quoted(name));
            problems.at(&name.span, what, "give a gate of your own another name");
            return None;
        }
        let slug = name.parse::<train::id::RepoName>();
        problems.take(&name.span, slug, "give the gate a plain name, as smoke")?;
        let opens = match &self.command {
            Some(command) => self.by_command(name, command, problems)?,
            None => self.by_role(name, problems)?,
        };
        Some(GateRule { name: name.value.clone(), opens })
    }

    fn by_command(
        &self,
        name: &At<String>,
        command: &At<Vec<String>>,
        problems: &mut Problems,
    ) -> Option<Opens> {
        if ROLES.iter().any(|(role, _)| role == &name.as_str()) {
            let what =
                format!("{} is opened by people who sign off, not by a command", quoted(name));
            problems.at(
                &command.span,
                what,
                "give the command a gate of its own, as smoke = { command = […] }",
            );
            return None;
        }
        let odd = self.need.as_ref().map(|n| &n.span).or(self.own.as_ref().map(|o| &o.span));
        if let Some(span) = odd {
            problems.at(span, "a gate with a command takes no need and no own", "leave it out");
            return None;
        }
        program(command, problems).map(|command| Opens::Command { command })
    }

    fn by_role(&self, name: &At<String>, problems: &mut Problems) -> Option<Opens> {
        let Some((_, role)) = ROLES.iter().find(|(role, _)| role == &name.as_str()) else {
            let known: Vec<&str> = ROLES.iter().map(|(role, _)| *role).collect();
            let what =
                format!("the gate {} has no command and is no role that signs off", quoted(name));
            let help = format!("add command = [\"./program\"]; {}", suggest(name, &known, "roles"));
            problems.at(&name.span, what, help);
            return None;
        };
        if let Some(need) = self.need.as_ref().filter(|n| !(1..=20).contains(&n.value)) {
            let what = format!("{} sign-offs can't be needed", need.value);
            problems.at(
                &need.span,
                what,
                "write 1 to 20; leave the gate out where nobody signs off",
            );
            return None;
        }
        let need = self.need.as_ref().map_or(1, |n| n.value);
        Some(Opens::Signoffs { role: *role, need, own: self.own.as_ref().is_none_or(|o| o.value) })
    }
}

/// A program with its arguments; none of them can hold a NUL.
pub fn program(command: &At<Vec<String>>, problems: &mut Problems) -> Option<Vec<String>> {
    let named = command.first().is_some_and(|program| !program.trim().is_empty());
    if !named || command.iter().any(|part| part.contains('\0')) {
        let what = "this names no program";
        problems.at(
            &command.span,
            what,
            "write the program, then its arguments: [\"./deploy\", \"{tag}\"]",
        );
        return None;
    }
    Some(command.value.clone())
}
