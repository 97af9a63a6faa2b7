//! The right to write, as a lock of the operating system on an open file (flock): it belongs to the open file, not to
//! a process, so git children that inherit the file keep it after their parent is gone, and it frees when the last of
//! them ends (P12).

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use conductor::failure::{self, Failure, Result};
use conductor::ports::Lock;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use train::id::quoted;
use train::refusal::Code;

/// How often a held lock is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits for the lock on `path`, at most `patience` of real time.
pub(crate) async fn acquire(path: &Path, patience: Duration) -> Result<Lock> {
    match hold(path, patience).await? {
        Ok(file) => Ok(Lock::held_by(file)),
        Err(mut other) => Err(busy(&mut other)),
    }
}

/// The file at `path`, locked; or, where somebody else had it for so long, as it is.
pub(crate) async fn hold(
    path: &Path,
    patience: Duration,
) -> Result<std::result::Result<File, File>> {
    let start = Instant::now();
    loop {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => {
                if let Some(file) = taken(file, path) {
                    return Ok(Ok(file));
                }
            }
            Err(TryLockError::WouldBlock) if start.elapsed() >= patience => return Ok(Err(file)),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE.min(patience)).await,
            Err(TryLockError::Error(e)) => {
                return Err(failure::io("the ledger's lock can't be taken", &e));
            }
        }
    }
}

/// The file, whose lock this process has; none when another file is at `path` by now, which somebody else may have locked.
fn taken(mut file: File, path: &Path) -> Option<File> {
    is_at(&file, path).then(|| {
        sign(&mut file);
        file
    })
}

/// Whether `lock` is a lock on `path`, and no other ledger's.
pub(crate) fn covers(lock: &Lock, path: &Path) -> bool {
    is_at(lock.file(), path)
}

fn open(path: &Path) -> Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|e| failure::io("the ledger's lock file can't be opened", &e))
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

/// Writes who holds the lock, for those who wait. It is a courtesy: a full disk takes no lock away.
fn sign(file: &mut File) {
    let text = format!("{}\n{}\n", std::process::id(), program(std::env::args_os()));
    let _ =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
}

/// The program, whatever it was begun with: that somebody is at work on a fix under embargo is none of whoever waits, and a name
/// that is left out for that alone would tell it (P9).
fn program(mut words: impl Iterator<Item = OsString>) -> String {
    let program = words.next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn busy(file: &mut File) -> Failure {
    let mut text = String::new();
    // Anybody may have written there: at most a line's worth is read, and it is shown filtered.
    let _ = file.rewind().and_then(|()| file.take(200).read_to_string(&mut text));
    // A process of another user can't be signalled, but is there.
    let (message, hint) = held(&text, |pid| test_kill_process(pid) != Err(Errno::SRCH));
    Failure::new(Code::Busy, message, hint)
}

/// What to tell of a lock file's text.
fn held(text: &str, lives: impl Fn(Pid) -> bool) -> (String, &'static str) {
    let mut lines = text.lines();
    let pid =
        lines.next().and_then(|l| l.parse().ok()).filter(|n: &i32| *n > 0).and_then(Pid::from_raw);
    let Some(pid) = pid else {
        return (
            "another process holds the train".to_owned(),
            "wait for it to end and run the same command again",
        );
    };
    let number = pid.as_raw_nonzero();
    let name = match lines.next() {
        Some(name) if !name.is_empty() => format!("process {number}, {}", quoted(name)),
        _ => format!("process {number}"),
    };
    if lives(pid) {
        (
            format!("another process holds the train: {name}"),
            "wait for it to end and run the same command again",
        )
    } else {
        (
            format!("a git push holds the train; {name}, which began it, is gone"),
            "wait for the push to end, or end it, and run the same command again",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_named_and_what_it_wrote_is_filtered() {
        let (message, _) = held("4711\npushduty\n", |_| true);
        assert_eq!(message, "another process holds the train: process 4711, “pushduty”");
        let (message, _) = held("4711\n\u{1b}[2Jowned\n", |_| true);
        assert!(!message.contains('\u{1b}'), "{message:?}");
        for nobody in ["", "x\ny", "-1\nx", "0\nx", "99999999999999\nx"] {
            assert_eq!(held(nobody, |_| true).0, "another process holds the train", "{nobody:?}");
        }
    }

    #[test]
    fn p9_a_lock_names_no_command_so_that_none_is_told_by_its_absence() {
        let signed = |line: &str| program(line.split(' ').map(OsString::from));
        for line in [
            "/usr/bin/pushduty tag --yes",
            "pushduty --as mat tag",
            "pushduty",
            "pushduty security approve 3 --yes",
            "pushduty --config amo.toml security merge",
            "pushduty --train amo security merge --unreviewed",
            "pushduty start --override security",
        ] {
            assert_eq!(signed(line), "pushduty", "{line}");
        }
    }

    #[test]
    fn a_lock_on_a_file_that_was_replaced_while_waiting_is_none() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("lock");
        let (before, same) = (open(&path).unwrap(), open(&path).unwrap());
        assert!(taken(same, &path).is_some());
        fs::rename(&path, scratch.path().join("old")).unwrap();
        assert!(taken(before, &path).is_none(), "gone");
        let after = open(&path).unwrap();
        assert!(!is_at(&open(&scratch.path().join("old")).unwrap(), &path), "another");
        assert!(taken(after, &path).is_some());
    }

    #[test]
    fn a_holder_that_is_gone_left_a_child_behind() {
        let (message, hint) = held("4711\npushduty\n", |_| false);
        assert_eq!(
            message,
            "a git push holds the train; process 4711, “pushduty”, which began it, is gone"
        );
        assert!(hint.starts_with("wait for the push to end"));
    }
}
