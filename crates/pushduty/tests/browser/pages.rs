//! Every page: looked at in a browser, and shown in the documents as it is.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::gallery::Gallery;
use crate::scenario::{played_with, told};
use crate::thursday::Thursday;

/// Where the documents have the pictures.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures/pages")
}

/// `PUSHDUTY_WRITE_DOCS=1` makes the pictures anew instead of comparing them; `cargo xtask docs --pictures` does it.
#[expect(
    clippy::disallowed_methods,
    reason = "whether the documents are written is said by whoever runs it"
)]
fn writes() -> bool {
    std::env::var_os("PUSHDUTY_WRITE_DOCS").is_some()
}

/// In how many runs all pages are looked at.
const PARTS: usize = 3;

#[test]
fn the_first_pages_are_as_they_are_shown_and_for_everybody() {
    looked_at(0);
}

#[test]
fn the_next_pages_are_as_they_are_shown_and_for_everybody() {
    looked_at(1);
}

#[test]
fn the_last_pages_are_as_they_are_shown_and_for_everybody() {
    looked_at(2);
}

fn looked_at(part: usize) {
    let gallery = Gallery::new();
    let (world, server) = (&gallery.world, &gallery.server);
    let mut told = told(world, server, &["mat", "krupa"]);
    told["unused"] = server.link_for(world, "theo").into();
    told["clash"] = format!("frontend:{}", gallery.clash).into();
    told["part"] = json!([part, PARTS]);
    told["addresses"] = web::page_addresses().into();
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    told["pictures"] = json!({ "folder": folder(), "found": found, "write": writes() });
    let mut thursday = None;
    let said = played_with("pages", &told, |what| match what {
        "thursday" => thursday.get_or_insert_with(Thursday::new).told(),
        _ => panic!("nobody answers to {what}"),
    });
    let mut shown: Vec<&str> = said.lines().collect();
    shown.sort_unstable();
    let entries = std::fs::read_dir(folder()).expect("there are pictures").flatten();
    let mut kept: Vec<_> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    kept.sort_unstable();
    // While they are made anew the others may not be there yet.
    assert!(
        writes() || kept == shown,
        "the pictures there are: {kept:?}; those of pages: {shown:?}"
    );
    let book = std::fs::read_to_string(folder().join("../../src/pages.md")).expect("a chapter");
    for picture in shown {
        assert!(book.contains(&format!("(pictures/pages/{picture})")), "{picture} is shown");
    }
}
