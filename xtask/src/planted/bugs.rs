//! The list of planted bugs, and its table for the book.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::trouble::Trouble;
use crate::workspace::Workspace;

/// The list, as people write it.
const LIST: &str = include_str!("bugs.toml");
/// The promises that have a bug each.
const PROMISES: [&str; 15] = [
    "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P15",
];

/// One bug: an honest mistake in one place, and the test that has to see it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bug {
    /// A few words with dashes.
    pub name: String,
    /// The promise that it breaks.
    pub promise: String,
    /// What it does, in a sentence.
    pub bug: String,
    /// The file, from the workspace's root.
    pub file: String,
    /// The text that is there, exactly once.
    pub old: String,
    /// What stands there instead.
    pub new: String,
    /// The crate of the test.
    pub package: String,
    /// Its test binary; `lib` for the crate's own tests.
    pub binary: String,
    /// The test's whole name.
    pub test: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    planted: Vec<Bug>,
}

/// Every bug, in the list's order: those of one crate together, so that it is built as seldom as can be.
pub fn all() -> Result<Vec<Bug>, Trouble> {
    let list: List = toml::from_str(LIST).map_err(|e| {
        Trouble::new(format!("the planted bugs can't be read: {e}"), "mend bugs.toml")
    })?;
    let names: BTreeSet<&str> = list.planted.iter().map(|bug| bug.name.as_str()).collect();
    if names.len() != list.planted.len() {
        return Err(Trouble::new("two planted bugs have one name", "rename one in bugs.toml"));
    }
    let mut lacking: BTreeSet<&str> = PROMISES.into();
    for bug in &list.planted {
        lacking.remove(bug.promise.as_str());
    }
    match lacking.first() {
        None => Ok(list.planted),
        Some(promise) => Err(Trouble::new(
            format!("{promise} has no planted bug"),
            "plant one in bugs.toml, with the test that sees it",
        )),
    }
}

/// The table of the book: each promise's bugs and the tests that see them.
pub fn table(_: &Workspace) -> Result<String, Trouble> {
    let mut rows: BTreeMap<usize, String> = BTreeMap::new();
    for bug in all()? {
        let place = PROMISES.iter().position(|promise| *promise == bug.promise);
        let place = place.ok_or_else(|| {
            Trouble::new(format!("{} is no promise of today", bug.promise), "mend bugs.toml")
        })?;
        let crate_and_binary = match bug.binary.as_str() {
            "lib" => bug.package.clone(),
            binary => format!("{}/{binary}", bug.package),
        };
        let row = format!(
            "| {} | {} | `{}` | `{crate_and_binary}` `{}` |\n",
            bug.promise, bug.bug, bug.file, bug.test
        );
        rows.entry(place).or_default().push_str(&row);
    }
    let rows: String = rows.into_values().collect();
    Ok(format!("| | the bug | where | turns red |\n|---|---|---|---|\n{rows}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_promise_in_order() {
        let table = table(&Workspace::default()).unwrap();
        let places: Vec<Option<usize>> =
            PROMISES.iter().map(|promise| table.find(&format!("\n| {promise} |"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{table}");
    }
}
