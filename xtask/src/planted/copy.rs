//! The copy of the sources that bugs are planted in. Files that did not change are left alone, so that only what a bug
//! touches is built again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::trouble::Trouble;
use crate::workspace::{Workspace, read};

use super::bugs::Bug;

/// The copied tree and where it is built.
pub struct Copy {
    /// The copy of the workspace's root.
    pub root: PathBuf,
    /// Its own build folder.
    pub target: PathBuf,
}

impl Copy {
    /// Copies what git knows of the workspace, and what it would.
    pub fn of(workspace: &Workspace) -> Result<Self, Trouble> {
        let home = workspace.target.join("planted");
        let copy = Self { root: home.join("tree"), target: home.join("target") };
        let listed = process::output(Command::new("git").current_dir(&workspace.root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        if !listed.status.success() {
            return Err(Trouble::new(
                "git does not tell which files are sources",
                "run it in a clone",
            ));
        }
        let listed = String::from_utf8_lossy(&listed.stdout);
        let names: BTreeSet<&Path> =
            listed.split('\0').filter(|n| !n.is_empty()).map(Path::new).collect();
        let names = || names.iter().filter(|name| workspace.root.join(name).is_file());
        copy.forget_all_but(&names().copied().collect())?;
        for name in names() {
            let new = fs::read(workspace.root.join(name)).map_err(|e| trouble(name, &e))?;
            copy.put(name, &new)?;
        }
        Ok(copy)
    }

    /// Fails unless the bug's place is there exactly once.
    pub fn holds(&self, bug: &Bug) -> Result<(), Trouble> {
        match read(&self.root.join(&bug.file))?.matches(&bug.old).count() {
            1 => Ok(()),
            count => Err(Trouble::new(
                format!(
                    "the bug {} no longer applies: its text is {count} times in {}",
                    bug.name, bug.file
                ),
                "write its old and new text anew in bugs.toml",
            )),
        }
    }

    /// Plants a bug; the file's own text comes back, to be put there again afterwards.
    pub fn plant(&self, bug: &Bug) -> Result<String, Trouble> {
        self.holds(bug)?;
        let text = read(&self.root.join(&bug.file))?;
        self.put(Path::new(&bug.file), text.replacen(&bug.old, &bug.new, 1).as_bytes())?;
        Ok(text)
    }

    /// Writes a file of the copy, unless it is so already.
    pub fn put(&self, name: &Path, new: &[u8]) -> Result<(), Trouble> {
        let path = self.root.join(name);
        if fs::read(&path).is_ok_and(|old| old == new) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, new))
            .map_err(|e| trouble(name, &e))
    }

    /// Takes away what an earlier copy had and the sources have no more.
    fn forget_all_but(&self, names: &BTreeSet<&Path>) -> Result<(), Trouble> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = path.strip_prefix(&self.root).unwrap_or(&path);
                if path.is_dir() {
                    folders.push(path);
                } else if !names.contains(name) {
                    fs::remove_file(&path).map_err(|e| trouble(name, &e))?;
                }
            }
        }
        Ok(())
    }
}

fn trouble(name: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(
        format!("{} cannot be copied: {error}", name.display()),
        "see whether there is room, and whether the build folder is yours",
    )
}
