//! The page of commands says what the program says: its help, its exits, its words.
//!
//! `PUSHDUTY_WRITE_DOCS=1` writes the generated parts of the page instead of comparing them; `cargo xtask docs` does it.

#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use train::refusal::Code;

/// The groups of the page, each with its commands in the order in which they are used.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "Set up",
        &["init", "check", "adopt", "config", "people", "demo", "rehearse", "completions", "man"],
    ),
    (
        "Look",
        &[
            "status", "waiting", "ready", "compare", "where", "history", "stats", "watch", "log",
            "verify",
        ],
    ),
    ("Calendar", &["schedule", "rotation", "move", "cancel"]),
    ("Cut", &["security", "tag", "pick", "ask"]),
    ("Notes", &["notes", "block", "unblock", "task", "import"]),
    (
        "Push day",
        &[
            "later", "approve", "confirm", "call", "claim", "unclaim", "hold", "resume", "start",
            "promote", "rollback", "finish", "tell",
        ],
    ),
    ("Serve", &["serve", "login", "backup", "restore"]),
];

/// The closed lists of the documents: where they are shown, the type, and the file it is in.
const WORDS: [(&str, &str, &str); 22] = [
    (
        "`status`, `schedule`: `state` of a push",
        "PushState",
        include_str!("../../conductor/src/view/status.rs"),
    ),
    (
        "`status`, `watch`: `state` of a service",
        "ServiceState",
        include_str!("../../train/src/versions.rs"),
    ),
    ("`base_from`", "BaseFrom", include_str!("../../train/src/base.rs")),
    (
        "`tag`, `pick`, `security merge`: `outcome`",
        "OutcomeWord",
        include_str!("../../conductor/src/view/outcome.rs"),
    ),
    (
        "`security list`: `state` of a branch",
        "BranchState",
        include_str!("../../train/src/security.rs"),
    ),
    (
        "`security list`: `state` of `production`",
        "ProductionWord",
        include_str!("../../conductor/src/view/security.rs"),
    ),
    (
        "`notes show`: `section` of an item",
        "SectionWord",
        include_str!("../../conductor/src/view/notes.rs"),
    ),
    (
        "`notes show`, `status`: `state` of an item",
        "Standing",
        include_str!("../../train/src/notes/page.rs"),
    ),
    ("`notes show`, `task`: `when`", "Phase", include_str!("../../train/src/notes/heading.rs")),
    (
        "`notes show`: `weight` of an item",
        "Weight",
        include_str!("../../train/src/notes/weight.rs"),
    ),
    (
        "`notes`, `block`, `unblock`, `task`: `change` of an item",
        "What",
        include_str!("../../train/src/notes/page.rs"),
    ),
    (
        "`notes check`: `kind` of a problem",
        "ProblemKind",
        include_str!("../../train/src/notes/check.rs"),
    ),
    ("`status`, `ready`: `state` of a gate", "GateState", include_str!("../../train/src/gate.rs")),
    ("`status`, `ready`: `basis` of a gate", "Basis", include_str!("../../train/src/gate.rs")),
    (
        "`start`, `rollback`: `state` of a step",
        "StepWord",
        include_str!("../../conductor/src/view/push.rs"),
    ),
    (
        "`import notes`: `kind` of a problem, beside those of `notes check`",
        "OwnKind",
        include_str!("../../train/src/import/problem.rs"),
    ),
    ("`history`: `origin` of a push", "Origin", include_str!("../../train/src/stats/joined.rs")),
    ("`status`: `state` of a sign-off", "SignoffState", include_str!("../../train/src/signoff.rs")),
    (
        "`tell`: `state` of an announcement",
        "DeliveryWord",
        include_str!("../../conductor/src/view/tell.rs"),
    ),
    ("`waiting`: `kind` of a thing", "Kind", include_str!("../../train/src/key.rs")),
    ("`waiting`: `answer`", "Word", include_str!("../../train/src/waiting/mod.rs")),
    ("`log`: the key of `proof`", "Proof", include_str!("../../train/src/people.rs")),
];

const CODES: &str = include_str!("../../train/src/refusal.rs");

#[test]
fn the_page_of_commands_is_what_the_program_says() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/commands.md");
    let old = std::fs::read_to_string(&page).unwrap();
    let parts =
        [("codes", codes()), ("words", words()), ("options", options()), ("commands", commands())];
    let new = parts.iter().fold(old.clone(), |text, (name, part)| placed(&text, name, part));
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not of the program")]
    if std::env::var_os("PUSHDUTY_WRITE_DOCS").is_some() {
        std::fs::write(&page, new).unwrap();
    } else {
        let line = old.lines().zip(new.lines()).find(|(old, new)| old != new);
        assert!(old == new, "`cargo xtask docs` writes it; the first difference: {line:#?}");
    }
}

#[test]
fn every_command_is_in_one_group() {
    let groups: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let grouped: BTreeSet<&str> = groups.iter().copied().collect();
    assert_eq!(groups.len(), grouped.len(), "{groups:?}");
    let names = beneath(&help(&[], "-h"));
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), grouped);
}

#[test]
fn every_exit_of_a_code_is_in_the_table() {
    let page = include_str!("../../../docs/src/commands.md");
    for (word, _) in variants(CODES, "Code") {
        let row = format!("\n| {} |", code(&word).exit());
        assert!(page.contains(&row), "{word}: {row}");
    }
}

/// `text` with `part` between the marks of `name`.
fn placed(text: &str, name: &str, part: &str) -> String {
    let open = format!("<!-- generated: {name} -->\n");
    let (before, rest) = text.split_once(&open).expect("the page has the part's mark");
    let (_, after) = rest.split_once("<!-- end -->").expect("the part has an end");
    format!("{before}{open}\n{part}\n<!-- end -->{after}")
}

fn codes() -> String {
    let mut table = String::from("| code | exit | retry | means |\n|---|---|---|---|\n");
    for (word, meaning) in variants(CODES, "Code") {
        let code = code(&word);
        let retry = if code.retry() { "yes" } else { "" };
        writeln!(table, "| `{word}` | {} | {retry} | {meaning} |", code.exit()).unwrap();
    }
    table
}

/// The code of a word: what a program that reads our documents would look for.
fn code(word: &str) -> Code {
    serde_json::from_value(word.into()).unwrap_or_else(|e| panic!("{word}: {e}"))
}

fn words() -> String {
    let mut table = String::from("| where | word | means |\n|---|---|---|\n");
    for (place, name, source) in WORDS {
        for (at, (word, meaning)) in variants(source, name).into_iter().enumerate() {
            let place = if at == 0 { place } else { "" };
            writeln!(table, "| {place} | `{word}` | {meaning} |").unwrap();
        }
    }
    table
}

/// The words of an enum as serde writes them, each with its doc comment.
fn variants(source: &str, name: &str) -> Vec<(String, String)> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).expect("the enum is there");
    let (body, _) = body.split_once("\n}").expect("the enum has an end");
    let (mut found, mut doc) = (Vec::new(), String::new());
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc += text;
        } else if let Some((variant, _)) = line.split_once([',', '(']) {
            found.push((snake(variant), std::mem::take(&mut doc).trim().to_owned()));
        }
    }
    assert!(found.len() > 1 && found.iter().all(|(_, doc)| doc.ends_with('.')), "{found:?}");
    found
}

fn snake(variant: &str) -> String {
    let mut word = String::new();
    for (at, letter) in variant.char_indices() {
        if at > 0 && letter.is_uppercase() {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

/// The options that all commands share, told once.
fn options() -> String {
    fenced(section(&help(&[], "-h"), "Everywhere:").expect("options that every command has"))
}

fn commands() -> String {
    let mut page = String::new();
    for (group, names) in GROUPS {
        writeln!(page, "## {group}\n").unwrap();
        for name in names {
            described(&mut page, &[name]);
        }
    }
    page.truncate(page.trim_end().len());
    page + "\n"
}

/// A command and those beneath it: its meaning from the long help, the rest from the short one, which is a table.
fn described(page: &mut String, words: &[&str]) {
    let (long, short) = (help(words, "--help"), help(words, "-h"));
    let about = long.split("\n\nUsage:").next().unwrap_or_default();
    let (_, rest) = short.split_once("\n\nUsage:").expect("a help has its usage");
    let shared = section(&short, "Everywhere:").unwrap_or_default();
    let rest = rest.replacen(shared, "", 1);
    let own: Vec<&str> = rest.lines().filter(|line| !of_every_command(line)).collect();
    let blocks: Vec<String> = own
        .split(|line| line.is_empty())
        .map(|block| block.join("\n"))
        .filter(|block| !block.is_empty() && block != "Options:")
        .collect();
    let own = blocks.join("\n\n");
    writeln!(page, "### `{}`\n", words.join(" ")).unwrap();
    writeln!(page, "{}", fenced(&format!("{about}\n\nUsage:{own}"))).unwrap();
    for name in beneath(&short) {
        described(page, &[words, &[&name]].concat());
    }
}

fn of_every_command(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("-h, --help ")
        || line.starts_with("-V, --version ")
        || line.starts_with("help ") && line.ends_with("the given subcommand(s)")
}

fn fenced(text: &str) -> String {
    format!("```text\n{}\n```\n", text.trim_end())
}

/// A section of a help: from its heading to the empty line after it.
fn section<'a>(help: &'a str, heading: &str) -> Option<&'a str> {
    let start = help.find(&format!("\n{heading}\n"))? + 1;
    let length = help[start..].find("\n\n").unwrap_or(help.len() - start);
    Some(&help[start..start + length])
}

/// The commands that a help lists, without `help` itself.
fn beneath(help: &str) -> Vec<String> {
    let list = section(help, "Commands:").unwrap_or_default();
    let rows =
        list.lines().skip(1).filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = rows.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// What the built program prints of itself, as wide as a page.
fn help(words: &[&str], flag: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pushduty"))
        .args(words)
        .arg(flag)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}
