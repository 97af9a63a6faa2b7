//! What waits for people, as pages and programs have it: for each their own, and of security nothing for whoever lacks the
//! role (P9).

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::server::{Server, until};
use crate::withheld::with_a_fix;

/// A train that wants sign-offs and a claim, cut.
fn cut() -> (PushDuty, Remote) {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person("jason", &["ops"])
        .repo(&remote)
        .toml("[gates]\nqa = { need = 1 }\nops = { need = 1 }");
    world.hero("mat").types("tag --yes").ok();
    (world, remote)
}

#[test]
fn everybody_has_a_page_of_their_own() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (krupa, jason) = (server.let_in(&world, "krupa"), server.let_in(&world, "jason"));
    let kumar = server.let_in(&world, "kumar");
    krupa.get("/waiting").is(200).says("waits for your sign-off as QA").says("Review the tags…");
    jason.get("/waiting").is(200).says("nobody has claimed the push").never_says("as QA");
    let calm = kumar.get("/waiting").is(200).says("Nothing waits for you.").never_says("Review");
    // Who has one train alone finds its pages here too.
    calm.says("aria-label=\"Train\"").says("href=\"/trains/amo/schedule\"");
    // The bar counts on every page, for whoever it is.
    krupa.get("/trains/amo").is(200).says("Waiting for me <b class=\"count\">1</b>");
    kumar.get("/trains/amo").is(200).says("Waiting for me</a>");
    server.anybody().get("/trains/amo").is(200).never_says("Waiting for me");
    let away = server.anybody().get("/waiting").is(303);
    assert_eq!(away.header("location"), Some("/sign-in?next=%2Fwaiting"));
    server.anybody().get("/waiting/events").is(401);
    server.anybody().get("/api/v1/waiting").is(401);
    server.anybody().get("/api/v1/trains/amo/waiting").is(401);
}

#[test]
fn programs_have_the_same_as_the_command_line() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    for who in ["krupa", "jason", "kumar"] {
        let visitor = server.let_in(&world, who);
        let served = visitor.get("/api/v1/trains/amo/waiting").is(200).json();
        let typed = world.as_person(who).reads("waiting");
        for key in ["train", "person", "things", "later", "next_turn"] {
            assert_eq!(served[key], typed[key], "{who}: {key}");
        }
        let all = visitor.get("/api/v1/waiting").is(200).json();
        assert_eq!(all["trains"][0]["things"], served["things"], "{who}");
        assert_eq!(all["count"], served["things"].as_array().expect("things").len());
    }
}

#[test]
fn an_answer_on_the_page_is_a_plan_and_a_wish_of_programs_alike() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let jason = server.let_in(&world, "jason");
    let page = jason.get("/waiting").is(200);
    let wish = page.hidden("wish").expect("it can be answered");
    jason.agrees("amo", &[("wish", &wish)]).is(200).says("Over");
    jason.get("/waiting").is(200).never_says("nobody has claimed");
    // What lacks its reason is not planned without.
    let mat = server.let_in(&world, "mat");
    let adopt = |because: Value| json!({ "command": "adopt", "because": because }).to_string();
    mat.post("/trains/amo/plan", &[("wish", &adopt(Value::Null))]).is(400).says("reason");
    mat.post("/trains/amo/plan", &[("wish", &adopt(json!("")))]).is(400);
    mat.post("/trains/amo/plan", &[("wish", "{")]).is(400);
}

#[test]
fn a_thing_is_put_off_in_one_go_and_is_folded_away() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let krupa = server.let_in(&world, "krupa");
    let key = krupa.get("/waiting").is(200).hidden("key").expect("it has a name");
    let back = krupa.post("/trains/amo/later", &[("key", &key), ("until", "tomorrow")]).is(303);
    assert_eq!(back.header("location"), Some("/waiting"));
    let page = krupa.get("/waiting").is(200);
    page.says("Nothing waits for you. 1 put off.").says("Show what is put off").says("as QA");
    let all = krupa.get("/api/v1/waiting").is(200).json();
    assert_eq!((&all["count"], &all["trains"][0]["later"][0]["key"]), (&json!(0), &json!(key)));
    krupa.post("/trains/amo/later", &[("key", "a9")]).is(303);
    krupa.post("/trains/amo/later", &[("key", "a b")]).is(400);
    krupa.post("/trains/amo/later", &[]).is(400);
    server.anybody().post("/trains/amo/later", &[("key", &key)]).is(303);
}

#[test]
fn a_change_is_told_to_whoever_follows_all_their_trains() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let krupa = server.let_in(&world, "krupa");
    let cookie: String =
        krupa.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut stream = server.stream("/waiting/events", &cookie);
    let mut heard =
        |n: usize| until("it tells", || (stream.told("event: change") >= n).then_some(()));
    heard(1);
    world.ops("jason").types("claim --yes").ok();
    heard(2);
}

#[test]
fn of_security_nothing_waits_for_whoever_lacks_the_role() {
    let (world, _remote, twin) = with_a_fix();
    twin.commit("wound").from("main").file("wound.js", "shut\n").subject("Close the wound").make();
    world.security("iris").types("security list").ok();
    let server = Server::start(&world, "mat", "--public");
    let iris = server.let_in(&world, "iris");
    let page = iris.get("/waiting").is(200).says("ecurity branch").says("Review the branch…");
    let key = page.hidden("key").expect("it has a name");
    assert!(key.starts_with("review:"), "{key}");
    iris.post("/trains/amo/later", &[("key", &key)]).is(303);
    iris.get("/waiting").is(200).says("1 put off");
    let kumar = server.let_in(&world, "kumar");
    for path in
        ["/waiting", "/api/v1/waiting", "/api/v1/trains/amo/waiting", "/api/v1/trains/amo/log"]
    {
        let told = kumar.get(path).is(200);
        told.never_says("review:").never_says("ecurity branch").never_says("wound");
    }
    assert_eq!(kumar.get("/api/v1/waiting").json()["count"], 0);
    // Their own name of it says as little to somebody else.
    kumar.post("/trains/amo/plan", &[("command", "later"), ("key", &key)]).is(404);
}
