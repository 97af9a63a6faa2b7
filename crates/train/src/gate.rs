//! A gate as it is told: how it stands, why, and whom to ask. What judges it is in `gates`.

use serde::{Deserialize, Serialize};

use crate::id::{PushDate, RepoName};

/// The gate of the security remotes: how it stands is for the security role alone (P9).
pub const SECURITY: &str = "security";

/// How a gate stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// It holds nothing up.
    Pass,
    /// What it waits for is still to come.
    Wait,
    /// Something is wrong, or somebody said no.
    Fail,
}

/// What the state of a gate rests on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What was seen, and what people said.
    #[default]
    Judged,
    /// Nothing so far: nobody asked, and it waits.
    NotAsked,
    /// Nothing: the team did not set up what it asks for, and it passes.
    NotSetUp,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: GateState,
    /// What that rests on. Entries of before have none.
    #[serde(default)]
    pub basis: Basis,
    /// Why, in one sentence without its full stop.
    pub why: String,
    /// Whom to ask about it.
    pub ask: Option<String>,
    /// Who let it go for these very tags, and why; none where nobody did.
    #[serde(default)]
    pub overridden: Option<String>,
    /// Everybody who could open it, where those are more than the one to ask.
    #[serde(skip)]
    pub waits_for: Vec<String>,
    /// Each thing that closes it, in words that stay while it does: a gate is let go for these, and for nothing that comes after.
    #[serde(skip)]
    pub closed_by: Vec<String>,
}

impl Gate {
    /// Whether it holds nothing up: it passes, or somebody let it go.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == GateState::Pass || self.overridden.is_some()
    }

    /// Whether the team set up what it asks for; what is not set up passes and says so.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.basis != Basis::NotSetUp
    }

    fn new(name: &str, state: GateState, why: impl Into<String>) -> Self {
        let (name, why) = (name.to_owned(), why.into());
        let closed_by = if state == GateState::Pass { Vec::new() } else { vec![why.clone()] };
        Self {
            name,
            state,
            basis: Basis::Judged,
            why,
            ask: None,
            overridden: None,
            waits_for: Vec::new(),
            closed_by,
        }
    }

    pub(crate) fn pass(name: &str, why: impl Into<String>) -> Self {
        Self::new(name, GateState::Pass, why)
    }

    pub(crate) fn wait(name: &str, why: impl Into<String>) -> Self {
        Self::new(name, GateState::Wait, why)
    }

    pub(crate) fn fail(name: &str, why: impl Into<String>) -> Self {
        Self::new(name, GateState::Fail, why)
    }

    /// Passes, since the team did not set up what it asks for: `lacks` says what is not there.
    pub(crate) fn not_set_up(name: &str, lacks: &str) -> Self {
        Self { basis: Basis::NotSetUp, ..Self::pass(name, format!("not set up: {lacks}")) }
    }

    /// Waits, since nobody asked so far.
    pub(crate) fn not_asked(name: &str, why: impl Into<String>) -> Self {
        Self { basis: Basis::NotAsked, ..Self::wait(name, why) }
    }

    /// Closed by all of these, whatever its sentence names of them.
    pub(crate) fn by(self, closed_by: Vec<String>) -> Self {
        Self { closed_by, ..self }
    }

    /// Whether somebody could open it: they are the one to ask, or hold the role that it wants.
    #[must_use]
    pub fn is_for(&self, who: &str) -> bool {
        self.ask.as_deref() == Some(who) || self.waits_for.iter().any(|name| name == who)
    }

    /// The command by which somebody opens it, or looks again. `holding` is the repository that is held, of a hold; none where
    /// nothing is.
    #[must_use]
    pub fn opened_by(&self, holding: Option<Option<&RepoName>>, push: PushDate) -> String {
        match (self.name.as_str(), self.state) {
            ("cut" | "carried", GateState::Fail) => "pushduty pick COMMIT".to_owned(),
            ("cut" | "dependencies", _) => "pushduty tag".to_owned(),
            ("staged", _) => "pushduty watch stage".to_owned(),
            ("qa" | "developer", _) => "pushduty approve".to_owned(),
            ("ops", _) => "pushduty claim".to_owned(),
            (SECURITY, GateState::Fail) => "pushduty security list".to_owned(),
            (SECURITY, _) => "pushduty approve --role security".to_owned(),
            ("window", _) => match holding {
                Some(Some(repo)) => format!("pushduty resume --repo {repo}"),
                Some(None) => "pushduty resume".to_owned(),
                None => format!("pushduty move DATE --push {push}"),
            },
            // Blockers and tasks by their names, artifacts, dev, and the team's own programs: what is asked again there.
            _ => "pushduty ready".to_owned(),
        }
    }

    pub(crate) fn waits_for(self, waits_for: Vec<String>) -> Self {
        Self { waits_for, ..self }
    }

    pub(crate) fn ask(self, who: Option<impl Into<String>>) -> Self {
        Self { ask: who.map(Into::into), ..self }
    }
}
