//! Runs of the program watched by `strace`: its system calls counted from outside, and a `kill -9` right before
//! any one of them.
//!
//! Only the program's own threads are watched. A child is let go at its first `execve`, and lives on when the
//! program is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::sealed::Sealed;

/// The nth call of one name by any one thread; the first is 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The system call.
    pub name: String,
    /// Which one.
    pub nth: usize,
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} number {}", self.name, self.nth)
    }
}

/// Which calls are watched, and where they are written down.
#[derive(Debug)]
pub struct Trace {
    names: Vec<&'static str>,
    log: PathBuf,
}

impl Trace {
    /// Watches these calls of runs in `home`.
    ///
    /// # Panics
    /// When strace is not installed.
    #[must_use]
    pub fn new(home: &Sealed, names: &[&'static str]) -> Self {
        let found = home.command("strace").arg("-V").stdout(Stdio::null()).status();
        assert!(
            found.is_ok_and(|status| status.success()),
            "strace is missing: apt-get install strace"
        );
        Self { names: names.to_vec(), log: home.path("strace.log") }
    }

    /// The same run, watched. `command` comes from a [`Sealed`] home.
    #[must_use]
    pub fn watching(&self, home: &Sealed, command: &Command) -> Command {
        self.strace(home, command, None)
    }

    /// The same run, killed right before `call`.
    #[must_use]
    pub fn killing(&self, home: &Sealed, command: &Command, call: &Call) -> Command {
        self.strace(home, command, Some(call))
    }

    fn strace(&self, home: &Sealed, command: &Command, kill: Option<&Call>) -> Command {
        // A machine that has no such call (`?`) makes none.
        let names: Vec<String> = self.names.iter().map(|name| format!("?{name}")).collect();
        let trace = format!("trace={}", names.join(","));
        let log = self.log.to_str().expect("a temporary path is text");
        let fixed =
            ["-f", "--detach-on=execve", "-q", "-e", "signal=none", "-o", log, "-e", &trace];
        let mut args: Vec<String> = fixed.map(str::to_owned).into();
        if let Some(Call { name, nth }) = kill {
            args.extend(["-e".to_owned(), format!("inject={name}:signal=KILL:when={nth}")]);
        }
        args.push("--".to_owned());
        home.wrapped("strace", &args, command)
    }

    /// Every call of the last run but the starts of threads, so that each can be killed at.
    ///
    /// # Panics
    /// When nothing was run.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        read(&self.log, &self.names)
    }
}

/// The calls of all threads, each once by its name and number.
fn read(log: &Path, names: &[&str]) -> Vec<Call> {
    let text = std::fs::read_to_string(log).expect("strace wrote what it saw");
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut calls = BTreeSet::new();
    for line in text.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = call.trim_start().split_once('(') else { continue };
        if !names.contains(&name) {
            continue;
        }
        let nth = counts.entry((name, thread)).or_default();
        *nth += 1;
        // A thread is no process.
        if !arguments.contains("CLONE_THREAD") {
            calls.insert(Call { name: name.to_owned(), nth: *nth });
        }
    }
    calls.into_iter().collect()
}
