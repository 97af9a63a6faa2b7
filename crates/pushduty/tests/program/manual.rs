//! Manual pages: one for each command, which the formatter takes without a warning.

use std::collections::BTreeMap;

use testkit::PushDuty;

use crate::init_works::nobody;
use crate::tree::commands;

/// The pages that `man --dir` writes, by name.
fn pages(world: &PushDuty) -> BTreeMap<String, String> {
    let folder = world.dir().join("share/man/man1");
    world.run(&["man", "--dir", &folder.display().to_string()]).ok();
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        (entry.file_name().into_string().unwrap(), text)
    };
    std::fs::read_dir(&folder).unwrap().map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn every_command_has_a_page_with_its_examples() {
    let world = nobody();
    let pages = pages(&world);
    for command in commands(&world) {
        let name = format!("pushduty-{}.1", command.words.join("-"));
        let page = pages.get(&name).unwrap_or_else(|| panic!("{name} is written"));
        for part in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", "Examples:"] {
            assert!(page.contains(part), "{name} has {part}");
        }
    }
    assert!(pages.contains_key("pushduty.1"));
    let first = world.run(&["man"]).ok().stdout;
    assert_eq!(Some(&first), pages.get("pushduty.1"));
    assert_eq!(world.json(&["man"])["text"], first);
    let told = world.json(&["man", "--dir", "elsewhere"]);
    assert_eq!(told["dir"], "elsewhere");
    assert_eq!(std::fs::read_dir(world.dir().join("elsewhere")).unwrap().count(), pages.len());
}

#[test]
fn a_folder_that_can_not_be_made_is_said() {
    let world = nobody();
    std::fs::write(world.dir().join("file"), "").unwrap();
    world.run(&["man", "--dir", "file/man1"]).expect_code(1).says("→");
}

#[test]
fn no_page_has_a_request_that_is_none() {
    // What a page begins a line with is one of roff's and man(7)'s, so that no text of ours is taken for one and lost.
    const KNOWN: &[&str] =
        &["TH", "SH", "SS", "TP", "PP", "RS", "RE", "br", "ie", "el", "B", "I", "IP", "nf", "fi"];
    for (name, page) in pages(&nobody()) {
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let request = line[1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            assert!(KNOWN.contains(&request), "{name}: {line}");
        }
    }
}

#[cfg(feature = "services")]
#[test]
fn the_formatter_takes_every_page_without_a_warning() {
    let world = nobody();
    for name in pages(&world).keys() {
        let page = world.dir().join("share/man/man1").join(name);
        let mut groff = world.sealed().command("groff");
        groff.args(["-man", "-Kutf8", "-Tutf8", "-ww", "-z"]).arg(&page);
        let output = groff.output().expect("groff is there; `cargo xtask test` sees to it");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{name}: {said}");
    }
}
