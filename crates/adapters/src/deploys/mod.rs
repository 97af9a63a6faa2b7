//! Programs that deploy, each in a folder of its own, watched over by a process that outlives whoever began it.
//!
//! The folder holds `order.json`, `began` once the program was started, its `output`, and `ended.json` once it has ended.
//! An empty file `lock` is the standard input of the watch and of the program: as long as one of them lives, its lock is
//! held (flock), whatever became of who began them. So a run is told as running, ended or lost without a clock and without
//! numbers of processes, and is never begun twice (P13).

mod watch;

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use async_trait::async_trait;
use conductor::failure::{self, Result};
use conductor::ports::{DeployOrder, DeployState, Deploys};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use train::attempt::DeployEnd;
use train::refusal::{Code, Refusal};

pub use watch::watch_over;

/// How much output is handed out at once.
const PIECE: u64 = 64 * 1024;

const ORDER: &str = "order.json";
const LOCK: &str = "lock";
const BEGAN: &str = "began";
const OUTPUT: &str = "output";
const ENDED: &str = "ended.json";
const STOP: &str = "stop";
/// The numbers of the watch and of the program's group.
const GROUPS: &str = "groups";

/// Runs in folders below one.
#[derive(Debug, Clone)]
pub struct DeployFolders {
    /// Where the folders of the runs are.
    folders: PathBuf,
    /// Where the programs run: the configuration's folder.
    home: PathBuf,
    /// The program that watches over a run, with its arguments; the run's folder is put after them.
    watcher: Vec<String>,
}

impl DeployFolders {
    /// Runs kept below `folders`, of programs in `home`, watched over by `watcher`.
    #[must_use]
    pub fn new(folders: PathBuf, home: &Path, watcher: Vec<String>) -> Self {
        Self { folders, home: home.to_owned(), watcher }
    }

    fn folder(&self, key: &str) -> Result<PathBuf> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if key.is_empty() || key.starts_with('.') || !key.chars().all(plain) {
            let what = format!("{} is no deploy's key", train::id::quoted(key));
            return Err(Refusal::new(Code::NotFound, what, "`pushduty log` tells the keys"));
        }
        Ok(self.folders.join(key))
    }

    fn start(&self, folder: &Path, order: &DeployOrder) -> std::io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = lock_file(folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            // It is being begun, or runs.
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // What was begun is not begun again, and what was stopped before it began never is.
        if folder.join(BEGAN).exists() || folder.join(ENDED).exists() {
            return Ok(());
        }
        write_whole(folder, ORDER, &serde_json::to_vec(order)?)?;
        let (program, args) = self.watcher.split_first().ok_or(ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        let mut child = command
            .args(args)
            .arg(folder)
            .current_dir(&self.home)
            .env_remove("PUSHDUTY_TOKEN")
            .env_remove("PUSHDUTY_ACTOR")
            .stdin(Stdio::from(lock))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // Nobody waits for it here: it is to be no zombie where this process lives on.
        std::thread::spawn(move || child.wait());
        Ok(())
    }
}

#[async_trait]
impl Deploys for DeployFolders {
    async fn begin(&self, order: &DeployOrder) -> Result<()> {
        let folder = self.folder(&order.key)?;
        self.start(&folder, order).map_err(|error| failure::io("the deploy can't be begun", &error))
    }

    async fn state(&self, key: &str) -> Result<DeployState> {
        let folder = self.folder(key)?;
        if !folder.exists() {
            return Ok(DeployState::NotBegun);
        }
        let look = || -> std::io::Result<DeployState> {
            // The lock first: what ends writes its end before it lets go.
            let lives = matches!(lock_file(&folder)?.try_lock(), Err(TryLockError::WouldBlock));
            if let Some(end) = ended(&folder)? {
                return Ok(DeployState::Ended(end));
            }
            Ok(match (lives, folder.join(BEGAN).exists()) {
                (true, _) => DeployState::Running,
                (false, true) => DeployState::Ended(DeployEnd::Unknown),
                (false, false) => DeployState::NotBegun,
            })
        };
        look().map_err(|error| failure::io("how the deploy stands can't be read", &error))
    }

    async fn output(&self, key: &str, from: u64) -> Result<(Vec<u8>, u64)> {
        let folder = self.folder(key)?;
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = match File::open(folder.join(OUTPUT)) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            file.seek(SeekFrom::Start(from))?;
            let mut piece = Vec::new();
            file.take(PIECE).read_to_end(&mut piece)?;
            Ok(piece)
        };
        let piece =
            read().map_err(|error| failure::io("the deploy's output can't be read", &error))?;
        let next = from + u64::try_from(piece.len()).unwrap_or(0);
        Ok((piece, next))
    }

    async fn stop(&self, key: &str) -> Result<()> {
        let folder = self.folder(key)?;
        let stop = || -> std::io::Result<()> {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            let lock = lock_file(&folder)?;
            match lock.try_lock() {
                // Nobody is at it: one that never began is over for good, and one that is lost has ended already.
                Ok(()) if !folder.join(BEGAN).exists() && !folder.join(ENDED).exists() => {
                    write_whole(&folder, ENDED, &serde_json::to_vec(&DeployEnd::Stopped)?)
                }
                Ok(()) => Ok(()),
                Err(TryLockError::WouldBlock) => {
                    write_whole(&folder, STOP, b"")?;
                    orphan_ends(&folder);
                    Ok(())
                }
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        stop().map_err(|error| failure::io("the deploy can't be stopped", &error))
    }
}

/// Ends a program whose watch is gone: nobody else would.
fn orphan_ends(folder: &Path) {
    let ids = fs::read_to_string(folder.join(GROUPS)).unwrap_or_default();
    let mut ids = ids.split_whitespace().map(|id| id.parse().ok().and_then(Pid::from_raw));
    let (Some(Some(watch)), Some(Some(program))) = (ids.next(), ids.next()) else { return };
    if test_kill_process(watch).is_err() {
        let _ = kill_process_group(program, Signal::KILL);
    }
}

fn lock_file(folder: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(folder.join(LOCK))
}

fn ended(folder: &Path) -> std::io::Result<Option<DeployEnd>> {
    match fs::read(folder.join(ENDED)) {
        Ok(body) => Ok(Some(serde_json::from_slice(&body).unwrap_or(DeployEnd::Unknown))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file whole or not at all, and lastingly.
fn write_whole(folder: &Path, name: &str, body: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let beside = folder.join(format!("{name}.part"));
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(body)?;
    file.sync_all()?;
    fs::rename(&beside, folder.join(name))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
