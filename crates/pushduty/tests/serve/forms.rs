//! Every wish has a form on some page. The wishes are those of the interface's own description, which is made of the commands: a
//! new one fails here until it has a form, or a reason why it has none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::matrix::{described_commands, described_writings};
use crate::roles::{filled, world};
use crate::server::Server;

/// Wishes whose forms go by other words than theirs.
const OTHERWISE: &[(&str, &[&str])] = &[("give_role", &["give"]), ("take_role", &["take"])];

/// Of a wish about notes there is a form for each kind of writing.
const WRITINGS: &[(&str, &[&str])] = &[
    ("text", &["notes"]),
    ("item", &["block", "task"]),
    ("ask", &["ask"]),
    ("decline", &["decline"]),
    ("done", &["done"]),
    ("pass_on", &["pass_on"]),
];

/// What a form calls by another name than the wish does.
const NAMES: &[(&str, &[&str])] = &[
    ("branches", &["branch"]),
    ("commits", &["commit"]),
    ("issues", &["issue"]),
    ("overrides", &["override"]),
    ("picks", &["pick", "commit"]),
    ("repos", &["repo"]),
];

/// What no form says of a wish, each with its reason.
const UNSAID: &[(&str, &str, &str)] =
    &[("item", "kind", "blockers and tasks have a form each, that of tasks with the phase")];

/// Wishes without a form, each with its reason.
const NONE: &[(&str, &str)] =
    &[("import", "it takes in a folder of the machine that it is wished on")];

/// What the forms of a page wish.
fn wished(page: &str) -> impl Iterator<Item = &str> {
    let forms = page.split("name=\"command\" value=\"").skip(1);
    forms.filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_wish_has_a_form_on_some_page_or_a_reason_why_not() {
    let (world, _remote, _twin) = world();
    world.as_person("ada").types("people give kumar qa --yes").ok();
    let server = Server::start(&world, "mat", "--every 0");
    let all = server.let_in(&world, "all");
    let pages: Vec<String> =
        web::page_addresses().iter().map(|address| all.get(&filled(address)).body).collect();
    let forms: BTreeSet<&str> = pages.iter().flat_map(|page| wished(page)).collect();
    let described = described_commands(&server);
    for (wish, reason) in NONE {
        assert!(described.contains(*wish) && !forms.contains(wish), "{wish} has none: {reason}");
    }
    let have = |wish: &str, words: &[&str]| {
        for word in words {
            assert!(forms.contains(word), "no page has a form of {wish} ({word}): {forms:?}");
        }
    };
    let apart = |wish: &str| wish == "notes" || NONE.iter().any(|(none, _)| *none == wish);
    for wish in described.iter().filter(|wish| !apart(wish)) {
        let own = [wish.as_str()];
        let words =
            OTHERWISE.iter().find(|(of, _)| of == wish).map_or(&own[..], |&(_, words)| words);
        have(wish, words);
    }
    let writings: BTreeSet<String> = WRITINGS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(writings, described_writings(&server), "every kind of writing is here");
    for (kind, words) in WRITINGS {
        have(kind, words);
    }
}

/// The names of the fields of each form, by what it wishes; of several with the same wish those of all.
fn fields(pages: &[String]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut fields: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for form in pages.iter().flat_map(|page| page.split("<form").skip(1)) {
        let form = form.split("</form>").next().unwrap_or_default();
        let named = || form.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for wish in wished(form) {
            fields.entry(wish).or_default().extend(named());
        }
    }
    fields
}

/// The properties of a schema, and of what it refers to as a whole.
fn properties(schema: &Value, document: &Value) -> BTreeMap<String, Value> {
    let own = schema["properties"].as_object().cloned().unwrap_or_default();
    let place = schema["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    let named = place.and_then(|place| document.pointer(place));
    let parts = schema["allOf"].as_array().into_iter().flatten().chain(named);
    let others = parts.flat_map(|part| properties(part, document));
    others.chain(own).collect()
}

/// What the forms of a wish go by.
fn words(table: &[(&str, &[&str])], wish: &str) -> Vec<String> {
    let others = table.iter().find(|(of, _)| *of == wish).map(|&(_, words)| words);
    others.unwrap_or(&[wish]).iter().map(|word| (*word).to_owned()).collect()
}

/// What can be said of each wish, and of each writing in notes: its form's words, and its properties.
fn sayings(document: &Value) -> Vec<(String, Vec<String>, BTreeSet<String>)> {
    let schemas = &document["components"]["schemas"];
    let of = |name: &str| schemas[name]["oneOf"].as_array().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for command in of("Command") {
        let said = properties(&command, document);
        let wish = said["command"]["const"].as_str().expect("each has a name").to_owned();
        let said: BTreeSet<String> = said.into_keys().filter(|name| name != "command").collect();
        if wish != "notes" && !NONE.iter().any(|(none, _)| *none == wish) {
            all.push((wish.clone(), words(OTHERWISE, &wish), said));
        }
    }
    for writing in of("Writing") {
        for (kind, schema) in properties(&writing, document) {
            let said = properties(&schema, document).into_keys().chain(["push".to_owned()]);
            all.push((kind.clone(), words(WRITINGS, &kind), said.collect()));
        }
    }
    all
}

#[test]
fn every_form_says_all_that_its_wish_can_say_or_there_is_a_reason_why_not() {
    let (world, _remote, _twin) = world();
    world.as_person("ada").types("people give kumar qa --yes").ok();
    let server = Server::start(&world, "mat", "--every 0");
    let all = server.let_in(&world, "all");
    let pages: Vec<String> =
        web::page_addresses().iter().map(|address| all.get(&filled(address)).body).collect();
    let forms = fields(&pages);
    let sayings = sayings(&server.anybody().get("/api/v1/openapi.json").is(200).json());
    assert!(sayings.iter().any(|(wish, _, said)| wish == "finish" && said.contains("issues")));
    let has = |words: &[String], property: &str| {
        let other = NAMES.iter().find(|(of, _)| *of == property).map(|&(_, names)| names);
        let names = || other.into_iter().flatten().copied().chain([property]);
        let mut fields = words.iter().filter_map(|word| forms.get(word.as_str()));
        fields.any(|form| names().any(|name| form.contains(name)))
    };
    for (wish, words, said) in &sayings {
        for property in said {
            let unsaid = UNSAID.iter().find(|(of, name, _)| of == wish && name == property);
            match unsaid {
                None => assert!(has(words, property), "no form of {wish} has {property}"),
                Some((.., why)) => assert!(!has(words, property), "{wish}, {property}: {why}"),
            }
        }
    }
    for (of, name, _) in UNSAID {
        let known = sayings.iter().any(|(wish, _, said)| wish == of && said.contains(*name));
        assert!(known, "{of} has no {name} any more");
    }
}
