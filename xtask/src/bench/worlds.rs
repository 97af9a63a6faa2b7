//! What benchmarks measure in: trains of real remotes, and git as a person has it.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use testkit::{PushDuty, Remote, Sealed};

use super::{Bench, done};
use crate::process;
use crate::trouble::Trouble;

/// The push that every benchmark is about.
pub const PUSH: &str = "2026.11.26";
/// The same as a date.
pub const BEFORE: Date = date(2026, 11, 26);
/// Who does it.
pub const HERO: &str = "mat";

/// A train without repositories, run by the release binary.
pub fn train(bench: &Bench) -> PushDuty {
    PushDuty::new(&bench.pushduty).person(HERO, &["hero"]).rotation(&[HERO])
}

/// The program as the hero.
pub fn typed(world: &PushDuty, words: &[&str]) -> Command {
    let mut command = world.hero(HERO).command();
    command.args(words);
    command
}

/// A remote with a little history: a hundred commits over fifty files.
pub fn remote(name: &str) -> Remote {
    let remote = Remote::new(name);
    for n in 0..100 {
        let path = format!("src/part{}/file{}.py", n % 5, n % 50);
        remote.commit_on("main", &[(&path, &text(n))], &format!("Change {n}"));
    }
    remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
    remote
}

/// A commit more on main.
pub fn another(remote: &Remote, n: u32) {
    remote.commit_on("main", &[("src/part0/file0.py", &text(n + 1000))], "Change once more");
}

fn text(n: u32) -> String {
    (0..40).map(|line| format!("line {line} of version {n}\n")).collect()
}

/// Git as somebody has it on their machine, in their clone.
pub fn git(home: &Sealed, dir: &Path, words: &[&str]) -> Result<(), Trouble> {
    let mut command = home.command("git");
    command.current_dir(dir).args(words);
    for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
        command.env(name, "Mat");
    }
    for mail in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
        command.env(mail, "mat@example.org");
    }
    done(&mut command)
}

/// A path as an argument.
pub fn word(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Gives a train that has not begun a past of so many pushes, 200 events each, and its remotes the tags of them all.
pub fn past(world: &PushDuty, remotes: &[Remote], pushes: u32) -> Result<(), Trouble> {
    let mut made = process::cargo();
    made.args(["run", "--quiet", "--package", "ledger", "--example", "past_pushes", "--"])
        .arg(word(&world.data_path().join("amo")))
        .args([&pushes.to_string(), PUSH])
        .args(remotes.iter().map(|remote| format!("{}={}", remote.name(), first(remote))));
    done(&mut made)?;
    remotes.iter().try_for_each(|remote| past_tags(remote, pushes))
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
