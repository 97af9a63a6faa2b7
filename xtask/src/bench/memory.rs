//! What the process itself holds at most, git children apart; and that a large tree is never checked out.

use std::fs;
use std::path::Path;

use testkit::Remote;

use super::table::Table;
use super::worlds::{PUSH, another, remote, train, typed};
use super::{Bench, Benchmark, peak};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "memory",
    about: "The process itself at its peak, in a cut, in picks, and on a tree of 50,000 files.",
    run,
};

/// What the process itself may hold, in bytes.
const MOST: u64 = 40_000_000;
/// Files of the large tree.
const FILES: u32 = 50_000;
/// Files that the data folder may have after it all: packs, refs and the ledger, no work tree.
const KEPT: usize = 500;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let mut table = Table::default();
    let eight: Vec<Remote> = (0..8).map(|n| remote(&format!("repo{n}"))).collect();
    let world = eight.iter().fold(train(bench), |world, remote| world.repo(remote));
    let tag = &["tag", "--yes", "--quiet"];
    table.bytes("cut of eight", peak::of(&mut typed(&world, tag))?, MOST);

    let large = large();
    let world = train(bench).repo(&large);
    let at = format!("large:{}", large.git(&["rev-parse", "main~5"]));
    let tag = ["tag", "--push", PUSH, "--at", &at, "--because", "older", "--yes", "--quiet"];
    table.bytes("cut of 50,000 files", peak::of(&mut typed(&world, &tag))?, MOST);
    let later = large.git(&["rev-list", "--reverse", "main~4..main"]);
    let mut pick = vec!["pick", "--yes", "--quiet"];
    pick.extend(later.lines());
    table.bytes("picks on 50,000 files", peak::of(&mut typed(&world, &pick))?, MOST);
    table.count("files in the data folder", count(&world.data_path())?, KEPT);
    Ok(table)
}

/// A remote of fifty thousand files, with six small commits after the one that brings them.
fn large() -> Remote {
    let remote = Remote::new("large");
    let mut draft = remote.commit("main").subject("Bring everything");
    for n in 0..FILES {
        let path = format!("src/part{}/room{}/file{n}.py", n % 50, n % 1000);
        draft = draft.file(&path, format!("{n}\n"));
    }
    draft.make();
    for n in 0..6 {
        let path = format!("src/part{n}/room{n}/new.py");
        remote.commit_on("main", &[(&path, "new\n")], &format!("Add {n}"));
    }
    another(&remote, 1);
    remote
}

/// How many files lie beneath a folder.
fn count(folder: &Path) -> Result<usize, Trouble> {
    let unread =
        |e| Trouble::new(format!("the data folder cannot be read: {e}"), "see to its rights");
    let mut files = 0;
    for entry in fs::read_dir(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        files += if folder { count(&entry.path())? } else { 1 };
    }
    Ok(files)
}
