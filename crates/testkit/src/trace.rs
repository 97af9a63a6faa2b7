//! Runs of the program watched by `strace`: its system calls counted from outside, and a `kill -9` right before
//! any one of them.
//!
//! Only the program's own threads are watched. A child is let go at its first `execve`, and lives on when the
//! program is killed.

use std::collections::BTreeMap;
use std::path::PathBuf;
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

/// A call of a watched run, and what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The call.
    pub call: Call,
    /// The file's path; or the words of the process that was started, its program first.
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
        self.strace(home, command, None)
    }

    /// The same run, killed right before `call`.
    #[must_use]
    pub fn killing(&self, home: &Sealed, command: &Command, call: &Call) -> Command {
        self.strace(home, command, Some(call))
    }

    fn strace(&self, home: &Sealed, command: &Command, kill: Option<&Call>) -> Command {
        // A machine that has no such call (`?`) makes none. The words of a child are in its `execve`.
        let counted = if kill.is_none() { &["execve"][..] } else { &[] };
        let names = self.names.iter().chain(counted).map(|name| format!("?{name}"));
        let trace = format!("trace={}", names.collect::<Vec<_>>().join(","));
        let log = self.log.to_str().expect("a temporary path is text");
        let fixed = ["-f", "--detach-on=execve", "-q", "-y", "-s", "512", "-e", "signal=none"];
        let mut args: Vec<String> = fixed.map(str::to_owned).into();
        args.extend(["-o", log, "-e", &trace].map(str::to_owned));
        if let Some(Call { name, nth }) = kill {
            args.extend(["-e".to_owned(), format!("inject={name}:signal=KILL:when={nth}")]);
        }
        args.push("--".to_owned());
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
            "pidfd_open" => arguments.split(',').next(),
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

/// The path among a call's arguments: of the open file, or the first that is named.
fn file(arguments: &str) -> Option<&str> {
    let between =
        |open: char, close: char| Some(arguments.split_once(open)?.1.split_once(close)?.0);
    between('<', '>').or_else(|| between('"', '"'))
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
10 pidfd_open(20, PIDFD_NONBLOCK) = 14<anon_inode:[pidfd]>
10 rename("/data/new", "/data/old") = 0
10 +++ exited with 0 +++"#;

    #[test]
    fn a_log_is_read_as_calls_and_what_they_were_about() {
        let names = ["clone3", "pwrite64", "fsync", "pidfd_open", "rename"];
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
            place("pidfd_open", 1, &push),
            place("rename", 1, &["/data/new"]),
        ];
        assert_eq!(read(LOG, &names), expected);
    }
}
