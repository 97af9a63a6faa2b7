//! The pictures of the terminal: the demo's sandbox, and what the program shows there.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::picture::{Typed, picture};
use crate::process;
use crate::trouble::Trouble;
use crate::workspace::{Workspace, read};

/// Each picture: its file, what it is, and what is typed for it.
const PICTURES: [(&str, &str, &[&str]); 2] = [
    ("status.svg", "pushduty status: the push at a glance", &["status"]),
    (
        "tag.svg",
        "pushduty tag: the plan before the yes",
        &["tag", "--push", "2026.12.03", "--dry-run"],
    ),
];

/// Plays the demo and writes the pictures into `docs/pictures`; the same program makes the same pictures.
pub fn write(workspace: &Workspace) -> Result<(), Trouble> {
    let lost = |e| Trouble::new(format!("no pictures can be made: {e}"), "see to the folders");
    process::run(process::cargo().args(["build", "--package", "pushduty", "--bin", "pushduty"]))?;
    let program = workspace.target.join("debug/pushduty");
    let folder = tempfile::tempdir().map_err(lost)?;
    let sandbox = folder.path().join("sandbox");
    printed(Command::new(&program).args(["demo", "--quiet", "--keep"]).arg(&sandbox))?;
    let pictures = workspace.root.join("docs/pictures");
    fs::create_dir_all(&pictures).map_err(lost)?;
    for (file, about, words) in PICTURES {
        let mut command = Command::new(&program);
        command.current_dir(&sandbox).args(words).args(["--quiet", "--color", "always"]);
        surround(&mut command, &sandbox)?;
        let typed = Typed {
            command: format!("pushduty {}", words.join(" ")),
            output: printed(&mut command)?,
        };
        fs::write(pictures.join(file), picture(about, &[typed])).map_err(lost)?;
    }
    Ok(())
}

/// Sets what the sandbox's `surroundings` export: clock, actor, data.
fn surround(command: &mut Command, sandbox: &Path) -> Result<(), Trouble> {
    let text = read(&sandbox.join("surroundings"))?;
    let exports = text.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    for (name, value) in exports.filter(|(name, _)| name.starts_with("PUSHDUTY_")) {
        command.env(name, value.trim_matches('\''));
    }
    Ok(())
}

fn printed(command: &mut Command) -> Result<String, Trouble> {
    let output = process::output(command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(Trouble::new(
        format!("`{}` failed: {}", process::shown(command), words.trim()),
        "run it by hand and see",
    ))
}
