//! Who sees what of the pages, and what they are offered there: every address of the router that is not of the interface for
//! programs, by role. The rows come from the table that the router is made from: an address that nobody told the matrix of
//! fails, and one that lets somebody else in, or offers something else, is another snapshot.

use std::collections::{BTreeMap, BTreeSet};

use crate::cut;
use crate::matrix_doors::{LIVE, STREAMS, follows, joins};
use crate::roles::{Fix, ROLES, begun, columns, each, filled, hears, row, table, visitors, world};
use crate::server::{Answer, Server, Visitor};

/// What is asked where a page shows something only then.
const ASKED: &[(&str, &str)] = &[
    ("/trains/{train}/where", "?commit=main"),
    ("/trains/{train}/compare/{repo}", "?push=2026.11.26"),
];

/// The method and the address.
fn parts(address: &str) -> (&str, &str) {
    address.split_once(' ').expect("a method and a path")
}

/// Every address that answers and is done. Who goes out comes last: they are nobody afterwards.
fn answering() -> Vec<String> {
    let mut all = web::addresses();
    for endless in STREAMS.iter().chain([&LIVE]) {
        let before = all.len();
        all.retain(|address| parts(address).1 != *endless);
        assert_eq!(all.len() + 1, before, "{endless} is there, and is read alone");
    }
    // One that goes on for ever is to be told among those: it would be waited for.
    assert!(!all.iter().any(|one| one.ends_with("/events") || one.ends_with("/live")), "{all:?}");
    let goes_out = ["POST /sign-out/everywhere", "POST /sign-out"];
    all.sort_by_key(|one| goes_out.iter().position(|out| out == one).map_or(0, |at| at + 1));
    all
}

/// What somebody is answered at an address, beside which its name stands; where something is to be sent, to a form without a
/// field.
fn answer(visitor: &Visitor<'_>, (name, address): &(String, String)) -> Answer {
    let of = |(path, _): &&(&str, &str)| *path == parts(name).1;
    let asked = ASKED.iter().find(of).map_or("", |(_, asked)| asked);
    match parts(address) {
        ("GET", path) => visitor.get(&format!("{path}{asked}")),
        (_, path) => visitor.post(path, &[]),
    }
}

/// Addresses that name nothing of the world, as they are asked for.
fn plain(addresses: &[String]) -> Vec<(String, String)> {
    addresses.iter().flat_map(|address| each(address, &[])).collect()
}

/// The status, and of those who are to sign in first that.
fn status(answer: &Answer) -> String {
    match answer.header("location") {
        Some(to) if to.starts_with("/sign-in") => "sign in".to_owned(),
        _ => answer.status.to_string(),
    }
}

#[test]
fn every_address_answers_whom_it_is_for_and_tells_nobody_else_of_a_fix() {
    let (world, _remote, twin) = world();
    let fix = Fix::on(&twin);
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let begun = begun(&visitors);
    let addresses: Vec<_> = answering().iter().flat_map(|one| each(one, &begun)).collect();
    let columns = columns(&visitors, |visitor| {
        addresses.iter().map(|address| answer(visitor, address)).collect::<Vec<_>>()
    });
    let mut text = table();
    let mut heard = BTreeSet::new();
    for (at, (address, _)) in addresses.iter().enumerate() {
        let answers: Vec<&Answer> = columns.iter().map(|column| &column[at]).collect();
        let cells: Vec<String> = answers.iter().map(|answer| status(answer)).collect();
        row(&mut text, address, &cells);
        for (role, answer) in ROLES.iter().zip(answers) {
            assert!(answer.status < 500, "{role} at {address}: {}", answer.body);
            let told = fix.is_told(answer);
            assert!(hears(role) || !told, "{role} at {address}: {}", answer.body);
            heard.extend(told.then_some(*role));
        }
    }
    assert_eq!(
        heard,
        BTreeSet::from(["security", "hero", "all"]),
        "who is told of it is, somewhere"
    );
    insta::assert_snapshot!("pages", text);
}

#[test]
fn every_address_takes_the_methods_that_it_is_listed_with_and_no_other() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public --every 0");
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for address in web::addresses() {
        let (method, path) = parts(&address);
        listed.entry(path.to_owned()).or_default().insert(method.to_owned());
    }
    for (path, methods) in listed {
        let answer = server.anybody().with_method("PUT", &filled(&path)).is(405);
        let allowed = answer.header("allow").unwrap_or_default().split(',').map(str::trim);
        // What is read can be asked for its head alone.
        let taken = allowed.filter(|method| *method != "HEAD").map(str::to_owned);
        assert_eq!(taken.collect::<BTreeSet<_>>(), methods, "{path}");
    }
}

#[test]
fn a_stranger_is_kept_out_of_all_that_is_no_door_where_the_pages_are_not_public() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--every 0");
    let stranger = server.anybody();
    let mut text = String::new();
    for one in plain(&answering()) {
        row(&mut text, &one.0, &[status(&answer(&stranger, &one))]);
    }
    for stream in STREAMS {
        row(&mut text, stream, &[follows(&server, &stranger, &filled(stream))]);
    }
    row(&mut text, LIVE, &[joins(&server, &stranger, "stranger")]);
    insta::assert_snapshot!("closed", text);
}

/// What a page offers: the commands of its forms, links and answers, and where else its forms go.
fn offers(page: &Answer) -> BTreeSet<String> {
    let body = page.body.replace("&#34;", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let behind = |mark: &str| -> Vec<String> {
        let found = body.split(mark).skip(1).filter_map(|rest| rest.split(['"', '&', '#']).next());
        found.map(str::to_owned).collect()
    };
    let commands = ["name=\"command\" value=\"", "act?command=", "\"command\":\""];
    let commands = commands.into_iter().flat_map(behind);
    commands.chain(behind(" action=\"").into_iter().map(|to| format!("to {to}"))).collect()
}

#[test]
fn every_page_offers_what_it_does_to_whom_it_does() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let pages: Vec<String> = web::page_addresses()
        .into_iter()
        .filter(|page| !page.starts_with("/api/"))
        .map(|page| format!("GET {page}"))
        .collect();
    let pages = plain(&pages);
    let columns = columns(&visitors, |visitor| {
        pages.iter().map(|page| offers(&answer(visitor, page))).collect::<Vec<_>>()
    });
    let mut text = table();
    for (at, (page, _)) in pages.iter().enumerate() {
        row(&mut text, parts(page).1, &[]);
        let all: BTreeSet<&String> = columns.iter().flat_map(|column| &column[at]).collect();
        for offer in all {
            let cell = |offered| String::from(if offered { "yes" } else { "-" });
            let cells = columns.iter().map(|column| cell(column[at].contains(offer)));
            row(&mut text, &format!("  {offer}"), &cells.collect::<Vec<_>>());
        }
    }
    insta::assert_snapshot!("offers", text);
}
