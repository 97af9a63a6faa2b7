//! A run of the program: while it goes on, and what came of it.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::reaper::Reaped;

/// A run that goes on; it ends with its children when dropped.
///
/// Its output goes to files: a pipe would stay open for as long as an orphan of the program has it.
#[derive(Debug)]
pub struct Running {
    process: Reaped,
    what: String,
    stdout: NamedTempFile,
    stderr: NamedTempFile,
    time_limit: Duration,
}

impl Running {
    pub(super) fn start(command: &mut Command, scratch: &Path, time_limit: Duration) -> Self {
        let file = || NamedTempFile::new_in(scratch).expect("the home is writable");
        let (stdout, stderr) = (file(), file());
        let to = |file: &NamedTempFile| -> File { file.reopen().expect("the file is there") };
        command.stdout(to(&stdout)).stderr(to(&stderr));
        let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
        let what = format!("pushduty {}", args.join(" "));
        Self { process: Reaped::start(command), what, stdout, stderr, time_limit }
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.process.ended().is_some()
    }

    /// Types keys, where the run was started with its standard input piped; `\u{3}` is Ctrl-C on a terminal.
    ///
    /// # Panics
    /// When nothing reads them.
    pub fn types(&mut self, keys: &str) {
        let input = self.process.child().stdin.as_mut().expect("standard input is piped");
        input.write_all(keys.as_bytes()).expect("somebody reads what is typed");
        input.flush().expect("somebody reads what is typed");
    }

    /// What it wrote to standard output so far.
    #[must_use]
    pub fn stdout_so_far(&self) -> String {
        text(&self.stdout)
    }

    /// What it wrote to standard error so far.
    #[must_use]
    pub fn stderr_so_far(&self) -> String {
        text(&self.stderr)
    }

    /// `kill -9` to the process alone: its git children live on.
    pub fn kill(&mut self) {
        self.process.signal(Signal::KILL);
    }

    /// `kill -9` to the process and its group.
    pub fn kill_all(&mut self) {
        self.process.signal_group(Signal::KILL);
    }

    /// What a terminal sends for Ctrl-C: an interrupt to the whole group.
    pub fn interrupt(&mut self) {
        self.process.signal_group(Signal::INT);
    }

    /// What a supervisor sends: the process alone is told to end.
    pub fn terminate(&mut self) {
        self.process.signal(Signal::TERM);
    }

    /// Stops the process and its group where they are.
    pub fn pause(&mut self) {
        self.process.signal_group(Signal::STOP);
    }

    /// Lets them go on.
    pub fn resume(&mut self) {
        self.process.signal_group(Signal::CONT);
    }

    /// Waits for the process's end.
    ///
    /// # Panics
    /// When it takes longer than it may.
    pub fn wait(mut self) -> Ran {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.process.ended() {
                break status;
            }
            assert!(
                begun.elapsed() < self.time_limit,
                "{} ends within {:?}; so far it wrote:\n{}\n{}",
                self.what,
                self.time_limit,
                text(&self.stdout),
                text(&self.stderr)
            );
            std::thread::sleep(Duration::from_millis(1));
        };
        let (stdout, stderr) = (text(&self.stdout), text(&self.stderr));
        Ran { what: self.what, code: code(status), stdout, stderr }
    }
}

fn text(file: &NamedTempFile) -> String {
    let bytes = std::fs::read(file.path()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or(0))
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    what: String,
    /// The exit code; minus the signal's number when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Asserts the exit code, and says what was written when it is another.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code (left) of {self}");
        self
    }

    /// Asserts exit code 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.expect_code(0)
    }

    /// Asserts that the words are on standard output or standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let said = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(said, "“{words}” is not in the words of {self}");
        self
    }

    /// Asserts that the words are on neither.
    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        let said = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(!said, "“{words}” is in the words of {self}");
        self
    }

    /// The JSON document on standard output; asserts that there is one, and nothing else.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(document) => document,
            Err(why) => panic!("standard output is one JSON document ({why}): {self}"),
        }
    }

    /// The JSON documents on standard output, one per line.
    #[must_use]
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let read = |line| match serde_json::from_str(line) {
            Ok(document) => document,
            Err(why) => panic!("each line is a JSON document ({why}): {self}"),
        };
        self.stdout.lines().map(read).collect()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "`{}`, which ended with {}", self.what, self.code)?;
        write!(f, "--- standard output\n{}\n--- standard error\n{}", self.stdout, self.stderr)
    }
}

/// Replaces what differs between runs: hexadecimal words of 10 to 64 digits, and ports of loopback.
pub(super) fn without_hashes_and_ports(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let hash = (10..=64).contains(&bare.len())
            && bare.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let port = tidy.ends_with("127.0.0.1:") && bare.parse::<u16>().is_ok();
        match (hash, port) {
            (true, _) => tidy.push_str("[oid]"),
            (_, true) => tidy.push_str("[port]"),
            _ => tidy.push_str(bare),
        }
        tidy.push_str(&word[bare.len()..]);
    }
    tidy
}
