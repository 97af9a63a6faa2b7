//! `cargo xtask demo`: build the binary and play the week.

use crate::process;
use crate::trouble::Trouble;

/// Build pushduty and play its demo week on real git.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Build the release binary: slower to build, quicker to play
    #[arg(long)]
    release: bool,
    /// Passed to `pushduty demo`, for example --keep DIR
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds with cargo's own progress, then runs `pushduty demo` with our terminal.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--package", "pushduty", "--bin", "pushduty"]);
    if arguments.release {
        cargo.arg("--release");
    }
    process::run(cargo.args(["--", "demo"]).args(&arguments.rest))
}
