//! Every command there is, as the program's own help tells it.

use testkit::{PushDuty, Ran};

/// A command: its words, its short and its long help, and whether it is a group of others.
pub struct Command {
    pub words: Vec<String>,
    pub short: String,
    pub long: String,
    pub group: bool,
}

impl Command {
    /// As it is typed.
    pub fn name(&self) -> String {
        self.words.join(" ")
    }
}

/// Runs the program with words and more words.
pub fn run(world: &PushDuty, words: &[String], more: &[&str]) -> Ran {
    let all: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
    world.run(&all)
}

/// All commands and those beneath them.
pub fn commands(world: &PushDuty) -> Vec<Command> {
    let mut found = Vec::new();
    let mut open: Vec<Vec<String>> =
        beneath(&run(world, &[], &["-h"]).ok().stdout).into_iter().map(|name| vec![name]).collect();
    while let Some(words) = open.pop() {
        let short = run(world, &words, &["-h"]).ok().stdout;
        let long = run(world, &words, &["--help"]).ok().stdout;
        let names = beneath(&short);
        let group = !names.is_empty();
        open.extend(names.into_iter().map(|name| [words.clone(), vec![name]].concat()));
        found.push(Command { words, short, long, group });
    }
    found.sort_by(|a, b| a.words.cmp(&b.words));
    assert!(found.len() > 20, "{} commands", found.len());
    found
}

/// The commands that a help lists, without `help` itself.
fn beneath(help: &str) -> Vec<String> {
    let Some(start) = help.find("\nCommands:\n") else { return Vec::new() };
    let list = help[start + 11..].lines().take_while(|line| !line.is_empty());
    let rows = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = rows.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}
