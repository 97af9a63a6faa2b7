//! `status` when the ledger has a long past, against the same with a short one.

use std::fs;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use testkit::{PushDuty, Remote};

use super::table::Table;
use super::worlds::{PUSH, another, remote, train, typed, word};
use super::{Bench, Benchmark, done, pair};
use crate::process;
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "status",
    about: "`status` with 500 past pushes (100,000 events) against 5, start to exit.",
    run,
};

/// The push after the past, as [`PUSH`] has it.
const BEFORE: Date = date(2026, 11, 26);
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
    let mut made = process::cargo();
    made.args(["run", "--quiet", "--package", "ledger", "--example", "past_pushes", "--"])
        .arg(word(&world.data_path().join("amo")))
        .args([&pushes.to_string(), PUSH])
        .args(remotes.iter().map(|remote| format!("{}={}", remote.name(), first(remote))));
    done(&mut made)?;
    for remote in &remotes {
        past_tags(remote, pushes)?;
        another(remote, 1);
    }
    done(&mut typed(&world, &["tag", "--yes", "--quiet"]))?;
    Ok((world, remotes))
}

/// The tags of the past on a remote, all at its first commit, by git's file of packed refs.
fn past_tags(remote: &Remote, pushes: u32) -> Result<(), Trouble> {
    let first = first(remote);
    let mut refs = String::new();
    for week in 1..=i64::from(pushes) {
        let day = BEFORE.saturating_sub((7 * week).days()).strftime("%Y.%m.%d");
        refs += &format!("{first} refs/tags/{day}\n");
        (1..3).for_each(|suffix| refs += &format!("{first} refs/tags/{day}-{suffix}\n"));
    }
    fs::write(remote.path().join("packed-refs"), refs).map_err(|e| {
        Trouble::new(format!("no tags can be made: {e}"), "see to the temporary folder")
    })
}

fn first(remote: &Remote) -> String {
    remote.git(&["rev-list", "--max-parents=0", "main"])
}
