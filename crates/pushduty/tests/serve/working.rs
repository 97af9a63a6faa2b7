//! The server at work: what nobody has to ask for is done, once, and told to whoever runs it.

use serde_json::json;
use testkit::{PushDuty, Remote};

use crate::cut;
use crate::server::{Server, until};

fn told(world: &PushDuty) -> Vec<String> {
    let text = std::fs::read_to_string(world.dir().join("told.jsonl")).unwrap_or_default();
    let kind = |line: &str| -> String {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        line["kind"].as_str().expect("a kind").to_owned()
    };
    text.lines().map(kind).collect()
}

/// A figure of `/metrics`, by how its line begins; 0 where there is none yet.
fn figure(server: &Server, begins: &str) -> u64 {
    let text = server.anybody().get("/metrics").is(200).body;
    let line = text.lines().find(|line| line.starts_with(begins));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// A train of one repository with its private twin, and a channel; cut by nobody yet.
fn uncut() -> (PushDuty, Remote, Remote) {
    let upstream = Remote::new("web");
    upstream.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
    let twin = upstream.twin();
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero", "security"])
        .rotation(&["mat"])
        .repo(&upstream)
        .security_twin("web", &twin)
        .toml("[channels.team]\nfile = \"told.jsonl\"");
    (world, upstream, twin)
}

#[test]
fn remotes_are_looked_at_without_anybody_asking() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "--public --every 0.2");
    let commit = remote.commit_on("main", &[("late.js", "late\n")], "Come late");
    let found = || {
        let path = format!("/api/v1/trains/amo/where?commit={commit}");
        (server.anybody().get(&path).status == 200).then_some(())
    };
    until("the commit is known", found);
}

#[test]
fn security_follows_upstream_and_what_is_due_is_told_once() {
    let (world, upstream, twin) = uncut();
    world.at("2026-11-20T10:00:00Z");
    world.hero("mat").types("tell --yes").ok();
    let before = told(&world).len();
    let commit = upstream.commit_on("main", &[("page.js", "page\n")], "Add a page");
    world.at("2026-11-23T10:00:00Z");
    let server = Server::start(&world, "mat", "--every 0.2");
    until("security's main is upstream's", || (twin.oid("main") == commit).then_some(()));
    until("the cut is reminded of", || (told(&world).len() > before).then_some(()));
    let rounds = || figure(&server, "pushduty_rounds_total{");
    let made = rounds();
    until("two rounds more", || (rounds() >= made + 2).then_some(()));
    let kinds = told(&world);
    assert_eq!(kinds.iter().filter(|kind| *kind == "reminder_cut").count(), 1, "{kinds:?}");
    let log = world.hero("mat").types("log").ok().stdout;
    assert!(log.contains("pushduty"), "the machine's own hand is in the record: {log}");
    world.hero("mat").types("verify").ok();
}

#[test]
fn what_goes_on_failing_is_told_once_and_stops_nothing_else() {
    let (world, remote) = cut();
    let (place, away) = (remote.path().to_owned(), remote.path().with_extension("away"));
    std::fs::rename(&place, &away).expect("moved");
    let server = Server::start(&world, "mat", "--public --every 0.2 --log json");
    let failed = || figure(&server, "pushduty_rounds_failed_total{");
    until("three rounds failed", || (failed() >= 3).then_some(()));
    let mat = server.let_in(&world, "mat");
    let health = || mat.get("/api/v1/trains/amo/health").is(200).json()["lines"][0].clone();
    let ill = health();
    assert_eq!((&ill["kind"], &ill["name"]), (&json!("repository"), &json!("web")));
    assert!(ill["trouble"].is_string(), "{ill}");
    mat.get("/trains/amo/schedule").is(200).says("Health").says(">fails<");
    server.anybody().get("/api/v1/trains/amo/health").is(401);
    server.anybody().get("/trains/amo/schedule").is(200).never_says("Health");
    std::fs::rename(&away, &place).expect("moved back");
    until("it is well again", || health()["trouble"].is_null().then_some(()));
    let rest = failed();
    let ended = server.ends();
    let told = ended.stderr.lines().filter(|line| line.contains("\"kind\":\"failure\"")).count();
    assert_eq!(told, 1, "of {rest}: {}", ended.stderr);
}

#[test]
fn each_answer_is_told_by_its_address_and_never_by_what_the_address_names() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public --log json");
    let mat = server.first();
    mat.get("/trains/amo").is(200);
    let answer = server.anybody().with("x-request-id", "from-a-proxy.7").get("/trains/amo").is(200);
    assert_eq!(answer.header("x-request-id"), Some("from-a-proxy.7"));
    let odd = server.anybody().with("x-request-id", "a\"b").get("/trains/amo").is(200);
    assert_ne!(odd.header("x-request-id"), Some("a\"b"));
    server.anybody().get("/sign-in/not-a-secret-of-ours").is(200);
    let secret = server.link.clone().expect("a link");
    let ended = server.ends();
    let lines: Vec<serde_json::Value> = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let named = |id: &str| {
        lines.iter().any(|line| {
            line["id"] == id && line["route"] == "/trains/{train}" && line["status"] == 200
        })
    };
    assert!(named("from-a-proxy.7"), "{lines:?}");
    assert!(lines.iter().any(|line| line["route"] == "/sign-in/{secret}"));
    for hidden in [secret.trim_start_matches("/sign-in/"), "not-a-secret-of-ours"] {
        assert!(!ended.stderr.contains(hidden), "{}", ended.stderr);
    }
}

#[test]
fn meters_are_of_the_server_and_not_of_what_it_ships() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mut stream = server.stream("/trains/amo/events", "");
    stream.changes(1);
    let answer = server.anybody().get("/metrics").is(200);
    let kind = answer.header("content-type").expect("a kind");
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    for line in [
        "pushduty_followers 1",
        "pushduty_outbox_waiting{train=\"amo\"} 0",
        "pushduty_http_answers_total{route=\"/trains/{train}/events\",status=\"200\"} 1",
        "# EOF",
    ] {
        assert!(answer.body.contains(line), "{line} in {}", answer.body);
    }
    assert!(!answer.body.contains("entries"), "how many entries there are may be embargoed");
}
