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
    let said = |option: &str| world.run(&[option]).ok().stdout;
    let version = concat!("pushduty ", env!("CARGO_PKG_VERSION"));
    assert_eq!(said("-V"), format!("{version}\n"));
    // The tests are built with the same variables.
    let named = |variable: Option<&'static str>, before: &str| {
        let set = variable.filter(|text| !text.is_empty());
        set.map(|text| format!("{before} {text}"))
    };
    let commit = named(option_env!("PUSHDUTY_COMMIT"), "of commit");
    let commit = commit.unwrap_or_else(|| "of a commit that its build did not name".to_owned());
    let source = named(option_env!("PUSHDUTY_SOURCE"), ", of").unwrap_or_default();
    let build = named(option_env!("PUSHDUTY_BUILD"), ", built by").unwrap_or_default();
    assert_eq!(said("--version"), format!("{version} ({commit}{source}{build})\n"));
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

/// The page's blocks of a language, each with the last line before it.
fn blocks(language: &str) -> Vec<(&'static str, &'static str)> {
    let fence = format!("\n```{language}\n");
    let block = |(at, fence): (usize, &str)| {
        let before = PAGE[..at].trim_end().lines().next_back()?;
        let (block, _) = PAGE[at + fence.len()..].split_once("\n```")?;
        Some((before, block))
    };
    PAGE.match_indices(&fence).filter_map(block).collect()
}

/// Holds that a shell can read a script; nothing of it is run.
#[track_caller]
fn is_a_script(script: &str) {
    let world = nobody();
    let mut shell = world.sealed().command("sh");
    let output = shell.args(["-n", "-c", script]).output().expect("there is a shell");
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_script_in_the_page_of_running_can_be_read() {
    let scripts = blocks("sh");
    assert!(scripts.len() >= 5, "{scripts:?}");
    for (_, script) in scripts {
        is_a_script(script);
    }
}

/// What a container file may say (the reference of Dockerfiles) that is of use here.
const INSTRUCTIONS: &[&str] = &[
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

#[test]
fn the_container_file_says_what_such_a_file_can() {
    let files = blocks("dockerfile");
    let [(_, file)] = files[..] else { panic!("one container file: {files:?}") };
    let mut stages = Vec::new();
    for line in file.replace("\\\n", " ").lines().filter(|line| !line.trim().is_empty()) {
        let (instruction, rest) = line.split_once(' ').expect("an instruction says something");
        assert!(INSTRUCTIONS.contains(&instruction), "{line}");
        assert!(instruction == "FROM" || !stages.is_empty(), "before any FROM: {line}");
        match instruction {
            "FROM" => stages.push(rest.split_once(" AS ").map_or("", |(_, name)| name).to_owned()),
            "RUN" => is_a_script(rest),
            "COPY" => {
                let from = rest.split(' ').find_map(|word| word.strip_prefix("--from="));
                let known = |from: &str| stages.iter().any(|stage| stage == from);
                assert!(from.is_none_or(known), "no such stage: {line}");
            }
            "CMD" | "ENTRYPOINT" | "HEALTHCHECK" => {
                let (_, words) = rest.split_once("CMD ").unwrap_or(("", rest));
                let words: Vec<String> = serde_json::from_str(words).expect("words in a list");
                assert!(!words.is_empty(), "{line}");
            }
            _ => {}
        }
    }
    assert_eq!(stages.len(), 2, "it is built in one image and runs in another");
}

#[cfg(feature = "services")]
#[test]
fn systemd_takes_every_unit_without_a_warning() {
    let world = nobody();
    let mut units = Vec::new();
    for (before, unit) in blocks("ini") {
        let path = before.split('`').nth(1).expect("its path stands before it");
        let file = world.dir().join(path.rsplit('/').next().unwrap());
        // The program of this test stands where the page installs one.
        let unit = unit.replace("/usr/local/bin/pushduty", env!("CARGO_BIN_EXE_pushduty"));
        std::fs::write(&file, unit + "\n").unwrap();
        units.push(file);
    }
    assert_eq!(units.len(), 3, "{units:?}");
    let mut systemd = world.sealed().command("systemd-analyze");
    systemd.args(["verify", "--man=no", "--recursive-errors=no"]).args(&units);
    let output = systemd.output().expect("systemd is there; `cargo xtask test` sees to it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}
