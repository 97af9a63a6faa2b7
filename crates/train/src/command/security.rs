//! Wishes about security branches.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::RepoName;
use crate::reason::Reason;

/// What `security merge` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct MergeWish {
    /// The repository, where several have a security remote.
    pub repo: Option<RepoName>,
    /// The branches by number; all reviewed ones if empty.
    pub branches: BTreeSet<u32>,
    /// Named branches need no review.
    pub unreviewed: bool,
    /// Why.
    pub because: Option<Reason>,
}

/// How two diverged repositories come together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepairWay {
    /// Security's own commits go into upstream first.
    Publish,
    /// They are kept as a branch, and an admin resets main.
    SetAside(String),
}
