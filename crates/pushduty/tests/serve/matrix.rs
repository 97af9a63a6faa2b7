//! Who sees and may what: every operation of the interface, every field of its answers and every wish, by role. The rows
//! come from the interface's own description, which is made from the table that its router is made from: an operation or a
//! wish that is not here yet fails, and a field that somebody else sees now is another snapshot.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::roles::{
    Fix, ROLES, begun, columns, each, filled, refusal, row, short, table, visitors, world,
};
use crate::server::{Answer, Server, Visitor};

/// What is asked where an operation demands something, and what has no end.
const ASKED: &[(&str, &str)] = &[
    ("/trains/{train}/where", "?commit=main"),
    ("/trains/{train}/watch", "?environment=production"),
];
const ENDLESS: &[&str] = &["/trains/{train}/events"];

/// A wish for each command, as somebody would send it.
pub fn wishes() -> BTreeMap<&'static str, Value> {
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

/// An operation of the interface.
pub struct Operation {
    pub method: String,
    pub path: String,
    /// Its name.
    pub id: String,
}

/// The operations of the interface that are described.
fn operations(server: &Server) -> Vec<Operation> {
    let document = server.anybody().get("/api/v1/openapi.json").is(200).json();
    let of = |(path, methods): (&String, &Value)| -> Vec<Operation> {
        let one = |(method, about): (&String, &Value)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            id: about["operationId"].as_str().expect("an operation has a name").to_owned(),
        };
        methods.as_object().expect("methods").iter().map(one).collect()
    };
    document["paths"].as_object().expect("paths").iter().flat_map(of).collect()
}

/// Those of them that answer with a document about the trains.
pub fn views(server: &Server) -> Vec<Operation> {
    let mut all = operations(server);
    for apart in ENDLESS.iter().chain(["/", "/openapi.json"].iter()) {
        let before = all.len();
        all.retain(|one| one.path != *apart);
        assert_eq!(all.len() + 1, before, "{apart} is there, and answers with something else");
    }
    all.retain(|one| one.method == "GET");
    all
}

/// The names of all commands that are described.
pub fn described_commands(server: &Server) -> BTreeSet<String> {
    one_of(server, "Command", |form| form["properties"]["command"]["const"].as_str())
}

/// The kinds of writing in notes that are described.
pub fn described_writings(server: &Server) -> BTreeSet<String> {
    one_of(server, "Writing", |form| form["required"][0].as_str())
}

/// What a described form is one of, by their names.
fn one_of(server: &Server, form: &str, name: fn(&Value) -> Option<&str>) -> BTreeSet<String> {
    let document = server.anybody().get("/api/v1/openapi.json").json();
    let all = document["components"]["schemas"][form]["oneOf"].as_array();
    let all = all.expect("it is one of many").iter();
    all.map(|one| name(one).expect("each has a name").to_owned()).collect()
}

/// What has to stand behind an address.
pub fn asked(path: &str) -> &'static str {
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
    let (world, _remote, twin) = world();
    let fix = Fix::on(&twin);
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let begun = begun(&visitors);
    let mut text = table();
    for Operation { path, .. } in views(&server) {
        for (name, place) in each(&path, &begun) {
            let at = format!("/api/v1{place}{}", asked(&path));
            // What the first look changes, such as what was last seen, is the same for everybody then.
            visitors[ROLES.len() - 1].get(&at);
            let answers: Vec<Answer> = visitors.iter().map(|visitor| visitor.get(&at)).collect();
            let statuses: Vec<String> =
                answers.iter().map(|answer| answer.status.to_string()).collect();
            row(&mut text, &format!("GET {name}"), &statuses);
            fields(&mut text, &answers);
            fix.is_heard_by_those_who_may(&answers, &name);
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
    let columns = columns(&visitors, |visitor| {
        wishes.iter().map(|(command, wish)| outcome(visitor, command, wish)).collect::<Vec<_>>()
    });
    let mut text = table();
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
    let Some(no) = refusal(&planned) else { return "plan".to_owned() };
    if matches!(planned.status, 401 | 403) {
        let carried = visitor.asks(commands, &json!({ "wish": wish }));
        assert!(refusal(&carried).is_some(), "{command}: {}", carried.body);
    }
    short(&no).to_owned()
}

#[test]
fn nobody_who_is_not_known_is_answered_where_the_pages_are_not_public() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "");
    let open = ["/", "/openapi.json"];
    for Operation { method, path, .. } in operations(&server) {
        let at = filled(&path);
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
