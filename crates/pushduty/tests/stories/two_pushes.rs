//! Two pushes are cut: what changes something says which it takes or names both, what looks takes the nearest and says so.

use testkit::{PushDuty, Remote, Services};

use crate::scene::{Scene, alone, everything, failure, of, outcomes, tags};

/// Last week's push was cut and never ended; this week's is cut too, and a commit came late.
fn last_week_and_this() -> (Scene, String) {
    let Scene { server, web, world } = Scene::new();
    let scene = Scene { server, web, world: world.person("krupa", &["qa", "ops", "hero"]) }.cut();
    scene.world.at("2026-12-01T09:00:00Z");
    scene.server.commit_on("main", &[("next.py", "next\n")], "Add the next");
    let ran = scene.mat().types("tag --yes").ok();
    ran.says("2026.11.26 was cut and never finished");
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    (scene, late)
}

#[test]
fn what_changes_something_names_both_and_changes_nothing() {
    let (scene, late) = last_week_and_this();
    let krupa = scene.world.as_person("krupa");
    krupa.types("task add \"warm the cache\" --push 2026.12.03 --yes").ok();
    std::fs::write(scene.world.dir().join("page.md"), "Blockers:\n\n* all of it\n").unwrap();
    let before = everything(&scene.world, &[&scene.server, &scene.web]);
    let pick = format!("pick server:{late} --yes");
    let ask = format!("ask server:{late} --this --yes");
    let all = [
        pick.as_str(),
        &ask,
        "ask --decline a1 --because late --this --yes",
        "approve --yes --if 0123456789abcdef",
        "approve --withdraw broken --yes",
        "block \"login is broken\" --yes",
        "unblock b1 --yes",
        "task add \"flip the switch\" --this --yes",
        "task done t1 --this --yes",
        "claim --yes",
        "unclaim --yes",
        "hold --because storm --yes",
        "resume --yes",
        "start --yes --if 0123456789abcdef",
        "promote --yes",
        "rollback --because errors --yes",
        "rollback --clear --because fine --yes",
        "finish --because late --yes",
        "tag --again --yes",
        "notes set page.md --yes",
        "move 2026.12.04 --yes",
        "cancel --because storm --yes",
    ];
    for line in all {
        let ran = krupa.types(line).expect_code(2);
        let told = failure(&scene.world, &ran);
        for push in ["2026.11.26", "2026.12.03"] {
            assert!(told.contains(&format!("--push {push}")), "{line}: {told}");
        }
    }
    assert_eq!(everything(&scene.world, &[&scene.server, &scene.web]), before);
    let ran = krupa.types("claim --yes").expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2026.11.26 and 2026.12.03 could each be meant: none of them is over.
      → say which: --push 2026.11.26 or --push 2026.12.03. `pushduty finish --push 2026.11.26` ends one for good, and `pushduty cancel --push 2026.11.26` one that never left.
    ");
    let told = krupa.types("claim --yes --json").expect_code(2).json();
    assert_eq!(told["error"]["code"], "ambiguous");
}

#[test]
fn the_one_that_is_said_is_taken_and_printed() {
    let (scene, late) = last_week_and_this();
    let jason = scene.world.ops("jason");
    let told = jason.reads(&format!("pick server:{late} --push 2026.11.26 --yes"));
    assert_eq!(
        (told["push"].as_str(), outcomes(&told).as_str()),
        (Some("2026.11.26"), "server 2026.11.26-1 published")
    );
    for push in ["2026.11.26", "2026.12.03"] {
        let does = |line: &str| jason.types(&format!("{line} --push {push} --yes")).ok().says(push);
        does("claim");
        does("unclaim");
        does("hold --because storm");
        does("resume");
        does("block \"login is broken\"");
        does("unblock b1");
        jason.types(&format!("start --dry-run --push {push}")).ok().says(push);
    }
    let ran = jason.types("cancel --push 2026.11.26 --because \"it never left\" --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26 does not run: it never left.
      its tags stay on the remotes, are not used again, and are not taken away from where they run.
      mat keeps the turn; 2026.12.03 has eviljeff all the same.
      blockers, asks and tasks that its notes leave open go into those of 2026.12.10 when that is cut, by `pushduty tag`.
    ✓ done
    ");
    // With one of them over the other is meant again.
    jason.types("claim --yes").ok().says("jason takes 2026.12.03 to production");
    let told = jason.reads(&format!("pick server:{late} --yes"));
    assert_eq!(outcomes(&told), "server 2026.12.03-1 published");
}

#[test]
fn what_looks_takes_the_nearest_departure_and_says_so() {
    let (scene, _) = last_week_and_this();
    let says =
        "this is 2026.12.03; 2026.11.26 is cut too and not over: --push 2026.11.26 shows that one";
    let mat = scene.mat();
    let told = mat.reads("status");
    assert_eq!(told["push"], "2026.12.03");
    assert!(told["notes"].as_array().unwrap().iter().any(|note| note == says), "{told}");
    assert_eq!(told["next"]["command"], "pushduty start --push 2026.12.03");
    for line in ["status", "ready", "compare", "notes show", "task list --this", "ask --this"] {
        let ran = mat.types(line).ok();
        assert!(ran.stdout.contains("2026.12.03"), "{line} prints which: {ran}");
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(says), "{line}: {ran}");
        let asked = line.replace(" --this", "");
        let ran = mat.types(&format!("{asked} --push 2026.11.26")).ok();
        assert!(ran.stdout.contains("2026.11.26"), "{asked}: {ran}");
        ran.never_says("is cut too");
    }
}

#[test]
fn only_what_was_started_is_promoted_or_rolled_back() {
    let (scene, _) = last_week_and_this();
    let jason = scene.world.ops("jason");
    let sheet = jason.reads("start --dry-run --push 2026.11.26");
    let digest = sheet["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --push 2026.11.26 --yes --if {digest}")).ok();
    jason.types("promote --yes").ok().says("2026.11.26");
    jason.types("rollback --because errors --yes").ok().says("2026.11.26 is rolled back and held");
    jason.types("resume --yes").expect_code(2).says("--push 2026.12.03");
}

/// Production runs a push that is over; a fix for it is on main.
fn done_and_a_fix() -> (Remote, Services, PushDuty, String) {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("new", "new")], "Begin something new");
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = alone(&server).service("production", "server", &services, 1);
    let jason = world.ops("jason");
    jason.types("tag --yes").ok();
    starts(&world, "2026.11.26");
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    jason.types("watch production --once").ok();
    jason.types("finish --yes").ok();
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    (server, services, world, fix)
}

fn starts(world: &PushDuty, push: &str) {
    let jason = world.ops("jason");
    let sheet = jason.reads(&format!("start --dry-run --push {push}"));
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest").to_owned();
    jason.types(&format!("start --push {push} --yes --if {digest}")).ok();
}

#[test]
fn a_hot_fix_of_a_push_that_is_done_leaves_on_its_own() {
    let (server, services, world, fix) = done_and_a_fix();
    let jason = world.ops("jason");
    jason.types("claim --yes").expect_code(3).says("no push is cut");
    jason.types(&format!("pick server:{fix} --push 2026.11.26 --yes")).expect_code(3);
    jason.types(&format!("pick --onto production {fix} --because outage --yes")).ok();
    assert_eq!(tags(&server).last().unwrap(), "2026.11.26-1");
    assert_eq!(jason.reads("status")["push"], "2026.11.26");
    assert_ne!(jason.reads("status")["state"], "done");
    let sheet = jason.reads("start --dry-run");
    assert_eq!((&sheet["push"], &sheet["attempt"]), (&"2026.11.26".into(), &2.into()));
    assert_eq!(sheet["steps"][0]["to"], "2026.11.26-1");
    starts(&world, "2026.11.26");
    services.runs("production-server", "2026.11.26-1", &server.commit_of("2026.11.26-1"));
    jason.types("watch production --once").ok();
    jason.types("finish --yes").ok().says("2026.11.26");
    assert_eq!(jason.reads("status --push 2026.11.26")["state"], "done");
    jason.types("finish --yes").ok().says("2026.11.26 is over");
}

#[test]
fn a_hot_fix_beside_the_next_push_is_named_where_either_could_be_meant() {
    let (server, _services, world, fix) = done_and_a_fix();
    let jason = world.ops("jason");
    world.at("2026-12-01T09:00:00Z");
    jason.types("tag --yes").ok();
    jason.types(&format!("pick --onto production {fix} --because outage --yes")).ok();
    assert_eq!(tags(&server).last().unwrap(), "2026.12.03");
    let ran = jason.types("start --yes --if x").expect_code(2);
    ran.says("--push 2026.11.26 or --push 2026.12.03");
    let told = jason.reads("status");
    assert_eq!(told["push"], "2026.12.03");
    assert_eq!(of(&jason.reads("status --push 2026.11.26"), "server")["tag"], "2026.11.26-1");
    starts(&world, "2026.11.26");
    jason.types("rollback --because errors --dry-run").ok().says("Roll back 2026.11.26");
}
