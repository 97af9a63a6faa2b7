//! Running the system's git: the one place in the product that starts it.
//!
//! Each run has a process group of its own, so that a time-out reaches git's children too; nothing on standard
//! input unless given; and a limit on silence instead of a limit on time.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use command_fds::CommandFdExt;
use conductor::failure::{self, Failure, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until};
use train::refusal::Code;

use crate::environment::{Environment, surround};
use crate::sanitise;

/// How long git may take to end after it was told to, before it is killed; and how long its output is waited for
/// after it ended (a connection that SSH keeps for later holds the stream open).
const GRACE: Duration = Duration::from_millis(500);

/// git, about to run on one object store.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    dir: PathBuf,
    environment: Environment,
    silence: Option<Duration>,
    /// Whether what git says may be told: not of the security store (P9).
    withheld: bool,
    variables: Vec<(OsString, OsString)>,
    configuration: Option<PathBuf>,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output, as it came.
    pub out: Vec<u8>,
    /// Standard error, fit for a message; empty for the security store.
    pub words: String,
    /// Standard error as it came, to be matched and never shown.
    pub err: Vec<u8>,
    /// Whether nothing of what git or a remote said may be told (P9).
    pub withheld: bool,
    /// Whether it was ended for making no progress.
    pub timed_out: bool,
}

impl Output {
    /// Whether it ended well.
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// Standard output as text, lossily, without the line end.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end_matches('\n').to_owned()
    }
}

impl Git {
    /// git on the store at `dir`. `silence` limits how long it may say nothing.
    pub(crate) fn new(dir: &Path, environment: Environment, silence: Option<Duration>) -> Self {
        Self {
            dir: dir.to_owned(),
            environment,
            silence,
            withheld: false,
            variables: Vec::new(),
            configuration: None,
        }
    }

    /// The same, at another folder: a work tree's own in the store.
    pub(crate) fn at(&self, dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ..self.clone() }
    }

    /// The same, with nothing of what git says getting into a message (P9).
    pub(crate) fn withheld(mut self) -> Self {
        self.withheld = true;
        self
    }

    /// The same, with one more environment variable: `GIT_WORK_TREE`, `GIT_INDEX_FILE`, `GIT_COMMITTER_DATE`.
    pub(crate) fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The same, with another file in the place of the user's configuration.
    pub(crate) fn configuration(mut self, file: Option<&Path>) -> Self {
        self.configuration = file.map(Path::to_owned);
        self
    }

    /// The store it runs on.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs it; an exit code other than 0 is a failure.
    pub(crate) async fn run<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Output> {
        self.with_input(args, &[]).await
    }

    /// Standard output as text, lossily decoded, without the last line end.
    pub(crate) async fn text<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<String> {
        Ok(self.run(args).await?.text())
    }

    /// Standard output as it comes.
    pub(crate) async fn bytes<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>> {
        Ok(self.run(args).await?.out)
    }

    /// Runs it with `input` on standard input; an exit code other than 0 is a failure.
    pub(crate) async fn with_input<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        let args = owned(args);
        let output = self.start(&args, input, None).await?;
        if output.ok() { Ok(output) } else { Err(self.failed(&args, &output)) }
    }

    /// Runs it and tells how it ended, whatever the exit code: for commands whose codes mean something.
    pub(crate) async fn status_of<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        self.start(&owned(args), input, None).await
    }

    /// As [`status_of`](Self::status_of), with `held` staying open in git and in all its children.
    pub(crate) async fn holding<A: AsRef<OsStr>>(
        &self,
        held: &File,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        let held =
            held.try_clone().map_err(|e| failure::io("the lock could not be handed to git", &e))?;
        self.start(&owned(args), input, Some(held.into())).await
    }

    /// The failure that an unexpected end of `args` is.
    pub(crate) fn failed(&self, args: &[OsString], output: &Output) -> Failure {
        let verb = args.first().map_or_else(String::new, |a| a.to_string_lossy().into_owned());
        let how = match output.code {
            _ if output.timed_out => "made no progress in time".to_owned(),
            Some(code) => format!("ended with code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        if contains(&output.err, b"No space left on device") {
            return failure::io(
                &format!("git {verb} {how}"),
                &std::io::ErrorKind::StorageFull.into(),
            );
        }
        let said =
            if output.words.is_empty() { String::new() } else { format!(": {}", output.words) };
        let hint = if self.dir.join("HEAD").exists() {
            "run `pushduty check`; if it finds nothing, run the command again with -v and report it"
        } else {
            "run `pushduty check`: this repository was never fetched here"
        };
        Failure::new(Code::Git, format!("git {verb} {how}{said}"), hint)
    }

    async fn start(
        &self,
        args: &[OsString],
        input: &[u8],
        held: Option<OwnedFd>,
    ) -> Result<Output> {
        let mut command = Command::new("git");
        surround(&mut command, self.environment, self.configuration.as_deref());
        command.env("GIT_DIR", &self.dir).envs(self.variables.iter().map(|(n, v)| (n, v)));
        command.args(args).process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
        if let Some(held) = held {
            command.preserved_fds(vec![held]);
        }
        let child = command.spawn().map_err(|e| not_started(&e))?;
        drop(command);
        let mut group = Group { child };
        let mut output = group
            .collect(input, self.silence)
            .await
            .map_err(|e| failure::io("git's output could not be read", &e))?;
        output.withheld = self.withheld;
        if !self.withheld {
            output.words = sanitise::words(&output.err);
        }
        Ok(output)
    }
}

/// Whether `stream` holds `part`: how git's own words, in a fixed language, are recognised.
pub(crate) fn contains(stream: &[u8], part: &[u8]) -> bool {
    stream.windows(part.len()).any(|w| w == part)
}

fn owned<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Vec<OsString> {
    args.into_iter().map(|a| a.as_ref().to_owned()).collect()
}

fn not_started(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Failure::new(
            Code::Git,
            "git is not installed, or not on the path",
            "install git 2.41 or newer",
        );
    }
    failure::io("git could not be started", error)
}

/// A running git with its children. Dropped before its end (the person interrupted), the group is told to end: git
/// then removes its lock files.
struct Group {
    child: Child,
}

impl Group {
    fn signal(&self, signal: Signal) {
        // Only while the leader is not yet waited for: its number can't have been given to another group.
        if let Some(pid) =
            self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
        {
            let _ = kill_process_group(pid, signal);
        }
    }

    async fn collect(
        &mut self,
        input: &[u8],
        silence: Option<Duration>,
    ) -> std::io::Result<Output> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (status, timed_out) = self.follow(input, silence, &mut out, &mut err).await?;
        Ok(Output {
            code: status.and_then(|s| s.code()),
            out,
            err,
            words: String::new(),
            withheld: false,
            timed_out,
        })
    }

    /// Reads both streams and writes the input until git has ended. None when it was killed.
    async fn follow(
        &mut self,
        input: &[u8],
        silence: Option<Duration>,
        out: &mut Vec<u8>,
        err: &mut Vec<u8>,
    ) -> std::io::Result<(Option<ExitStatus>, bool)> {
        let (mut stdout, mut stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let mut feeding: Pin<Box<_>> = Box::pin(feed(self.child.stdin.take(), input));
        let (mut fed, mut status, mut stage) = (false, None, Stage::Running);
        let far = Duration::from_secs(60 * 60 * 24 * 365);
        let mut deadline = Instant::now() + silence.unwrap_or(far);
        loop {
            tokio::select! {
                read = read_some(&mut stdout, out), if stdout.is_some() => if read? == 0 { stdout = None },
                read = read_some(&mut stderr, err), if stderr.is_some() => if read? == 0 { stderr = None },
                () = &mut feeding, if !fed => fed = true,
                // Told to end, the leader is not waited for before the group is killed: until then its number is its own.
                ended = self.child.wait(), if status.is_none() && stage != Stage::Told => {
                    status = Some(ended?);
                    deadline = Instant::now() + GRACE;
                }
                () = sleep_until(deadline) => {
                    let Some(signal) = stage.overdue(status.is_some()) else { break };
                    self.signal(signal);
                    deadline = Instant::now() + GRACE;
                    continue;
                }
            }
            if status.is_some() && stdout.is_none() && stderr.is_none() {
                break;
            }
            if stage == Stage::Told && stdout.is_none() && stderr.is_none() {
                deadline = Instant::now();
            }
            if status.is_none() && stage == Stage::Running {
                deadline = Instant::now() + silence.unwrap_or(far);
            }
        }
        Ok((status, stage != Stage::Running))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}

/// How far a run that is too slow has been pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Running,
    Told,
    Killed,
}

impl Stage {
    /// The next signal when the deadline has passed; none when there is nothing left to do.
    fn overdue(&mut self, ended: bool) -> Option<Signal> {
        match (ended, *self) {
            (true, _) | (_, Self::Killed) => None,
            (false, Self::Running) => {
                *self = Self::Told;
                Some(Signal::TERM)
            }
            (false, Self::Told) => {
                *self = Self::Killed;
                Some(Signal::KILL)
            }
        }
    }
}

async fn read_some(
    stream: &mut Option<impl AsyncReadExt + Unpin>,
    into: &mut Vec<u8>,
) -> std::io::Result<usize> {
    match stream {
        Some(stream) => stream.read_buf(into).await,
        None => Ok(0),
    }
}

/// Writes `input` and closes. A git that ended without reading it says why itself.
async fn feed(stdin: Option<tokio::process::ChildStdin>, input: &[u8]) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(input).await;
        let _ = stdin.shutdown().await;
    }
}
