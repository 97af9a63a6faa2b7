//! Running other programs.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use testkit::Reaped;

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

/// Runs to success with `input` to read, which no argument may have, and answers with what it prints.
pub fn fed(command: &mut Command, input: &str) -> Result<String, Trouble> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(|e| cannot_start(command, &e))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends without reading says why itself.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(|e| cannot_keep(&e))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let what = format!("`{}` failed: {}", shown(command), output.status);
    Err(Trouble::new(what, "its output is above"))
}

/// Like [`output`], but no longer than `limit`: then the program and all that it started are ended, and nothing is kept.
pub fn output_within(command: &mut Command, limit: Duration) -> Result<Option<Output>, Trouble> {
    let file = || tempfile::tempfile().map_err(|e| cannot_keep(&e));
    let (mut out, mut err) = (file()?, file()?);
    let copy = |file: &File| file.try_clone().map_err(|e| cannot_keep(&e));
    command.stdin(Stdio::null()).stdout(copy(&out)?).stderr(copy(&err)?);
    let mut running = Reaped::start(command);
    let begun = Instant::now();
    let status = loop {
        match running.ended() {
            Some(status) => break status,
            None if begun.elapsed() > limit => return Ok(None),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let (stdout, stderr) = (all_of(&mut out)?, all_of(&mut err)?);
    Ok(Some(Output { status, stdout, stderr }))
}

fn all_of(file: &mut File) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|e| cannot_keep(&e))
}

fn cannot_keep(error: &std::io::Error) -> Trouble {
    Trouble::new(
        format!("what a program prints cannot be kept: {error}"),
        "see whether there is room",
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn what_ends_in_time_is_kept_whole() {
        let ran =
            output_within(&mut shell("seq 50000; echo no >&2; exit 3"), Duration::from_mins(1));
        let ran = ran.unwrap().expect("it ends in time");
        assert_eq!(ran.status.code(), Some(3));
        assert!(ran.stdout.ends_with(b"\n50000\n") && ran.stderr == b"no\n");
    }

    #[test]
    fn what_hangs_is_ended_with_all_that_it_started() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("alive");
        let script = format!("(while :; do echo x >> {}; sleep 0.02; done) & wait", file.display());
        let begun = Instant::now();
        let ran = output_within(&mut shell(&script), Duration::from_millis(500)).unwrap();
        assert!(ran.is_none() && begun.elapsed() < Duration::from_secs(20));
        let length = || std::fs::metadata(&file).unwrap().len();
        let before = length();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(length(), before, "nothing of it lives on");
    }
}
