//! `cargo xtask test`: see to what the tests need, then run every one.

mod snapshots;

use crate::trouble::Trouble;
use crate::{environment, npm, pip, process, say, services};
use snapshots::Compared;

/// The tests that need more of the machine than git are behind these: `cargo test` alone leaves them out.
const SERVICES: &str = "git/services,pushduty/services";

/// Make sure of what the tests need, then run them all.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Install what is missing without asking; CI means the same
    #[arg(long)]
    yes: bool,
    /// Passed to the test runner, for example a test's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Documentation tests first, so that the last line printed is the summary of the large suite.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    prepare(arguments.yes || environment::ci())?;
    npm::modules()?;
    pip::programs()?;
    if arguments.rest.is_empty() {
        process::run(process::cargo().args(["test", "--workspace", "--doc", "--quiet"]))?;
    }
    let mut runner = process::cargo();
    if process::probe(environment::cargo(), &["nextest", "--version"]).is_some() {
        runner.args(["nextest", "run", "--workspace"]);
        if environment::ci() {
            runner.args(["--profile", "ci"]);
        }
    } else {
        say::line("cargo-nextest is not installed; cargo test runs the same tests, more slowly.");
        runner.args(["test", "--workspace", "--all-targets"]);
    }
    runner.args(["--features", SERVICES]);
    if !arguments.rest.is_empty() {
        return process::run(runner.args(&arguments.rest));
    }
    let compared = Compared::by(&mut runner)?;
    process::run(&mut runner)?;
    compared.is_all_there_is()
}

/// Says what will be installed, asks unless `yes`, installs, and fails where something is still missing.
fn prepare(yes: bool) -> Result<(), Trouble> {
    let missing = services::missing();
    if missing.is_empty() {
        let names: Vec<&str> = services::NEEDS.iter().map(|need| need.name).collect();
        say::line(format!("Needed and there: {}.", names.join(", ")));
        return Ok(());
    }
    say::line("The tests need:");
    for (need, lack) in &missing {
        say::line(format!(
            "  {} ({}): {lack}; Debian package {}",
            need.name, need.why, need.package
        ));
    }
    let mut packages: Vec<&str> = missing.iter().map(|(need, _)| need.package).collect();
    packages.dedup();
    let mut install = services::install(&packages);
    say::line(format!("To be run: {}", process::shown(&install)));
    if !yes && !say::ask("Run it?")? {
        return Err(Trouble::new(
            "nothing was installed",
            "run the command above, then the tests again",
        ));
    }
    process::run(&mut install)?;
    services::demand()
}
