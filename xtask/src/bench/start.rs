//! How soon the binary answers, and what it holds for it.

use std::process::Command;

use super::table::Table;
use super::{Bench, Benchmark, done, pair, peak};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark =
    Benchmark { name: "start", about: "`pushduty --version` against `git --version`.", run };

/// An answer may take this many times as long as git's.
const BOUND: f64 = 3.0;
/// What the process itself may hold, in bytes.
const MOST: u64 = 40_000_000;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let ours = &mut || done(&mut bench.pushduty(&["--version"]));
    let theirs = &mut || done(Command::new("git").arg("--version"));
    let mut table = Table::default();
    table.pair("time to answer", &pair::time(bench.rounds, ours, theirs)?, BOUND);
    table.bytes("memory at peak", peak::of(&mut bench.pushduty(&["--version"]))?, MOST);
    Ok(table)
}
