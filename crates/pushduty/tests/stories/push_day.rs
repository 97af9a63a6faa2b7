//! Push day: who holds a push, who takes it to production, and whether it may leave.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::scene::{Scene, alone, everything, failure};

fn gate<'a>(told: &'a Value, name: &str) -> &'a Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("gates in {told}"));
    gates.iter().find(|gate| gate["name"] == name).unwrap_or_else(|| panic!("{name} in {told}"))
}

#[test]
fn a_hold_keeps_the_push_until_its_end_or_until_it_is_lifted() {
    let scene = Scene::new().cut();
    let (jason, mat) = (scene.world.ops("jason"), scene.mat());
    let ran = jason.types("hold --because \"smoke tests\" --until 14:30 --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26 is held until Tue 24 Nov 14:30 UTC: smoke tests.
    ✓ done
    ");
    let told = mat.reads("status");
    assert_eq!((&told["state"], &told["hold"]["by"]), (&"held".into(), &"jason".into()));
    assert_eq!(told["hold"]["until"], "2026-11-24T14:30:00+00:00");
    assert_eq!(told["hold"]["because"], "smoke tests");
    assert_eq!(told["next"]["command"], "pushduty resume");
    assert_eq!(gate(&told, "window")["state"], "fail");
    assert_eq!(gate(&told, "window")["ask"], "jason");
    scene.world.at("2026-11-24T14:30:00Z");
    let told = mat.reads("status");
    assert_eq!((&told["state"], &told["hold"]), (&"cut".into(), &Value::Null));
    jason.types("hold --because \"no power\" --yes").ok();
    jason.types("hold --because \"no power\" --yes").ok().says("that is so already");
    mat.types("hold --because \"broken build\" --repo web --yes").ok();
    let ran = mat.types("resume --repo web --yes").ok();
    ran.says("mat’s hold of web is lifted: broken build").never_says("power");
    assert_eq!(mat.reads("status")["state"], "held");
    mat.types("resume --yes").ok().says("jason’s hold of the push is lifted: no power");
    assert_eq!(mat.reads("status")["state"], "cut");
    mat.types("resume --yes").ok().says("nobody holds 2026.11.26");
}

#[test]
fn a_hold_goes_with_a_push_that_moves_before_its_first_tag() {
    let scene = Scene::new();
    scene.mat().types("hold --because \"all hands\" --yes").ok();
    assert_eq!(scene.mat().reads("status")["state"], "held");
    scene.mat().types("move 2026.11.27 --yes").ok();
    let told = scene.mat().reads("status");
    assert_eq!((&told["push"], &told["state"]), (&"2026.11.27".into(), &"held".into()));
}

#[test]
fn who_may_not_hold_or_claim_changes_nothing() {
    let scene = Scene::new().cut();
    let before = everything(&scene.world, &[&scene.server]);
    let kumar = scene.world.developer("kumar");
    let ran = kumar.types("hold --because x1 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ “kumar” may not hold a push: that takes the role hero or ops.
      → an admin gives roles, by `pushduty people give` or in the configuration; --as NAME acts as somebody else.
    ");
    kumar.types("claim --yes").expect_code(3);
    kumar.types("unclaim --yes").expect_code(3);
    kumar.types("resume --yes").expect_code(3);
    scene.world.as_person("eve").types("hold --because x1 --yes").expect_code(3);
    let jason = scene.world.ops("jason");
    jason.types("hold --yes").expect_code(2);
    jason.types("hold --because x1 --until soon --yes").expect_code(2);
    jason.types("hold --because x1 --until 2026-11-23 --yes").expect_code(3);
    jason.types("hold --because x1 --repo nothing --yes").expect_code(2);
    jason.types("hold --because x1 --push 2026.11.25 --yes").expect_code(3);
    jason.types("hold --because x1").expect_code(2);
    jason.types("claim --dry-run").ok();
    assert_eq!(everything(&scene.world, &[&scene.server]), before);
}

#[test]
fn somebody_of_ops_claims_the_push() {
    let server = Remote::new("server");
    let world = alone(&server).toml("[gates]\nops = { need = 1 }");
    let jason = world.ops("jason");
    jason.types("claim --yes").expect_code(3).says("no push is cut");
    world.hero("mat").types("tag --yes").ok();
    let told = jason.reads("status");
    assert_eq!(gate(&told, "ops")["state"], "wait");
    assert_eq!(
        (&told["next"]["who"], &told["next"]["command"]),
        (&"jason".into(), &"pushduty claim".into())
    );
    jason.types("claim --yes").ok().says("jason takes 2026.11.26 to production");
    jason.types("claim --yes").ok().says("jason has claimed 2026.11.26");
    assert_eq!(gate(&jason.reads("status"), "ops")["why"], "claimed by jason");
    jason.types("unclaim --yes").ok();
    assert_eq!(gate(&jason.reads("status"), "ops")["state"], "wait");
    jason.types("unclaim --yes").ok().says("has not claimed");
}

#[test]
fn ready_looks_and_ends_with_three_until_every_gate_passes() {
    let server = Remote::new("server");
    let services = Services::running(&[("stage-server", "2026.11.19")]);
    let world = alone(&server).service("stage", "server", &services, 1);
    let mat = world.hero("mat");
    let before = mat.types("ready --json").expect_code(3).json();
    assert_eq!((&before["ready"], &gate(&before, "cut")["state"]), (&false.into(), &"wait".into()));
    mat.types("tag --yes").ok();
    let ran = mat.types("ready").expect_code(3);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✓  cut           every repository has its tag, or stays.
    ✓  carried       nothing that production runs by pick or revert is lost.
    ✓  built         not set up: no artifacts are watched.
    ○  staged        server on stage shows 2026.11.19. Ask mat.
    ✓  dev           not set up: no dev has services.
    ✓  blockers      no blocker is open.
    ✓  tasks         nothing is left to do before it leaves.
    ✓  qa            not set up: nobody has to sign off.
    ✓  ops           not set up: nobody has to claim the push.
    ✓  security      not set up: no security remote.
    ✓  window        no skipped date, no freeze and no hold.
    ✓  dependencies  not set up: no repository is deployed after another.

    ✗ 2026.11.26 may not leave yet.
    ");
    services.runs("stage-server", "2026.11.26", &server.commit_of("2026.11.26"));
    let told = mat.types("ready --json").ok().json();
    assert_eq!((&told["ready"], &told["push"]), (&true.into(), &"2026.11.26".into()));
    mat.types("hold --because rain --yes").ok();
    mat.types("ready").expect_code(3).says("✗  window        mat holds the push: rain. Ask mat.");
    let told = mat.types("ready --json").expect_code(3).json();
    assert_eq!((&told["ready"], &told["error"]["code"]), (&false.into(), &"refused".into()));
    assert_eq!(told["error"]["message"], "2026.11.26 is not ready: the gate window does not pass");
}

/// The team's program, as it is now.
fn program(world: &PushDuty, script: &str) {
    let path = world.dir().join("smoke");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the home is writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
        .expect("the file is ours");
}

#[test]
fn a_program_of_the_teams_own_opens_a_gate_for_the_tags_it_was_asked_about() {
    let server = Remote::new("server");
    let world = alone(&server).toml("[gates]\nsmoke = { command = [\"./smoke\", \"{tags}\"] }");
    program(&world, "echo \"$# $1 is green\"");
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    assert_eq!(gate(&mat.reads("status"), "smoke")["state"], "wait", "status asks nobody");
    mat.types("ready").ok();
    let told = mat.reads("status");
    assert_eq!(gate(&told, "smoke")["state"], "pass");
    assert_eq!(gate(&told, "smoke")["why"], "1 server:2026.11.26 is green");
    mat.types("tag --again --because kick --yes").ok();
    assert_eq!(gate(&mat.reads("status"), "smoke")["state"], "wait", "those are other tags");
    program(&world, "echo one; echo 'two to go'; exit 3");
    assert_eq!(gate(&mat.reads("ready"), "smoke")["why"], "two to go");
    program(&world, "exit 1");
    let told = mat.types("ready --json").expect_code(3).json();
    assert_eq!(gate(&told, "smoke")["state"], "fail");
}

#[test]
fn what_a_hot_fix_brought_to_production_is_carried_or_the_gate_fails() {
    let server = Remote::tagged("server");
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = alone(&server).service("production", "server", &services, 1);
    let mat = world.hero("mat");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    mat.types("tag --yes").ok();
    mat.types("ready").ok();
    // Meanwhile a fire is put out in production, by hand.
    let start = server.commit_of("2026.11.19");
    server.commit("hot").from(&start).file("hot", "hot").subject("Put a fire out").make();
    server.annotated_tag("2026.11.19-1", "hot", "amo 2026.11.19-1");
    services.runs("production-server", "2026.11.19-1", &server.commit_of("2026.11.19-1"));
    let told = mat.types("ready --json").expect_code(3).json();
    assert_eq!(gate(&told, "carried")["state"], "fail");
    let why = gate(&told, "carried")["why"].as_str().unwrap().to_owned();
    assert!(why.contains("Put a fire out"), "{why}");
    assert_eq!(gate(&mat.reads("status"), "carried")["why"], why.as_str());
}

#[test]
fn a_pick_that_dev_never_ran_is_said() {
    let server = Remote::new("server");
    let services = Services::running(&[("dev-server", "main")]);
    let world = alone(&server).service("dev", "server", &services, 1);
    let mat = world.hero("mat");
    services.runs("dev-server", "main", &server.git(&["rev-parse", "main"]));
    mat.types("tag --yes").ok();
    let late = server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    let dev = |told: &Value| gate(told, "dev")["why"].as_str().unwrap().to_owned();
    let told = mat.types("ready --json").ok().json();
    assert!(dev(&told).ends_with("of server was never seen on dev"), "{}", dev(&told));
    services.runs("dev-server", "main", &late);
    mat.types("ready").ok();
    services.runs("dev-server", "main", "0000000");
    assert_eq!(dev(&mat.reads("ready")), "every pick was seen on dev");
}

#[test]
fn how_security_stands_changes_no_word_for_those_without_the_role() {
    let server = Remote::new("server");
    let twin = server.twin();
    let world = alone(&server).person("ann", &["security"]).security_twin("server", &twin);
    world.hero("mat").types("tag --without-security --because calm --yes").ok();
    let (kumar, ann) = (world.developer("kumar"), world.security("ann"));
    let read = || {
        let mut told = kumar.types("ready --json").expect_code(3).json();
        told["as_of"] = Value::Null;
        told
    };
    let before = read();
    assert_eq!(gate(&ann.reads("ready"), "security")["state"], "pass");
    twin.commit_on("main", &[("leak", "leak\n")], "Leak");
    let told = ann.types("ready --json").expect_code(3).json();
    assert_eq!(gate(&told, "security")["state"], "fail", "{told}");
    assert_eq!(read(), before);
    // The hero on duty has the role from the day before the cut.
    assert_eq!(gate(&before, "security")["ask"], "mat");
}

#[test]
fn a_program_ends_with_the_command_that_asked_it() {
    let server = Remote::new("server");
    let world = alone(&server).toml("[gates]\nsmoke = { command = [\"./smoke\"] }");
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let child = world.dir().join("child");
    let pid = || std::fs::read_to_string(&child).ok().filter(|text| text.ends_with('\n'));
    // Gone, or only waiting for somebody who takes it from the table.
    let lives = |pid: &str| {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    for terminated in [false, true] {
        program(&world, "rm -f child; sleep 300 & echo $! > child; wait");
        let mut running = mat.starts(&["ready"]);
        waits_until(|| pid().is_some_and(|pid| lives(&pid)));
        let pid = pid().expect("it has written its number");
        match terminated {
            true => running.terminate(),
            false => running.interrupt(),
        }
        running.wait().expect_code(130);
        waits_until(|| !lives(&pid));
        std::fs::remove_file(&child).expect("it is there");
    }
}

fn waits_until(done: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !done() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "it does not come");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn two_who_claim_a_push_take_it() {
    let server = Remote::new("server");
    let world = alone(&server).person("wez", &["ops"]).person("krupa", &["ops"]);
    world.hero("mat").types("tag --yes").ok();
    world.ops("jason").types("claim --yes").ok();
    world.as_person("wez").types("claim --yes").ok().says("as jason does");
    let ran = world.ops("jason").types("start --dry-run").ok();
    ran.says("jason and wez take it to production");
    world.as_person("krupa").types("claim --dry-run").ok().says("as jason and wez do");
}
