//! `cargo xtask bench`: benchmarks that print ratios.
//!
//! Machines differ and so do their moods; a ratio of two things measured turn by turn in one run does not. Each
//! benchmark is a file with a [`Benchmark`] in it, listed in [`ALL`].

mod browser;
mod cut;
mod etherpad;
mod followers;
mod gates;
mod import;
mod memory;
mod notes;
mod pages;
mod pair;
mod peak;
mod picks;
mod server;
mod size;
mod start;
mod status;
mod table;
mod together;
mod worlds;

use std::path::PathBuf;
use std::process::Command;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{process, say};
use table::Table;

/// Measure, and print ratios.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only this benchmark
    name: Option<String>,
    /// Times that each side of a pair runs
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measure this binary instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// List the benchmarks and measure nothing
    #[arg(long)]
    list: bool,
}

/// A named measurement.
pub struct Benchmark {
    /// What `cargo xtask bench NAME` calls it.
    pub name: &'static str,
    /// What it measures, one sentence.
    pub about: &'static str,
    /// Measures.
    pub run: fn(&Bench) -> Result<Table, Trouble>,
}

/// What every benchmark gets.
pub struct Bench {
    /// The release binary of pushduty.
    pub pushduty: PathBuf,
    /// An empty folder, removed afterwards.
    pub folder: PathBuf,
    /// Times that each side of a pair runs.
    pub rounds: u32,
}

const ALL: [Benchmark; 12] = [
    size::BENCHMARK,
    start::BENCHMARK,
    status::BENCHMARK,
    picks::BENCHMARK,
    cut::BENCHMARK,
    memory::BENCHMARK,
    notes::BENCHMARK,
    import::BENCHMARK,
    gates::BENCHMARK,
    pages::BENCHMARK,
    followers::BENCHMARK,
    together::BENCHMARK,
];

/// Builds the release binary, measures, prints a table for each benchmark; fails where a bound is not kept.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    if arguments.list {
        ALL.iter()
            .for_each(|benchmark| say::line(format!("{:<10} {}", benchmark.name, benchmark.about)));
        return Ok(());
    }
    let chosen: Vec<&Benchmark> = ALL
        .iter()
        .filter(|one| arguments.name.as_ref().is_none_or(|name| name == one.name))
        .collect();
    if chosen.is_empty() {
        return Err(Trouble::new(
            "there is no benchmark of that name",
            "see `cargo xtask bench --list`",
        ));
    }
    let pushduty = arguments.binary.clone().map_or_else(build, Ok)?;
    let mut over = Vec::new();
    for benchmark in chosen {
        let folder = tempfile::tempdir().map_err(|e| {
            Trouble::new(format!("no folder to measure in: {e}"), "see to the temporary folder")
        })?;
        let bench = Bench {
            pushduty: pushduty.clone(),
            folder: folder.path().to_owned(),
            rounds: arguments.rounds,
        };
        say::line(format!("\n{}: {}", benchmark.name, benchmark.about));
        let table = (benchmark.run)(&bench)?;
        say::line(table.to_string().trim_end());
        if table.over() {
            over.push(benchmark.name);
        }
    }
    if over.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("a bound is not kept: {}", over.join(", ")),
        "the rows marked `over` say which",
    ))
}

/// The release binary, built now.
fn build() -> Result<PathBuf, Trouble> {
    let workspace = Workspace::read()?;
    let mut cargo = process::cargo();
    process::run(cargo.args(["build", "--release", "--package", "pushduty", "--bin", "pushduty"]))?;
    Ok(workspace.target.join("release").join(format!("pushduty{}", std::env::consts::EXE_SUFFIX)))
}

impl Bench {
    /// A call of the release binary.
    pub fn pushduty(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.pushduty);
        command.args(arguments).current_dir(&self.folder);
        command
    }
}

/// Runs a command to success; what it prints is shown only where it fails.
fn done(command: &mut Command) -> Result<(), Trouble> {
    let output = process::output(command)?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(Trouble::new(
        format!("`{}` failed: {}", process::shown(command), words.trim()),
        "run it by hand and see",
    ))
}
