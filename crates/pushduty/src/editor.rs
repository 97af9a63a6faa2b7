//! The person's editor: the one program that is run for people, on their terminal.

use std::path::Path;
use std::process::Command;

use conductor::failure::{self, Failure};
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::session::Session;

/// The editor to open: `VISUAL`, `EDITOR`, or on a terminal `vi`.
pub fn of(session: &Session) -> Result<String, Failure> {
    let fallback = || session.screen.asks.then(|| "vi".to_owned());
    session.environment.editor.clone().or_else(fallback).ok_or_else(|| {
        Refusal::new(
            Code::Usage,
            "no editor is set",
            "set VISUAL or EDITOR, or use `pushduty notes set FILE`",
        )
    })
}

/// Opens a file and waits until the editor ends. Its words are read by the shell, as git does, so that it may have
/// options; the file's name never is.
pub fn edit(editor: &str, file: &Path) -> Result<(), Failure> {
    let ended = Command::new("sh")
        .args(["-c", &format!("{editor} \"$@\""), "editor"])
        .arg(file)
        .status()
        .map_err(|error| failure::io("the editor can't be started", &error))?;
    if ended.success() {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Io,
        format!("the editor {} ended with a failure: {ended}", quoted(editor)),
        "nothing was written",
    ))
}
