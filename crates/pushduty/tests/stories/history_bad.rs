//! What can't be taken in: said in a sentence, with the rest going on.

use std::fs;
use std::os::unix::fs::symlink;

use testkit::{PushDuty, Remote};

use crate::history_in::{addons, pages, record};
use crate::scene::{alone, failure};

const PAGE: &str = "This week's push hero is mat\n";

fn kinds(world: &PushDuty, place: &str) -> Vec<String> {
    let told = world.hero("mat").json(&["import", "notes", place, "--dry-run"]);
    let problems = told["problems"].as_array().unwrap_or_else(|| panic!("problems in {told}"));
    let word = |name: &str, p: &serde_json::Value| p[name].as_str().unwrap_or("-").to_owned();
    problems.iter().map(|p| format!("{} {}", word("file", p), word("kind", p))).collect()
}

#[test]
fn files_that_are_no_pages_are_told_and_the_others_taken() {
    let (_remotes, world) = addons();
    let long = "x".repeat(1_000_001);
    let folder = pages(
        &world,
        "notes",
        &[
            ("2020/12/03.md", PAGE),
            ("2020-12-03-again.md", PAGE),
            ("2020-12-10.md", &long),
            ("README.md", "hello"),
            ("2020-13-10.md", PAGE),
            ("2020-12-17 or 2020-12-24.md", PAGE),
            ("picture.png", "x"),
            (".hidden/2020-12-31.md", PAGE),
        ],
    );
    let at = |name: &str| format!("{folder}/{name}");
    fs::write(at("2020-11-26.md"), b"hero \xff\xfe").unwrap();
    fs::write(world.dir().join("elsewhere.md"), PAGE).unwrap();
    symlink(world.dir().join("elsewhere.md"), at("2020-11-19.md")).unwrap();
    symlink(world.dir(), at("2019")).unwrap();
    assert_eq!(
        kinds(&world, &folder),
        [
            ". other_files",
            "2019 link",
            "2020-11-19.md link",
            "2020-11-26.md not_text",
            "2020-12-10.md too_long",
            "2020-12-17 or 2020-12-24.md several_dates",
            "2020-13-10.md no_date",
            "2020/12/03.md second_page",
            "README.md no_date",
        ]
    );
    let told = world.hero("mat").json(&["import", "notes", &folder, "--yes"]);
    assert_eq!(told["added"], 1, "{told}");
}

#[test]
fn a_place_without_notes_is_said_in_a_sentence() {
    let (_remotes, world) = addons();
    let mat = world.hero("mat");
    let before = record(&world);
    let empty = Remote::empty("nothing");
    fs::create_dir(world.dir().join("empty")).unwrap();
    fs::write(world.dir().join("page.md"), PAGE).unwrap();
    let said = |place: &str| {
        let ran = mat.run(&["import", "notes", place, "--yes"]);
        assert!([1, 2].contains(&ran.code), "{ran}");
        let told = failure(&world, &ran);
        assert_eq!(told.lines().count(), 2, "{told}");
        told.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(said("nowhere"), "✗ “nowhere” is not there.");
    assert_eq!(said("page.md"), "✗ “page.md” is no folder.");
    assert!(said("empty").ends_with("there are no notes to import."), "{}", said("empty"));
    assert!(said(&empty.url()).ends_with("is empty."), "{}", said(&empty.url()));
    assert!(said("ext::sh -c id").contains("helper transports can run any command"));
    let secret = said("https://mat:hunter2@example.org/notes.git");
    assert!(secret.contains("password") && !secret.contains("hunter2"), "{secret}");
    let gone = said("file:///nowhere/notes.git");
    assert!(gone.contains("the repository of the notes"), "{gone}");
    assert_eq!(record(&world), before);
}

#[test]
fn a_folder_of_other_files_tells_each_and_ends_with_two() {
    let (_remotes, world) = addons();
    let folder = pages(&world, "notes", &[("README.md", "hello")]);
    let ran = world.hero("mat").run(&["import", "notes", &folder, "--json"]).expect_code(2);
    let told = ran.json();
    assert_eq!((&told["pushes"], &told["problems"][0]["kind"]), (&0.into(), &"no_date".into()));
    assert_eq!(told["error"]["code"], "not_found");
}

#[test]
fn escapes_in_notes_reach_no_terminal() {
    let (_remotes, world) = addons();
    let mat = world.hero("mat");
    let page = "This week's push hero is \u{1b}[31mmat\nBlockers:\n* \u{9b}2J\u{202e}gone\nstart: \u{1b}]0;x\u{7} 25\n";
    let folder = pages(&world, "notes", &[("2020-12-10.md", page), ("a\u{1b}[2Jb.md", page)]);
    for line in [
        &["import", "notes", &folder, "--yes"][..],
        &["history"],
        &["history", "--push", "2020.12.10"],
        &["stats"],
    ] {
        let ran = mat.run(line).ok();
        let shown = [ran.stdout.as_str(), &ran.stderr].concat();
        assert!(!shown.chars().any(|c| c != '\n' && train::letter::is_harmful(c)), "{shown:?}");
    }
    mat.run(&["stats", "--svg", "plots", "--json"]).ok();
    let plot = fs::read_to_string(world.dir().join("plots/fairness.svg")).unwrap();
    assert!(!plot.chars().any(|c| c != '\n' && train::letter::is_harmful(c)), "{plot:?}");
}

#[test]
fn p9_a_page_that_tells_of_what_is_not_public_stays_out() {
    let server = Remote::new("server");
    let twin = server.twin();
    twin.branch("fix-session-7", "main");
    twin.commit_on("fix-session-7", &[("fix.py", "fix\n")], "Fix");
    let world = alone(&server).person("ann", &["security"]).security_twin("server", &twin);
    world.security("ann").types("security list").ok();
    let page = format!("{PAGE}Blockers:\n* take fix-session-7\n");
    let folder = pages(&world, "notes", &[("2020-12-10.md", &page), ("2020-12-03.md", PAGE)]);
    let told = world.hero("mat").json(&["import", "notes", &folder, "--yes"]);
    assert_eq!((&told["added"], &told["problems"][0]["kind"]), (&1.into(), &"embargoed".into()));
    let all = [world.json(&["history"]), world.json(&["log"]), told];
    assert!(all.iter().all(|told| !told.to_string().contains("session")), "{all:?}");
}
