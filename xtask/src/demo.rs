//! `cargo xtask demo`: build the binary and play the week, in the browser or on the terminal.

use crate::process;
use crate::trouble::Trouble;

/// Build pushduty and play its demo week on real git.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Build the release binary: slower to build, quicker to play
    #[arg(long)]
    release: bool,
    /// Play it on this terminal instead of in the browser
    #[arg(long)]
    terminal: bool,
    /// Passed to `pushduty demo`, for example --keep DIR or --no-open
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds with cargo's own progress, then runs `pushduty demo` with our terminal.
///
/// The first option of `pushduty demo` ends our own: `cargo xtask demo --terminal --keep DIR`.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--package", "pushduty", "--bin", "pushduty"]);
    if arguments.release {
        cargo.arg("--release");
    }
    cargo.args(["--", "demo"]);
    if !arguments.terminal {
        cargo.arg("--serve");
    }
    process::run(cargo.args(&arguments.rest))
}
