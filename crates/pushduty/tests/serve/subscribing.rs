//! The calendar for calendar programs, which sign in nowhere: a key in its address lets them read it, and nothing else.

use serde_json::json;

use crate::cut;
use crate::roles::filled;
use crate::server::{Server, Visitor};

const CALENDAR: &str = "/trains/amo/calendar.ics";

/// Has an address made by the button on the train's page, and gives its key.
fn key(visitor: &Visitor<'_>) -> String {
    visitor.get("/trains/amo/schedule").is(200).says("Subscribe to the calendar…");
    let made = visitor.post("/me/tokens", &[("scope", "calendar"), ("train", "amo")]).is(200);
    let (_, rest) = made.body.split_once(&format!("{CALENDAR}?key=")).expect("it is shown");
    rest.split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn a_calendar_program_reads_by_the_key_in_its_address_until_that_is_revoked() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let key = key(&mat);
    let address = format!("{CALENDAR}?key={key}");
    let read = server.anybody().get(&address).is(200).says("BEGIN:VCALENDAR");
    assert_eq!(read.body, mat.get(CALENDAR).is(200).body);
    server.anybody().get(CALENDAR).is(303);
    let me = mat.get("/me").is(200).says("read the calendars").never_says(&key);
    mat.get("/trains/amo/ledger").is(200).says("made an address to read the calendars by");
    mat.post("/me/revoke", &[("id", &me.hidden("id").expect("a key can be revoked"))]).is(303);
    mat.get("/trains/amo/ledger").is(200).says("revoked a calendar key of their own");
    let gone = server.anybody().get(&address).is(401).never_says(&key);
    let gone = gone.says("this calendar key is not").never_says("token");
    assert_eq!(gone.header("location"), None, "nobody is sent on with the key");
    mat.get("/me").is(200).never_says("read the calendar");
    mat.post("/me/tokens", &[("scope", "calendar"), ("train", "nobody")]).is(404);
    mat.get("/me").is(200).never_says("read the calendar");
}

#[test]
fn the_key_of_a_calendar_opens_nothing_else_and_nothing_else_opens_a_calendar() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (mat, anybody) = (server.first(), server.anybody());
    let key = key(&mat);
    let addresses = web::addresses();
    for path in addresses.iter().filter_map(|address| address.strip_prefix("GET ")) {
        if path != "/trains/{train}/calendar.ics" {
            let at = filled(path);
            let (with, without) = (anybody.get(&format!("{at}?key={key}")), anybody.get(&at));
            assert_eq!(with.status, without.status, "{path}: {}", with.body);
        }
    }
    let status = "/api/v1/trains/amo/status";
    // A view takes no key: the question is none that can be read.
    anybody.get(&format!("{status}?key={key}")).is(400).never_says("pushes");
    let program = anybody.clone().with("authorization", &format!("Bearer {key}"));
    program.get(status).is(401);
    program.get(CALENDAR).is(401);
    let wish = json!({ "wish": { "command": "claim", "push": null } });
    program.asks("/api/v1/trains/amo/commands", &wish).is(401);
    let (name, session) = mat.headers().first().expect("a cookie").clone();
    let (cookie, secret) = session.split_once('=').expect("a cookie has a name");
    anybody.clone().with(&name, &format!("{cookie}={key}")).get(CALENDAR).is(303);
    anybody.get(&format!("{CALENDAR}?key={secret}")).is(401);
    anybody.get(&format!("{CALENDAR}?key={}", mat.token_to("act"))).is(401);
}

#[test]
fn the_key_of_a_calendar_is_in_no_line_of_the_log() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--log json");
    let key = key(&server.first());
    server.anybody().get(&format!("{CALENDAR}?key={key}")).is(200);
    server.anybody().get(&format!("{CALENDAR}?key=not-a-key-of-ours")).is(401);
    let ended = server.ends();
    assert!(ended.stderr.contains("/trains/{train}/calendar.ics"), "{}", ended.stderr);
    for hidden in [key.as_str(), "not-a-key-of-ours"] {
        assert!(!ended.stderr.contains(hidden), "{}", ended.stderr);
    }
}

#[test]
fn where_everybody_may_look_the_calendar_takes_no_key() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let page = server.first().get("/trains/amo/schedule").is(200);
    page.says(&format!("href=\"{CALENDAR}\">Subscribe to the calendar<")).never_says("/me/tokens");
    server.anybody().get(CALENDAR).is(200).says("BEGIN:VCALENDAR");
}
