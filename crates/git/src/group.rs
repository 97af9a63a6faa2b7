//! A running git with its children, followed until it has ended: a limit on silence, and then on patience.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::Sender;
use tokio::time::{Instant, sleep_until};

use crate::child::{Child, Ended};
use crate::output::Output;

/// How long git may take to end after it was told to, before it is killed; and how long its output is waited for
/// after it ended (a connection that SSH keeps for later holds the stream open).
const GRACE: Duration = Duration::from_millis(500);

type Reader = dyn Fn(&[u8]) + Send + Sync;

/// Who reads along in what git says while it runs.
#[derive(Clone)]
pub(crate) struct Watch(Arc<Reader>);

impl Watch {
    /// Hands each piece of standard error to `read`, as it comes.
    pub(crate) fn new(read: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

/// A running git with its children. Dropped before its end (the person interrupted), the group is told to end: git
/// then removes its lock files.
pub(crate) struct Group {
    child: Child,
    watch: Option<Watch>,
}

impl Group {
    /// Of a child that was started as the leader of a process group of its own.
    pub(crate) fn of(child: Child, watch: Option<Watch>) -> Self {
        Self { child, watch }
    }

    fn watched(&self, said: &[u8]) {
        if let Some(Watch(read)) = &self.watch {
            read(said);
        }
    }

    fn signal(&self, signal: Signal) {
        // Only while the leader is not yet waited for: its number can't have been given to another group.
        if let Some(pid) = self.child.id() {
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Follows it to its end and gives what it said. `silence` limits how long it may say nothing.
    pub(crate) async fn collect(
        &mut self,
        input: &[u8],
        silence: Option<Duration>,
    ) -> std::io::Result<Output> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (status, timed_out) = self.follow(input, silence, &mut out, &mut err).await?;
        Ok(Output {
            code: status.and_then(|Ended(code)| code),
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
    ) -> std::io::Result<(Option<Ended>, bool)> {
        let (mut stdout, mut stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let mut feeding: Pin<Box<_>> = Box::pin(feed(self.child.stdin.take(), input));
        let (mut fed, mut status, mut stage) = (false, None, Stage::Running);
        let far = Duration::from_secs(60 * 60 * 24 * 365);
        let mut deadline = Instant::now() + silence.unwrap_or(far);
        loop {
            tokio::select! {
                read = read_some(&mut stdout, out), if stdout.is_some() => if read? == 0 { stdout = None },
                read = read_some(&mut stderr, err), if stderr.is_some() => match read? {
                    0 => stderr = None,
                    new => self.watched(&err[err.len() - new..]),
                },
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
async fn feed(stdin: Option<Sender>, input: &[u8]) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(input).await;
    }
}
