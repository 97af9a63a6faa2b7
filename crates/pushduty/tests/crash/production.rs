//! Killed wherever something is made to last on the way to production and at its end: what was begun is followed and never
//! run twice, and the end is told once (P11, P13).

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;
use testkit::{PushDuty, Ran, Remote, Trace};

/// What makes something last.
const CALLS: &[&str] = &["fsync", "fdatasync", "mkdir", "rename"];

/// A cut push that a program deploys.
fn world() -> (Remote, PushDuty) {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .rotation(&["mat"])
        .repo(&server)
        .toml("[environments.production]\ndeploy = { command = [\"./deploy\", \"{tag}\"] }")
        .toml("[channels.list]\nfile = \"told.jsonl\"");
    let program = world.dir().join("deploy");
    std::fs::write(&program, "#!/bin/sh\necho \"$1\" >> ran\n").expect("the home is writable");
    let runs = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, runs).expect("the file is ours");
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types("task add \"remove the flag\" --when after-done --this --yes").ok();
    (server, world)
}

fn read(world: &PushDuty, name: &str) -> String {
    std::fs::read_to_string(world.dir().join(name)).unwrap_or_default()
}

fn start(world: &PushDuty) -> Command {
    let sheet = world.hero("mat").reads("start --dry-run");
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest").to_owned();
    let mut run = world.hero("mat").command();
    run.args(["start", "--yes", "--if", &digest]);
    run
}

fn finish(world: &PushDuty) -> Command {
    let mut run = world.hero("mat").command();
    run.args(["finish", "--yes"]);
    run
}

/// Kills a command at each such call from its first write to the ledger on, and hands what is left to `judge`.
fn everywhere(
    prepared: impl Fn() -> (Remote, PushDuty),
    command: impl Fn(&PushDuty) -> Command,
    judge: impl Fn(&PushDuty, &Ran),
) -> usize {
    let (_server, plain) = prepared();
    let trace = Trace::new(plain.sealed(), CALLS);
    plain.start_command(&mut trace.watching(plain.sealed(), &command(&plain))).wait().ok();
    let mut killed = 0;
    for place in trace.places() {
        let (_server, world) = prepared();
        let trace = Trace::new(world.sealed(), CALLS);
        let mut run = trace.killing(world.sealed(), &command(&world), &place.call);
        let cut = world.start_command(&mut run).wait();
        killed += usize::from(cut.code != 0);
        judge(&world, &cut);
    }
    killed
}

#[test]
fn a_start_killed_anywhere_deploys_each_tag_once() {
    let killed = everywhere(world, start, |world, cut| {
        let again = world.start_command(&mut start(world)).wait();
        assert_eq!(again.code, 0, "{cut}\n{again}");
        assert_eq!(read(world, "ran"), "2026.11.26\n", "{cut}\n{again}");
        world.hero("mat").types("start").ok();
        assert_eq!(read(world, "ran"), "2026.11.26\n");
    });
    assert!(killed > 8, "{killed}");
}

#[test]
fn an_end_killed_anywhere_is_told_once_and_carried_once() {
    let started = || {
        let (server, world) = world();
        world.start_command(&mut start(&world)).wait().ok();
        (server, world)
    };
    let killed = everywhere(started, finish, |world, cut| {
        let again = world.start_command(&mut finish(world)).wait();
        assert_eq!(again.code, 0, "{cut}\n{again}");
        world.hero("mat").types("tell --yes").ok();
        let told = read(world, "told.jsonl");
        let told = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mails = told.filter(|one| one["kind"] == "finished").count();
        assert_eq!(mails, 1, "{cut}\n{again}");
        let next = world.hero("mat").reads("notes show --push 2026.12.03");
        let text = next["text"].as_str().expect("a page has a text");
        assert_eq!(text.matches("remove the flag").count(), 1, "{text}\n{cut}\n{again}");
        let log = world.json(&["log"]);
        let entries = log["entries"].as_array().expect("a log has entries").iter();
        let ended = entries.filter(|entry| entry["kind"] == "finished").count();
        assert_eq!(ended, 1, "{cut}\n{again}");
    });
    assert!(killed > 4, "{killed}");
}
