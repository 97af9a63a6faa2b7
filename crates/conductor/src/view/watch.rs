//! `watch --json`: one look of a watch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::PushDate;

use super::EnvironmentView;

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WatchView {
    /// The push.
    pub push: Option<PushDate>,
    /// Whether every service shows its tag on all samples.
    pub arrived: bool,
    /// The environment.
    pub environment: EnvironmentView,
}
