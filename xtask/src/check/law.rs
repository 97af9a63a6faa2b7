//! What a law of the architecture is.

use crate::workspace::Workspace;

/// What a law found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Each breach, with its place.
    pub broken: Vec<String>,
    /// A figure worth watching, where the law has one.
    pub figure: Option<String>,
}

impl Finding {
    /// Breaches without a figure.
    pub fn of(broken: Vec<String>) -> Self {
        Self { broken, figure: None }
    }
}

/// One law.
pub struct Law {
    /// Its name, a few words.
    pub name: &'static str,
    /// What it is good for, one sentence; told to whoever breaks it.
    pub reason: &'static str,
    /// Looks for breaches.
    pub find: fn(&Workspace) -> Finding,
}
