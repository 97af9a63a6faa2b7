//! The process that watches over one run: it starts the program, keeps its output within bounds, ends it when its time is
//! over or somebody asks, and writes down how it ended.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use conductor::ports::DeployOrder;
use rustix::process::{Pid, Signal, kill_process_group};
use train::attempt::DeployEnd;

use super::{BEGAN, ENDED, GROUPS, ORDER, OUTPUT, STOP, write_whole};

/// How much output is kept from its beginning; of what comes after it, the end alone.
const KEPT: usize = 8 * 1024 * 1024;

/// How much of the end is kept of output that is too long.
const KEPT_END: usize = 64 * 1024;

/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// How long output is waited for once the program has ended: a child of its own may hold it open.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// How many letters a sentence has at most.
const LETTERS: usize = 200;

/// Watches over the run in `folder` from its beginning to its end. Standard input is the run's lock.
///
/// # Errors
/// The folder can't be read or written.
pub fn watch_over(folder: &Path) -> io::Result<()> {
    // Out of reach of the terminal that it was begun from, so that neither its end nor its keys end the deploy.
    let _ = rustix::process::setsid();
    if folder.join(ENDED).exists() || folder.join(STOP).exists() {
        return write_whole(folder, ENDED, &serde_json::to_vec(&DeployEnd::Stopped)?);
    }
    let order: DeployOrder = serde_json::from_slice(&std::fs::read(folder.join(ORDER))?)?;
    let output = Output::create(folder)?;
    write_whole(folder, BEGAN, b"")?;
    let end = match start(&order) {
        Ok(child) => follow(folder, child, &order, &output)?,
        Err(error) => DeployEnd::Failed {
            exit: None,
            sentence: format!("its program could not be started: {error}"),
        },
    };
    output.finish()?;
    write_whole(folder, ENDED, &serde_json::to_vec(&end)?)
}

fn start(order: &DeployOrder) -> io::Result<Child> {
    let (program, args) = order.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    // A relative path is one in the folder of the configuration, where this runs; a bare name is found as ever.
    Command::new(program)
        .args(args)
        .env("PUSHDUTY_DEPLOY_KEY", &order.key)
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

fn follow(
    folder: &Path,
    mut child: Child,
    order: &DeployOrder,
    output: &Output,
) -> io::Result<DeployEnd> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    write_whole(folder, GROUPS, format!("{} {}", std::process::id(), child.id()).as_bytes())?;
    let readers = [
        child.stdout.take().map(|pipe| output.reads(pipe)),
        child.stderr.take().map(|pipe| output.reads(pipe)),
    ];
    let begun = Instant::now();
    let mut asked: Option<(Instant, DeployEnd)> = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        match &asked {
            None if begun.elapsed() >= order.time_limit => {
                signal(group, Signal::TERM);
                asked = Some((Instant::now(), DeployEnd::TimedOut));
            }
            None if folder.join(STOP).exists() => {
                signal(group, Signal::TERM);
                asked = Some((Instant::now(), DeployEnd::Stopped));
            }
            Some((since, _)) if since.elapsed() >= order.grace => signal(group, Signal::KILL),
            _ => {}
        }
        thread::sleep(PAUSE);
    };
    let ended = Instant::now();
    for reader in readers.into_iter().flatten() {
        while !reader.is_finished() && ended.elapsed() < AFTERWARDS {
            thread::sleep(PAUSE);
        }
    }
    if let Some((_, end)) = asked {
        // What it left behind in its group is over too.
        signal(group, Signal::KILL);
        return Ok(end);
    }
    Ok(judged(status, output))
}

fn judged(status: ExitStatus, output: &Output) -> DeployEnd {
    if status.success() {
        return DeployEnd::Succeeded;
    }
    DeployEnd::Failed { exit: status.code(), sentence: output.last_line() }
}

fn signal(group: Option<Pid>, signal: Signal) {
    if let Some(group) = group {
        let _ = kill_process_group(group, signal);
    }
}

/// Where the output goes: all of it up to a bound, and the end of what is beyond.
#[derive(Clone)]
struct Output(Arc<Mutex<Kept>>);

struct Kept {
    file: File,
    written: usize,
    left_out: usize,
    end: Vec<u8>,
}

impl Output {
    fn create(folder: &Path) -> io::Result<Self> {
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let file = file.open(folder.join(OUTPUT))?;
        Ok(Self(Arc::new(Mutex::new(Kept { file, written: 0, left_out: 0, end: Vec::new() }))))
    }

    fn reads(&self, mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<()> {
        let output = self.clone();
        thread::spawn(move || {
            let mut piece = vec![0; KEPT_END];
            while let Ok(n) = pipe.read(&mut piece) {
                if n == 0 {
                    return;
                }
                output.keep(&piece[..n]);
            }
        })
    }

    fn keep(&self, piece: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = piece.len().min(KEPT - kept.written);
        // A full disk takes the output away, not the deploy.
        let _ = kept.file.write_all(&piece[..fits]);
        kept.written += fits;
        kept.left_out += piece.len() - fits;
        kept.end.extend_from_slice(piece);
        let over = kept.end.len().saturating_sub(KEPT_END);
        kept.end.drain(..over);
    }

    /// The end of what was left out, after a line that says so.
    fn finish(&self) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = kept.end.len().min(kept.left_out);
        if end > 0 {
            let words = format!("\n… {} bytes are left out here …\n", kept.left_out - end);
            let from = kept.end.len() - end;
            let last = kept.end.split_off(from);
            let _ = kept.file.write_all(words.as_bytes());
            let _ = kept.file.write_all(&last);
        }
        kept.file.sync_all()
    }

    /// The last line with a letter or a digit, without what could lead a terminal, and not too long.
    fn last_line(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        crate::programs::last_line(&kept.end, LETTERS)
    }
}
