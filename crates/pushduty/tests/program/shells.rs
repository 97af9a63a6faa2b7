//! Completions: for each shell, and in a real one.

use std::process::{Command, Output};

use testkit::PushDuty;

use crate::init_works::nobody;
use crate::tree::{self, commands};

/// The shells of `completions`, as its help lists them.
fn shells(world: &PushDuty) -> Vec<String> {
    let help = tree::run(world, &["completions".to_owned()], &["-h"]).ok().stdout;
    let (_, list) = help.split_once("[possible values: ").expect("the shells are listed");
    list.split(']')
        .next()
        .unwrap()
        .split(',')
        .map(|shell| shell.split_whitespace().collect())
        .collect()
}

fn completions(world: &PushDuty, shell: &str) -> String {
    world.run(&["completions", shell]).ok().stdout
}

#[test]
fn every_shell_gets_every_command_and_its_options() {
    let world = nobody();
    assert_eq!(shells(&world), ["bash", "elvish", "fish", "powershell", "zsh"]);
    for shell in shells(&world) {
        let script = completions(&world, &shell);
        for command in commands(&world) {
            let last = command.words.last().unwrap();
            assert!(script.contains(last.as_str()), "{shell} knows {}", command.name());
        }
        for option in ["off-cycle", "without-security", "because", "dry-run", "json"] {
            assert!(script.contains(option), "{shell} knows --{option}");
        }
        assert!(!script.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{shell}");
        let told = world.json(&["completions", &shell]);
        assert_eq!(told["text"], script);
    }
    world.run(&["completions", "tcsh"]).expect_code(2);
    world.run(&["completions"]).expect_code(2);
}

/// Runs a script in a shell that has read our completions; `"$@"` are words.
fn bash(world: &PushDuty, script: &str, words: &[&str]) -> Output {
    let file = world.dir().join("completions.bash");
    std::fs::write(&file, completions(world, "bash")).unwrap();
    let mut shell: Command = world.sealed().command("bash");
    shell
        .args(["--norc", "--noprofile", "-euc"])
        .arg(format!(". \"$0\"\n{script}"))
        .arg(&file)
        .args(words);
    let output = shell.output().expect("bash is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What bash offers after these words, the last of them begun.
fn offered(world: &PushDuty, words: &[&str]) -> Vec<String> {
    let script = r#"
        spec=$(complete -p pushduty)
        [[ $spec =~ -F\ ([^ ]+) ]]
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        before=; if (($# > 1)); then before=${COMP_WORDS[COMP_CWORD - 1]}; fi
        "${BASH_REMATCH[1]}" pushduty "${COMP_WORDS[COMP_CWORD]}" "$before" || true
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = bash(world, script, words);
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_offers_what_can_come_next() {
    let world = nobody();
    assert_eq!(offered(&world, &["pushduty", "ta"]), ["tag", "task"]);
    assert_eq!(offered(&world, &["pushduty", "security", "me"]), ["merge"]);
    assert_eq!(offered(&world, &["pushduty", "tag", "--off"]), ["--off-cycle"]);
    assert_eq!(offered(&world, &["pushduty", "completions", "z"]), ["zsh"]);
    assert_eq!(offered(&world, &["pushduty", "--color", "al"]), ["always"]);
    let all = offered(&world, &["pushduty", ""]);
    for command in commands(&world).iter().filter(|command| command.words.len() == 1) {
        assert!(all.contains(&command.name()), "{} among {all:?}", command.name());
    }
    assert_eq!(offered(&world, &["pushduty", "tag", "--no-such"]), Vec::<String>::new());
}

/// Runs a shell on its script, which it has to read without a word; what it says then.
#[track_caller]
fn reads(world: &PushDuty, shell: &str, args: &[&str]) -> String {
    let file = world.dir().join(format!("completions.{shell}"));
    std::fs::write(&file, completions(world, shell)).unwrap();
    let mut command = world.sealed().command(shell);
    let output = command.args(args).arg(&file).output();
    let output = output.unwrap_or_else(|e| panic!("{shell}: {e}; `cargo xtask test` brings it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{shell}: {}: {said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_reads_its_script_without_a_word() {
    reads(&nobody(), "bash", &["-n"]);
}

#[cfg(feature = "services")]
#[test]
fn zsh_reads_its_script_without_a_word_and_completes_with_it() {
    let world = nobody();
    reads(&world, "zsh", &["-f", "-n"]);
    let script = "autoload -Uz compinit; compinit -D; . $0; print -- $_comps[pushduty]";
    assert_eq!(reads(&world, "zsh", &["-f", "-c", script]), "_pushduty\n");
}

#[cfg(feature = "services")]
#[test]
fn fish_reads_its_script_without_a_word_and_offers_what_can_come_next() {
    let world = nobody();
    reads(&world, "fish", &["--no-config", "--no-execute"]);
    let offered = |words: &str| -> Vec<String> {
        let script = format!("source $argv[1]; complete --do-complete '{words}'");
        let told = reads(&world, "fish", &["--no-config", "-c", &script]);
        let first = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
        told.lines().map(first).collect()
    };
    assert_eq!(offered("pushduty ta"), ["tag", "task"]);
    assert_eq!(offered("pushduty security me"), ["merge"]);
    assert_eq!(offered("pushduty tag --off"), ["--off-cycle"]);
    assert_eq!(offered("pushduty pick --onto p"), ["production"]);
    let all = offered("pushduty ");
    for command in commands(&world).iter().filter(|command| command.words.len() == 1) {
        assert!(all.contains(&command.name()), "{} among {all:?}", command.name());
    }
}
