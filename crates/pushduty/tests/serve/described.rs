//! The description of the interface: it is true. Schemathesis asks all that it allows, and holds every answer to it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::PushDuty;

use crate::cut;
use crate::matrix::described_commands;
use crate::server::{Answer, Server};

/// The program, kept with the tools.
const SCHEMATHESIS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.python/bin/schemathesis");

/// What no answer is held to: that whatever reads well is taken. No push may leave on the day that it names, and there are plans
/// that have to be read first.
const NOT_HELD: &str = "positive_data_acceptance";

/// Of a stream its first event is read. Each request comes from an address of its own: from one, who comes with tokens that are
/// none has to wait soon.
const SETTINGS: &str =
    "hooks = \"elsewhere.py\"\nmax-stream-events = 1\n[parameters]\n\"path.train\" = \"amo\"\n";
const ELSEWHERE: &str = "\
import itertools
import schemathesis

numbers = itertools.count(1)

@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(numbers)
    address = f\"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\"
    case.headers[\"X-Forwarded-For\"] = address
";

#[test]
fn every_answer_to_whatever_the_description_allows_is_as_described() {
    assert!(
        Path::new(SCHEMATHESIS).exists(),
        "schemathesis is not installed: `cargo xtask test` does it, with python3 and its package python3-venv"
    );
    let roles = ["admin", "security", "hero", "ops", "qa", "developer"];
    let (world, remote) = cut();
    let world =
        world.time_limit(Duration::from_secs(300)).person("eve", &roles).person("otto", &[]);
    let entries = || world.hero("mat").reads("log")["entries"].as_array().map_or(0, Vec::len);
    let server = Server::start(&world, "mat", "--behind-proxy");
    let (eve, otto) = (server.let_in(&world, "eve").token(), server.let_in(&world, "otto").token());
    let before = entries();
    every_answer(&world, &server, Some(&eve), 24, NOT_HELD);
    assert!(entries() > before, "wishes were carried out among it");
    let tags = remote.tags();
    every_answer(&world, &server, Some(&otto), 6, NOT_HELD);
    server.ends().ok();
    // Where anybody may look nobody is turned away for having no token.
    let server = Server::start(&world, "mat", "--public --behind-proxy");
    every_answer(&world, &server, None, 6, &format!("{NOT_HELD},ignored_auth"));
    server.ends().ok();
    assert_eq!(remote.tags(), tags, "who has no role publishes nothing, nor who is not known");
}

/// Asks all that the description allows, each operation so often, with this token; holds every answer to it.
fn every_answer(world: &PushDuty, server: &Server, token: Option<&str>, often: u32, not: &str) {
    let settings = world.dir().join("schemathesis.toml");
    std::fs::write(&settings, SETTINGS).expect("it is ours");
    std::fs::write(world.dir().join("elsewhere.py"), ELSEWHERE).expect("it is ours");
    let mut run = world.sealed().command(SCHEMATHESIS);
    run.arg("--config-file").arg(&settings);
    run.args(["run", &format!("{}/api/v1/openapi.json", server.url())]);
    if let Some(token) = token {
        run.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    run.args(["--checks", "all", "--exclude-checks", not]);
    run.args(["--phases", "examples,coverage,fuzzing", "--max-examples", &often.to_string()]);
    run.args(["--seed", "1", "--no-shrink", "--workers", "2", "--request-timeout", "30"]);
    run.args(["--suppress-health-check", "all", "--no-color", "--warnings", "off"]);
    // A wish is waited for as long as a request: what is slow is measured elsewhere.
    run.args(["--generation-database", "none", "--max-response-time", "30"]);
    run.current_dir(world.dir());
    let ran = world.start_command(&mut run).wait().ok();
    // All but the description itself, which it has read.
    ran.says(&format!("Tested: {}\n", operations(server) - 1));
}

/// How many operations there are.
fn operations(server: &Server) -> usize {
    let document = server.anybody().get("/api/v1/openapi.json").is(200).json();
    let paths = document["paths"].as_object().expect("paths").values();
    paths.map(|operations| operations.as_object().map_or(0, serde_json::Map::len)).sum()
}

#[test]
fn the_description_is_open_and_every_operation_is_there() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let anybody = server.anybody();
    let document = anybody.get("/api/v1/openapi.json").is(200).json();
    assert_eq!(
        (&document["openapi"], &document["servers"]),
        (&json!("3.1.0"), &json!([{ "url": "/api/v1" }]))
    );
    let mat = server.first();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let at = path.replace("{train}", "amo").replace("{step}", "x").replace("{key}", "x");
            if method == "get" && !at.ends_with("/events") {
                let status = mat.get(&format!("/api/v1{at}")).status;
                assert!(matches!(status, 200 | 400 | 403 | 404), "{path}: {status}");
            }
        }
        let status =
            mat.with_method("DELETE", &format!("/api/v1{}", path.replace("{train}", "amo")));
        assert_eq!(status.status, 405, "{path} is served, and for nothing else");
    }
}

#[test]
fn the_description_is_pages_that_need_nothing_from_elsewhere() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let anybody = server.anybody();
    let page = anybody.get("/api/v1/").is(200);
    page.header("content-security-policy").expect("a policy stands on every answer");
    let document = anybody.get("/api/v1/openapi.json").json();
    let paths = document["paths"].as_object().expect("paths").keys();
    let page = paths.fold(page, |page, path| page.says(path));
    let names = document["components"]["schemas"].as_object().expect("schemas").keys();
    let page = names.clone().fold(page, |page, name| page.says(&format!("\"?form={name}\"")));
    stands_alone(&page);
    for name in between(&page.body, "href=\"?form=") {
        let form = anybody.get(&format!("/api/v1/?form={name}")).is(200);
        stands_alone(&form.says(&format!("id=\"{name}\"")));
    }
    assert!(names.len() > 100, "there are forms");
    for (question, status) in [("form=Nothing", 404), ("form=", 404), ("forms=Problem", 400)] {
        anybody.get(&format!("/api/v1/?{question}")).is(status);
    }
}

#[test]
fn the_form_of_a_wish_has_every_command_with_its_keys_and_what_it_is() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let page = server.anybody().get("/api/v1/?form=Command").is(200);
    let page = described_commands(&server)
        .iter()
        .fold(page, |page, name| page.says(&format!("command: &#34;{name}&#34;")));
    page.says("Let a push depart on another day.").says("href=\"#PushDate\"");
}

/// What a page may weigh as it is written, in bytes.
const LIGHT: usize = 55_000;

/// A page of the description is light, loads nothing, and every link within it leads somewhere.
#[track_caller]
fn stands_alone(page: &Answer) {
    let (begin, bytes) = (page.body.get(..200), page.body.len());
    assert!(bytes < LIGHT, "{begin:?} weighs {bytes}");
    assert!(!page.body.contains("https://") && !page.body.contains("http://"), "it loads nothing");
    let targets: BTreeSet<&str> = between(&page.body, "href=\"#").collect();
    for target in targets {
        assert!(page.body.contains(&format!("id=\"{target}\"")), "{target}");
    }
}

fn between<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn a_stream_tells_what_goes_on_and_then_the_very_answer() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let streaming = mat.clone().with("accept", "text/event-stream");
    let answer = |body: &str| -> Value {
        let (_, rest) = body.split_once("event: answer\ndata: ").expect("it ends with the answer");
        serde_json::from_str(rest.lines().next().unwrap_or_default()).expect("a document")
    };
    for path in
        ["status", "compare", "where?commit=main", "status?push=2019.01.01", "where?commit=nothing"]
    {
        let path = format!("/api/v1/trains/amo/{path}");
        let (plain, streamed) = (mat.get(&path), streaming.get(&path).is(200));
        let answer = answer(&streamed.unchunked());
        assert_eq!(answer["status"], plain.status);
        assert_eq!(answer["body"], plain.json());
    }
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "kick" } });
    let cut = streaming.asks("/api/v1/trains/amo/commands", &wish).is(200).unchunked();
    assert!(cut.contains("event: said\ndata: {\"is\":"), "{cut}");
    assert_eq!(answer(&cut)["body"]["repos"][0]["outcome"], "published");
}
