//! What programs and remotes say is for people of the train, wherever a sentence quotes it: whoever else may look reads that a
//! remote refused or a deploy failed, and no word of theirs.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use testkit::Services;

use crate::cut;
use crate::roles::{PUSH, begins};
use crate::server::{Server, Visitor, until};

/// A word that nobody but a hook or a program says.
const WORD: &str = "kaliningrad";

/// Pages of a train that anybody may look at.
const PAGES: &[&str] = &[
    "",
    "/pushes/2026.11.26",
    "/pushes/2026.11.26/notes/check",
    "/pushes/2026.11.26/notes/history",
    "/schedule",
    "/history",
    "/stats",
    "/people",
    "/ledger",
    "/ledger?push=2026.11.26",
];

/// Documents of it.
const DOCUMENTS: &[&str] = &[
    "status",
    "status?push=2026.11.26",
    "ready",
    "log",
    "log?push=2026.11.26",
    "history",
    "history?push=2026.11.26",
    "stats",
    "schedule",
    "notes",
    "asks",
];

/// Holds that somebody who may look reads the word nowhere, be it in what a step says.
#[track_caller]
fn reads_it_nowhere(who: &Visitor<'_>, step: &str) {
    let pages = PAGES.iter().map(|page| format!("/trains/amo{page}"));
    let documents = DOCUMENTS.iter().map(|document| format!("/api/v1/trains/amo/{document}"));
    for address in pages.chain(documents).chain([step.to_owned()]) {
        let answer = who.get(&address);
        assert_eq!(answer.status, 200, "{address}: {}", answer.body);
        assert!(!answer.body.contains(WORD), "{address}: {}", answer.body);
    }
    let document = format!("/api/v1{step}");
    who.get(&document).never_says(WORD);
    let streams = who.clone().with("accept", "text/event-stream");
    streams.get(&document).is(200).says("event: answer").never_says(WORD);
    streams.get("/api/v1/trains/amo/log").is(200).says("event: answer").never_says(WORD);
    who.get(&format!("{step}/events")).is(200).says("event: over").never_says(WORD);
}

/// Holds that somebody of the train reads it where it was said.
#[track_caller]
fn reads_it(who: &Visitor<'_>, step: &str) {
    for address in ["/trains/amo/ledger", "/api/v1/trains/amo/log", step] {
        who.get(address).is(200).says(WORD);
    }
    who.get(&format!("/api/v1{step}")).says(WORD);
}

/// Waits for the end of a step.
fn is_over(who: &Visitor<'_>, step: &str) {
    let document = format!("/api/v1{step}");
    until("the step is over", || (who.get(&document).status != 202).then_some(()));
}

/// What the log has in the words of a train, of entries of a kind.
fn logged(who: &Visitor<'_>, kind: &str) -> Value {
    let log = who.get("/api/v1/trains/amo/log").is(200).json();
    let mut entries = log["entries"].as_array().expect("entries").iter();
    entries.rfind(|entry| entry["kind"] == kind).expect("it is on record").clone()
}

#[test]
fn why_a_remote_refused_is_read_by_people_of_the_train_alone() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    remote.hook("pre-receive", &format!("cat > /dev/null; echo 'ask {WORD}' >&2; exit 1"));
    let step = begins(&mat, &json!({ "command": "tag", "again": true, "because": "one more" }));
    is_over(&mat, &step);
    let document = format!("/api/v1{step}");
    for who in [&mat, &kumar] {
        reads_it(who, &step);
    }
    let whole = mat.get(&document).is(502).json();
    let anybody = server.anybody();
    reads_it_nowhere(&anybody, &step);
    let told = anybody.get(&document).is(502).json();
    let said = "the remote of web refused";
    for at in [&told["title"], &told["error"]["message"], &told["repos"][0]["error"]["message"]] {
        assert_eq!(at, said, "{told}");
    }
    for key in ["code", "hint", "repo", "exit"] {
        assert_eq!(told["error"][key], whole["error"][key], "{key}: all else is as it was");
    }
    assert_eq!(told["repos"][0]["outcome"], "refused");
    let entry = logged(&anybody, "settled");
    assert_eq!(entry["event"]["outcome"], json!({ "is": "refused", "why": "" }));
    let words = entry["words"].as_str().expect("a sentence");
    assert!(words.ends_with("was refused by the remote"), "{words}");
    let headers = mat.headers().to_vec();
    server.ends().ok();
    // What a step came to is kept, for each as it was.
    let server = Server::start(&world, "mat", "--public --every 0");
    reads_it(&server.known(&headers), &step);
    reads_it_nowhere(&server.anybody(), &step);
    world.hero("mat").types("log").ok().says(WORD);
}

#[test]
fn what_a_deploy_said_last_is_read_by_people_of_the_train_alone() {
    let (world, _remote) = cut();
    let services = Services::running(&[("production-web", "2026.11.19")]);
    let world = world
        .service("production", "web", &services, 1)
        .toml("[environments.production.deploy]\ncommand = [\"./deploy\"]");
    let program = world.dir().join("deploy");
    let script = format!("#!/bin/sh\necho 'no room on {WORD}'\nexit 7\n");
    std::fs::write(&program, script).expect("the home is writable");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
        .expect("the file is ours");
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, jason) = (server.first(), server.let_in(&world, "jason"));
    let start = json!({ "command": "start", "push": PUSH });
    let plan = json!({ "wish": start, "dry_run": true });
    let plan = jason.asks("/api/v1/trains/amo/commands", &plan).is(200).json();
    let digest = plan["digest"].as_str().expect("a run sheet has a digest");
    let yes = start.to_string();
    let begun = jason.post("/trains/amo/do", &[("wish", &*yes), ("if", digest)]).is(303);
    let step = begun.header("location").expect("the step has a page").to_owned();
    is_over(&jason, &step);
    for who in [&jason, &mat] {
        reads_it(who, &step);
    }
    let document = format!("/api/v1{step}");
    jason.get(&document).is(500).says(WORD);
    let anybody = server.anybody();
    reads_it_nowhere(&anybody, &step);
    let told = anybody.get(&document).is(500).json();
    let said = "the deploy of web 2026.11.26 failed with 7";
    assert_eq!(told["error"]["message"], format!("{said}; nothing after it was begun"));
    let entry = logged(&anybody, "deploy_ended");
    assert_eq!(entry["event"]["end"], json!({ "is": "failed", "exit": 7, "sentence": "" }));
    let next = |who: &Visitor<'_>| {
        let status = who.get("/api/v1/trains/amo/status").is(200).json();
        status["next"]["what"].as_str().expect("something is next").to_owned()
    };
    assert_eq!(next(&anybody), said);
    assert_eq!(next(&mat), format!("{said}: no room on {WORD}"));
    // Whoever runs a command has the record itself.
    world.hero("mat").types("status").ok().says(WORD);
}

#[test]
fn what_git_said_of_an_ask_that_is_not_tried_is_read_by_people_of_the_train_alone() {
    let (world, remote) = cut();
    // What the pick needs is not on the tag: git has to look into the file.
    remote.commit_on("main", &[("page.js", "another page\n")], "Change the page");
    let fix = remote.commit_on("main", &[("page.js", "a better page\n")], "Mend the page");
    world.hero("mat").types("compare").ok();
    let config = world.data_path().join("amo/repos/web/upstream.git/config");
    let settings = std::fs::read_to_string(&config).expect("the store has settings");
    std::fs::write(&config, format!("{settings}[merge]\n\tverbosity = {WORD}\n"))
        .expect("they are ours");
    let server = Server::start(&world, "mat", "--public --every 0");
    let mat = server.first();
    let item = json!({ "kind": "picks", "text": format!("web@{fix}") });
    let wish = json!({ "command": "notes", "push": "shown", "writing": { "item": item } });
    let step = begins(&mat, &wish);
    is_over(&mat, &step);
    let document = format!("/api/v1{step}");
    let told = mat.get(&document).is(200).json();
    assert_eq!(told["asks"][0]["state"], "untried", "{told}");
    assert_eq!(told["asks"][0]["says"], "not tried: git merge-tree ended with code 128");
    mat.get(&step).is(200).says(WORD);
    reads_it_nowhere(&server.anybody(), &step);
    let asks = server.anybody().get("/api/v1/trains/amo/asks").is(200).json();
    assert_eq!(asks["asks"][0]["says"], told["asks"][0]["says"]);
}
