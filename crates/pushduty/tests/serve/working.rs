//! The server at work: what nobody has to ask for is done, once, and told to whoever runs it.

use serde_json::json;
use testkit::{PushDuty, Ran, Remote};

use crate::cut;
use crate::editor::Editor;
use crate::server::{Server, until};
use crate::withheld::with_a_fix;

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

/// The log of a server that ended, each line of which is a document.
fn log(ended: &Ran) -> Vec<serde_json::Value> {
    let read = |line: &str| -> serde_json::Value {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    };
    ended.stderr.lines().map(read).collect()
}

/// A train of one repository with its private twin, and a channel; cut by nobody yet.
fn uncut() -> (PushDuty, Remote, Remote) {
    let upstream = Remote::tagged("web");
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
    let lines = log(&ended);
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
fn what_goes_on_for_whoever_asks_is_on_no_line_of_the_log_and_each_line_is_a_document() {
    let (world, remote) = cut();
    remote.hook("post-receive", "cat > /dev/null; echo 'the hook looks at it' >&2");
    let server = Server::start(&world, "mat", "--every 0 --log json");
    let (mat, api) = (server.first(), "/api/v1/trains/amo");
    for look in ["ready", "compare?repo=web", "where?commit=main"] {
        mat.get(&format!("{api}/{look}")).is(200);
    }
    let again = json!({ "wish": { "command": "tag", "again": true, "because": "kick" } });
    mat.asks(&format!("{api}/commands"), &again).is(200);
    let mut editor = Editor::open(&server, &mat, "2026.11.26");
    editor.hears("the page", |editor| editor.text().contains("Blockers"));
    editor.types("Blockers", "\n* typed by hand");
    editor.is_kept();
    let notes = || mat.get(&format!("{api}/notes?push=2026.11.26")).is(200).body;
    until("it is on record", || notes().contains("\"text\":\"typed by hand\"").then_some(()));
    // What makes no sense is told as what is read anew is.
    let text = std::fs::read_to_string(world.config_path()).expect("a configuration");
    std::fs::write(world.config_path(), format!("{text}\n[nothing]\n")).expect("writable");
    until("it is told", || server.log_so_far().contains("as it was").then_some(()));
    drop(editor);
    let ended = server.ends();
    assert!(log(&ended).iter().any(|line| line["says"] == "ended: nothing is left under way"));
    assert!(!ended.stderr.contains("the hook") && !ended.stderr.contains("fetching"));
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

#[test]
fn p9_counts_tell_no_wish_about_security_from_another() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let review = json!({ "command": "security_approve", "repo": "web", "branch": 1 });
    mat.post("/trains/amo/plan", &[("command", "hold"), ("because", "rain")]).is(200);
    let fields = [("command", "security_approve"), ("repo", "web"), ("branch", "1")];
    kumar.post("/trains/amo/plan", &fields).is(403);
    let wish = json!({ "wish": review, "dry_run": true });
    kumar.asks("/api/v1/trains/amo/commands", &wish).is(403);
    let text = server.anybody().get("/metrics").is(200).body;
    for line in text.lines().filter(|line| line.starts_with("pushduty_http_answers_total")) {
        for told in ["plan", "commands", "403"] {
            assert!(!line.contains(told), "{told} in {line}");
        }
    }
    assert!(figure(&server, "pushduty_http_answers_total{route=\"other\",status=\"\"}") >= 3);
}
