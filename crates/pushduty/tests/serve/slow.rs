//! Requests that say more than they send, or send it slowly: who sends one is asked before any of it is read, and it is waited
//! for within a bound.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::cut;
use crate::server::{Answer, Server, Visitor};

const COMMANDS: &str = "/api/v1/trains/amo/commands";

/// What is answered to the head of a request whose body never comes.
fn to_a_head(server: &Server, who: &Visitor<'_>, path: &str, length: usize) -> Answer {
    answer(&server.connection(who.head(path, length).as_bytes()))
}

/// An answer that may be the last of its connection, or not.
fn answer(mut stream: &std::net::TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        bytes.extend_from_slice(&piece[..read]);
    }
    Answer::read(&bytes)
}

#[test]
fn who_sends_it_is_asked_before_it_is_read() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (mat, anybody) = (server.first(), server.anybody());
    let made = mat.post("/me/tokens", &[("label", "a board")]).is(200);
    let (_, rest) = made.body.split_once("shown this once: <code>").expect("the token is shown");
    let token = rest.split('<').next().unwrap_or_default();
    let board = server.anybody().with("authorization", &format!("Bearer {token}"));
    let nobody = server.anybody().with("authorization", "Bearer made-up");
    let elsewhere = mat.clone().with("origin", "https://evil.example.org");
    for (who, path, status) in [
        (&anybody, COMMANDS, 401),
        (&nobody, COMMANDS, 401),
        (&board, COMMANDS, 403),
        (&elsewhere, COMMANDS, 403),
        (&mat, "/api/v1/trains/nothing/commands", 404),
        (&anybody, "/trains/amo/plan", 303),
        (&anybody, "/trains/amo/do", 303),
        (&anybody, "/me/tokens", 303),
        (&elsewhere, "/trains/amo/plan", 403),
        (&mat, "/trains/nothing/plan", 404),
    ] {
        let answer = to_a_head(&server, who, path, 900_000);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
}

#[test]
fn an_address_takes_as_much_as_it_needs() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    for path in ["/me/tokens", "/me/links", "/me/revoke"] {
        let answer = to_a_head(&server, &mat, path, 9_000).is(413);
        answer.says("too large").says("<html");
    }
    let answer = to_a_head(&server, &mat, COMMANDS, 5_000_000).is(413).json();
    assert_eq!(answer["error"]["code"], "too_large");
    to_a_head(&server, &mat, "/trains/amo/plan", 5_000_000).is(413).says("<html");
    let typed = mat.clone().with("content-type", "text/plain");
    for path in [COMMANDS, "/trains/amo/plan"] {
        to_a_head(&server, &typed, path, 9_000).is(400).says("is not taken here");
    }
    // The longest page of notes goes through, in the form where it takes the most.
    let text = format!("{}\n", "ü".repeat(100)).repeat(4_900);
    let base = world.hero("mat").types("notes show --json").json()["version"].to_string();
    let notes = [("command", "notes"), ("push", "2026.11.26"), ("base", &*base), ("text", &*text)];
    mat.post("/trains/amo/plan", &notes).is(200);
}

#[test]
fn what_comes_too_slowly_is_given_up() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let part = format!("{}{{\"wish\"", mat.head(COMMANDS, 100));
    let form = format!("{}label=", mat.head("/me/tokens", 100));
    let begun = Instant::now();
    let late: Vec<_> = [part.as_str(), form.as_str(), "GET /trains/amo HTTP/1.1\r\nhost: x\r\n"]
        .iter()
        .map(|bytes| server.connection(bytes.as_bytes()))
        .collect();
    let answers: Vec<_> = late.iter().map(|stream| answer(stream).is(408)).collect();
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(answers[0].json()["error"]["code"], "too_slow");
    assert!(answers[1].body.contains("<html") && answers[1].body.contains("came too slowly"));
    assert!(answers[2].body.contains("came too slowly"));
    mat.get("/trains/amo").is(200);
}
