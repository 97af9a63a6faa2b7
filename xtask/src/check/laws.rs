//! The laws of the architecture, each in a file of its own with its reason.

use super::law::Law;
use super::{cycles, edges, length, lock, marks, opening, planted, snapshots};
use crate::say;
use crate::trouble::Trouble;
use crate::workspace::Workspace;

const LAWS: [Law; 8] = [
    edges::LAW,
    cycles::LAW,
    length::LAW,
    opening::LAW,
    marks::LAW,
    lock::LAW,
    planted::LAW,
    snapshots::LAW,
];

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
