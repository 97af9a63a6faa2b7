//! Every page: looked at in a browser, and shown in the documents as it is.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::gallery::Gallery;
use crate::scenario::{played_with, told};

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

#[test]
fn every_page_is_as_it_is_shown_and_for_everybody() {
    let gallery = Gallery::new();
    let (world, server) = (&gallery.world, &gallery.server);
    let mut told = told(world, server, &["mat", "krupa"]);
    told["unused"] = server.link_for(world, "theo").into();
    told["addresses"] = web::page_addresses().into();
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    told["pictures"] = json!({ "folder": folder(), "found": found, "write": writes() });
    let said = played_with("pages", &told, |what| panic!("nobody answers to {what}"));
    let mut taken: Vec<&str> = said.lines().collect();
    taken.sort_unstable();
    let entries = std::fs::read_dir(folder()).expect("there are pictures").flatten();
    let mut kept: Vec<_> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    kept.sort_unstable();
    assert_eq!(kept, taken, "the pictures there are, and those of pages");
    let book = std::fs::read_to_string(folder().join("../../src/pages.md")).expect("a chapter");
    for picture in taken {
        assert!(book.contains(&format!("(pictures/pages/{picture})")), "{picture} is shown");
    }
}
