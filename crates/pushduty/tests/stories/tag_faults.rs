//! A cut in bad weather: a remote that is down, one that refuses, a hero who falls ill.

use testkit::Remote;

use crate::scene::{Scene, failure, outcomes, tags};

/// Takes a remote off the network, and brings it back.
fn down(remote: &Remote) -> impl Fn() {
    let (here, away) = (remote.path().to_owned(), remote.path().with_extension("away"));
    std::fs::rename(&here, &away).expect("a remote can be put away");
    move || std::fs::rename(&away, &here).expect("and brought back")
}

#[test]
fn a_rewrite_of_addresses_sends_no_tag_to_another_repository() {
    let Scene { server, web, world } = Scene::new();
    let other = Remote::new("other");
    let before = [&server, &web, &other].map(Remote::refs);
    let rewrite = format!("url.{}.pushInsteadOf", other.url());
    world.sealed().git_config(&rewrite, &web.url());
    let ran = world.hero("mat").types("tag --yes").expect_code(2);
    let ran = ran.says("web: nothing was sent to upstream: git's configuration rewrites");
    ran.says("to another place").says("pushInsteadOf out of git's configuration");
    assert_eq!([&server, &web, &other].map(Remote::refs), before, "nothing is sent anywhere");
    world.hero("mat").types("check").expect_code(1).says("to another place");
    world.sealed().git(world.sealed().home(), &["config", "--global", "--unset-all", &rewrite]);
    world.hero("mat").types("tag --yes").ok();
    assert_eq!(tags(&web).len(), 2);
    assert_eq!(other.refs(), before[2]);
}

#[test]
fn one_of_three_remotes_is_down_for_an_hour_during_the_cut() {
    let scene = Scene::new();
    let docs = Remote::new("docs");
    let Scene { server, web, world } = scene;
    let world = world.repo(&docs);
    let up = down(&web);
    let ran = world.hero("mat").types("tag --yes").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ○ planned  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
          by Ann Author
          [oid] Add a form
      ✗ failed   web     –
      ○ planned  docs    2026.11.26  [oid]  1 commit  a first push
          by Ann Author
          [oid] Start
    ");
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ web: upstream (“[web]”) has no repository there, or none that this user may see (git: fatal: '[web]' does not appear to be a git repository; fatal: Could not read from remote repository. Please make sure you have the correct access rights and the repository exists.).
      → check the address in pushduty.toml, and that this user has access.
    ");
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(
        (&told["error"]["code"], &told["error"]["retry"]),
        (&"unreachable".into(), &true.into())
    );
    assert!(tags(&docs).is_empty(), "a plan that cannot be made whole is not begun");
    world.at("2026-11-24T10:00:00Z");
    up();
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(
        outcomes(&told),
        "server 2026.11.26 published, web 2026.11.26 published, docs 2026.11.26 published"
    );
    assert_eq!(tags(&server), ["2026.11.19", "2026.11.26"]);
}

#[test]
fn a_remote_that_refuses_leaves_the_rest_published_and_the_same_command_finishes() {
    let scene = Scene::new();
    scene.web.hook("pre-receive", "echo 'the disk is full' >&2; exit 1");
    let ran = scene.mat().types("tag --yes").expect_code(6);
    assert!(ran.stderr.contains("web │ remote: the disk is full\n"), "{ran}");
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ✓ published  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      ✗ refused    web     2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
    ");
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 1 of 2 repositories done: the remote of web refused: refs/pushduty/amo: pre-receive hook declined (remote: the disk is full).
      → ask whoever guards that remote for the right, or mend its hook; nothing of it is there; the same command again finishes.
    ");
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);
    let status = scene.mat().types("status").ok();
    insta::assert_snapshot!(scene.world.tidy(&status.stdout), @"
    rehearsal
    amo 2026.11.26  ○ open, not cut yet
    hero mat  cut Tue 24 Nov 09:00 UTC  departs Thu 26 Nov 09:00 UTC  then eviljeff

      server  2026.11.26  [oid]  1 commit  since 2026.11.19
      web     no tag yet                        since 2026.11.19

    next  mat: finish cutting 2026.11.26  pushduty tag
          remotes seen just now
    ");

    scene.web.unhook("pre-receive");
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 published");
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26"], "no suffix is skipped");
}

#[test]
fn a_remote_that_refuses_alone_is_no_half_cut() {
    let server = Remote::new("server");
    server.hook("update", "case $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1;; esac");
    let world = crate::scene::alone(&server);
    let told = world.hero("mat").reads("tag --yes");
    assert_eq!(
        (&told["error"]["code"], &told["error"]["exit"]),
        (&"remote_refused".into(), &1.into())
    );
    assert!(server.tags().is_empty());
    assert!(
        server.refs().keys().all(|name| name.starts_with("refs/heads/")),
        "not even the fence moved"
    );
    server.unhook("update");
    assert_eq!(outcomes(&world.hero("mat").reads("tag --yes")), "server 2026.11.26 published");
}

#[test]
fn the_hero_falls_ill_in_mid_cut_and_another_takes_over() {
    let scene = Scene::new();
    scene.web.hook("pre-receive", "exit 1");
    scene.mat().types("tag --yes").expect_code(6);
    scene.web.unhook("pre-receive");
    let other = scene.world.hero("eviljeff");
    let ran = other.types("rotation swap 2026.11.26 eviljeff --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    eviljeff serves on 2026.11.26 in place of mat, who takes their next turn.
    ✓ done
    ");
    let told = other.reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 published");
    assert_eq!(other.reads("status")["hero"], "eviljeff");
    let tagger =
        |r: &Remote| r.git(&["for-each-ref", "--format=%(taggername)", "refs/tags/2026.11.26"]);
    assert_eq!((tagger(&scene.server), tagger(&scene.web)), ("mat".into(), "eviljeff".into()));
}

#[test]
fn a_fence_that_the_remote_hides_is_told_with_its_ways_out() {
    let scene = Scene::new().cut();
    let page = scene.web.commit_on("main", &[("more.js", "1\n")], "Add more");
    scene.web.config("transfer.hideRefs", "refs/pushduty");
    // git takes the tag all the same: what it hides is no part of an atomic push to it.
    let picked = scene.mat().types(&format!("pick web:{page} --yes")).ok();
    picked
        .says("web has what was pushed and shows no refs/pushduty/amo")
        .says("`fence = false` for web");
    let check = scene.mat().types("check").expect_code(1);
    check.says("deleted by somebody else, or the remote hides it").says("fence = false");
}

#[test]
fn a_fence_that_was_deleted_is_not_taken_for_one_that_never_was() {
    let scene = Scene::new();
    scene.mat().types("check").says("none yet; the first publish makes refs/pushduty/amo");
    scene.mat().types("tag --yes").ok();
    scene.web.delete_ref("refs/pushduty/amo");
    scene.mat().types("check").expect_code(1).says("deleted by somebody else");
    let page = scene.web.commit_on("main", &[("more.js", "1\n")], "Add more");
    scene.mat().types(&format!("pick web:{page} --yes")).ok();
    scene.mat().types("check").ok().never_says("deleted by somebody else");
}
