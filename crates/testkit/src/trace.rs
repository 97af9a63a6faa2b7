//! Runs of the program watched by `strace`: its system calls counted from outside, and a `kill -9` right before
//! any one of them, or a stop at the first that names a path.
//!
//! Only the program's own threads are watched. A child is let go at its first `execve`, and lives on when the
//! program is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
        self.strace(home, command, &[])
    }

    /// The same run, killed right before `call`.
    #[must_use]
    pub fn killing(&self, home: &Sealed, command: &Command, call: &Call) -> Command {
        let Call { name, nth } = call;
        self.strace(
            home,
            command,
            &["-e".to_owned(), format!("inject={name}:signal=KILL:when={nth}")],
        )
    }

    /// The same run, stopped as soon as it has made a watched call that names `path`; see [`Self::wait_until_stopped`].
    #[must_use]
    pub fn stopping(&self, home: &Sealed, command: &Command, path: &Path) -> Command {
        let path = path.to_str().expect("a temporary path is text").to_owned();
        let inject = format!("inject={}:signal=STOP:when=1", self.named());
        let stop = ["-P".to_owned(), path, "-e".to_owned(), inject];
        self.strace(
            home,
            command,
            &[&stop[..], &["-e".to_owned(), "signal=STOP".to_owned()]].concat(),
        )
    }

    /// Waits until the run that is to stop has stopped.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn wait_until_stopped(&self) {
        let begun = Instant::now();
        let stopped = || {
            std::fs::read_to_string(&self.log).is_ok_and(|log| log.contains("stopped by SIGSTOP"))
        };
        while !stopped() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "the run comes to where it is to stop"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The watched calls as strace names them. A machine that has no such call (`?`) makes none.
    fn named(&self) -> String {
        self.names.iter().map(|name| format!("?{name}")).collect::<Vec<_>>().join(",")
    }

    fn strace(&self, home: &Sealed, command: &Command, more: &[String]) -> Command {
        let trace = format!("trace={}", self.named());
        let log = self.log.to_str().expect("a temporary path is text");
        let fixed =
            ["-f", "--detach-on=execve", "-q", "-e", "signal=none", "-o", log, "-e", &trace];
        let mut args: Vec<String> = fixed.map(str::to_owned).into();
        args.extend_from_slice(more);
        args.push("--".to_owned());
        home.wrapped("strace", &args, command)
    }

    /// How many calls of the last run named a path with `part` in it.
    ///
    /// # Panics
    /// When nothing was run.
    #[must_use]
    pub fn naming(&self, part: &str) -> usize {
        let log = std::fs::read_to_string(&self.log).expect("strace wrote what it saw");
        log.lines().filter(|line| line.contains(part)).count()
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
