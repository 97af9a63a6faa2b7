//! How what a train leans on fares, as the last round found it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Moment;

/// What a train leans on; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeansOn {
    /// A remote.
    Repository,
    /// A service of an environment, which says what it runs.
    Service,
    /// A channel that is told.
    Channel,
}

impl LeansOn {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Service => "service",
            Self::Channel => "channel",
        }
    }
}

/// `health`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HealthView {
    /// When the last round ended; null before the first.
    pub looked_at: Option<Moment>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Everything it leans on: repositories, services, channels, in the order of the configuration.
    pub lines: Vec<HealthLine>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HealthLine {
    /// What it is.
    pub kind: LeansOn,
    /// Its name; of a service with its environment before it: `stage/web`.
    pub name: String,
    /// Why it does not do what is asked of it; null where it does.
    pub trouble: Option<String>,
}
