//! `cargo xtask planted`: for each promise small honest bugs, planted one at a time in a copy of the sources; the test
//! that keeps the promise must turn red.
//!
//! The copy lies beside the build, so the tree is never touched, and is built into a folder of its own that is used
//! again. A bug whose text is not there exactly once fails the task: a list that no longer applies proves nothing.

mod bugs;
mod copy;
mod trial;

use std::time::Instant;

use crate::say;
use crate::trouble::Trouble;
use crate::workspace::Workspace;

use bugs::Bug;
use copy::Copy;

pub use bugs::{all, table};

/// Plant a bug per promise and see its test turn red.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only bugs whose name has this in it, or those of this promise
    name: Option<String>,
}

/// Runs every test without a bug, then each bug with its own.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let wanted = |bug: &Bug| {
        let name = arguments.name.as_deref();
        name.is_none_or(|name| bug.name.contains(name) || bug.promise.eq_ignore_ascii_case(name))
    };
    let bugs: Vec<Bug> = all()?.into_iter().filter(wanted).collect();
    if bugs.is_empty() {
        return Err(Trouble::new("no planted bug is called so", "run it without a name"));
    }
    let copy = Copy::of(&Workspace::read()?)?;
    for bug in &bugs {
        copy.holds(bug)?;
    }
    let began = Instant::now();
    trial::green(&copy, &bugs)?;
    say::step("green", "every test without a bug", began.elapsed());
    let mut survived = Vec::new();
    for bug in &bugs {
        let began = Instant::now();
        let red = trial::red(&copy, bug)?;
        let word = if red { "red" } else { "GREEN" };
        let what = format!("{:<3}  {}  ({} {})", bug.promise, bug.name, bug.package, bug.test);
        say::step(word, what, began.elapsed());
        if !red {
            survived.push(bug.name.as_str());
        }
    }
    if survived.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("no test turned red for: {}", survived.join(", ")),
        "the promise has a hole: mend the test that should have seen it",
    ))
}
