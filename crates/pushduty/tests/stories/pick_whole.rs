//! All or nothing over all repositories (P5), and nothing dropped (P6).

use testkit::{Remote, Services};

use crate::scene::{Scene, alone, failure, of, outcomes, tags};

/// Main has rewritten a line that both tags have, in two commits: the second does not apply without the first.
fn entangle(remote: &Remote) -> (String, String) {
    let first = remote.commit_on("main", &[("README.md", "# begun\n")], "Begin again");
    let second = remote.commit_on("main", &[("README.md", "# begun well\n")], "Begin well");
    (first, second)
}

#[test]
fn a_conflict_in_one_repository_publishes_nothing_in_any() {
    let scene = Scene::new().cut();
    let fine = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let (first, second) = entangle(&scene.web);
    let refs = (scene.server.refs(), scene.web.refs());
    let line = format!("pick server:{fine} web:{second} --yes");
    let ran = scene.mat().types(&line).expect_code(4);
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ○ planned  server  2026.11.26-1  [oid]  since 2026.11.19, the newest older tag
          + [oid] Arrive late (Ann Author)
      ✗ refused  web     –
          README.md  contents
          conflict at README.md:1-5
          commits on main that touch these files and are not on the tag:
            [oid] Begin again
    ");
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ web: [oid] “Begin well” does not apply: “README.md”.
      → it likely needs first: [oid]; or finish by hand with --resolve.
    ");
    assert_eq!((scene.server.refs(), scene.web.refs()), refs);
    let told = scene.mat().reads(&line);
    assert_eq!(
        (&told["error"]["code"], &told["error"]["repo"]),
        (&"conflict".into(), &"web".into())
    );
    let conflict = &of(&told, "web")["conflict"];
    assert_eq!(conflict["prerequisites"][0]["id"], first.as_str());
    assert_eq!(scene.mat().reads("status")["repos"][0]["tag"], "2026.11.26");
    // With what it needs, it applies.
    scene.mat().types(&format!("pick server:{fine} web:{second} web:{first} --yes")).ok();
    assert_eq!(scene.web.show("2026.11.26-1", "README.md"), "# begun well\n");
}

#[test]
fn a_remote_that_refuses_leaves_the_others_and_the_same_command_finishes() {
    let scene = Scene::new().cut();
    let one = scene.server.commit_on("main", &[("one", "1")], "One");
    let two = scene.web.commit_on("main", &[("two", "2")], "Two");
    scene.web.hook("pre-receive", "exit 1");
    let line = format!("pick server:{one} web:{two} --yes");
    scene.mat().types(&line).expect_code(6);
    assert_eq!(tags(&scene.server).last().unwrap(), "2026.11.26-1");
    scene.web.unhook("pre-receive");
    let told = scene.mat().reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 published");
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26", "2026.11.26-1"]);
}

#[test]
fn a_hot_fix_onto_production_is_asked_for_in_the_later_push() {
    let server = Remote::tagged("server");
    let services = Services::new();
    services.runs("production-server", "2026.11.19", &server.commit_of("2026.11.19"));
    server.commit_on("main", &[("new", "new")], "Begin something new");
    let world = alone(&server).service("production", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();

    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    let ran = world.hero("mat").types(&format!("pick --onto production {fix} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.19

      ✓ published  server  2026.11.19-1  [oid]  since 2026.11.19, in production
          + [oid] Fix production (Ann Author)

      ◆ 2026.11.26 is cut and lacks what 2026.11.19-1 has of server: [oid] “Fix production”: `pushduty pick --push 2026.11.26 server:[oid]` brings it there.
    ");
    assert_eq!(server.files("2026.11.19-1"), ["README.md", "fix"]);
    let notes = |notes: &serde_json::Value| notes["notes"].as_array().expect("notes").len();
    assert_eq!(notes(&world.hero("mat").reads("status --push 2026-11-26")), 1);
    assert_eq!(notes(&world.hero("mat").reads("status --push 2026-11-19")), 0);
    services.runs("production-server", "2026.11.19-1", &server.commit_of("2026.11.19-1"));

    // Tuesday's tag lacks it: the next one of that push must have it, or say that it goes.
    let older = server.commit_of("2026.11.26");
    let again = format!("tag --again --push 2026.11.26 --because rebuild --at {older} --yes");
    let ran = world.hero("mat").types(&again).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: the new tag would drop what is on a tag already: [oid] “Fix production”.
      → `pushduty pick` adds to a tag and keeps what it has; else bring it to main first, or name what may go: --leave [oid] --because TEXT.
    ");
    let leave = format!(
        "tag --again --push 2026.11.26 --because rebuild --at {older} --leave {} --dry-run",
        &fix[..10]
    );
    world.hero("mat").types(&leave).ok();
    // Main has it, so a cut of main carries it, and nothing is lacking then.
    let told = world.hero("mat").reads("tag --again --push 2026.11.26 --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    // Who brought the hot-fix to production started nothing: that is all there is to tell.
    let told = world.hero("mat").reads("status --push 2026-11-26");
    let past_us = "production shows server 2026.11.19-1, which no start allowed";
    assert_eq!(told["notes"], serde_json::json!([past_us]));
}

#[test]
fn a_hot_fix_needs_to_know_what_production_runs() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    let ran =
        world.hero("mat").types(&format!("pick --onto production {fix} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ what production runs of server is not known: its services are not set up, not reached, or mixed.
      → `pushduty compare` shows what each environment says; --push DATE picks onto a push's tag.
    ");
}

#[test]
fn picks_of_a_tag_made_by_hand_are_kept() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let one = server.commit_on("main", &[("one", "1")], "One");
    let two = server.commit_on("main", &[("two", "2")], "Two");
    // Somebody picks the first by hand, as the runbook says.
    let made = server
        .commit("by-hand")
        .from("2026.11.26")
        .file("one", "1")
        .message(format!("One\n\n(cherry picked from commit {one})\n").as_bytes())
        .make();
    server.tag("2026.11.26-1", &made);
    server.delete_ref("refs/heads/by-hand");
    let told = world.hero("mat").reads(&format!("pick {two} --yes"));
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
    assert_eq!(server.files("2026.11.26-2"), ["README.md", "one", "two"]);
    let status = world.hero("mat").reads("status");
    let picks: Vec<_> = of(&status, "server")["picks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["commit"].as_str().unwrap().to_owned(), p["tag"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(picks, [(one, "2026.11.26-1".to_owned()), (two, "2026.11.26-2".to_owned())]);
}

#[test]
fn the_next_cut_must_carry_what_production_runs_by_pick() {
    let server = Remote::new("server");
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();
    server.branch("hot", "2026.11.26");
    let hot = server.commit_on("hot", &[("hot", "hot")], "Put the fire out");
    world.hero("mat").types(&format!("pick --off-main {hot} --yes")).ok();
    services.runs("production-server", "2026.11.26-1", &server.commit_of("2026.11.26-1"));

    world.at("2026-12-01T09:00:00Z");
    server.commit_on("main", &[("next", "next")], "Go on");
    let ran = world.hero("mat").types("tag --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: the new tag would drop what is on a tag already: [oid] “Put the fire out”.
      → `pushduty pick` adds to a tag and keeps what it has; else bring it to main first, or name what may go: --leave [oid] --because TEXT.
    ");
    world.hero("mat").types(&format!("tag --leave {hot} --yes")).expect_code(2);
    // Once main has the same change, in whatever commit, nothing is dropped.
    server.commit_on("main", &[("hot", "hot")], "Put the fire out, for good");
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.12.03 published");
}

#[test]
fn what_is_left_out_on_purpose_is_recorded_with_its_reason() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    server.branch("hot", "2026.11.26");
    let hot = server.commit_on("hot", &[("hot", "hot")], "Put the fire out");
    world.hero("mat").types(&format!("pick --off-main {hot} --yes")).ok();
    world.at("2026-12-01T09:00:00Z");
    server.commit_on("main", &[("next", "next")], "Go on");
    let made = server.commit_of("2026.11.26-1");
    let line = format!("tag --leave {} --because \"the fire is out\" --yes", &made[..10]);
    world.hero("mat").types(&line).ok();
    world.hero("mat").types("log").ok().says("the fire is out");
}

/// What a refusal to drop something says, told by its first words and by what it names.
#[track_caller]
fn refuses_to_drop(ran: &testkit::Ran, tag: &str, subject: &str) {
    assert_eq!(ran.code, 3, "{ran}");
    let words = format!("the new tag would drop what {tag} has");
    assert!(ran.stderr.contains(&words) && ran.stderr.contains(subject), "{ran}");
}

#[test]
fn a_hot_fix_drops_nothing_of_a_newer_tag_unless_it_is_named() {
    let server = Remote::new("server");
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    let undone = server.commit_of("2026.11.26");
    mat.types(&format!("pick --revert {undone} --yes")).ok();
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");

    let line = format!("pick --onto production {fix} --because outage");
    let ran = mat.types(&format!("{line} --yes"));
    refuses_to_drop(&ran, "2026.11.26-2", "Arrive late");
    assert_eq!(tags(&server).last().unwrap(), "2026.11.26-2");
    // Each by its name: the pick, and what the revert took back.
    let ran = mat.types(&format!("{line} --drop {late} --yes"));
    refuses_to_drop(&ran, "2026.11.26-2", "Revert");
    let line = format!("{line} --drop {late} --drop {undone} --yes");
    mat.types(&line).ok();
    assert_eq!(server.files("2026.11.26-3"), ["README.md", "fix"]);
    assert_eq!(outcomes(&mat.reads(&line)), "server 2026.11.26-3 skipped");
}

#[test]
fn a_newer_tag_of_main_holds_up_no_hot_fix() {
    let server = Remote::new("server");
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    server.commit_on("main", &[("more", "more")], "Go on");
    mat.types("tag --again --yes").ok();
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    mat.types(&format!("pick --onto production {fix} --because outage --yes")).ok();
    assert_eq!(server.files("2026.11.26-2"), ["README.md", "fix"]);
}

#[test]
fn what_a_tag_had_that_somebody_deleted_is_not_dropped_without_a_word() {
    let server = Remote::new("server");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let one = server.commit_on("main", &[("one", "1")], "One");
    let two = server.commit_on("main", &[("two", "2")], "Two");
    mat.types(&format!("pick {one} --yes")).ok();
    server.delete_ref("refs/tags/2026.11.26-1");

    let ran = mat.types(&format!("pick {two} --yes"));
    refuses_to_drop(&ran, "2026.11.26-1", "One");
    let ran = mat.types(&format!("pick {two} {one} --yes")).ok();
    assert!(ran.stdout.contains("2026.11.26-1 was deleted from server by somebody else"), "{ran}");
    assert_eq!(server.files("2026.11.26-2"), ["README.md", "one", "two"]);
}

#[test]
fn the_same_picks_again_finish_what_one_remote_refused_whatever_the_commits_did_to_each_other() {
    let scene = Scene::new().cut();
    let begin = scene.server.commit_on("main", &[("f", "one\n")], "Set f");
    let change = scene.server.commit_on("main", &[("f", "two\n")], "Set f anew");
    let gone = scene.server.commit("main").delete("f").subject("Remove f").make();
    let other = scene.web.commit_on("main", &[("late", "late")], "Arrive late");
    let line = format!("pick server:{begin} server:{change} server:{gone} web:{other} --yes");
    scene.web.hook("pre-receive", "exit 1");
    scene.mat().types(&line).expect_code(6);
    scene.web.unhook("pre-receive");
    let told = scene.mat().reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 published");
    let told = scene.mat().reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 skipped");
}

#[test]
fn the_same_drops_again_finish_what_one_remote_refused() {
    let scene = Scene::new().cut();
    let one = scene.server.commit_on("main", &[("one", "1")], "One");
    let two = scene.web.commit_on("main", &[("two", "2")], "Two");
    scene.mat().types(&format!("pick server:{one} web:{two} --yes")).ok();
    let line = format!("pick --drop server:{one} --drop web:{two} --because late --yes");
    scene.web.hook("pre-receive", "exit 1");
    scene.mat().types(&line).expect_code(6);
    scene.web.unhook("pre-receive");
    let told = scene.mat().reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-2 skipped, web 2026.11.26-2 published");
    // What no tag of the push ever had is told as before.
    let stray = scene.server.commit_on("main", &[("stray", "1")], "Stray");
    scene.mat().types(&format!("pick --drop server:{stray} --because x --yes")).expect_code(2);
}
