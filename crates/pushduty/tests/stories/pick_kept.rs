//! What a person resolved by hand is kept until it is published, whatever the remote does (P11); and nothing of it is left out.

use testkit::Remote;

use crate::pick_by_hand::{find_tree, two_conflicts};
use crate::scene::{Scene, failure, outcomes, tags};

/// The remote dies with a push in its hands, before its refs move: what became of that is not known.
fn dies(remote: &Remote) {
    remote.hook("pre-receive", "kill -9 $PPID");
}

#[test]
fn a_remote_that_refuses_what_was_resolved_costs_nobody_their_work() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let dir = find_tree(&world);
    std::fs::write(dir.join("a"), "a, fixed\n").unwrap();
    server.hook("pre-receive", "echo 'a freeze until five' >&2; exit 1");
    let ran = mat.types("pick --continue --yes").expect_code(1);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ the remote of server refused: refs/pushduty/amo: pre-receive hook declined (remote: a freeze until five).
      → ask whoever guards that remote for the right, or mend its hook; nothing of it is there; `pushduty pick --continue` tries again with the work tree as it is, --abort drops it.
    ");
    assert_eq!(std::fs::read_to_string(dir.join("a")).unwrap(), "a, fixed\n");
    mat.types("pick --continue --yes").expect_code(1).says("tries again");
    assert_eq!(std::fs::read_to_string(dir.join("a")).unwrap(), "a, fixed\n");
    server.unhook("pre-receive");
    assert_eq!(outcomes(&mat.reads("pick --continue --yes")), "server 2026.11.26-1 published");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, fixed\n");
    assert!(!dir.exists());
    mat.types("pick --continue --yes").expect_code(3).says("no conflict is being resolved");
    mat.types("verify").ok();
}

#[test]
fn what_was_resolved_is_settled_by_the_same_command_again() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let dir = find_tree(&world);
    std::fs::write(dir.join("a"), "a, fixed\n").unwrap();
    dies(&server);
    mat.types("pick --continue --yes").expect_code(6).says("--abort drops it");
    assert!(dir.exists() && tags(&server).len() == 1);
    // While the remote can't be asked, it is still not known.
    let away = server.path().with_extension("away");
    std::fs::rename(server.path(), &away).unwrap();
    mat.types("pick --continue --yes").expect_code(6).says("is not known");
    std::fs::rename(&away, server.path()).unwrap();
    assert!(dir.exists());
    server.unhook("pre-receive");
    let plan = mat.reads("pick --continue --dry-run");
    let digest = plan["digest"].as_str().expect("a plan has a digest");
    let ran = mat.types(&format!("pick --continue --yes --if {digest}")).ok();
    ran.says("– nothing to do  server  2026.11.26-1")
        .says("is on the tag already")
        .says("an earlier run began 2026.11.26-1 of server: it is there now");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, fixed\n");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1"]);
    assert!(!dir.exists());
    assert_eq!(mat.reads("status")["unsettled"], serde_json::json!([]));
    mat.types("verify").ok();
}

#[test]
fn one_of_two_that_refuses_is_finished_by_the_same_command_again() {
    let scene = Scene::new().cut();
    let server = &scene.server;
    server.commit_on("main", &[("form.py", "form, changed\n")], "Change it");
    let fix = server.commit_on("main", &[("form.py", "form, changed and fixed\n")], "Fix it");
    let page = scene.web.commit_on("main", &[("more.js", "more\n")], "Add more");
    scene.mat().types(&format!("pick server:{fix} web:{page} --resolve")).ok();
    let dir = find_tree(&scene.world);
    std::fs::write(dir.join("form.py"), "form, fixed\n").unwrap();
    scene.web.hook("pre-receive", "exit 1");
    scene.mat().types("pick --continue --yes").expect_code(6).says("1 of 2 repositories done");
    assert!(dir.exists());
    scene.web.unhook("pre-receive");
    let told = scene.mat().reads("pick --continue --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 published");
    assert!(!dir.exists());
    scene.mat().types("verify").ok();
}

#[test]
fn what_was_resolved_otherwise_meanwhile_is_not_thrown_away() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let dir = find_tree(&world);
    std::fs::write(dir.join("a"), "a, fixed\n").unwrap();
    dies(&server);
    mat.types("pick --continue --yes").expect_code(6);
    server.unhook("pre-receive");
    std::fs::write(dir.join("a"), "a, fixed better\n").unwrap();
    mat.types("pick --continue --yes").expect_code(3);
    let ran = mat.types("pick --continue --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] is on the tag already, and not as it is in the work tree.
      → keep what you need of the work tree, then drop it with `pushduty pick --abort`.
    ");
    assert_eq!(std::fs::read_to_string(dir.join("a")).unwrap(), "a, fixed better\n");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, fixed\n");
    mat.types("pick --abort --yes").ok().says("What came of the try to publish it");
}

#[test]
fn new_files_are_added_or_removed_before_it_goes_on() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let dir = find_tree(&world);
    std::fs::write(dir.join("a"), "a, fixed\n").unwrap();
    std::fs::create_dir(dir.join("new")).unwrap();
    for file in ["helper", "a.orig", "new/one", "new/two"] {
        std::fs::write(dir.join(file), "new\n").unwrap();
    }
    mat.types("pick --continue --dry-run").expect_code(4);
    let ran = mat.types("pick --continue --yes").expect_code(4);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: “a.orig”, “helper”, “new/” are new and not added.
      → `git add` what is new and belongs to it, and remove what does not, then continue.
    ");
    assert_eq!(tags(&server), ["2026.11.26"]);
    std::fs::remove_file(dir.join("a.orig")).unwrap();
    world.sealed().git(&dir, &["add", "helper", "new"]);
    mat.types("pick --continue --yes").ok();
    assert_eq!(server.show("2026.11.26-1", "helper"), "new\n");
    assert_eq!(server.show("2026.11.26-1", "new/two"), "new\n");
}
