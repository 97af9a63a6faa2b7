//! Snapshots that a run of all tests compared nothing with: their test is gone, or keeps what it is held to under another name.
//! A file says which source it is of, and not which of its tests, so that nothing but such a run can tell.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::NamedTempFile;

use crate::trouble::Trouble;
use crate::workspace::{Workspace, files, read};

/// By this variable insta is told where to write down each file that a test compares something with.
const REFERENCES: &str = "INSTA_SNAPSHOT_REFERENCES_FILE";

/// The files that tests compare something with, as they tell while they run.
pub struct Compared(NamedTempFile);

impl Compared {
    /// Has the tests that a command runs tell it.
    pub fn by(runner: &mut Command) -> Result<Self, Trouble> {
        let told = NamedTempFile::new().map_err(|e| {
            let what = format!("what tests compare with cannot be written down: {e}");
            Trouble::new(what, "see whether there is room")
        })?;
        runner.env(REFERENCES, told.path());
        Ok(Self(told))
    }

    /// Fails where a snapshot is kept that none of them compared anything with: they have to be all the tests there are.
    pub fn is_all_there_is(&self) -> Result<(), Trouble> {
        let root = Workspace::read()?.root;
        let kept = files(&root, "snap")?.into_iter();
        let kept: Vec<PathBuf> =
            kept.map(|path| path.strip_prefix(&root).unwrap_or(&path).to_owned()).collect();
        let stale = stale(&kept, &read(self.0.path())?);
        if stale.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = stale.iter().map(|path| path.display().to_string()).collect();
        Err(Trouble::new(
            format!("no test compares anything with {}", names.join(", ")),
            "delete what is of no test any more, or of one that has another name now",
        ))
    }
}

/// Which of the files, by their paths from the workspace's root, are not among those told, whole and a line each.
fn stale<'a>(kept: &'a [PathBuf], told: &str) -> Vec<&'a PathBuf> {
    let told: BTreeSet<&Path> = told.lines().map(Path::new).collect();
    kept.iter().filter(|kept| !told.iter().any(|one| one.ends_with(kept))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_stale_once_no_test_compares_anything_with_it() {
        let [old, new, other] = ["a/snapshots/a__old.snap", "a/snapshots/a__new.snap", "b.snap"];
        let kept = [old, new, other].map(PathBuf::from);
        // Those of one test are told again and again, in any order, and some are not kept yet.
        let told = format!("/w/b.snap\n/w/{new}\n/w/a/snapshots/a__newer.snap\n/w/{new}\n");
        assert_eq!(stale(&kept, &told), [Path::new(old)]);
        assert!(stale(&kept, &format!("{told}/w/{old}\n")).is_empty());
        assert_eq!(stale(&kept, "").len(), kept.len(), "nothing was told");
        // The end of a name is not the name.
        assert_eq!(stale(&kept, &told.replace("/w/b.snap", "/w/ab.snap")).len(), 2);
    }
}
