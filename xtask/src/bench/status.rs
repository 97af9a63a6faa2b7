//! `status` when the ledger has a long past, against the same with a short one.

use std::time::Duration;

use testkit::{PushDuty, Remote};

use super::table::Table;
use super::worlds::{another, past, remote, train, typed};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "status",
    about: "`status` with 500 past pushes (100,000 events) against 5, start to exit.",
    run,
};

/// What a long past may cost.
const BOUND: f64 = 1.5;
/// What `status` may take at all.
const MOST: Duration = Duration::from_millis(40);

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let (long, short) = (after(bench, 500)?, after(bench, 5)?);
    let status = |world: &PushDuty| done(&mut typed(world, &["status"]));
    let pair = pair::time(bench.rounds, &mut || status(&long.0), &mut || status(&short.0))?;
    let mut table = Table::default();
    table.pair("500 pushes, against 5", &pair, BOUND);
    table.time("500 pushes", pair.ours, MOST);
    Ok(table)
}

/// A train with a push that is cut after so many others, on remotes that have the tags of them all.
fn after(bench: &Bench, pushes: u32) -> Result<(PushDuty, Vec<Remote>), Trouble> {
    let remotes: Vec<Remote> = ["server", "web", "api"].map(remote).into();
    let world = remotes.iter().fold(train(bench), |world, remote| world.repo(remote));
    past(&world, &remotes, pushes)?;
    remotes.iter().for_each(|remote| another(remote, 1));
    done(&mut typed(&world, &["tag", "--yes", "--quiet"]))?;
    Ok((world, remotes))
}
