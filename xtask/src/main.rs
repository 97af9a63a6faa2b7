//! What the project does for itself: play the demo, run the tests, measure, fuzz, check the laws,
//! plant bugs, write the generated docs.
//!
//! One file per task; `cargo xtask` is an alias in `.cargo/config.toml`.

mod bench;
mod check;
mod demo;
mod docs;
mod environment;
mod fuzz;
mod npm;
mod pip;
mod planted;
mod process;
mod say;
mod services;
mod test;
mod trouble;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use trouble::Trouble;

/// The project's own tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One task, one file.
#[derive(Debug, Subcommand)]
enum Task {
    /// Build pushduty and play its demo week on real git, in the browser
    Demo(demo::Arguments),
    /// Make sure of what the tests need, then run them all
    Test(test::Arguments),
    /// Measure, and print ratios
    Bench(bench::Arguments),
    /// Look for bytes that break what must hold of any
    Fuzz(fuzz::Arguments),
    /// Check formatting, lints, architecture, documents and dependencies
    Check(check::Arguments),
    /// Plant a bug per promise and see its test turn red
    Planted(planted::Arguments),
    /// Write the generated parts of the documents
    Docs(docs::Arguments),
}

fn run(task: Task) -> Result<(), Trouble> {
    match task {
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Check(arguments) => check::run(&arguments),
        Task::Planted(arguments) => planted::run(&arguments),
        Task::Docs(arguments) => docs::run(&arguments),
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say::trouble(&trouble);
            ExitCode::FAILURE
        }
    }
}
