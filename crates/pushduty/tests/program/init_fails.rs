//! `init` where it can't: nothing is written over, nothing half written, nothing left behind.

use serde_json::Value;
use testkit::{PushDuty, Remote};

use crate::init_works::{init, mat};

/// Nothing of `init` is left in the data folder: what it fetched is gone with it.
#[track_caller]
fn nothing_left(world: &PushDuty) {
    let left = std::fs::read_dir(world.data_path()).map(|entries| entries.count());
    assert_eq!(left.unwrap_or(0), 0, "in {}", world.data_path().display());
}

/// A failure in words and as a document: this code, a word for it, what to do.
#[track_caller]
fn fails(world: &PushDuty, args: &[&str], exit: i32, code: &str) -> Value {
    let ran = world.run(&[&["--color", "never"], args].concat()).expect_code(exit);
    assert!(ran.stderr.contains("  → "), "{ran}");
    let told = world.run(&[&["--json"], args].concat()).json();
    assert_eq!(
        (&told["error"]["exit"], &told["error"]["code"]),
        (&exit.into(), &code.into()),
        "{told}"
    );
    assert!(told["error"]["hint"].as_str().is_some_and(|hint| !hint.is_empty()));
    nothing_left(world);
    told
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let (server, world) = (Remote::new("server"), mat());
    std::fs::write(world.config_path(), "mine").unwrap();
    fails(&world, &["init", &server.url()], 2, "usage");
    assert_eq!(std::fs::read_to_string(world.config_path()).unwrap(), "mine");
    let ran = world.run(&["init", &server.url(), "--dry-run"]).ok();
    assert!(ran.stdout.contains("[repos.server]"), "{ran}");
    assert_eq!(std::fs::read_to_string(world.config_path()).unwrap(), "mine");
    world.run(&["init", &server.url(), "--force"]).ok();
    assert!(std::fs::read_to_string(world.config_path()).unwrap().contains("[repos.server]"));
    nothing_left(&world);
}

#[test]
fn what_a_dry_run_prints_is_what_is_written() {
    let (server, world) = (Remote::new("server"), mat());
    let printed = world.run(&["init", &server.url(), "--dry-run"]).ok().stdout;
    assert!(!world.config_path().exists());
    assert_eq!(printed, init(&world, &[&server]));
}

#[test]
fn a_folder_that_is_not_there_is_said_before_anything_is_looked_at() {
    let (server, world) = (Remote::new("server"), mat());
    let told =
        fails(&world, &["init", &server.url(), "--config", "no/such/train.toml"], 2, "usage");
    assert!(told["error"]["message"].as_str().unwrap().contains("no/such"), "{told}");
    assert!(!world.dir().join("no").exists());
}

#[test]
fn a_file_elsewhere_is_written_there_and_read_from_there() {
    let (server, world) = (Remote::new("server"), mat());
    std::fs::create_dir(world.dir().join("conf")).unwrap();
    world.run(&["init", &server.url(), "--config", "conf/train.toml"]).ok();
    assert!(!world.config_path().exists());
    world.run(&["tag", "--yes", "--config", "conf/train.toml"]).ok();
    assert!(server.tags().contains_key("2026.11.26"));
}

#[test]
fn a_remote_that_can_not_be_reached_leaves_no_file() {
    let (server, world) = (Remote::new("server"), mat());
    let nowhere = world.dir().join("nowhere.git").display().to_string();
    for url in [nowhere.as_str(), "git://127.0.0.1:1/x.git", "http://127.0.0.1:1/x.git"] {
        fails(&world, &["init", &server.url(), url], 1, "unreachable");
        assert!(!world.config_path().exists(), "{url}");
    }
}

#[test]
fn urls_that_are_none_are_wrong_usage() {
    let world = mat();
    for url in [
        "ext::sh -c touch% x",
        "https://me:hunter2@example.org/x.git",
        "ssh://-oProxyCommand=x/y",
        "a\u{1b}b",
        "",
    ] {
        let told = fails(&world, &["init", "--", url], 2, "usage");
        assert!(!told.to_string().contains("hunter2"));
    }
    world.run(&["init", "--upload-pack=touch x"]).expect_code(2);
    assert!(!world.config_path().exists() && !world.dir().join("x").exists());
}

#[test]
fn its_document_says_what_was_written() {
    let (server, web, world) = (Remote::new("server"), Remote::new("web"), mat());
    let args = ["init", &server.url(), &web.url(), "--name", "amo"];
    let planned = world.json(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(planned["written"], false);
    assert!(!world.config_path().exists());
    let told = world.json(&args);
    assert_eq!(
        (&told["schema"], &told["rehearsal"], &told["written"]),
        (&1.into(), &true.into(), &true.into())
    );
    assert_eq!(told["repos"], serde_json::json!(["server", "web"]));
    assert_eq!(told["file"], world.config_path().display().to_string());
    assert_eq!(told["text"], std::fs::read_to_string(world.config_path()).unwrap());
    assert_eq!(told["text"], planned["text"]);
    assert_eq!(world.json(&["status"])["train"], "amo");
}
