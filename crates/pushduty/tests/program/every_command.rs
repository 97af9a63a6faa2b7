//! What every command has in common: it says what it is for, with examples; it refuses wrong usage with the contract's exit
//! code; with `--json` it writes one document, whatever comes of it.

use serde_json::Value;
use testkit::{PushDuty, Ran, Remote, Services};

use crate::init_works::nobody;
use crate::tree::{Command, commands, run};

#[test]
fn each_says_what_it_is_for_with_examples() {
    let world = nobody();
    for command in commands(&world) {
        let name = command.name();
        let about = command.long.split("\n\nUsage:").next().unwrap();
        assert!(about.len() > 10 && !about.starts_with("Usage:"), "{name} says what it is for");
        assert!(
            command.short.starts_with(about.lines().next().unwrap()),
            "{name} says the same, shorter"
        );
        let (_, examples) =
            command.long.split_once("Examples:\n").unwrap_or_else(|| panic!("{name} has examples"));
        let typed = format!("  pushduty {}", command.words[0]);
        assert!(examples.starts_with(&typed), "{name}: {examples}");
        for line in command.short.lines().chain(command.long.lines()) {
            assert!(line.chars().count() <= 100, "{name}: a line fits the page: {line}");
            assert!(!line.chars().any(train::letter::is_harmful), "{name}: {line:?}");
        }
        assert!(command.short.contains("--json") && command.long.contains("--json"), "{name}");
    }
}

#[test]
fn examples_are_understood() {
    // The words of an example are taken: with a wrong option put behind them, that option is the only thing wrong.
    let world = nobody();
    for command in commands(&world).iter().filter(|command| !command.group) {
        let (_, examples) = command.long.split_once("Examples:\n").unwrap();
        for line in examples.lines().map(str::trim).take_while(|line| line.starts_with("pushduty "))
        {
            let typed = line.split(['|', '>']).next().unwrap().split("  ").next().unwrap();
            let words: Vec<String> = shell_words(typed).into_iter().skip(1).collect();
            let ran = run(&world, &words, &["--no-such-option"]).expect_code(2);
            let said = [ran.stdout.as_str(), &ran.stderr].concat();
            assert!(said.contains("'--no-such-option'"), "{line}: {ran}");
        }
    }
}

/// Words as a shell takes them apart, as far as examples go.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// Commands that can be tried dry, and ask for no yes: `init` and `backup` write a file that is not there, `rehearse` into a
/// folder of its own.
const WITHOUT_A_YES: &[&str] = &["backup", "init", "rehearse"];

#[test]
fn what_changes_something_can_be_tried_dry() {
    for command in commands(&nobody()) {
        let has = |option: &str| command.long.lines().any(|line| line.trim() == option);
        assert_eq!(
            has("-y, --yes"),
            has("--dry-run") && !WITHOUT_A_YES.contains(&command.name().as_str()),
            "{}",
            command.name()
        );
        if has("--dry-run") && has("-y, --yes") {
            run(&nobody(), &command.words, &["--dry-run", "--yes"]).expect_code(2);
        }
    }
}

/// One document, with the keys that each has, and an error with these in it.
#[track_caller]
fn failed(ran: &Ran) -> Value {
    let told = ran.json();
    enveloped(&told);
    let error = &told["error"];
    for key in ["code", "exit", "message", "hint", "repo", "retry"] {
        assert!(error.get(key).is_some(), "{key} is in {ran}");
    }
    assert_eq!(error["exit"], ran.code, "{ran}");
    assert!(told["repos"].is_array(), "{ran}");
    told
}

#[track_caller]
fn enveloped(told: &Value) {
    assert_eq!(told["schema"], 1, "{told}");
    assert!(told["as_of"].is_string() && told["rehearsal"].is_boolean(), "{told}");
}

#[test]
fn wrong_usage_is_two_of_each() {
    let world = nobody();
    let mut bad = vec![&["--no-such-option"][..], &["--color", "mauve"], &["--silence", "soon"]];
    for command in commands(&world) {
        if command.group {
            if !command.short.contains("[COMMAND]") {
                bad.push(&[]);
            }
            bad.push(&["no-such-command"]);
        }
        for words in &bad {
            let ran = run(&world, &command.words, words).expect_code(2);
            assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran}");
            assert!(!ran.stderr.chars().any(|c| c.is_control() && c != '\n'), "{ran}");
            let ran =
                run(&world, &command.words, &[words, &["--json"][..]].concat()).expect_code(2);
            assert_eq!(failed(&ran)["error"]["code"], "usage", "{ran}");
        }
        if command.group {
            bad.truncate(3);
        }
    }
}

/// Each command that does something, with arguments that mean something in [`team`]'s train.
const DOES: &[(&str, &[&str])] = &[
    ("adopt", &["--because", "rehearsal", "--dry-run"]),
    ("approve", &["--dry-run"]),
    ("ask", &["main", "--this", "--dry-run"]),
    ("backup", &["kept.tar", "--dry-run"]),
    ("block", &["login is broken", "--dry-run"]),
    ("call", &["--dry-run"]),
    ("cancel", &["--because", "storm", "--dry-run"]),
    ("check", &[]),
    ("claim", &["--dry-run"]),
    ("compare", &[]),
    ("completions", &["bash"]),
    ("config schema", &[]),
    ("confirm", &["--dry-run"]),
    ("finish", &["--because", "storm", "--dry-run"]),
    ("history", &[]),
    ("hold", &["--because", "storm", "--dry-run"]),
    ("import notes", &["notes", "--dry-run"]),
    ("init", &["--dry-run"]),
    ("later", &["b1", "--dry-run"]),
    ("log", &["--last", "2"]),
    ("man", &[]),
    ("move", &["2026.11.27", "--dry-run"]),
    ("notes check", &[]),
    ("notes set", &["/dev/null", "--dry-run"]),
    ("notes show", &["--who", "--history"]),
    ("people", &[]),
    ("people give", &["kumar", "ops", "--dry-run"]),
    ("people take", &["kumar", "ops", "--dry-run"]),
    ("pick", &["main", "--dry-run"]),
    ("promote", &["--dry-run"]),
    ("ready", &[]),
    ("rehearse", &["--dry-run"]),
    ("restore", &["kept.tar", "--dry-run"]),
    ("resume", &["--dry-run"]),
    ("rollback", &["--because", "storm", "--dry-run"]),
    ("rotation away", &["mat", "2026-12-20", "2026-12-24", "--dry-run"]),
    ("rotation decline", &["2026.11.26", "--dry-run"]),
    ("rotation keep", &["2026.11.26", "--dry-run"]),
    ("rotation offer", &["2026.11.26", "--dry-run"]),
    ("rotation swap", &["2026.11.26", "kumar", "--dry-run"]),
    ("rotation take", &["2026.11.26", "--dry-run"]),
    ("schedule", &[]),
    ("security approve", &["1", "--dry-run"]),
    ("security list", &[]),
    ("security merge", &["--dry-run"]),
    ("security repair", &["--publish", "--dry-run"]),
    ("security sync", &["--dry-run"]),
    ("serve", &["--link", "mat"]),
    ("start", &["--dry-run"]),
    ("stats", &[]),
    ("status", &[]),
    ("tag", &["--dry-run"]),
    ("task add", &["flip the switch", "--dry-run"]),
    ("task done", &["t2", "--this", "--dry-run"]),
    ("task list", &[]),
    ("tell", &["--dry-run"]),
    ("unblock", &["b1", "--dry-run"]),
    ("unclaim", &["--dry-run"]),
    ("verify", &[]),
    ("waiting", &[]),
    ("watch", &["--once"]),
    ("where", &["main"]),
];

/// `demo` has a world of its own and a test of its own, `notes edit` opens an editor in tests of its own, and `login` asks a
/// server in its own.
const ELSEWHERE: &[&str] = &["demo", "login", "notes edit"];

/// Commands that need no configuration.
const ANYWHERE: &[&str] = &["completions", "config schema", "init", "man"];

#[test]
fn the_list_of_what_is_tried_is_whole() {
    let all = commands(&nobody());
    let names: Vec<String> = all
        .iter()
        .filter(|command| !command.group || command.short.contains("[COMMAND]"))
        .map(Command::name)
        .filter(|name| !ELSEWHERE.contains(&name.as_str()) && name != "rotation")
        .collect();
    let tried: Vec<&str> = DOES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, tried);
}

/// A cut train with a security twin; mat holds every role it takes.
fn team(services: &Services) -> (Remote, Remote, PushDuty) {
    let server = Remote::tagged("server");
    let twin = server.twin();
    twin.branch("fix", "main");
    twin.commit_on("fix", &[("fix.py", "fix\n")], "Fix");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero", "security", "admin"])
        .person("kumar", &["hero"])
        .rotation(&["mat", "kumar"])
        .repo(&server)
        .security_twin("server", &twin)
        .service("stage", "server", services, 1);
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types("block \"css is gone\" --yes").ok();
    world.hero("mat").types("task add \"tell ops\" --this --yes").ok();
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let notes = world.dir().join("notes");
    std::fs::create_dir(&notes).unwrap();
    std::fs::write(notes.join("2026-11-12.md"), "This week's push hero is mat\n").unwrap();
    (server, twin, world)
}

#[test]
fn with_json_each_writes_one_document() {
    let services = Services::running(&[("stage-server", "2026.11.19")]);
    let (server, twin, world) = team(&services);
    let refs = (server.refs(), twin.refs());
    for (name, more) in DOES {
        let words: Vec<&str> = name.split(' ').chain(more.iter().copied()).collect();
        let url = server.url();
        let own: &[&str] = if *name == "init" { &[&url] } else { &[] };
        let ran = world.hero("mat").runs(&[&words, own, &["--json"][..]].concat());
        let told = ran.json();
        let at_all = !matches!(*name, "config schema");
        match &told {
            Value::Array(list) => list.iter().for_each(enveloped),
            told if at_all => enveloped(told),
            _ => {}
        }
        // A look that finds no tags is a whole one: its document says so.
        let looked = *name == "watch" && told["arrived"] == false;
        let failed = told.get("error").is_some_and(|e| !e.is_null()) || looked;
        assert_eq!(failed, ran.code != 0, "{ran}");
        assert!([0, 1, 3].contains(&ran.code), "{ran}");
    }
    assert_eq!((server.refs(), twin.refs()), refs, "nothing was done");
}

#[test]
fn with_json_each_failure_is_one_document_too() {
    let world = nobody();
    for (name, more) in DOES {
        let words: Vec<&str> = name.split(' ').chain(more.iter().copied()).collect();
        let ran = world.run(&[&words[..], &["--json"]].concat());
        if ANYWHERE.contains(name) && *name != "init" {
            assert_eq!(ran.code, 0, "{ran}");
            continue;
        }
        // There is no configuration here, nor a remote.
        assert_eq!(ran.code, 2, "{ran}");
        failed(&ran);
        let plain = world.run(&words).expect_code(2);
        assert!(
            plain.stdout.is_empty()
                && (plain.stderr.contains("→") || plain.stderr.contains("help: ")),
            "{plain}"
        );
    }
}

#[test]
fn a_mistake_in_the_configuration_is_one_document_of_each() {
    let world = nobody();
    std::fs::write(world.config_path(), "[train]\nnmae = \"amo\"\n").unwrap();
    let reads = |name: &&str| !ANYWHERE.contains(name) && *name != "restore";
    for (name, more) in DOES.iter().filter(|(name, _)| reads(name)) {
        let words: Vec<&str> = name.split(' ').chain(more.iter().copied()).collect();
        let ran = world.run(&[&words[..], &["--json"]].concat()).expect_code(2);
        let told = failed(&ran);
        assert_eq!(told["error"]["code"], "configuration", "{ran}");
        assert!(told["error"]["message"].as_str().unwrap().contains("pushduty.toml:2:"), "{ran}");
    }
}
