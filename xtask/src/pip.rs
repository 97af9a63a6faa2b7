//! The programs in Python that the tests drive the server with: each version is pinned, and they are kept with the tools,
//! outside any clone, and linked to where the tests look.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{environment, process, say};

/// What is installed, each with its version.
const PINNED: &str = include_str!("../python.txt");

/// Makes sure that `.python` at the root has what is pinned.
pub fn programs() -> Result<(), Trouble> {
    let mark = blake3::hash(PINNED.as_bytes()).to_hex();
    let tools = environment::tools().ok_or_else(|| {
        Trouble::new("there is no place for Python's packages", "set PUSHDUTY_TOOLS to a folder")
    })?;
    let kept = tools.join("pip").join(&mark[..16]);
    if !kept.join("complete").is_file() {
        install(&kept)?;
    }
    link(&kept.join("venv"), &Workspace::read()?.root.join(".python"))
}

fn install(kept: &Path) -> Result<(), Trouble> {
    say::line("Installing the tests' programs in Python with pip.");
    std::fs::create_dir_all(kept).map_err(|e| unkept(kept, &e))?;
    let pinned = kept.join("python.txt");
    std::fs::write(&pinned, PINNED).map_err(|e| unkept(kept, &e))?;
    let venv = kept.join("venv");
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(venv.join("bin").join("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    process::run(pip.args(["--no-deps", "--requirement"]).arg(&pinned))?;
    std::fs::write(kept.join("complete"), "").map_err(|e| unkept(kept, &e))
}

/// A link to what is kept.
fn link(kept: &Path, place: &PathBuf) -> Result<(), Trouble> {
    if std::fs::read_link(place).is_ok_and(|to| to == *kept) {
        return Ok(());
    }
    if place.symlink_metadata().is_ok() {
        std::fs::remove_file(place).map_err(|e| unkept(place, &e))?;
    }
    std::os::unix::fs::symlink(kept, place).map_err(|e| unkept(place, &e))
}

fn unkept(place: &Path, error: &std::io::Error) -> Trouble {
    let what = format!("Python's packages can't be kept in {}: {error}", place.display());
    Trouble::new(what, "see whether there is room, and whether the folder may be written in")
}
