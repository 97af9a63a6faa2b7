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
fn what_lets_somebody_in_opens_nothing_changed_or_as_another_kind() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let (token, link) = (mat.token(), server.link_for(&world, "ada"));
    let link = link.rsplit('/').next().unwrap_or_default();
    let mut cookies = mat.headers().iter().filter(|(name, _)| name == "cookie");
    let (_, cookie) = cookies.next().expect("a browser has a cookie");
    let (_, session) = cookie.split_once('=').expect("it has a value");
    let turned: String = session.chars().rev().collect();
    for forged in [&session[1..], &turned, &format!("{session}A"), &token, link] {
        let browser = server.anybody().with("cookie", &format!("pushduty={forged}"));
        browser.get("/trains/amo").is(303);
    }
    for forged in [&token[1..], &format!("{token}A"), session, link] {
        let program = server.anybody().with("authorization", &format!("Bearer {forged}"));
        program.get("/api/v1/trains").is(401);
    }
    mat.get("/trains/amo").is(200);
    server.enter(&format!("/sign-in/{link}")).get("/me").is(200).says("ada");
}

#[test]
fn an_address_leads_to_what_it_names_and_nowhere_beside_it() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    for path in [
        "/assets/../../../etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/look.css",
        "/assets/look.css%00",
        "/assets/..\\..\\etc\\passwd",
        "//evil.example.org/trains/amo",
        "/.git/config",
        "/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/sign-in/with/..%2f..",
        "/trains/..%2f..%2fetc/ledger",
        "/trains/amo%2f..%2fother",
        "/trains/amo/../../etc/passwd",
        "/trains/amo/pushes/..%2f..",
        "/api/v1/trains/..%2famo/status",
        "/api/v1/trains/amo/steps/..%2f..%2fstatus",
        "/api/v1/trains/amo/deploys/..%2f..%2f..%2fetc%2fpasswd",
    ] {
        let answer = mat.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_wherever_they_stand() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first().with("connection", "close");
    let sent = |path: &str, body: &[u8]| {
        server.raw(&[mat.head(path, body.len()).as_bytes(), body].concat())
    };
    // Nothing at all, a slash that is too long, half of a pair, and a letter that breaks off.
    for odd in [&b"\xff\xfe"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82"] {
        let hold = [b"{\"wish\":{\"command\":\"hold\",\"because\":\"", odd, b"\"}}"].concat();
        let refused = sent("/api/v1/trains/amo/commands", &hold).is(400);
        assert_eq!(refused.json()["error"]["code"], "usage");
        sent("/trains/amo/plan", &[b"command=claim&push=", odd].concat()).is(400);
        let asks = |path: &[u8], header: &[u8]| {
            let line = [b"GET ", path, b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"].concat();
            server.raw(&[&line[..], header, b"\r\n\r\n"].concat()).status
        };
        assert_eq!(asks(&[b"/trains/", odd].concat(), b"accept: */*"), 400);
        assert_eq!(asks(b"/trains/amo", &[b"cookie: pushduty=", odd].concat()), 303);
        let bearer = [b"authorization: Bearer ", odd].concat();
        assert_eq!(asks(b"/api/v1/trains", &bearer), 401);
    }
    mat.get("/trains/amo").is(200);
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
