//! The laws of the architecture, each in a file of its own with its reason.

use super::{cycles, edges, length, lock, marks, opening};
use crate::say;
use crate::trouble::Trouble;
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

const LAWS: [Law; 6] = [edges::LAW, cycles::LAW, length::LAW, opening::LAW, marks::LAW, lock::LAW];

/// Holds the workspace to every law.
pub fn check(workspace: &Workspace) -> Result<(), Trouble> {
    let mut breaches = Vec::new();
    for law in LAWS {
        let finding = (law.find)(workspace);
        if let Some(figure) = finding.figure {
            say::line(format!("          {}: {figure}", law.name));
        }
        if !finding.broken.is_empty() {
            breaches.push(format!("{}: {}", law.name, law.reason));
            breaches.extend(finding.broken.iter().map(|place| format!("  - {place}")));
        }
    }
    if breaches.is_empty() {
        return Ok(());
    }
    Err(Trouble::new("a law of the architecture is broken", breaches.join("\n  ")))
}
