//! Who sees and may what: every operation of the interface, every field of its answers and every wish, by role. The rows
//! come from the interface's own description, which is made from the table that its router is made from: an operation or a
//! wish that is not here yet fails, and a field that somebody else sees now is another snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::server::{Answer, Server, Visitor};

/// Who comes, by the name of the column.
const ROLES: &[&str] =
    &["stranger", "look", "developer", "hero", "qa", "ops", "security", "admin", "all"];

/// What fills the holes in an address.
const HOLES: &[(&str, &str)] = &[("{train}", "amo"), ("{step}", "none"), ("{key}", "none")];

/// What is asked where an operation demands something, and what has no end.
const ASKED: &[(&str, &str)] = &[("/trains/{train}/where", "?commit=main")];
const ENDLESS: &[&str] = &["/trains/{train}/events"];

/// A wish for each command, as somebody would send it.
fn wishes() -> BTreeMap<&'static str, Value> {
    let because = "to see who may";
    let (push, day) = ("2026.11.26", "2026-12-01");
    let notes = json!({ "push": "shown", "writing": { "item":
        { "kind": "blockers", "text": "The page is blank", "owner": null } } });
    let folder = json!({ "files": [], "others": {}, "above": "" });
    BTreeMap::from([
        ("tag", json!({ "again": true, "because": because })),
        ("pick", json!({ "picks": [{ "repo": "web", "commit": "main" }] })),
        ("adopt", json!({ "because": because })),
        ("security_approve", json!({ "repo": "web", "branch": 1 })),
        ("security_merge", json!({ "repo": "web" })),
        ("security_sync", json!({ "repo": "web" })),
        ("security_repair", json!({ "repo": "web", "way": "publish" })),
        ("move", json!({ "push": "2026.12.03", "to": "2026.12.04" })),
        ("cancel", json!({ "push": "2026.12.03", "because": because })),
        ("swap", json!({ "push": "2026.12.03", "with": "all" })),
        ("offer", json!({ "push": "2026.12.03", "to": null })),
        ("take_offer", json!({ "push": "2026.12.03" })),
        ("decline_offer", json!({ "push": "2026.12.03", "because": null })),
        ("keep_offer", json!({ "push": "2026.12.03" })),
        ("confirm", json!({ "push": push })),
        ("call", json!({ "push": push })),
        ("later", json!({ "key": "b1" })),
        ("away", json!({ "who": "mat", "from": day, "to": day })),
        ("back", json!({ "who": "mat", "from": day, "to": day })),
        ("give_role", json!({ "who": "kumar", "role": "qa" })),
        ("take_role", json!({ "who": "kumar", "role": "qa" })),
        ("approve", json!({ "push": push })),
        ("hold", json!({ "push": push, "because": because })),
        ("resume", json!({ "push": push })),
        ("claim", json!({ "push": push })),
        ("unclaim", json!({ "push": push })),
        ("start", json!({ "push": push })),
        ("stop_deploys", json!({ "push": push })),
        ("promote", json!({ "push": push })),
        ("rollback", json!({ "push": push, "because": because })),
        ("clear", json!({ "push": push, "repos": [], "because": because })),
        ("finish", json!({ "push": push, "because": because })),
        ("notes", notes),
        ("import", folder),
    ])
}

/// A train that is cut, with a fix on its private twin that nobody may hear of; somebody of each role, and one of all.
fn world() -> (PushDuty, Remote, Remote) {
    let remote = Remote::new("web");
    remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
    remote.commit_on("main", &[("page.js", "page\n")], "Add a page");
    let twin = remote.twin();
    let all = ["admin", "security", "hero", "ops", "qa", "developer"];
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["developer"])
        .person("krupa", &["qa"])
        .person("jason", &["ops"])
        .person("iris", &["security"])
        .person("ada", &["admin"])
        .person("all", &all)
        .rotation(&["mat", "all"])
        .repo(&remote)
        .security_twin("web", &twin);
    twin.commit("hole").from("main").file("hole.js", "shut\n").subject("Close the hole").make();
    world.hero("mat").types("tag --yes").ok();
    world.security("iris").types("security approve 1 --yes").ok();
    world.hero("mat").types("block \"the page is blank\" --owner kumar --yes").ok();
    world.hero("mat").types("ask web:main \"it is short\" --yes").ok();
    (world, remote, twin)
}

/// The visitors, in the order of the columns.
fn visitors<'s>(world: &PushDuty, server: &'s Server) -> Vec<Visitor<'s>> {
    let looking =
        server.let_in(world, "kumar").post("/me/tokens", &[("label", "x"), ("scope", "read")]);
    let (_, token) = looking.body.split_once("shown this once: <code>").expect("it is shown");
    let token = format!("Bearer {}", token.split('<').next().unwrap_or_default());
    let names = ["kumar", "mat", "krupa", "jason", "iris", "ada", "all"];
    let known = names.iter().map(|name| server.let_in(world, name));
    let outside = [server.anybody(), server.anybody().with("authorization", &token)];
    outside.into_iter().chain(known).collect()
}

/// The operations of the interface that are described.
fn operations(server: &Server) -> Vec<(String, String)> {
    let document = server.anybody().get("/api/v1/openapi.json").is(200).json();
    let of = |(path, methods): (&String, &Value)| -> Vec<(String, String)> {
        let methods = methods.as_object().expect("methods").keys();
        methods.map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    document["paths"].as_object().expect("paths").iter().flat_map(of).collect()
}

/// The names of all commands that are described.
fn described_commands(server: &Server) -> BTreeSet<String> {
    let document = server.anybody().get("/api/v1/openapi.json").json();
    let one_of = document["components"]["schemas"]["Command"]["oneOf"].as_array();
    let name = |form: &Value| form["properties"]["command"]["const"].as_str().map(str::to_owned);
    one_of.expect("a command is one of many").iter().filter_map(name).collect()
}

/// What has to stand behind an address.
fn asked(path: &str) -> &'static str {
    ASKED.iter().find(|(of, _)| *of == path).map_or("", |(_, asked)| asked)
}

/// Every place in a document with what stands there, where places in lists are one.
fn places(at: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(&format!("{at}.{key}"), value, found);
            }
        }
        Value::Array(items) => {
            found.entry(format!("{at}[]")).or_default().push(items.len().to_string());
            for item in items {
                places(&format!("{at}[]"), item, found);
            }
        }
        // When something was looked at is another time in each answer.
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {
            found.entry(at.to_owned()).or_default().push("a time".to_owned());
        }
        plain => found.entry(at.to_owned()).or_default().push(plain.to_string()),
    }
}

/// A line of the matrix.
fn row(text: &mut String, name: &str, cells: &[String]) {
    let cells = cells.iter().map(|cell| format!("{cell:<12}"));
    let line = format!("{name:<44} {}", cells.collect::<String>());
    writeln!(text, "{}", line.trim_end()).expect("a text takes what is written");
}

/// What stands in an answer beside what stands in that for whoever has every role: the same, something else, or nothing.
fn fields(text: &mut String, answers: &[Answer]) {
    let documents: Vec<BTreeMap<String, Vec<String>>> = answers
        .iter()
        .map(|answer| {
            let mut found = BTreeMap::new();
            if answer.status == 200 {
                places("", &answer.json(), &mut found);
            }
            found
        })
        .collect();
    let whole = documents.last().expect("somebody has every role");
    let names: BTreeSet<&String> = documents.iter().flat_map(BTreeMap::keys).collect();
    for name in names {
        let cell = |document: &BTreeMap<String, Vec<String>>| match document.get(name) {
            None => "-",
            found if found == whole.get(name) => "same",
            Some(_) => "other",
        };
        row(
            text,
            &format!("  {name}"),
            &documents.iter().map(|d| cell(d).to_owned()).collect::<Vec<_>>(),
        );
    }
}

#[test]
fn every_field_of_every_answer_is_seen_by_whom_it_is_for() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--public");
    let visitors = visitors(&world, &server);
    let mut text = String::new();
    row(&mut text, "", &ROLES.iter().map(ToString::to_string).collect::<Vec<_>>());
    for (method, path) in operations(&server) {
        let (method, path) = (method.as_str(), path.as_str());
        if method != "GET" || ENDLESS.contains(&path) || path == "/openapi.json" || path == "/" {
            continue;
        }
        let at = HOLES.iter().fold(path.to_owned(), |at, (hole, value)| at.replace(hole, value));
        let at = format!("/api/v1{at}{}", asked(path));
        // What the first look changes, such as what was last seen, is the same for everybody then.
        visitors[ROLES.len() - 1].get(&at);
        let answers: Vec<Answer> = visitors.iter().map(|visitor| visitor.get(&at)).collect();
        let statuses: Vec<String> =
            answers.iter().map(|answer| answer.status.to_string()).collect();
        row(&mut text, &format!("{method} {path}"), &statuses);
        fields(&mut text, &answers);
        for (role, answer) in ROLES.iter().zip(&answers) {
            // Whoever is on duty has the security role meanwhile.
            let may = ["security", "hero", "all"].contains(role);
            assert!(may || !answer.body.contains("hole"), "{role} at {path}: {}", answer.body);
        }
    }
    insta::assert_snapshot!("fields", text);
}

#[test]
fn every_wish_is_for_whom_it_is_and_refused_to_the_rest_before_anything_is_done() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--public");
    let wishes = wishes();
    let ours: BTreeSet<String> = wishes.keys().map(ToString::to_string).collect();
    assert_eq!(ours, described_commands(&server), "every command is here");
    let entries = || world.hero("mat").reads("log")["entries"].as_array().map_or(0, Vec::len);
    let (visitors, before) = (visitors(&world, &server), entries());
    let column = |visitor: &Visitor<'_>| -> Vec<String> {
        wishes.iter().map(|(command, wish)| outcome(visitor, command, wish)).collect()
    };
    let columns: Vec<Vec<String>> = std::thread::scope(|scope| {
        let column = &column;
        let asking: Vec<_> = visitors.iter().map(|v| scope.spawn(move || column(v))).collect();
        asking.into_iter().map(|asking| asking.join().expect("nobody fails")).collect()
    });
    let mut text = String::new();
    row(&mut text, "", &ROLES.iter().map(ToString::to_string).collect::<Vec<_>>());
    for (at, command) in wishes.keys().enumerate() {
        row(&mut text, command, &columns.iter().map(|c| c[at].clone()).collect::<Vec<_>>());
    }
    assert_eq!(entries(), before, "nothing was done");
    insta::assert_snapshot!("wishes", text);
}

/// What a wish comes to when it is planned: a plan, or the reason of the no. Who may not plan it may not carry it out.
fn outcome(visitor: &Visitor<'_>, command: &str, wish: &Value) -> String {
    let commands = "/api/v1/trains/amo/commands";
    let mut wish = wish.clone();
    wish["command"] = json!(command);
    let planned = visitor.asks(commands, &json!({ "wish": wish, "dry_run": true }));
    let unread = planned.body.contains("the body is no wish");
    assert!(planned.status != 500 && !unread, "{command}: {}", planned.body);
    let code = |answer: &Answer| answer.json()["error"]["code"].as_str().map(str::to_owned);
    let Some(no) = code(&planned) else { return "plan".to_owned() };
    if matches!(planned.status, 401 | 403) {
        let carried = visitor.asks(commands, &json!({ "wish": wish }));
        assert!(code(&carried).is_some(), "{command}: {}", carried.body);
    }
    short(&no).to_owned()
}

/// Codes as they fit a column.
fn short(code: &str) -> &str {
    match code {
        "not_allowed" => "may not",
        "not_signed_in" => "sign in",
        other => other,
    }
}

#[test]
fn nobody_who_is_not_known_is_answered_where_the_pages_are_not_public() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "");
    let open = ["/", "/openapi.json"];
    for (method, path) in operations(&server) {
        let at = HOLES.iter().fold(path.clone(), |at, (hole, value)| at.replace(hole, value));
        let answer = match method.as_str() {
            "GET" => server.anybody().get(&format!("/api/v1{at}{}", asked(&path))),
            _ => server
                .anybody()
                .asks(&format!("/api/v1{at}"), &json!({ "wish": { "command": "claim" } })),
        };
        let expected = if open.contains(&path.as_str()) { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
    }
}
