//! A cut to read: the plan, one yes, and what came of it.

use testkit::Remote;

use crate::scene::{Scene, alone, everything, failure, of, outcomes, tags};

#[test]
fn one_yes_tags_every_repository() {
    let scene = Scene::new();
    let ran = scene.mat().types("tag --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ✓ published  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      ✓ published  web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
    ");
    insta::assert_snapshot!(scene.server.graph(), @"
    * Add a form (main, 2026.11.26)
    * Start (2026.11.19)
    ");
    insta::assert_snapshot!(scene.web.graph(), @"
    * Add a page (main, 2026.11.26)
    * Start (2026.11.19)
    ");
}

#[test]
fn the_plan_is_shown_and_a_dry_run_changes_nothing() {
    let scene = Scene::new();
    let both = [&scene.server, &scene.web];
    let before = everything(&scene.world, &both);
    let ran = scene.mat().types("tag --dry-run").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26, hero mat

      ○ planned  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
          by Ann Author
          [oid] Add a form
      ○ planned  web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
          by Ann Author
          [oid] Add a page

    plan [oid]
    ");
    scene.mat().types("tag --dry-run --json").ok();
    assert_eq!(everything(&scene.world, &both), before);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_done() {
    let scene = Scene::new();
    let both = [&scene.server, &scene.web];
    let before = everything(&scene.world, &both);
    let ran = scene.mat().types("tag").expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ this changes something, and there is no terminal to ask on.
      → add --yes to do it, or --dry-run to see what it would do.
    ");
    assert_eq!(scene.mat().reads("tag")["error"]["code"], "needs_yes");
    assert_eq!(everything(&scene.world, &both), before);
}

#[test]
fn a_second_tag_says_so_and_is_no_failure() {
    let scene = Scene::new().cut();
    let refs = (scene.server.refs(), scene.web.refs());
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 already");
    let ran = scene.mat().types("tag").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26, hero mat

      = already  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      = already  web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag

    plan [oid]
    ");
    assert_eq!((scene.server.refs(), scene.web.refs()), refs);
}

#[test]
fn a_yes_holds_for_the_plan_that_was_seen() {
    let scene = Scene::new();
    let seen = scene.mat().reads("tag --dry-run")["digest"].as_str().unwrap().to_owned();
    let commit = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let refs = (scene.server.refs(), scene.web.refs());
    let refused = scene.mat().types(&format!("tag --yes --if {seen}")).expect_code(5);
    insta::assert_snapshot!(failure(&scene.world, &refused), @"
    ✗ the plan has changed: it is [oid] now, not “[oid]”.
      → read the new plan and say yes to that.
    ");
    assert_eq!((scene.server.refs(), scene.web.refs()), refs);

    let seen = scene.mat().reads("tag --dry-run")["digest"].as_str().unwrap().to_owned();
    let told = scene.mat().reads(&format!("tag --yes --if {seen}"));
    assert_eq!(of(&told, "server")["commit"], commit.as_str());
}

#[test]
fn a_first_push_has_nothing_to_compare_with() {
    let server = Remote::new("server");
    let world = alone(&server);
    let told = world.hero("mat").reads("tag --yes");
    let repo = of(&told, "server");
    assert_eq!((&repo["base"], &repo["base_from"]), (&serde_json::Value::Null, &"nothing".into()));
    assert_eq!(tags(&server), ["2026.11.26"]);
}

#[test]
fn an_empty_remote_is_refused_with_what_to_do() {
    let server = Remote::empty("server");
    let world = alone(&server);
    let ran = world.hero("mat").types("tag --yes").expect_code(2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server has no commit on main.
      → push a first commit, or set `branch` in the configuration.
    ");
    assert!(server.refs().is_empty());
}

#[test]
fn one_repository_that_cannot_go_stops_all() {
    let scene = Scene::new();
    let empty = Remote::empty("docs");
    let world = scene.world.repo(&empty);
    let ran = world.hero("mat").types("tag --yes").expect_code(2);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ○ planned  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
          by Ann Author
          [oid] Add a form
      ○ planned  web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
          by Ann Author
          [oid] Add a page
      ✗ refused  docs    –
    ");
    assert_eq!(
        (tags(&scene.server), tags(&scene.web)),
        (vec!["2026.11.19".to_owned()], vec!["2026.11.19".to_owned()])
    );
}

#[test]
fn a_tag_tells_its_train_its_push_and_its_place_in_the_ledger() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let message = server.git(&["for-each-ref", "--format=%(contents)", "refs/tags/2026.11.26"]);
    insta::assert_snapshot!(world.tidy(&message), @"
    amo 2026.11.26

    Train: amo
    Push: 2026.11.26
    Ledger: [oid] [oid]
    ");
    let tagger = server.git(&[
        "for-each-ref",
        "--format=%(taggername) %(taggerdate:iso-strict)",
        "refs/tags/2026.11.26",
    ]);
    assert_eq!(tagger, "mat 2026-11-24T09:00:00Z");
}

#[test]
fn a_stranger_may_only_look() {
    let scene = Scene::new();
    for who in ["mallory", "kumar"] {
        let ran = scene.world.as_person(who).types("tag --yes").expect_code(3);
        assert!(ran.stderr.contains(who), "{ran}");
        scene.world.as_person(who).types("tag --dry-run").expect_code(3);
        scene.world.as_person(who).types("status").ok();
        scene.world.as_person(who).types("compare").ok();
    }
    assert_eq!(tags(&scene.server), ["2026.11.19"]);
}
