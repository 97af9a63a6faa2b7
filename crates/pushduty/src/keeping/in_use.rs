//! Who is at work in a data folder, as locks of the operating system: whoever has a train open shares one, and nobody puts a
//! backup back meanwhile. They end with their processes.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use conductor::failure::{self, Failure};
use train::refusal::Code;

use super::gather::trains;

/// Shared by whoever works in the folder.
pub const IN_USE: &str = "in-use";
/// Whoever makes a backup has it.
pub const BACKUP: &str = "backup.lock";

/// That somebody works in the folder. Held as long as it lives.
#[derive(Debug)]
pub struct InUse(#[expect(dead_code, reason = "an open file is what holds a lock")] Option<File>);

/// That nobody else does, or that nobody else makes a backup of it.
#[derive(Debug)]
pub struct Alone(#[expect(dead_code, reason = "an open file is what holds a lock")] Vec<File>);

impl InUse {
    /// Says that `data` is in use. A folder that can't be written is told of by whoever writes there.
    ///
    /// # Errors
    /// `busy` while a backup is put back.
    pub fn of(data: &Path) -> Result<Self, Failure> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
        let Ok(file) = made.and_then(|()| open(&data.join(IN_USE))) else { return Ok(Self(None)) };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Code::Busy,
                "a backup is being put back into the data folder",
                "wait for it to end and run the same command again",
            )),
            _ => Ok(Self(Some(file))),
        }
    }
}

impl Alone {
    /// Takes `data` for oneself.
    ///
    /// # Errors
    /// `busy` where a server, a command or a deploy is at work there.
    pub fn of(data: &Path) -> Result<Self, Failure> {
        let mut held =
            vec![alone(&data.join(IN_USE), "a server or a command works in the data folder")?];
        for (_, train) in trains(data).unwrap_or_default() {
            held.push(alone(
                &train.join("lock"),
                "a command, or a git push that one began, holds a train",
            )?);
        }
        for deploy in deploys(data) {
            held.push(alone(&deploy, "a deploy runs, and tells the data folder how it ends")?);
        }
        Ok(Self(held))
    }
}

/// The right to make a backup of `data`: one at a time.
///
/// # Errors
/// `busy` while somebody else makes one.
pub fn one_backup(data: &Path) -> Result<Alone, Failure> {
    alone(&data.join(BACKUP), "another backup of the data folder is being made")
        .map(|file| Alone(vec![file]))
}

/// The locks of the deploys that were ever begun.
fn deploys(data: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let below = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten();
    let trains = below(data).map(|train| train.path().join("deploys"));
    let locks = trains.flat_map(move |deploys| below(&deploys).map(|one| one.path().join("lock")));
    locks.filter(|lock| lock.exists())
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn alone(path: &Path, what: &str) -> Result<File, Failure> {
    let failed = |e: &std::io::Error| failure::io("the data folder can't be locked", e);
    let file = open(path).map_err(|e| failed(&e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let hint = "end it, or wait for it, and run the same command again";
            Err(Failure::new(Code::Busy, what, hint))
        }
        Err(TryLockError::Error(e)) => Err(failed(&e)),
    }
}
