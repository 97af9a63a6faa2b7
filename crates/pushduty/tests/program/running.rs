//! What the docs say of running the server for good is true: every option and every variable in its units, container file and
//! examples is one that the program has.

use std::collections::BTreeSet;

use crate::init_works::nobody;
use crate::tree::{commands, run};

const PAGE: &str = include_str!("../../../../docs/src/running.md");

/// The program's own words of a line: what stands behind its name, up to where a shell goes on with something else.
fn called(line: &str) -> Option<Vec<String>> {
    let plain = line.replace(['"', '[', ']', ','], " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let named = |word: &&str| word.rsplit('/').next() == Some("pushduty");
    let known = |word: &&str| {
        ["serve", "backup", "restore", "check", "verify", "adopt", "log"].contains(word)
    };
    let command = words.iter().position(known)?;
    let begins = words[..command].iter().any(named) || words[0] == "CMD";
    let own = words[command..].iter().take_while(|word| !["|", ">", "&&"].contains(word));
    begins.then(|| own.map(|word| word.trim_matches(['`', '\'', ';']).to_owned()).collect())
}

#[test]
fn every_option_in_the_page_of_running_is_one_that_there_is() {
    let world = nobody();
    let mut seen = BTreeSet::new();
    for words in PAGE.lines().filter_map(called) {
        let help = run(&world, &words[..1], &["--help"]).ok().stdout;
        for option in words.iter().filter(|word| word.starts_with("--")) {
            let name = option.split('=').next().unwrap();
            let has = |line: &str| {
                line.split([' ', ',', '=']).any(|word| word == name)
                    && line.trim_start().starts_with('-')
            };
            assert!(help.lines().any(has), "{name} of {}: {help}", words[0]);
            seen.insert(format!("{} {name}", words[0]));
        }
    }
    for option in
        ["serve --listen", "serve --base-url", "serve --log", "serve --link", "backup --force"]
    {
        assert!(seen.contains(option), "{option} is in {seen:?}");
    }
    assert!(commands(&world).iter().any(|command| command.words == ["restore"]));
}

#[test]
fn the_version_has_its_commit_or_that_nobody_named_it() {
    let world = nobody();
    world.run(&["-V"]).ok().says(env!("CARGO_PKG_VERSION")).never_says("commit");
    // The tests are built with the same variables.
    let commit = option_env!("PUSHDUTY_COMMIT").filter(|commit| !commit.is_empty());
    let unnamed = "of a commit that its build did not name".to_owned();
    let words = commit.map_or(unnamed, |commit| format!("of commit {commit}"));
    world.run(&["--version"]).ok().says(&words).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_variable_in_the_page_of_running_is_read() {
    let sources =
        concat!(include_str!("../../src/environment.rs"), include_str!("../../src/built.rs"));
    let words = PAGE.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    let named: BTreeSet<&str> = words.filter(|word| word.starts_with("PUSHDUTY_")).collect();
    assert!(named.len() >= 2, "{named:?}");
    for name in named {
        assert!(sources.contains(&format!("\"{name}\"")), "{name} is read");
    }
}
