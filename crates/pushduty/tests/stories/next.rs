//! The one next step of a push: whatever gate holds it, `status` names whom to ask and the command.

use std::os::unix::fs::PermissionsExt;

use testkit::{Answer, Person, PushDuty, Remote, Services};

use crate::scene::{alone, train};
use crate::start::Thursday;

/// Whose, what, and the command.
fn next(person: &Person<'_>) -> String {
    let next = person.reads("status")["next"].clone();
    let word = |key: &str| next[key].as_str().unwrap_or("-").to_owned();
    format!("{}: {}: {}", word("who"), word("what"), word("command"))
}

fn program(world: &PushDuty, name: &str, script: &str) {
    let path = world.dir().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the home is writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
        .expect("the file is ours");
}

#[test]
fn a_gate_of_the_teams_own_is_asked_again() {
    let server = Remote::new("server");
    let world = alone(&server).toml("[gates]\nsmoke = { command = [\"./smoke\"] }");
    program(&world, "smoke", "echo 'two to go'; exit 3");
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    insta::assert_snapshot!(next(&mat), @"mat: not asked about these tags yet; `pushduty ready` asks: pushduty ready");
    mat.types("ready").expect_code(3);
    insta::assert_snapshot!(next(&mat), @"mat: two to go: pushduty ready");
    program(&world, "smoke", "exit 0");
    mat.types("ready").ok();
    insta::assert_snapshot!(next(&mat), @"mat: start 2026.11.26: pushduty start");
}

#[test]
fn a_hold_of_a_part_is_lifted_by_its_name() {
    let (server, web) = (Remote::new("server"), Remote::new("web"));
    let world = train().repo(&server).repo(&web);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    world.ops("jason").types("hold --because \"broken build\" --repo web --yes").ok();
    insta::assert_snapshot!(next(&mat), @"jason: jason holds web: broken build: pushduty resume --repo web");
    mat.types("resume --repo web --yes").ok();
    insta::assert_snapshot!(next(&mat), @"mat: start 2026.11.26: pushduty start");
}

#[test]
fn a_push_in_a_freeze_moves() {
    let server = Remote::new("server");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let frozen = "[[freeze]]\nfrom = 2026-11-25\nto = 2026-11-27\nbecause = \"holidays\"";
    let world = world.toml(frozen);
    let mat = world.hero("mat");
    insta::assert_snapshot!(next(&mat), @"mat: nothing leaves now: holidays: pushduty move DATE --push 2026.11.26");
    mat.types("move 2026.12.01 --push 2026.11.26 --yes").ok();
    insta::assert_snapshot!(next(&mat), @"mat: start 2026.11.26: pushduty start");
}

#[test]
fn security_is_asked_by_those_who_may_not_see_it_and_is_in_nobodys_way_who_may() {
    let server = Remote::new("server");
    let twin = server.twin();
    let world = alone(&server).person("ann", &["security"]).security_twin("server", &twin);
    world.hero("mat").types("tag --without-security --because calm --yes").ok();
    let (kumar, mat) = (world.developer("kumar"), world.hero("mat"));
    insta::assert_snapshot!(next(&kumar), @"mat: this is for somebody with the security role to see: pushduty approve --role security");
    insta::assert_snapshot!(next(&mat), @"mat: start 2026.11.26: pushduty start");
    // P9: the same words whatever there is.
    let before = next(&kumar);
    twin.branch("fix", "main");
    twin.commit_on("fix", &[("fix.py", "fix\n")], "Fix");
    mat.types("security list").ok();
    assert_eq!(next(&kumar), before);
}

#[test]
fn what_is_built_from_a_tag_is_waited_for() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let registry = Services::new();
    registry.answers("images", &[Answer::Status(404)]);
    let url = registry.url_of("images", "server/{tag}");
    let line = format!("artifact = {{ url = \"{url}\" }}");
    let world = train().repo_at("server", &server.url(), &line);
    let (mat, jason) = (world.hero("mat"), world.ops("jason"));
    mat.types("tag --yes").ok();
    assert_eq!(registry.count("images"), 0, "status asks nobody");
    insta::assert_snapshot!(next(&mat), @"mat: nobody asked yet for what is built from server 2026.11.26; `pushduty ready` asks: pushduty ready");
    mat.types("ready")
        .expect_code(3)
        .says("is not there yet: its address answers that there is none");
    let head = registry.requests("images").remove(0);
    assert!(head.starts_with("HEAD /images/server/2026.11.26 HTTP"), "{head}");
    insta::assert_snapshot!(next(&mat), @"mat: what is built from server 2026.11.26 is not there yet: its address answers that there is none: pushduty ready");
    let sheet = jason.reads("start --dry-run");
    let digest = sheet["digest"].as_str().expect("a digest");
    jason.types(&format!("start --yes --if {digest}")).expect_code(3).says("the gate built");
    registry.answers("images", &[Answer::Status(403)]);
    mat.types("ready").expect_code(3).says("was not found: its address answers 403");
    registry.answers("images", &[Answer::Body("application/json", b"{}".to_vec())]);
    mat.types("ready").ok().says("what is built from the tags is there");
    insta::assert_snapshot!(next(&mat), @"mat: start 2026.11.26: pushduty start");
    // Another tag is another artifact.
    mat.types("tag --again --because kick --yes").ok();
    insta::assert_snapshot!(next(&mat), @"mat: nobody asked yet for what is built from server 2026.11.26-1; `pushduty ready` asks: pushduty ready");
    jason.types("start --dry-run").ok();
    let asked = registry.requests("images");
    assert!(asked.last().is_some_and(|head| head.starts_with("HEAD /images/server/2026.11.26-1 ")));
}

#[test]
fn a_command_finds_what_is_built_where_asking_takes_more() {
    let server = Remote::new("server");
    let line =
        "artifact = { command = [\"./built\", \"{repo}\", \"{tag}\", \"{commit}\", \"{push}\"] }";
    let world = train().repo_at("server", &server.url(), line);
    program(
        &world,
        "built",
        "echo \"$@\" > asked; test -e there || { echo 'it is queued'; exit 3; }",
    );
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    mat.types("ready").expect_code(3).says("is not there yet: it is queued");
    let asked = std::fs::read_to_string(world.dir().join("asked")).unwrap();
    let commit = server.commit_of("2026.11.26");
    assert_eq!(asked.trim(), format!("server 2026.11.26 {commit} 2026.11.26"));
    std::fs::write(world.dir().join("there"), "").unwrap();
    mat.types("ready").ok();
}

#[test]
fn production_that_falls_back_after_its_deploy_is_looked_into() {
    let thursday = Thursday::deployed_by("true");
    let jason = thursday.jason();
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    jason.types("watch production --once").ok();
    assert_eq!(thursday.state(), "watching");
    thursday.production_shows("2026.11.19");
    jason.types("watch production --once").expect_code(1);
    insta::assert_snapshot!(next(&jason), @"jason: see why production does not show 2026.11.26 of server: its deploy has ended well: pushduty watch production");
}

#[test]
fn nobody_is_told_that_a_push_which_was_rolled_back_has_not_left() {
    let thursday = Thursday::with("true", "[channels.team]\nfile = \"told.jsonl\"");
    let jason = thursday.jason();
    thursday.world.at("2026-11-26T09:05:00Z");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    jason.types("rollback --because \"errors on login\" --yes").ok();
    jason.types("resume --yes").ok();
    thursday.world.at("2026-11-26T10:00:00Z");
    jason.types("tell --yes").ok();
    let told = std::fs::read_to_string(thursday.world.dir().join("told.jsonl")).unwrap();
    assert!(told.contains("rolled_back") && !told.contains("has not left yet"), "{told}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let server = Remote::new("server");
    let world = alone(&server).toml("[gates]\nsmoke = { command = [\"./smoke\"] }");
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    mat.types("ready").expect_code(3).says("its program “./smoke” was not found");
}
