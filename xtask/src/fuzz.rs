//! `cargo xtask fuzz`: look for bytes that break what must hold of any.
//!
//! Each target is a file of `fuzz/src/bin`, a call of one function that the tests of its crate hold as well, for the seeds in
//! `fuzz/seeds/TARGET`. What is found interesting, and what breaks, is kept beside what cargo builds, outside of the sources.

mod build;
mod target;

use std::time::Instant;

use crate::say;
use crate::trouble::Trouble;
use crate::workspace::Workspace;
use target::Target;

/// Look for bytes that break what must hold of any.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask fuzz --list
  cargo xtask fuzz config --seconds 600
  cargo xtask fuzz --seconds 30             every target

Takes a C++ compiler, for libFuzzer. What breaks is written to a file, and the way to keep it as a seed is said.")]
pub struct Arguments {
    /// Only this target
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// List the targets and run none
    #[arg(long)]
    list: bool,
}

/// Builds the targets asked for, or all of them, and runs one after the other; fails where one breaks.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let workspace = Workspace::read()?;
    let all = target::all(&workspace)?;
    if arguments.list {
        all.iter().for_each(|target| say::line(format!("{:<16} {}", target.name, target.about)));
        return Ok(());
    }
    let chosen: Vec<&Target> = all
        .iter()
        .filter(|one| arguments.target.as_ref().is_none_or(|name| *name == one.name))
        .collect();
    if chosen.is_empty() {
        return Err(Trouble::new(
            "there is no target of that name",
            "see `cargo xtask fuzz --list`",
        ));
    }
    let programs = build::build(&workspace, &chosen)?;
    let mut broken = Vec::new();
    for target in chosen {
        let began = Instant::now();
        let ran = target.run(&workspace, &programs, arguments.seconds)?;
        match ran.find {
            None => {
                say::step("holds", format!("{}: {}", target.name, ran.figures), began.elapsed())
            }
            Some(find) => {
                say::line(ran.words);
                say::step("broken", target.name.as_str(), began.elapsed());
                broken.push(target.keep(&find));
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let remedy = format!("mend it, and keep each find as a seed:\n  {}", broken.join("\n  "));
    Err(Trouble::new("something does not hold of any bytes", remedy))
}
