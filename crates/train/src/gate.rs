//! A gate as it is told: how it stands, why, and whom to ask. What judges it is in `gates`.

use serde::{Deserialize, Serialize};

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

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: GateState,
    /// Why, in one sentence without its full stop.
    pub why: String,
    /// Whom to ask about it.
    pub ask: Option<String>,
    /// Who let it go for these very tags, and why; none where nobody did.
    #[serde(default)]
    pub overridden: Option<String>,
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

    fn new(name: &str, state: GateState, why: impl Into<String>) -> Self {
        let (name, why) = (name.to_owned(), why.into());
        let closed_by = if state == GateState::Pass { Vec::new() } else { vec![why.clone()] };
        Self { name, state, why, ask: None, overridden: None, closed_by }
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

    /// Closed by all of these, whatever its sentence names of them.
    pub(crate) fn by(self, closed_by: Vec<String>) -> Self {
        Self { closed_by, ..self }
    }

    pub(crate) fn ask(self, who: Option<impl Into<String>>) -> Self {
        Self { ask: who.map(Into::into), ..self }
    }
}
