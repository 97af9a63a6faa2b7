//! Why a task stopped: one sentence what happened, one what to do.

use std::fmt;

/// A failed task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    what: String,
    remedy: String,
}

impl Trouble {
    /// What happened, and what to do about it.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}", self.what, self.remedy)
    }
}
