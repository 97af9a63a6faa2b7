//! A report of the gates with everything configured, against the same without.

use std::time::Duration;

use testkit::{PushDuty, Remote, Services};

use super::table::Table;
use super::worlds::{another, past, remote, train, typed};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "gates",
    about: "Every gate of a cut push, with all of them configured, start to exit.",
    run,
};

/// What it may take.
const MOST: Duration = Duration::from_millis(20);
/// The last push before it, where there are any.
const BEFORE_IT: &str = "2026.11.19";
/// What it may cost beside a train that has none set up.
const BOUND: f64 = 2.0;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let (full, bare) = (whole(bench, 0)?, cut(train(bench), 0)?);
    let report = |world: &PushDuty| done(&mut typed(world, &["status", "--json"]));
    let pair = pair::time(bench.rounds, &mut || report(&full.0), &mut || report(&bare.0))?;
    let mut table = Table::default();
    table.pair("all, against none", &pair, BOUND);
    table.time("all gates", pair.ours, MOST);
    Ok(table)
}

/// Three repositories, cut after so many pushes.
fn cut(world: PushDuty, pushes: u32) -> Result<(PushDuty, Vec<Remote>), Trouble> {
    let remotes: Vec<Remote> = ["server", "web", "api"].map(remote).into();
    let world = remotes.iter().fold(world, |world, remote| world.repo(remote));
    if pushes > 0 {
        past(&world, &remotes, pushes)?;
    }
    remotes.iter().for_each(|remote| another(remote, 1));
    done(&mut typed(&world, &["tag", "--yes", "--quiet"]))?;
    if pushes > 0 {
        // Then every command means the push that is cut.
        let over = ["finish", "--push", BEFORE_IT, "--because", "it is over", "--yes", "--quiet"];
        done(&mut typed(&world, &over))?;
    }
    Ok((world, remotes))
}

/// The same with services, sign-offs, a claim, a program of the team's own, blockers and tasks; asked once.
pub fn whole(bench: &Bench, pushes: u32) -> Result<(PushDuty, Vec<Remote>), Trouble> {
    let names = ["dev", "stage", "production"];
    let all: Vec<String> = names
        .iter()
        .flat_map(|environment| {
            ["server", "web", "api"].map(|repo| format!("{environment}-{repo}"))
        })
        .collect();
    let running: Vec<(&str, &str)> = all.iter().map(|name| (name.as_str(), "2026.11.26")).collect();
    let services = Services::running(&running);
    let gates = "[gates]\nqa = { need = 1 }\nops = { need = 1 }\nsmoke = { command = [\"true\"] }";
    let mut world = train(bench).person("krupa", &["qa"]).person("jason", &["ops"]).toml(gates);
    for environment in names {
        for repo in ["server", "web", "api"] {
            world = world.service(environment, repo, &services, 3);
        }
    }
    let (world, remotes) = cut(world, pushes)?;
    for n in 0..20 {
        let (blocker, task) = (format!("blocker {n}"), format!("task {n}"));
        done(&mut typed(&world, &["block", &blocker, "--yes", "--quiet"]))?;
        done(&mut typed(&world, &["task", "add", &task, "--this", "--yes", "--quiet"]))?;
    }
    let digest = world.qa("krupa").reads("approve --dry-run")["digest"].clone();
    let digest = digest.as_str().unwrap_or_default();
    done(world.qa("krupa").command().args(["approve", "--yes", "--quiet", "--if", digest]))?;
    done(world.ops("jason").command().args(["claim", "--yes", "--quiet"]))?;
    // Blockers are open: that it is not ready is the answer.
    world.hero("mat").types("ready --quiet").expect_code(3);
    Ok((world, remotes))
}
