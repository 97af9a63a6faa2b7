//! What pages run in the browser: its types hold, and what is committed is what the sources make.
//!
//! The bundles are committed so that the binary is built without node; here node is needed, as for the tests. In CI it is
//! installed; on a person's machine its install line is shown where it is missing.

use std::path::Path;
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{environment, npm, process, say, services};

/// The packages that bring what this runs.
const NEEDED: [&str; 2] = ["nodejs", "npm"];
/// What `web/bundle.mjs` makes.
const MADE: [&str; 3] = ["live.js", "notes.js", "notes-LICENSES.txt"];

/// Checks the types, bundles again, and compares. `strict` fails where node is missing.
pub fn check(workspace: &Workspace, strict: bool) -> Result<(), Trouble> {
    let missing = services::missing().into_iter().map(|(need, _)| need.package);
    let missing: Vec<&str> = missing.filter(|package| NEEDED.contains(package)).collect();
    if missing.is_empty() {
        return compare(workspace);
    }
    let mut install = services::install(&missing);
    if environment::ci() {
        process::run(&mut install)?;
        return compare(workspace);
    }
    let remedy = format!("install what is missing: {}", process::shown(&install));
    if strict {
        return Err(Trouble::new("node or npm is not installed", remedy));
    }
    say::line(format!("          scripts are not checked: node or npm is missing; {remedy}"));
    Ok(())
}

fn compare(workspace: &Workspace) -> Result<(), Trouble> {
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
