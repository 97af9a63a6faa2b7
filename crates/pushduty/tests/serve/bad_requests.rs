//! Requests that nobody should send: each is refused in words or taken for text, and none breaks the server.

use crate::cut;
use crate::server::Server;

#[test]
fn what_cannot_be_read_is_refused_and_the_server_goes_on() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.first();
    let commands = "/api/v1/trains/amo/commands";
    for body in ["", "{", "[]", "{\"wish\":{}}", "{\"wish\":{\"command\":\"nothing\"}}", "\u{0}"] {
        let refused = mat.asks_raw(commands, body).is(400);
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert_eq!(refused.json()["error"]["code"], "usage");
    }
    let deep = format!("{{\"wish\":{}", "[".repeat(100_000));
    mat.asks_raw(commands, &deep).is(400);
    for path in [
        "/trains/%2e%2e/ledger",
        "/trains/%ff%fe",
        "/trains/amo/pushes/yesterday",
        "/trains/amo/pushes/2026.13.45",
        "/trains/amo/steps/../../etc/passwd",
        "/trains/amo/where?commit=%00%1b[31m",
        "/trains/amo/where?commit=--upload-pack=x",
        "/sign-in/%00",
        "/api/v1/trains/amo/status?push=never",
        "/api/v1/trains/amo/status?unknown=1",
    ] {
        let answer = server.anybody().get(path);
        assert!(matches!(answer.status, 200 | 303 | 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains('\u{1b}'), "{path}");
    }
    mat.get("/trains/amo").is(200);
}

#[test]
fn forms_of_any_bytes_are_refused_in_words() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    for (command, name, value) in [
        ("", "x", "y"),
        ("no-such-command", "x", "y"),
        ("move", "to", "tomorrow"),
        ("swap", "push", "2026.11.26"),
        ("pick", "push", "\u{0}"),
        ("hold", "until", "never"),
        ("approve", "role", "emperor"),
        ("done", "item", "b999999999999999999999"),
    ] {
        let refused = mat.post("/trains/amo/plan", &[("command", command), (name, value)]);
        assert!(matches!(refused.status, 400 | 403 | 404 | 409), "{command}: {}", refused.status);
    }
    mat.asks_raw("/trains/amo/plan", "command=claim&push=%ff%fe%00").is(400);
    mat.post("/trains/amo/do", &[("wish", "{}")]).is(400).says("says yes to nothing");
}

#[test]
fn what_is_too_large_is_refused() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let body = "x".repeat(13_000_000);
    let answer = mat.asks_raw("/api/v1/trains/amo/commands", &body);
    assert!(matches!(answer.status, 413 | 0), "{}", answer.status);
    mat.get("/trains/amo").is(200);
}

#[test]
fn cookies_and_tokens_that_somebody_made_up_open_nothing() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    for cookie in ["pushduty=", "pushduty=x", "pushduty=%00; pushduty=y", "__Host-pushduty=x"] {
        server.anybody().with("cookie", cookie).get("/trains/amo").is(303);
    }
    for token in ["Bearer ", "Bearer x", "bearer \u{7f}", "Basic bWF0Om1hdA=="] {
        let status = server.anybody().with("authorization", token).get("/api/v1/trains").status;
        assert!(matches!(status, 400 | 401), "{token}: {status}");
    }
}

#[test]
fn lines_that_are_no_http_are_refused() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    for request in
        [&b"\r\n\r\n"[..], b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x00"]
    {
        let answer = server.raw(request);
        // What may be the begin of a line is waited for, until it comes too slowly.
        assert!(matches!(answer.status, 0 | 400 | 408 | 505), "{}", answer.status);
    }
    server.anybody().get("/__lbheartbeat__").is(200);
}
