//! The program is gone and its push goes on: nobody acts beside it, and what it did counts (P11, P12).

use testkit::Gate;

use crate::scene::two_to_cut;

#[test]
fn an_orphaned_push_holds_the_train_until_it_has_landed() {
    let scene = two_to_cut();
    let server = &scene.remotes[0];
    let gate = Gate::new(scene.world.sealed(), "server");
    server.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));

    let mut first = scene.world.hero("mat").starts(&["tag", "--yes"]);
    gate.wait_until_reached();
    first.kill();
    assert_eq!(first.wait().code, -9);
    let before = server.refs();

    let busy = scene.mat(&["tag", "--yes", "--silence", "1"]).expect_code(1);
    let busy = busy.says("a git push holds the train").says("which began it, is gone");
    busy.says("wait for the push to end, or end it, and run the same command again");
    assert_eq!(server.refs(), before, "nothing happens beside it");
    scene.mat(&["status"]).ok();

    gate.open();
    scene.mat(&["tag", "--yes"]).ok().says("already");
    let events = scene.events();
    let built = events.iter().find(|e| e["kind"] == "intended" && e["repo"] == "server").unwrap();
    assert_eq!(server.refs()["refs/tags/2026.11.26"], built["purpose"]["object"]);
    assert_eq!(server.tags().len(), 2);
    assert_eq!(scene.open(), 0);
    let after = (server.refs(), scene.remotes[1].refs());
    scene.mat(&["tag", "--yes"]).ok().says("already");
    assert_eq!((server.refs(), scene.remotes[1].refs()), after);
    scene.mat(&["verify"]).ok();
}

#[test]
fn a_paused_process_holds_the_train_for_others_on_its_machine() {
    let scene = two_to_cut();
    let gate = Gate::new(scene.world.sealed(), "server");
    scene.remotes[0].hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));

    let first = scene.world.hero("mat").starts(&["tag", "--yes"]);
    gate.wait_until_reached();
    scene.world.sealed().pause_all();
    let busy = scene.mat(&["tag", "--yes", "--silence", "1"]).expect_code(1);
    busy.says("another process holds the train: process ").says("“pushduty”");

    gate.open();
    scene.world.sealed().resume_all();
    first.wait().ok().says("published");
    assert_eq!(scene.open(), 0);
    scene.mat(&["verify"]).ok();
}
