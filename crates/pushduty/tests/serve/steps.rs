//! Steps after the server was begun anew: what they said and what came of them, for those who could read it before; and one
//! that the server was killed at.

use serde_json::{Value, json};
use testkit::Gate;

use crate::cut;
use crate::roles::begins;
use crate::server::{Answer, Server, Visitor, until};
use crate::withheld::with_a_fix;

fn again() -> Value {
    json!({ "command": "tag", "again": true, "because": "kick" })
}

/// Begins a wish, waits for its end, and gives the page of its step.
fn carries_out(visitor: &Visitor<'_>, wish: &Value) -> String {
    let page = begins(visitor, wish);
    until("the step is over", || visitor.get(&page).body.contains("Over.").then_some(()));
    page
}

/// What the page of a step has of what was said and what came of it.
fn told(page: &Answer) -> &str {
    let (_, step) = page.body.split_once("id=\"step\"").expect("the page of a step");
    let (_, told) = step.split_once("</time>").expect("it says since when");
    told.split("</main>").next().unwrap_or_default()
}

/// What a step says to a program that follows it.
fn followed(visitor: &Visitor<'_>, step: &str) -> String {
    let program = visitor.clone().with("accept", "text/event-stream");
    program.get(step).is(200).unchunked()
}

#[test]
fn what_a_step_said_and_what_came_of_it_is_read_after_the_server_was_begun_anew() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let page = carries_out(&mat, &again());
    let step = format!("/api/v1{page}");
    let (shown, answered) = (mat.get(&page).is(200), mat.get(&step).is(200));
    assert!(told(&shown).contains("2026.11.26-1") && told(&shown).contains("data-said"));
    let said = followed(&mat, &step);
    assert!(said.contains("event: said") && said.contains("event: answer"), "{said}");
    let headers = mat.headers().to_vec();
    server.ends().ok();

    let server = Server::start(&world, "mat", "");
    let mat = server.known(&headers);
    assert_eq!(told(&mat.get(&page).is(200).says("Over.")), told(&shown));
    assert_eq!(mat.get(&step).is(200).body, answered.body);
    assert_eq!(followed(&mat, &step), said);
    let own = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let mut events = server.stream(&format!("{page}/events"), &own.collect::<String>());
    events.says("event: said");
    events.says("event: over");
    events.ends();
}

#[test]
fn what_was_withheld_of_a_step_is_withheld_after_the_server_was_begun_anew() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let secret = carries_out(&iris, &json!({ "command": "security_sync", "repo": "web" }));
    let outlined = carries_out(&iris, &json!({ "command": "claim", "push": null }));
    let (hers, his) = (iris.headers().to_vec(), kumar.headers().to_vec());
    server.ends().ok();

    let server = Server::start(&world, "mat", "--public --every 0");
    let (iris, kumar) = (server.known(&hers), server.known(&his));
    for page in [&secret, &outlined] {
        iris.get(page).is(200).says("Over.").never_says("What it says is for those");
        assert_ne!(iris.get(&format!("/api/v1{page}")).status, 404);
    }
    let nowhere = kumar.get("/trains/amo/steps/nowhere").is(404).body;
    assert_eq!(kumar.get(&secret).is(404).body, nowhere, "as if it were not there");
    for who in [&kumar, &server.anybody()] {
        who.get(&secret).is(404);
        who.get(&outlined).is(200).says("Over.").says("What it says is for those");
        for page in [&secret, &outlined] {
            who.get(&format!("/api/v1{page}")).is(404);
        }
    }
    assert_eq!(server.stream(&format!("{secret}/events"), "").status(), 404);
    let mut events = server.stream(&format!("{outlined}/events"), "");
    events.says("event: over");
    assert!(!events.text().contains("event: said"), "{}", events.text());
}

#[test]
fn a_step_that_a_killed_server_was_at_was_left_off_and_says_what_to_do() {
    let (world, remote) = cut();
    let gate = Gate::new(world.sealed(), "push");
    remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let page = begins(&mat, &again());
    gate.wait_until_reached();
    let headers = mat.headers().to_vec();
    server.killed();
    gate.open();
    world.sealed().wait_until_still();
    remote.unhook("pre-receive");

    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.known(&headers);
    let left = mat.get(&page).is(200).says("Over.");
    left.says("the server ended before it was over").says("once more goes on with it");
    let refused = mat.get(&format!("/api/v1{page}")).is(409).json();
    assert_eq!(
        (&refused["error"]["code"], &refused["error"]["exit"]),
        (&json!("left_open"), &json!(6))
    );
    mat.get("/trains/amo").is(200).never_says(&page);
    let other = carries_out(&mat, &again());
    mat.get(&format!("/api/v1{other}")).is(200);
    assert_eq!(remote.tags().len(), 3, "what was begun is gone on with, and done once");
}

#[test]
fn a_backup_has_what_steps_said() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let page = carries_out(&mat, &again());
    let step = format!("/api/v1{page}");
    let (said, headers) = (followed(&mat, &step), mat.headers().to_vec());
    let archive = world.dir().join("kept.tar").display().to_string();
    world.hero("mat").types(&format!("backup {archive}")).ok();
    server.ends().ok();
    let other = world.elsewhere();
    other.hero("mat").types(&format!("restore {archive} --yes --with-sessions")).ok();
    let server = Server::start(&other, "mat", "");
    assert_eq!(followed(&server.known(&headers), &step), said);
}
