//! Planning picks on a real history, against `git cherry-pick` in warm work trees.

use std::path::PathBuf;
use std::time::Duration;

use testkit::{PushDuty, Remote, Sealed};

use super::table::Table;
use super::worlds::{PUSH, git, train, typed, word};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "picks",
    about: "Planning 12 picks over 3 repositories of a real history against `git cherry-pick` in warm work trees.",
    run,
};

/// Never slower than git in a warm work tree.
const BOUND: f64 = 1.0;
/// What a plan may take at all.
const MOST: Duration = Duration::from_millis(500);
/// Picks in each of the three repositories.
const EACH: usize = 4;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let first = Remote::tecken();
    let base = first.git(&["rev-list", "--first-parent", "--skip=60", "--max-count=1", "main"]);
    let home = Sealed::new();
    let trees: Vec<PathBuf> = (0..3).map(|n| home.path(&format!("tree{n}"))).collect();
    for tree in &trees {
        git(&home, home.home(), &["clone", "--quiet", &first.url(), &word(tree)])?;
    }
    let picks = picks(&first, &home, &trees[0], &base)?;
    let remotes = [&first, &first.copied(), &first.copied()];
    let world = world(bench, &remotes, &base)?;
    let words = wish(&picks);
    let reset = &mut || {
        trees.iter().try_for_each(|tree| git(&home, tree, &["reset", "--quiet", "--hard", &base]))
    };
    let by_hand = &mut || {
        let mut words = vec!["cherry-pick", "-x"];
        words.extend(picks.iter().map(String::as_str));
        trees.iter().try_for_each(|tree| git(&home, tree, &words))
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ours = &mut || done(&mut typed(&world, &words));
    let pair = pair::time_after(bench.rounds, reset, ours, by_hand)?;
    let mut table = Table::default();
    table.pair("plan of 12 picks, against cherry-pick", &pair, BOUND);
    table.time("plan of 12 picks", pair.ours, MOST);
    Ok(table)
}

/// Commits after `base` that apply to it one after the other, found in a work tree.
fn picks(
    remote: &Remote,
    home: &Sealed,
    tree: &std::path::Path,
    base: &str,
) -> Result<Vec<String>, Trouble> {
    let range = format!("{base}..main");
    let later = remote.git(&["rev-list", "--reverse", "--topo-order", "--no-merges", &range]);
    git(home, tree, &["reset", "--quiet", "--hard", base])?;
    let mut found = Vec::new();
    for commit in later.lines() {
        if git(home, tree, &["cherry-pick", commit]).is_ok() {
            found.push(commit.to_owned());
        } else {
            git(home, tree, &["cherry-pick", "--abort"])?;
        }
        if found.len() == EACH {
            return Ok(found);
        }
    }
    Err(Trouble::new("too few commits of the history apply", "look at the bundle"))
}

/// The three on one train, tagged at `base`.
fn world(bench: &Bench, remotes: &[&Remote; 3], base: &str) -> Result<PushDuty, Trouble> {
    let world = remotes.iter().enumerate().fold(train(bench), |world, (n, remote)| {
        world.repo_at(&format!("repo{n}"), &remote.url(), "")
    });
    let at: Vec<String> = (0..3).map(|n| format!("repo{n}:{base}")).collect();
    let mut words = vec!["tag", "--push", PUSH, "--because", "an older commit", "--yes", "--quiet"];
    at.iter().for_each(|at| words.extend(["--at", at]));
    done(&mut typed(&world, &words))?;
    Ok(world)
}

fn wish(picks: &[String]) -> Vec<String> {
    let named = (0..3).flat_map(|n| picks.iter().map(move |pick| format!("repo{n}:{pick}")));
    ["pick", "--dry-run", "--quiet"].into_iter().map(str::to_owned).chain(named).collect()
}
