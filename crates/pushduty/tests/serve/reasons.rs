//! Reasons are for those who read them later (P8): by whatever way they come, each is checked alike.

use serde_json::json;

use crate::cut;
use crate::server::Server;

const COMMANDS: &str = "/api/v1/trains/amo/commands";
/// The wishes that a reason is given with.
const WISHES: [&str; 9] =
    ["tag", "pick", "adopt", "cancel", "hold", "clear", "start", "promote", "finish"];

#[test]
fn p8_a_reason_says_something_in_a_line_by_whatever_way_it_comes() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let long = "x".repeat(1_001);
    for (reason, no) in [
        ("", "say it in words"),
        (" … ", "say it in words"),
        ("two\nlines", "in one line"),
        (&*long, "1000 characters at most"),
    ] {
        for command in WISHES {
            let wish = json!({ "command": command, "because": reason, "repos": [] });
            mat.asks(COMMANDS, &json!({ "wish": wish, "dry_run": true })).is(400).says(no);
            mat.asks(COMMANDS, &json!({ "wish": wish })).is(400).says(no);
        }
        world.hero("mat").runs(&["hold", "--because", reason, "--yes"]).expect_code(2).says(no);
        let form = mat.post("/trains/amo/plan", &[("command", "hold"), ("because", reason)]);
        form.is(400).says(if reason.is_empty() { "does not say" } else { no });
    }
    let log = mat.get("/api/v1/trains/amo/log").is(200);
    log.never_says("\"held\"").never_says("\"cancelled\"");
    // A whole paragraph is one.
    let wish = json!({ "command": "hold", "because": "x".repeat(1_000) });
    mat.asks(COMMANDS, &json!({ "wish": wish, "dry_run": true })).is(200);
    let call = json!({ "command": "call", "text": "x".repeat(1_000) });
    mat.asks(COMMANDS, &json!({ "wish": call, "dry_run": true })).is(200);
}

#[test]
fn p8_what_goes_against_a_rule_is_not_done_without_a_reason() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let leave = json!([{ "repo": "web", "commit": "main" }]);
    for (wish, no) in [
        (json!({ "command": "tag", "without_security": true }), "for a reason alone"),
        (json!({ "command": "tag", "leave": leave }), "for a reason alone"),
        (json!({ "command": "adopt" }), "takes a reason"),
    ] {
        mat.asks(COMMANDS, &json!({ "wish": wish })).is(400).says(no);
    }
    mat.get("/api/v1/trains/amo/log")
        .is(200)
        .never_says("\"overridden\"")
        .never_says("\"adopted\"");
}

#[test]
fn the_description_says_how_long_a_reason_may_be() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let document = server.anybody().get("/api/v1/openapi.json").is(200).json();
    let reason = &document["components"]["schemas"]["Reason"];
    assert_eq!(reason["type"], "string");
    assert_eq!((&reason["minLength"], &reason["maxLength"]), (&json!(1), &json!(1_000)));
}
