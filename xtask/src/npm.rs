//! The packages of `web/`: what pages run is bundled from them, and tests drive browsers and other servers with them.
//!
//! They are kept with the tools, outside any clone, by the lock file that names them, and linked to where node looks.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{environment, process, say};

/// Makes sure that `web/node_modules` is what the lock file says, and answers with the folder `web`.
pub fn modules() -> Result<PathBuf, Trouble> {
    let web = Workspace::read()?.root.join("web");
    link(&kept(&web)?.join("node_modules"), &web.join("node_modules"))?;
    Ok(web)
}

/// The folder in which the packages are kept that the lock file in `folder` names, installed where they are not yet.
pub fn kept(folder: &Path) -> Result<PathBuf, Trouble> {
    let file = folder.join("package-lock.json");
    let lock = std::fs::read(&file).map_err(|e| unkept(&file, &e))?;
    let mark = blake3::hash(&lock).to_hex();
    let tools = environment::tools().ok_or_else(|| {
        Trouble::new("there is no place for npm's packages", "set PUSHDUTY_TOOLS to a folder")
    })?;
    let kept = tools.join("npm").join(&mark[..16]);
    if !kept.join("complete").is_file() {
        install(folder, &kept)?;
    }
    Ok(kept)
}

fn install(folder: &Path, kept: &Path) -> Result<(), Trouble> {
    say::line(format!("Installing the packages of {} with npm.", folder.display()));
    std::fs::create_dir_all(kept).map_err(|e| unkept(kept, &e))?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(folder.join(name), kept.join(name)).map_err(|e| unkept(kept, &e))?;
    }
    // Nothing of a package runs while it is installed.
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
    process::run(npm.current_dir(kept))?;
    std::fs::write(kept.join("complete"), "").map_err(|e| unkept(kept, &e))
}

/// A link to what is kept. Packages that somebody installed in place themselves stay.
fn link(kept: &Path, place: &Path) -> Result<(), Trouble> {
    let linked = std::fs::read_link(place);
    if linked.as_deref().is_ok_and(|to| to == kept) || (linked.is_err() && place.is_dir()) {
        return Ok(());
    }
    if linked.is_ok() {
        std::fs::remove_file(place).map_err(|e| unkept(place, &e))?;
    }
    std::os::unix::fs::symlink(kept, place).map_err(|e| unkept(place, &e))
}

fn unkept(place: &Path, error: &std::io::Error) -> Trouble {
    let what = format!("npm's packages can't be kept in {}: {error}", place.display());
    Trouble::new(what, "see whether there is room, and whether the folder may be written in")
}
