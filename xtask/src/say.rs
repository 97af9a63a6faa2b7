//! The tasks' output: plain text, results on standard output and failures on standard error.
#![expect(clippy::disallowed_macros, reason = "xtask is a developer's tool: it prints plain text")]

use std::fmt::Display;
use std::io::{IsTerminal, Write, stdin, stdout};
use std::time::Duration;

use crate::trouble::Trouble;

/// One line of output.
pub fn line(text: impl Display) {
    println!("{text}");
}

/// One line of a check: a word, what it is about, and how long it took.
pub fn step(word: &str, what: impl Display, took: Duration) {
    println!("{word:>8}  {what}  ({:.1} s)", took.as_secs_f64());
}

/// What stopped a task.
pub fn trouble(trouble: &Trouble) {
    eprintln!("error: {trouble}");
}

/// Asks for a yes; without a terminal there is nobody to ask.
pub fn ask(question: &str) -> Result<bool, Trouble> {
    if !stdin().is_terminal() {
        return Err(Trouble::new(
            "a yes is needed and there is no terminal to ask on",
            "say --yes, or set CI",
        ));
    }
    print!("{question} [y/N] ");
    let mut answer = String::new();
    stdout()
        .flush()
        .and_then(|()| stdin().read_line(&mut answer))
        .map_err(|e| Trouble::new(format!("the answer cannot be read: {e}"), "say --yes"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
