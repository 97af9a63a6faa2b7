//! What pages run in the browser: its types hold, and what is committed is what the sources make.
//!
//! The bundles are committed so that the binary is built without node; here node is needed, as for the tests.

use std::path::Path;
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{npm, process};

/// What `web/bundle.mjs` makes.
const MADE: [&str; 3] = ["live.js", "notes.js", "notes-LICENSES.txt"];

/// Checks the types, bundles again, and compares.
pub fn check(workspace: &Workspace) -> Result<(), Trouble> {
    let web = npm::modules()?;
    let mut types = Command::new("node");
    let compiler = Path::new("node_modules").join("typescript").join("bin").join("tsc");
    process::run(types.current_dir(&web).arg(compiler).arg("--noEmit"))?;
    let fresh = tempfile::tempdir().map_err(|e| unread(Path::new("a temporary folder"), &e))?;
    let mut bundle = Command::new("node");
    process::run(bundle.current_dir(&web).arg("bundle.mjs").arg(fresh.path()))?;
    let kept = workspace.root.join("crates").join("web").join("assets");
    let mut stale = Vec::new();
    for name in MADE {
        if !same(&kept.join(name), &fresh.path().join(name))? {
            stale.push(name);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("not what web/src makes: {}", stale.join(", ")),
        "run `npm run build` in web/ and commit what it makes",
    ))
}

fn same(kept: &Path, fresh: &Path) -> Result<bool, Trouble> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| unread(path, &e));
    Ok(read(kept)? == read(fresh)?)
}

fn unread(path: &Path, error: &std::io::Error) -> Trouble {
    let what = format!("{} can't be read: {error}", path.display());
    Trouble::new(what, "run `npm run build` in web/ and commit what it makes")
}
