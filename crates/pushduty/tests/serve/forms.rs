//! Every wish has a form on some page. The wishes are those of the interface's own description, which is made of the commands: a
//! new one fails here until it has a form, or a reason why it has none.

use std::collections::BTreeSet;

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
];

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
