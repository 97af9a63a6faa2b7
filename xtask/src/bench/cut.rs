//! The cut of eight repositories: against the runbook's own commands, and against what the network alone takes.

use std::cell::Cell;
use std::time::Duration;

use testkit::{Daemon, Proxy, PushDuty, Remote, Sealed};

use super::table::Table;
use super::worlds::{another, git, remote, train, typed, word};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "cut",
    about: "`tag` over eight repositories against the runbook's commands, and against one fetch and push over 40 ms.",
    run,
};

/// How many repositories are cut.
const REPOS: usize = 8;
/// At least twice as fast as the runbook's own commands.
const RUNBOOK: f64 = 0.5;
/// What `tag` may take over one bare fetch and one bare push.
const NETWORK: f64 = 1.3;
/// Half a round trip.
const EACH_WAY: Duration = Duration::from_millis(20);

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let mut table = Table::default();
    table.pair("local, against the runbook", &runbook(bench)?, RUNBOOK);
    table.pair("40 ms away, against fetch and push", &network(bench)?, NETWORK);
    Ok(table)
}

fn remotes() -> Vec<Remote> {
    (0..REPOS).map(|n| remote(&format!("repo{n}"))).collect()
}

/// What `tag` does in every round: the next suffix at main, which has moved.
fn cut(world: &PushDuty) -> Result<(), Trouble> {
    done(&mut typed(world, &["tag", "--again", "--because", "another round", "--yes", "--quiet"]))
}

/// Ours and theirs each have eight remotes of their own, with a commit more in every round.
fn runbook(bench: &Bench) -> Result<pair::Pair, Trouble> {
    let (ours, theirs) = (remotes(), remotes());
    let world = ours.iter().fold(train(bench), |world, remote| world.repo(remote));
    let home = Sealed::new();
    for remote in &theirs {
        let place = word(&home.path(remote.name()));
        git(&home, home.home(), &["clone", "--quiet", &remote.url(), &place])?;
    }
    let round = Cell::new(0);
    let before = &mut || {
        round.set(round.get() + 1);
        ours.iter().chain(&theirs).for_each(|remote| another(remote, round.get()));
        Ok(())
    };
    let by_hand = &mut || {
        let tag = format!("2026.11.26-{}", round.get());
        for remote in &theirs {
            let clone = home.path(remote.name());
            git(&home, &clone, &["checkout", "--quiet", "main"])?;
            git(&home, &clone, &["pull", "--quiet"])?;
            git(&home, &clone, &["tag", &tag])?;
            git(&home, &clone, &["push", "--quiet", "origin", &tag])?;
        }
        Ok(())
    };
    pair::time_after(bench.rounds, before, &mut || cut(&world), by_hand)
}

/// The same eight over `git daemon` behind a line with a delay, against one bare clone of one of them.
fn network(bench: &Bench) -> Result<pair::Pair, Trouble> {
    let (ours, theirs) = (remotes(), remote("alone"));
    let daemon = Daemon::serving(&ours.iter().chain([&theirs]).collect::<Vec<_>>());
    let proxy = Proxy::to(daemon.address());
    proxy.delay(EACH_WAY);
    let url = |remote: &Remote| daemon.url_by(proxy.address(), remote);
    let world = ours
        .iter()
        .fold(train(bench), |world, remote| world.repo_at(remote.name(), &url(remote), ""));
    // A rehearsal's clock is for remotes that are local paths.
    world.at_the_real_time();
    let home = Sealed::new();
    let place = home.path("alone.git");
    git(&home, home.home(), &["clone", "--quiet", "--bare", &url(&theirs), &word(&place)])?;
    let round = Cell::new(0);
    let before = &mut || {
        round.set(round.get() + 1);
        ours.iter().chain([&theirs]).for_each(|remote| another(remote, round.get()));
        Ok(())
    };
    let bare = &mut || {
        let tag = format!("refs/tags/2026.11.26-{}", round.get());
        git(&home, &place, &["fetch", "--quiet", "origin", "+refs/heads/*:refs/heads/*"])?;
        git(&home, &place, &["push", "--quiet", "origin", &format!("refs/heads/main:{tag}")])
    };
    pair::time_after(bench.rounds, before, &mut || cut(&world), bare)
}
