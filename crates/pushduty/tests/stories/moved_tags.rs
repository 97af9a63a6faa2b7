//! A tag that somebody else moves or deletes is noticed by whatever looks next, and said until a person settles it (P2, P15).

use std::path::PathBuf;

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::scene::{alone, failure, outcomes, tags, train};

/// Two older tags that this ledger never gave, seen once.
fn seen() -> (Remote, PushDuty) {
    let server = Remote::new("server");
    server.tag("2026.11.12", "main");
    server.commit_on("main", &[("form.py", "1\n")], "Add a form");
    server.tag("2026.11.19", "main");
    server.commit_on("main", &[("form.py", "2\n")], "Mend the form");
    let world = alone(&server);
    world.run(&["compare"]).ok();
    (server, world)
}

/// The same, and the newest of them moved to main.
fn moved() -> (Remote, PushDuty, String) {
    let (server, world) = seen();
    let was = server.commit_of("2026.11.19");
    server.set_ref("refs/tags/2026.11.19", "main");
    let words = format!(
        "2026.11.19 of server was moved by somebody else, from {} to {}",
        &was[..10],
        &server.commit_of("main")[..10]
    );
    (server, world, words)
}

/// What `status` says of tags that are not what they were.
fn differences(world: &PushDuty) -> Vec<String> {
    let told = world.json(&["status"]);
    let all = told["differences"].as_array().expect("a list").iter();
    all.map(|one| one["message"].as_str().expect("a sentence").to_owned()).collect()
}

/// How often the ledger says that it was noticed.
fn noticed(world: &PushDuty) -> usize {
    let log = world.json(&["log"]);
    log["entries"].as_array().expect("a list").iter().filter(|e| e["kind"] == "noticed").count()
}

fn warnings(told: &Value) -> String {
    told["warnings"].to_string()
}

#[test]
fn p2_a_tag_that_was_moved_is_told_by_whatever_looks_until_it_is_back() {
    let (server, world, words) = moved();
    assert!(differences(&world).is_empty(), "status asks nobody");
    world.run(&["compare"]).ok();
    assert_eq!(differences(&world), [words.as_str()]);
    let ran = world.run(&["status"]).ok().says(&words);
    ran.says("put it back, or take it as it is with `pushduty adopt --because TEXT`");
    let ran = world.hero("mat").types("verify").expect_code(4);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✓ the chain of 0 entries holds, and 0 anchors outside agree with it.
    ✗ 2026.11.19 of server was moved by somebody else, from [oid] to [oid].
      → find out who did it and put it back, or take it as it is with `pushduty adopt --because TEXT`.
    ");
    let told = world.hero("mat").reads("verify");
    assert_eq!(told["differences"][0]["found"], server.commit_of("main").as_str(), "{told}");
    world.run(&["check"]).ok().says(&words);
    assert!(warnings(&world.hero("mat").reads("tag --dry-run")).contains(&words));
    assert_eq!(noticed(&world), 0, "who only looks writes nothing down");

    server.git(&["tag", "-f", "2026.11.19", "main~1"]);
    assert_eq!(differences(&world).len(), 1);
    world.run(&["compare"]).ok();
    assert!(differences(&world).is_empty());
    world.hero("mat").types("verify").ok();
}

#[test]
fn it_is_recorded_once_by_the_next_command_that_writes() {
    let (server, world, words) = moved();
    world.run(&["check"]).ok();
    world.hero("mat").types("rotation away mat 2027-01-04 2027-01-08 --yes").ok();
    assert_eq!(noticed(&world), 1);
    let told = world.hero("mat").reads("tag --yes");
    assert!(warnings(&told).contains(&words), "{told}");
    let late = server.commit_on("main", &[("late.py", "1\n")], "Arrive late");
    let told = world.hero("mat").reads(&format!("pick {late} --yes"));
    assert!(warnings(&told).contains(&words), "{told}");
    let log = world.hero("mat").types("log").ok();
    log.says("noticed that somebody moved 2026.11.19 of server from");
    assert_eq!(noticed(&world), 1, "once is enough");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published", "and nothing is stopped by it");
    // The mirrors are no record, and can be lost.
    std::fs::remove_dir_all(mirrors(&world)).expect("they are there");
    world.hero("mat").types("verify").expect_code(4).says(&words);
    assert_eq!(differences(&world), [words]);
}

fn mirrors(world: &PushDuty) -> PathBuf {
    world.data_path().join("amo/repos")
}

#[test]
fn several_at_once_notice_it_once() {
    let (_server, world, words) = moved();
    let mat = world.hero("mat");
    world.run(&["compare"]).ok();
    let looks: Vec<_> = (0..3).map(|_| world.start(&["compare"])).collect();
    let writes = ["2027-01-04", "2027-02-01", "2027-03-01"]
        .map(|day| mat.starts(&["rotation", "away", "mat", day, day, "--yes"]));
    for run in looks.into_iter().chain(writes) {
        run.wait().ok();
    }
    assert_eq!((differences(&world), noticed(&world)), (vec![words], 1));
}

#[test]
fn adopt_takes_a_tag_as_it_is_and_notices_what_happens_to_it_then() {
    let (server, world, words) = moved();
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    server.delete_ref("refs/tags/2026.11.12");
    let ran = mat.types("adopt --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    server is run by this ledger.
    ◆ 2026.11.12 was deleted from server by somebody else; it was on [oid]. It is taken as it is.
    ◆ 2026.11.19 of server was moved by somebody else, from [oid] to [oid]. It is taken as it is.
    ");
    mat.types("verify").expect_code(4).says(&words);
    let fence = server.find("refs/pushduty/amo");
    let ran = mat.types("adopt --because \"made again on purpose\" --yes").ok();
    ran.says("this ledger runs the train, and has the tags as they are.");
    assert_eq!(server.find("refs/pushduty/amo"), fence, "the train was this ledger's before");
    assert!(differences(&world).is_empty());
    mat.types("verify").ok();
    mat.types("adopt --because again --yes").ok().says("nothing to take over");
    mat.types("log").ok().says("into the record as the remotes show them: made again on purpose");

    world.at("2026-11-24T10:00:00Z");
    server.git(&["tag", "2026.11.12", "main"]);
    server.git(&["tag", "-f", "2026.11.19", "main~1"]);
    mat.types("verify").expect_code(4).says("2026.11.12 of server was there no more, and is again");
    assert_eq!(differences(&world).len(), 2, "where it was first is another place by now");
}

#[test]
fn a_fresh_ledger_compares_with_the_tags_that_it_took_over() {
    let (server, first) = seen();
    first.hero("mat").types("tag --yes").ok();
    let second = first.elsewhere();
    second.hero("mat").types("adopt --because new --yes").ok();
    // Without what the mirror remembers: the record alone.
    std::fs::remove_dir_all(mirrors(&second)).expect("they are there");
    second.at("2026-11-24T10:00:00Z");
    server.delete_ref("refs/tags/2026.11.26");
    let ran = second.hero("mat").types("verify").expect_code(4);
    ran.says("2026.11.26 was deleted from server by somebody else");
    let told = second.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published", "nor is its name given again");
}

#[test]
fn tags_of_another_scheme_are_told_by_check_alone() {
    let server = Remote::new("server");
    server.tag("latest", "main");
    let world = alone(&server);
    world.run(&["compare"]).ok();
    server.commit_on("main", &[("x", "x")], "Go on");
    server.set_ref("refs/tags/latest", "main");
    world.run(&["check"]).ok().says("moved or deleted, and not of this train: “latest”");
    world.hero("mat").types("verify").ok();
    assert!(differences(&world).is_empty());
    world.hero("mat").types("tag --yes").ok();
    assert_eq!((noticed(&world), tags(&server).len()), (0, 2));
}

/// A gate by name: its state and sentence.
fn gate(told: &Value, name: &str) -> String {
    let gates = told["gates"].as_array().expect("a list");
    let gate = gates.iter().find(|gate| gate["name"] == name).expect("there is one");
    ["state", "why"].map(|key| gate[key].as_str().unwrap_or_default().to_owned()).join(": ")
}

#[test]
fn p8_no_push_leaves_over_a_moved_tag_that_production_runs_without_a_word() {
    let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
    for remote in [&server, &web] {
        remote.commit_on("main", &[("form.py", "form\n")], "Add a form");
    }
    let services = Services::new();
    let runs = server.commit_of("2026.11.19");
    services.runs("production-server", "2026.11.19", &runs);
    let world = train().repo(&server).repo(&web);
    let world = world.service("production", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();
    world.at("2026-11-24T10:00:00Z");
    let jason = world.ops("jason");
    jason.types("claim --yes").ok();
    assert_eq!(jason.reads("ready")["ready"], true);

    server.git(&["tag", "-f", "2026.11.19", "main"]);
    let told = jason.types("ready --json").expect_code(3).json();
    let carried = gate(&told, "carried");
    assert!(carried.starts_with("fail: 2026.11.19 of server was moved by somebody else"), "{told}");
    let sheet = jason.reads("start --dry-run");
    assert!(sheet["remarks"].to_string().contains("2026.11.19 of server was moved"), "{sheet}");
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    let ran = jason.types(&format!("start --yes --if {digest}")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ 2026.11.26 may not leave: the gate carried does not pass: 2026.11.19 of server was moved by somebody else, from [oid] to [oid]; find out who did it and put it back, or take it as it is with `pushduty adopt --because TEXT`.
      → ask mat; `pushduty ready` shows every gate; --override carried --because TEXT lets one go, for the record.
    ");
    let lets_go = "start --override carried --because \"read it by hand\"";
    let sheet = jason.reads(&format!("{lets_go} --dry-run"));
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    jason.types(&format!("{lets_go} --yes --if {digest}")).ok();
}

#[test]
fn p8_a_moved_tag_does_not_leave_until_somebody_says_so() {
    let (server, world) = seen();
    world.hero("mat").types("tag --yes").ok();
    world.ops("jason").types("claim --yes").ok();
    world.at("2026-11-24T10:00:00Z");
    server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    server.git(&["tag", "-f", "2026.11.26", "main"]);
    let told = world.ops("jason").types("ready --json").expect_code(3).json();
    let cut = gate(&told, "cut");
    assert!(cut.starts_with("fail: 2026.11.26 of server was moved by somebody else"), "{told}");
    world.hero("mat").types("adopt --because \"it was me, by hand\" --yes").ok();
    assert_eq!(world.ops("jason").reads("ready")["ready"], true);
}
