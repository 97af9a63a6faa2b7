//! Dependencies: licences, sources, duplicates and known vulnerabilities, by cargo-deny and `deny.toml`.
//!
//! In CI the tool is built once (four minutes on two cores) into a folder outside the clone and used again from there.
//! On a person's machine it is used where it is there, and its install line is shown where it is not.

use std::ffi::OsString;
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{environment, process, say};

/// The version the configuration is written for.
const VERSION: &str = "0.20.2";
/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];
/// How cargo-deny says that the advisory database could not be brought: nothing was looked at.
const NOT_FETCHED: &str = "failed to fetch advisory database";

/// Runs cargo-deny. `strict` fails where the tool or the advisory database is missing.
pub fn check(workspace: &Workspace, strict: bool) -> Result<(), Trouble> {
    let tool = match found() {
        Some(tool) => tool,
        None if environment::ci() => install()?,
        None => return absent(strict),
    };
    let deny = |what: &[&str]| {
        let mut command = Command::new(&tool);
        command.current_dir(&workspace.root).args(["--log-level", "error", "check"]).args(what);
        command
    };
    process::run(&mut deny(&OFFLINE))?;
    let advisories = process::output(&mut deny(&["advisories"]))?;
    judge(advisories.status.success(), &String::from_utf8_lossy(&advisories.stderr), strict)
}

/// What the run over the advisories means.
fn judge(success: bool, diagnostics: &str, strict: bool) -> Result<(), Trouble> {
    if success {
        return Ok(());
    }
    if !diagnostics.contains(NOT_FETCHED) {
        return Err(Trouble::new("a crate has an advisory against it", diagnostics.trim()));
    }
    let text = "the advisory database cannot be reached: known vulnerabilities are not checked";
    if strict {
        return Err(Trouble::new(text, "run it again with access to the database"));
    }
    say::line(format!("          {text}"));
    Ok(())
}

fn found() -> Option<OsString> {
    let kept =
        environment::tools().map(|folder| folder.join("bin").join("cargo-deny").into_os_string());
    [Some("cargo-deny".into()), kept]
        .into_iter()
        .flatten()
        .find(|tool| process::probe(tool, &["--version"]).is_some())
}

fn install() -> Result<OsString, Trouble> {
    let folder = environment::tools().ok_or_else(|| {
        Trouble::new(
            "there is no folder to keep cargo-deny in",
            "set PUSHDUTY_TOOLS to one outside the clone",
        )
    })?;
    say::line(format!("          building cargo-deny {VERSION} into {}, once", folder.display()));
    let mut cargo = process::cargo();
    cargo
        .args(["install", "cargo-deny", "--locked", "--quiet", "--version", VERSION, "--root"])
        .arg(&folder);
    // The shared build folder stays free of another project's crates.
    process::run(cargo.env_remove("CARGO_TARGET_DIR"))?;
    Ok(folder.join("bin").join("cargo-deny").into_os_string())
}

fn absent(strict: bool) -> Result<(), Trouble> {
    let remedy = format!("install it: cargo install cargo-deny --locked --version {VERSION}");
    if strict {
        return Err(Trouble::new("cargo-deny is not installed", remedy));
    }
    say::line(format!(
        "          dependencies are not checked: cargo-deny is not installed; {remedy}"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_fails_and_a_missing_database_fails_only_when_strict() {
        let unreachable = format!("[ERROR] {NOT_FETCHED} somewhere with cli: failed to clone");
        assert!(judge(true, "", true).is_ok());
        assert!(judge(false, "error[vulnerability]: RUSTSEC-2020-0001", false).is_err());
        assert!(judge(false, &unreachable, false).is_ok());
        assert!(judge(false, &unreachable, true).is_err());
    }
}
