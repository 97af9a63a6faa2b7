//! The fence, when a killed run has left an intent open: what is there decides who may act, on real remotes (P12).

use testkit::Gate;

use crate::left::{Kind, Left};
use crate::scene::{Scene, two_to_cut};

/// The ref.
const FENCE: &str = "refs/pushduty/amo";

fn fence(left: &Left) -> Option<String> {
    left.remote().find(FENCE)
}

#[test]
fn a_free_fence_is_taken_and_moves_with_the_push() {
    let left = Left::by(Kind::Tag, false);
    assert_eq!(fence(&left), None, "nobody has conducted this train");
    left.again().ok();
    assert_eq!(left.shown().as_deref(), Some(left.object()));
    assert!(left.scene.conductors()[0].is_some(), "from now on the fence says who does");
    left.scene.mat(&["verify"]).ok();
}

#[test]
fn a_fence_of_ours_is_moved_to_a_fresh_object_before_the_push() {
    let left = Left::by(Kind::Pick, false);
    let (before, ours) = (fence(&left).expect("the cut left one"), left.scene.conductors());
    left.remote().hook("update", &format!("[ \"$1\" != {FENCE} ] || echo $2 $3 >> fences"));
    left.again().ok();
    let moves = std::fs::read_to_string(left.remote().path().join("fences")).unwrap_or_default();
    let moves: Vec<(&str, &str)> = moves.lines().filter_map(|line| line.split_once(' ')).collect();
    let [(from, taken), (over, to)] = moves[..] else { panic!("taken, and moved: {moves:?}") };
    assert_eq!((from, over), (&*before, taken), "each from where the last was");
    assert!(from != taken && taken != to, "each to a fresh object: {moves:?}");
    assert_eq!(left.scene.conductors(), ours);
}

#[test]
fn a_fence_that_another_ledger_made_stops_what_was_left_open() {
    // Made where there was none, and moved from ours: both are another's.
    for kind in [Kind::Tag, Kind::Pick] {
        let left = Left::by(kind, false);
        let there = left.scene.world.elsewhere();
        there.hero("mat").runs(&["adopt", "--because", "the machine hangs", "--yes"]).ok();
        let before = left.remote().refs();
        left.again().expect_code(3).says("adopt");
        assert_eq!((left.remote().refs(), left.outcome()), (before, None), "{kind:?}");
        // The way out that it names.
        left.scene.mat(&["adopt", "--because", "it is back", "--yes"]).ok();
        left.again().ok();
        assert_eq!(left.outcome().as_deref(), Some("published"));
        assert_eq!(left.shown().as_deref(), Some(left.object()), "{kind:?}: the same object");
    }
}

#[test]
fn a_fence_of_another_ledger_at_one_remote_does_not_keep_the_others_from_being_settled() {
    let scene = two_to_cut();
    let gates = ["server", "front"].map(|name| {
        let remote = scene.remotes.iter().find(|remote| remote.name() == name);
        let remote = remote.expect("the scene has both");
        let gate = Gate::new(scene.world.sealed(), name);
        remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
        (remote, gate)
    });
    let mut run = scene.world.hero("mat").starts(&["tag", "--yes"]);
    gates.iter().for_each(|(_, gate)| gate.wait_until_reached());
    run.kill();
    assert_eq!(run.wait().code, -9);
    scene.world.sealed().end_all();
    for (remote, gate) in &gates {
        gate.open();
        remote.unhook("pre-receive");
    }
    let [(server, _), (front, _)] = gates;
    let elsewhere = scene.world.elsewhere();
    elsewhere.hero("mat").runs(&["adopt", "--because", "the machine hangs", "--yes"]).ok();
    front.delete_ref(FENCE);

    let tag = |remote: &testkit::Remote| remote.find("refs/tags/2026.11.26");
    scene.mat(&["tag", "--yes"]).expect_code(3).says("adopt");
    assert_eq!((tag(server), tag(front).is_some()), (None, true));
    let events = scene.events();
    let open: Vec<_> = Scene::unsettled(&events).map(|intent| &intent["repo"]).collect();
    assert_eq!(open, ["server"]);
}

#[test]
fn a_fence_that_moves_between_look_and_take_over_leaves_the_intent_open() {
    let left = Left::by(Kind::Pick, false);
    let gate = Gate::new(left.scene.world.sealed(), "taking");
    left.remote().hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here_once()));
    let world = &left.scene.world;
    let words = left.words();
    let run = world.hero("mat").starts(&words);
    gate.wait_until_reached();
    // Ours would take the fence that it saw; somebody else is quicker.
    let there = world.elsewhere();
    there.hero("mat").runs(&["adopt", "--because", "the machine hangs", "--yes"]).ok();
    let before = left.remote().refs();
    gate.open();
    let ended = run.wait();
    assert!(matches!(ended.code, 3 | 6), "{ended}");
    assert_eq!((left.remote().refs(), left.outcome()), (before, None), "{ended}");
    left.again().expect_code(3).says("adopt");
}
