//! Starting a program with open files that it and all its children keep: the lock, what a person answered.
//!
//! The standard library can hand over no more than three files without forking, and a fork copies this process's page
//! tables each time: sixteen of them are a tenth of a cut of eight repositories. `posix_spawn` copies none; a file that is
//! duplicated onto its own number loses its mark to be closed there, and only there (POSIX 2024,
//! `posix_spawn_file_actions_adddup2`), so that no other child of this process ever gets it.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawnp};
use nix::sys::signal::{SigSet, Signal};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitOptions, waitpid};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};

/// A started program, the leader of a process group of its own.
#[derive(Debug)]
pub(crate) struct Child {
    /// What it reads, where it was to be given something.
    pub stdin: Option<Sender>,
    /// What it says.
    pub stdout: Option<Receiver>,
    /// What it says beside that.
    pub stderr: Option<Receiver>,
    running: Option<Running>,
}

/// How a program ended: the exit code, none when a signal ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended(pub Option<i32>);

impl Child {
    /// Starts what `command` describes, its streams aside: they are pipes, and without `fed` it reads nothing. `kept` stay
    /// open in it under the numbers they have here. No word of the command holds a NUL: the standard library has another
    /// in its place then.
    pub(crate) fn started(command: &Command, fed: bool, kept: &[OwnedFd]) -> io::Result<Self> {
        let (stdout, out) = io::pipe()?;
        let (stderr, err) = io::pipe()?;
        let (input, stdin) = if fed {
            let (input, stdin) = io::pipe()?;
            (OwnedFd::from(input), Some(OwnedFd::from(stdin)))
        } else {
            (File::open("/dev/null")?.into(), None)
        };
        let mut files = PosixSpawnFileActions::init()?;
        let streams = [input.as_raw_fd(), out.as_raw_fd(), err.as_raw_fd()];
        for (number, stream) in (0..).zip(streams) {
            files.add_dup2(stream, number)?;
        }
        for file in kept {
            files.add_dup2(file.as_raw_fd(), file.as_raw_fd())?;
        }
        let args = arguments(command)?;
        // Before there is a child, so that its end is not missed.
        let told = signal(SignalKind::child())?;
        let pid = posix_spawnp(&args[0], &files, &alone()?, &args, &surroundings(command)?)?;
        Ok(Self {
            stdin: stdin.map(Sender::from_owned_fd).transpose()?,
            stdout: Some(Receiver::from_owned_fd(stdout.into())?),
            stderr: Some(Receiver::from_owned_fd(stderr.into())?),
            running: Pid::from_raw(pid.as_raw()).map(|pid| Running { pid, told }),
        })
    }

    /// Its number, until its end was waited for: after that it may be another's.
    pub(crate) fn id(&self) -> Option<Pid> {
        self.running.as_ref().map(|running| running.pid)
    }

    /// Waits for its end. May be left off and taken up again, and asked once it has ended no more.
    pub(crate) async fn wait(&mut self) -> io::Result<Ended> {
        let running = self.running.as_mut().ok_or(io::ErrorKind::InvalidInput)?;
        let ended = running.ended().await?;
        self.running = None;
        Ok(ended)
    }
}

impl Drop for Child {
    /// One that nobody waits for any more is still taken from the system's table once it ends.
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move { running.ended().await });
        }
    }
}

/// A process group of its own, and signals as if no program had changed what they do.
fn alone() -> nix::Result<PosixSpawnAttr> {
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_flags(
        PosixSpawnFlags::POSIX_SPAWN_SETPGROUP
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK,
    )?;
    attributes.set_pgroup(nix::unistd::Pid::from_raw(0))?;
    // Ignored in this process, and a program would inherit that.
    let mut ignored = SigSet::empty();
    ignored.add(Signal::SIGPIPE);
    attributes.set_sigdefault(&ignored)?;
    attributes.set_sigmask(&SigSet::empty())?;
    Ok(attributes)
}

fn arguments(command: &Command) -> io::Result<Vec<CString>> {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| text(word.as_bytes().to_vec())).collect()
}

/// This process's own environment, with what the command changes.
fn surroundings(command: &Command) -> io::Result<Vec<CString>> {
    let changed = |name: &OsStr| command.get_envs().any(|(other, _)| other == name);
    let own = std::env::vars_os().filter(|(name, _)| !changed(name));
    let set = command.get_envs().filter_map(|(n, v)| Some((n.to_owned(), v?.to_owned())));
    own.chain(set)
        .map(|(name, value): (OsString, OsString)| {
            text([name.as_bytes(), b"=", value.as_bytes()].concat())
        })
        .collect()
}

fn text(bytes: Vec<u8>) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// A child that has not been waited for.
#[derive(Debug)]
struct Running {
    pid: Pid,
    /// Told whenever a child of this process has ended, whichever.
    told: SignalStream,
}

impl Running {
    async fn ended(&mut self) -> io::Result<Ended> {
        loop {
            let status = retry_on_intr(|| waitpid(Some(self.pid), WaitOptions::NOHANG))?;
            if let Some((_, status)) = status {
                return Ok(Ended(status.exit_status()));
            }
            self.told.recv().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Runs it to its end and gives what it said and its code.
    async fn said(mut child: Child, input: &[u8]) -> (String, Option<i32>) {
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input).await.unwrap();
        }
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).await.unwrap();
        (out, child.wait().await.unwrap().0)
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn it_reads_what_it_is_given_and_its_code_is_told() {
        let fed = Child::started(&shell("cat; exit 3"), true, &[]).unwrap();
        assert_eq!(said(fed, b"in").await, ("in".to_owned(), Some(3)));
        let unfed = Child::started(&shell("cat; kill -9 $$"), false, &[]).unwrap();
        assert_eq!(said(unfed, b"").await, (String::new(), None));
    }

    #[tokio::test]
    async fn what_is_kept_is_open_in_it_and_in_no_other() {
        let (reader, writer) = io::pipe().unwrap();
        let kept = [OwnedFd::from(writer)];
        let number = kept[0].as_raw_fd();
        let script = format!("test -e /dev/fd/{number} && sh -c 'test -e /dev/fd/{number}'");
        let other = Child::started(&shell(&script), false, &[]).unwrap();
        assert_eq!(said(other, b"").await.1, Some(1));
        let child = Child::started(&shell(&script), false, &kept).unwrap();
        assert_eq!(said(child, b"").await.1, Some(0));
        drop((kept, reader));
    }

    #[tokio::test]
    async fn its_environment_is_ours_with_what_the_command_changes() {
        let mut command = shell("echo $A-$B-$HOME; kill -PIPE $$");
        command.env("A", "1").env("B", "2").env_remove("B").env("HOME", "there");
        let ended = said(Child::started(&command, false, &[]).unwrap(), b"").await;
        assert_eq!(ended, ("1--there\n".to_owned(), None));
    }

    #[tokio::test]
    async fn what_is_not_there_is_told() {
        let missing = Child::started(&Command::new("no-such-program"), false, &[]);
        assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn one_that_nobody_waits_for_leaves_nothing_behind() {
        let child = Child::started(&shell("exec sleep 0.01"), false, &[]).unwrap();
        let status = format!("/proc/{}", child.id().unwrap().as_raw_nonzero());
        drop(child);
        for _ in 0..500 {
            if !std::path::Path::new(&status).exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it is still there");
    }
}
