//! How large the release binary is.

use std::fs;

use super::table::Table;
use super::{Bench, Benchmark};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark =
    Benchmark { name: "size", about: "The release binary against 20 MB.", run };

/// What the binary may weigh, in bytes.
const MOST: u64 = 20_000_000;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let binary = fs::metadata(&bench.pushduty).map_err(|e| {
        Trouble::new(format!("the release binary cannot be read: {e}"), "build it and see")
    })?;
    let mut table = Table::default();
    table.bytes("release binary", Some(binary.len()), MOST);
    Ok(table)
}
