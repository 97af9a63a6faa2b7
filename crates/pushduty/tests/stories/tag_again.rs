//! Tags never move (P2), suffixes are never reused (P3).

use testkit::Remote;

use crate::scene::{Scene, alone, below, failure, of, outcomes, tags};

#[test]
fn main_that_moved_on_needs_again() {
    let scene = Scene::new().cut();
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let ran = scene.mat().types("tag --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ server: 2026.11.26 is on [oid] already and main has moved on to [oid].
      → `pushduty tag --again` makes the next suffix there; `pushduty pick COMMIT` takes single commits onto 2026.11.26.
    ");
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);

    let told = scene.mat().reads("tag --again --repo server --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    insta::assert_snapshot!(scene.server.graph(), @"
    * Arrive late (main, 2026.11.26-1)
    * Add a form (2026.11.26)
    * Start (2026.11.19)
    ");
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26"]);
}

#[test]
fn again_without_a_reason_leaves_those_that_have_nothing_new() {
    let scene = Scene::new().cut();
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let told = scene.mat().reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published, web 2026.11.26 already");
}

#[test]
fn another_tag_on_the_same_commit_needs_a_reason() {
    let scene = Scene::new().cut();
    let ran = scene.mat().types("tag --again --repo server --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @r#"
    ✗ server: 2026.11.26 is on this very commit ([oid]).
      → say why it needs another tag: --again --because "kick the build".
    "#);
    scene.mat().types("tag --again --repo server --because \"kick the build\" --yes").ok();
    let seen = scene.server.tags();
    assert_eq!(seen["2026.11.26"].commit, seen["2026.11.26-1"].commit);
    assert_ne!(seen["2026.11.26"].object, seen["2026.11.26-1"].object);
    scene.mat().types("log").ok().says("kick the build");
}

#[test]
fn a_tag_by_hand_on_the_same_commit_is_taken_as_it_is() {
    let scene = Scene::new();
    let by_hand = scene.server.tag("2026.11.26", "main");
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 published");
    assert_eq!(scene.server.tags()["2026.11.26"].object, by_hand);
    scene.mat().types("verify").ok();
}

#[test]
fn a_tag_by_hand_on_another_commit_is_told_and_never_moved() {
    let scene = Scene::new();
    let by_hand = scene.server.annotated_tag("2026.11.26", "2026.11.19", "too early");
    let ran = scene.mat().types("tag --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      = already    server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      ✓ published  web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag

      ◆ server has 2026.11.26 on [oid] and would get it on [oid] now: --again --repo server tags that.
    ");
    assert_eq!(scene.server.tags()["2026.11.26"].object, by_hand);
    let told = scene.mat().reads("tag --again --repo server --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    assert_eq!(scene.server.tags()["2026.11.26"].object, by_hand);
}

/// Somebody who tags in the middle of our push, by the remote's own hook.
fn a_rival_tags(remote: &Remote, tag: &str, commit: &str) {
    let script =
        format!("unset GIT_QUARANTINE_PATH; git update-ref refs/tags/{tag} {commit} 2>&1; exit 0");
    remote.hook("pre-receive", &script);
}

#[test]
fn a_race_for_a_tag_is_lost_without_harm() {
    let server = Remote::new("server");
    let older = server.oid("main");
    server.commit_on("main", &[("a", "a\n")], "Go on");
    let world = alone(&server);
    a_rival_tags(&server, "2026.11.26", &older);
    let ran = world.hero("mat").types("tag --yes").expect_code(5);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ somebody else was first: refs/tags/2026.11.26 of server is at [oid].
      → run the same command again: it plans from what is there now.
    ");
    assert_eq!(server.tags()["2026.11.26"].object, older);
    server.unhook("pre-receive");
    world.hero("mat").types("tag --yes").expect_code(3).says("--again");
    let told = world.hero("mat").reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
}

#[test]
fn a_race_won_by_the_same_commit_is_as_good() {
    let server = Remote::new("server");
    let world = alone(&server);
    let commit = server.oid("main");
    a_rival_tags(&server, "2026.11.26", &commit);
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already");
    assert_eq!(server.tags()["2026.11.26"].object, commit);
}

#[test]
fn a_deleted_tag_is_not_used_again() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    server.delete_ref("refs/tags/2026.11.26");
    server.commit_on("main", &[("a", "a\n")], "Go on");
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
}

#[test]
fn the_fence_remembers_a_deleted_tag_for_a_ledger_that_never_saw_it() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types("tag --again --because again --yes").ok();
    server.delete_ref("refs/tags/2026.11.26");
    server.delete_ref("refs/tags/2026.11.26-1");
    let there = world.elsewhere();
    there.hero("mat").types("adopt --because \"the first machine is lost\" --yes").ok();
    let told = there.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
}

#[test]
fn a_local_tag_is_no_tag() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --dry-run").ok();
    let stores = below(&world.data_path());
    let store = stores.into_iter().find(|path| path.ends_with("upstream.git")).unwrap();
    let main = server.oid("main");
    world.sealed().git(&store, &["update-ref", "refs/tags/2026.11.26", &main]);
    world.sealed().git(&store, &["update-ref", "refs/tags/2026.11.26-4", &main]);
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
    assert_eq!(tags(&server), ["2026.11.26"]);
}

#[test]
fn gaps_are_not_filled() {
    let server = Remote::new("server");
    server.tag("2026.11.26", "main");
    server.tag("2026.11.26-3", "main");
    server.commit_on("main", &[("a", "a\n")], "Go on");
    let told = alone(&server).hero("mat").reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-4 published");
}

#[test]
fn a_suffix_with_a_zero_counts() {
    let server = Remote::new("server");
    server.tag("2026.11.26", "main");
    server.tag("2026.11.26-01", "main");
    server.commit_on("main", &[("a", "a\n")], "Go on");
    let told = alone(&server).hero("mat").reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
}

#[test]
fn tags_of_other_schemes_do_not_count() {
    let server = Remote::new("server");
    for other in
        ["v1.0", "2026-11-26", "2026.11.26-beta", "2026.11.26.1", "v2026.11.26", "2026.11.26-1-2"]
    {
        server.tag(other, "main");
    }
    let told = alone(&server).hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
    assert_eq!(of(&told, "server")["base"], serde_json::Value::Null);
}

#[test]
fn a_team_may_begin_at_two_and_write_a_letter() {
    let server = Remote::new("server");
    let world = crate::scene::train().repo_at(
        "server",
        &server.url(),
        "tag = \"v{date}\"\nfirst_suffix = 2",
    );
    world.hero("mat").types("tag --yes").ok();
    server.commit_on("main", &[("a", "a\n")], "Go on");
    world.hero("mat").types("tag --again --yes").ok();
    server.commit_on("main", &[("a", "b\n")], "Go on again");
    world.hero("mat").types("tag --again --yes").ok();
    assert_eq!(tags(&server), ["v2026.11.26", "v2026.11.26-2", "v2026.11.26-3"]);
}

/// A cut with one pick of server's on it, whose commit main has reverted since, so that main has it in no form.
fn with_a_pick_of_a_branch() -> (Scene, String) {
    let scene = Scene::new().cut();
    let fix = scene
        .server
        .commit("hot")
        .from("2026.11.26")
        .file("hot.py", "hot\n")
        .subject("Cool it down")
        .make();
    scene.mat().types(&format!("pick --off-main server:{fix} --yes")).ok();
    (scene, fix)
}

#[test]
fn another_tag_drops_nothing_of_the_one_it_replaces_unless_it_is_named() {
    let (scene, _) = with_a_pick_of_a_branch();
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let ran = scene.mat().types("tag --again --repo server --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ server: the new tag would drop what is on a tag already: [oid] “Cool it down”.
      → `pushduty pick` adds to a tag and keeps what it has; else bring it to main first, or name what may go: --leave [oid] --because TEXT.
    ");
    let made = scene.server.commit_of("2026.11.26-1");
    let line = format!("tag --again --repo server --leave {made} --because \"out again\" --yes");
    assert_eq!(outcomes(&scene.mat().reads(&line)), "server 2026.11.26-2 published");
}

#[test]
fn a_revert_on_the_tag_is_not_dropped_either() {
    let scene = Scene::new().cut();
    let form = scene.server.commit_of("2026.11.26");
    scene.mat().types(&format!("pick --revert server:{form} --yes")).ok();
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    scene.mat().types("tag --again --repo server --yes").expect_code(3).says("would drop");
}

#[test]
fn a_kick_makes_the_next_suffix_of_the_same_commit_picks_and_all() {
    let (scene, fix) = with_a_pick_of_a_branch();
    let kick = "tag --again --repo server --because \"kick the build\" --yes";
    assert_eq!(outcomes(&scene.mat().reads(kick)), "server 2026.11.26-2 published");
    let seen = scene.server.tags();
    assert_eq!(seen["2026.11.26-1"].commit, seen["2026.11.26-2"].commit);
    let status = scene.mat().reads("status");
    assert_eq!(of(&status, "server")["picks"][0]["commit"], fix.as_str());
    assert_eq!(of(&status, "server")["picks"][0]["tag"], "2026.11.26-1");
    // It was told, so the same words ask for one more.
    assert_eq!(outcomes(&scene.mat().reads(kick)), "server 2026.11.26-3 published");
}
