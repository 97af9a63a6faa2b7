//! One process at a time writes refs of an object store; what a killed one left behind is cleared by the next.
//!
//! git's own lock files outlive a `kill -9`, and then every later fetch would fail (P11). The guard is an OS file lock
//! that git inherits: while it can be had, no git of ours is writing here, and a lock file found is a leftover.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use conductor::failure::{self, Failure, Result};
use rustix::fs::{FlockOperation, flock};
use train::refusal::Code;

use crate::objects::trouble;
use crate::output::{Output, contains};
use crate::process::Git;
use crate::refs::{self, Edit};

/// How often the guard is tried for.
const AGAIN: Duration = Duration::from_millis(10);

/// The right to write refs of one store.
#[derive(Debug)]
pub(crate) struct Guard {
    file: File,
}

impl Guard {
    /// Waits for the guard of the store at `dir`, at most `patience`.
    pub(crate) async fn of(dir: &Path, patience: Duration) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(dir.with_extension("lock"))
            .map_err(|e| failure::io("the store's lock could not be opened", &e))?;
        let waiting = async {
            while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
                if error != rustix::io::Errno::WOULDBLOCK && error != rustix::io::Errno::INTR {
                    return Err(failure::io("the store could not be locked", &error.into()));
                }
                tokio::time::sleep(AGAIN).await;
            }
            Ok(())
        };
        match tokio::time::timeout(patience, waiting).await {
            Ok(locked) => locked.map(|()| Self { file }),
            Err(_) => Err(Failure::new(
                Code::Busy,
                "another process has been writing to the same object store for too long",
                "wait for it to end, or end it, and run the same command again",
            )),
        }
    }

    /// Changes refs in this process, all or none. Lock files that a killed one left are cleared, once.
    pub(crate) fn change(&self, dir: &Path, edits: &[Edit]) -> Result<()> {
        let failed = |e: &gix_error::Error| trouble("the refs could not be written", e);
        let edits = edits.iter().map(refs::edit).collect::<Result<Vec<_>>>()?;
        let store = refs::open(dir)?;
        match refs::change(&store, &edits) {
            // Nothing else is called so than a lock file that is there already.
            Err(error) if error.is_retryable() => {
                clear(dir)
                    .map_err(|e| failure::io("a lock file left behind could not be removed", &e))?;
                refs::change(&store, &edits).map_err(|e| failed(&e))
            }
            changed => changed.map_err(|e| failed(&e)),
        }
    }

    /// Runs a git that writes refs. Lock files that a killed one left are cleared, once.
    pub(crate) async fn run<A: AsRef<OsStr> + Clone>(
        &self,
        git: &Git,
        args: &[A],
        input: &[u8],
    ) -> Result<Output> {
        let output = git.holding(&self.file, args, input).await?;
        if output.ok() || !contains(&output.err, b".lock': File exists") {
            return Ok(output);
        }
        clear(git.dir())
            .map_err(|e| failure::io("a lock file left behind could not be removed", &e))?;
        git.holding(&self.file, args, input).await
    }
}

/// Removes git's lock files on refs. Objects have none.
fn clear(dir: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let is_refs = path.file_name() == Some(OsStr::new("refs"));
        if path.extension() == Some(OsStr::new("lock")) && path.is_file() {
            std::fs::remove_file(&path)?;
        } else if is_refs || (path.is_dir() && path.components().any(|c| c.as_os_str() == "refs")) {
            clear(&path)?;
        }
    }
    Ok(())
}
