//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::environment;
use crate::trouble::Trouble;

/// The cargo of this run.
pub fn cargo() -> Command {
    Command::new(environment::cargo())
}

/// Runs to the end with our own input and output; fails when the program does.
pub fn run(command: &mut Command) -> Result<(), Trouble> {
    let status = command.status().map_err(|e| cannot_start(command, &e))?;
    if status.success() {
        return Ok(());
    }
    Err(Trouble::new(format!("`{}` failed: {status}", shown(command)), "its output is above"))
}

/// Runs to the end without input and keeps what it prints, whether it succeeds or not.
pub fn output(command: &mut Command) -> Result<Output, Trouble> {
    command.stdin(Stdio::null()).output().map_err(|e| cannot_start(command, &e))
}

/// What a program prints on success, trimmed; nothing when it is missing or fails.
pub fn probe(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = output(Command::new(program).args(arguments)).ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Trouble {
    Trouble::new(
        format!("`{}` cannot be started: {error}", shown(command)),
        "install it, or put it on the PATH",
    )
}
