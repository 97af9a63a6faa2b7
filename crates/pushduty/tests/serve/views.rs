//! Every view is shown on some page. The views are those of the interface's own description, which is made of its table: a new one
//! fails here until it has a page, or a reason why it has none.

use crate::matrix::views;
use crate::roles::{filled, world};
use crate::server::Server;

/// Where a view is shown: the page, and the part of it that is there in any world; empty where that takes more than this one,
/// and a test of its own looks.
const SHOWN: &[(&str, &str, &str)] = &[
    ("trains", "/", ""),
    ("status", PUSH, "board"),
    ("ready", PUSH, "gates"),
    ("watch", PUSH, "fleet"),
    ("asks", PUSH, ""),
    ("security", PUSH, "security"),
    ("compare", "/trains/{train}/compare/{repo}", "compared"),
    ("where", "/trains/{train}/where", "answer"),
    ("history", "/trains/{train}/history", "s-pushes"),
    ("stats", "/trains/{train}/stats", "s-dora"),
    ("log", "/trains/{train}/ledger", "ledger"),
    ("schedule", "/trains/{train}/schedule", "schedule"),
    ("rotation", "/trains/{train}/schedule", "turns"),
    ("health", "/trains/{train}/schedule", ""),
    ("people", "/trains/{train}/people", "people"),
    ("notes", "/trains/{train}/pushes/{push}/notes", "s-notes"),
    ("doubts", "/trains/{train}/pushes/{push}/notes/check", "again"),
    ("waiting", "/waiting", "things"),
    ("all_waiting", "/waiting", "things"),
    ("deploy", "/trains/{train}/pushes/{push}/deploys/{key}", ""),
    ("step", "/trains/{train}/steps/{step}", ""),
];
const PUSH: &str = "/trains/{train}/pushes/{push}";

/// Views without a page, each with its reason.
const UNSHOWN: &[(&str, &str)] = &[
    ("about", "what it tells stands around every page, and on those of people and of the train"),
    ("calendar", "it is a file for programs that show calendars, which every page leads to"),
];

#[test]
fn every_view_is_shown_on_some_page_or_there_is_a_reason_why_not() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--every 0");
    let all = server.let_in(&world, "all");
    let pages = web::page_addresses();
    for (view, page, part) in SHOWN {
        assert!(pages.iter().any(|address| address == page), "{view} is shown at {page}");
        if !part.is_empty() {
            all.get(&filled(page)).is(200).says(&format!("id=\"{part}\""));
        }
    }
    let told = SHOWN.iter().map(|(view, ..)| *view).chain(UNSHOWN.iter().map(|(view, _)| *view));
    let mut told: Vec<&str> = told.collect();
    told.sort_unstable();
    let described = views(&server);
    let mut described: Vec<&str> = described.iter().map(|one| one.id.as_str()).collect();
    described.sort_unstable();
    assert_eq!(told, described, "each view has a page, or a reason why not: {UNSHOWN:?}");
}
