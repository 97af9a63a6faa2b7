//! Runs of the program watched by `strace`: its system calls counted from outside, and a `kill -9` right before
//! any one of them, or a stop at the first that names a path.
//!
//! Only the program's own threads are watched. A child is let go at its first `execve`, and lives on when the
//! program is killed.

use std::collections::BTreeMap;
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

/// A call of a watched run, and what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The call.
    pub call: Call,
    /// The file's path, where it moved the new one; or the words of the process that was started, its program first.
    pub about: Vec<String>,
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
        // The words of a child are in its `execve`.
        self.strace(home, command, &["execve"], &[])
    }

    /// The same run, killed right before `call`.
    #[must_use]
    pub fn killing(&self, home: &Sealed, command: &Command, call: &Call) -> Command {
        let Call { name, nth } = call;
        self.strace(home, command, &[], &["-e", &format!("inject={name}:signal=KILL:when={nth}")])
    }

    /// The same run, stopped as soon as it has made a watched call that names `path`; see [`Self::wait_until_stopped`].
    #[must_use]
    pub fn stopping(&self, home: &Sealed, command: &Command, path: &Path) -> Command {
        let path = path.to_str().expect("a temporary path is text");
        let inject = format!("inject={}:signal=STOP:when=1", named(&self.names));
        self.strace(home, command, &[], &["-P", path, "-e", &inject, "-e", "signal=STOP"])
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

    fn strace(&self, home: &Sealed, command: &Command, calls: &[&str], more: &[&str]) -> Command {
        let trace = format!("trace={}", named(&[&self.names, calls].concat()));
        let log = self.log.to_str().expect("a temporary path is text");
        let fixed = ["-f", "--detach-on=execve", "-q", "-y", "-s", "512", "-e", "signal=none"];
        let args = [&fixed[..], &["-o", log, "-e", &trace], more, &["--"]].concat();
        home.wrapped("strace", &args, command)
    }

    /// Every call of the last watched run but the starts of threads, in order, so that each can be killed at.
    ///
    /// # Panics
    /// When nothing was run.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        let text = std::fs::read_to_string(&self.log).expect("strace wrote what it saw");
        read(&text, &self.names)
    }
}

/// The calls as strace names them. A machine that has no such call (`?`) makes none.
fn named(calls: &[&str]) -> String {
    calls.iter().map(|name| format!("?{name}")).collect::<Vec<_>>().join(",")
}

/// The calls of all threads in order, each once by its name and number.
fn read(log: &str, names: &[&str]) -> Vec<Place> {
    let lines: Vec<(&str, &str)> = log
        .lines()
        .filter_map(|line| line.split_once(' ').map(|(thread, call)| (thread, call.trim_start())))
        .collect();
    let started = started(&lines);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut places: Vec<Place> = Vec::new();
    for (at, (thread, call)) in lines.iter().enumerate() {
        let Some((name, arguments)) = call.split_once('(') else { continue };
        if !names.contains(&name) {
            continue;
        }
        let nth = counts.entry((name, thread)).or_default();
        *nth += 1;
        let call = Call { name: name.to_owned(), nth: *nth };
        // A thread is no process.
        if arguments.contains("CLONE_THREAD") || places.iter().any(|place| place.call == call) {
            continue;
        }
        let child = match name {
            "wait4" => arguments.split(',').next(),
            _ => returned(&lines[at..], thread, name),
        };
        let words = child.and_then(|child| started.get(child)).cloned();
        let about =
            words.unwrap_or_else(|| file(arguments).map(str::to_owned).into_iter().collect());
        places.push(Place { call, about });
    }
    places
}

/// The words of each process that was started, by its id.
fn started<'a>(lines: &[(&'a str, &str)]) -> BTreeMap<&'a str, Vec<String>> {
    let words = |call: &str| -> Option<Vec<String>> {
        let list = call.strip_prefix("execve(")?.split_once("[\"")?.1.split_once("\"]")?.0;
        Some(list.split("\", \"").map(str::to_owned).collect())
    };
    lines.iter().filter_map(|(process, call)| Some((*process, words(call)?))).collect()
}

/// What a call came to: on its own line, or where the thread goes on with it.
fn returned<'a>(lines: &[(&str, &'a str)], thread: &str, name: &str) -> Option<&'a str> {
    let resumed = format!("<... {name} resumed>");
    let unfinished = lines[0].1.ends_with("<unfinished ...>");
    let mut ends = lines
        .iter()
        .filter(|(whose, call)| *whose == thread && (!unfinished || call.starts_with(&resumed)));
    Some(ends.next()?.1.rsplit_once("= ")?.1)
}

/// The path among a call's arguments: of the open file, or the last that is named, which is where it is put.
fn file(arguments: &str) -> Option<&str> {
    if arguments.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(arguments.split_once('<')?.1.split_once('>')?.0);
    }
    arguments.split('"').skip(1).step_by(2).last()
}

#[cfg(test)]
mod tests {
    use super::{Call, Place, read};

    const LOG: &str = r#"10 execve("/usr/bin/us", ["us"], 0x1 /* 9 vars */) = 0
10 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 11
11 pwrite64(12</data/ledger.db-wal>, "\0\"<", 3, 0) = 3
11 fsync(12</data/ledger.db-wal>) = 0
10 clone3({flags=CLONE_VM|CLONE_VFORK}, 88 <unfinished ...>
20 execve("/bin/git", ["git", "push", "a b"], 0x1) = -1 ENOENT (No such file or directory)
20 execve("/usr/bin/git", ["git", "push", "a b"], 0x1 <detached ...>
11 fsync(12</data/ledger.db-wal>) = 0
10 <... clone3 resumed>)             = 20
10 wait4(20, NULL, WNOHANG, NULL) = 0
10 renameat(AT_FDCWD</data>, "/data/new", AT_FDCWD</data>, "/data/old") = 0
10 +++ exited with 0 +++"#;

    #[test]
    fn a_log_is_read_as_calls_and_what_they_were_about() {
        let names = ["clone3", "pwrite64", "fsync", "wait4", "renameat"];
        let place = |name: &str, nth, about: &[&str]| Place {
            call: Call { name: name.to_owned(), nth },
            about: about.iter().map(|&word| word.to_owned()).collect(),
        };
        let push = ["git", "push", "a b"];
        let wal = ["/data/ledger.db-wal"];
        let expected = [
            place("pwrite64", 1, &wal),
            place("fsync", 1, &wal),
            place("clone3", 2, &push),
            place("fsync", 2, &wal),
            place("wait4", 1, &push),
            place("renameat", 1, &["/data/old"]),
        ];
        assert_eq!(read(LOG, &names), expected);
    }
}
