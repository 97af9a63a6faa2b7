//! Puts a backup in its place: unpacked beside, proven there, and then moved.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure};
use jiff::Timestamp;
use tempfile::TempDir;
use train::attempt::DeployEnd;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use super::gather::GATHERING;
use super::in_use::{BACKUP, IN_USE};
use super::names::{KEYS, LEDGER, TYPED, WISHES};
use super::{Alone, Kept, Opened};

/// The folder, in the data folder, that an archive is unpacked in.
const UNPACKED: &str = "restore.part";

/// What the folders begin with that hold what was in place before a restore.
const BEFORE: &str = "before-";

/// What becomes of what lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Nobody is let in by what let them in then: it may have been revoked since.
    Dropped,
    /// They are as they were.
    Kept,
}

/// Unpacks into a folder inside `data` and proves every ledger there. Nothing is in place yet. What a restore that was killed
/// left there goes first: it has everything, and what lets people in.
///
/// # Errors
/// `broken_chain` where a ledger does not hold; `refused` where it is not the one that the archive tells of; `io`.
pub async fn staged(
    opened: &mut Opened,
    data: &Path,
    keys: Keys,
    _alone: &Alone,
) -> Result<TempDir, Failure> {
    let io = |e: &io::Error| failure::io("the backup can't be unpacked", e);
    cleared(data).map_err(|e| io(&e))?;
    let folder = tempfile::Builder::new().prefix(UNPACKED).tempdir_in(data).map_err(|e| io(&e))?;
    let root = folder.path();
    opened.unpack(root).await?;
    for kept in &opened.manifest.trains {
        let found = ledger::prove(&root.join(&kept.name).join(LEDGER)).await?;
        if Kept::of(&kept.name, found) != *kept {
            let what =
                format!("the ledger of {} is not the one that it tells of", quoted(&kept.name));
            return Err(Refusal::new(
                Code::Refused,
                what,
                "name another backup; nothing was touched",
            ));
        }
        let typed = root.join(&kept.name).join(TYPED);
        if typed.exists() {
            ledger::examine(&typed).await?;
        }
        over(&root.join(&kept.name).join("deploys")).map_err(|e| io(&e))?;
    }
    for file in [WISHES, KEYS].map(|name| root.join(name)).iter().filter(|file| file.exists()) {
        ledger::examine(file).await?;
        if keys == Keys::Dropped && file.ends_with(KEYS) {
            ledger::forget_keys(file).await?;
        }
    }
    Ok(folder)
}

/// Removes what was unpacked and never put in place.
fn cleared(data: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNPACKED) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A deploy of which the backup knows no end ended in a way that nobody knows: it is not begun again by itself (P13).
fn over(deploys: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(deploys) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let end = entry?.path().join("ended.json");
        if !end.exists() {
            fs::write(end, serde_json::to_vec(&DeployEnd::Unknown)?)?;
        }
    }
    Ok(())
}

/// Moves what was unpacked in `data` into its place there, and what was there before into a folder of its own, whose path it
/// gives. Nobody else is at work in `data`.
///
/// # Errors
/// `io`. What was there before is then in place, or in its folder.
pub fn put_back(
    staged: TempDir,
    data: &Path,
    _alone: &Alone,
    now: Timestamp,
) -> Result<Option<PathBuf>, Failure> {
    let io = |e: &io::Error| failure::io("the backup can't be put in its place", e);
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    // One second may see several.
    let mut places = (1_u32..).map(|n| data.join(format!("{BEFORE}{stamp}-{n}")));
    let before = places.find(|place| !place.exists()).unwrap_or_default();
    let mut moved = false;
    for name in others(data).map_err(|e| io(&e))? {
        fs::create_dir_all(&before)
            .and_then(|()| fs::rename(data.join(&name), before.join(&name)))
            .map_err(|e| io(&e))?;
        moved = true;
    }
    for entry in fs::read_dir(staged.path()).map_err(|e| io(&e))? {
        let entry = entry.map_err(|e| io(&e))?;
        fs::rename(entry.path(), data.join(entry.file_name())).map_err(|e| io(&e))?;
    }
    fs::File::open(data).and_then(|folder| folder.sync_all()).map_err(|e| io(&e))?;
    Ok(moved.then_some(before))
}

/// What is in a data folder beside locks and what backups and restores left.
///
/// # Errors
/// A folder that can't be read.
pub fn others(data: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(data) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let left = [UNPACKED, GATHERING, BEFORE].iter().any(|left| name.starts_with(left));
        if !left && name != IN_USE && name != BACKUP {
            names.push(name);
        }
    }
    Ok(names)
}
