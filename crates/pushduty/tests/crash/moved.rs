//! Killed wherever it looks at a tag that somebody moved, or writes that down: it is told all the same, and noticed once
//! (P2, P11).

use serde_json::Value;
use testkit::{Remote, Trace};

use crate::points::{CALLS, Extent, Moment, chosen};
use crate::scene::Scene;

/// A tag that was seen once, and that somebody moved since; and one that was made since.
fn moved() -> Scene {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "1\n")], "Fix the form");
    let scene = Scene::of(vec![server], None);
    // Began the ledger, looked once.
    scene.mat(&["rotation", "away", "mat", "2027-01-04", "2027-01-08", "--yes"]).ok();
    scene.mat(&["compare"]).ok();
    scene.remotes[0].git(&["tag", "-f", "2026.11.19", "main"]);
    scene.remotes[0].tag("2026.11.12", "main");
    scene
}

/// What `verify` says differs, and how often the ledger says that it was noticed.
fn told(scene: &Scene) -> (Vec<String>, usize) {
    let verified = scene.mat(&["verify", "--json"]).json();
    let names = verified["differences"].as_array().expect("a list").iter();
    let names = names.map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect();
    let is_noticed = |event: &&Value| event["kind"] == "noticed";
    (names, scene.events().iter().filter(is_noticed).count())
}

/// Kills `command` at each distinct place; `written`: run again, it is in the ledger.
fn killed_anywhere(command: &[&str], written: usize) {
    let template = moved();
    let plain = template.again();
    let run_in = |scene: &Scene| {
        let mut run = scene.world.hero("mat").command();
        run.args(command);
        run
    };
    let trace = Trace::new(plain.world.sealed(), CALLS);
    plain
        .world
        .start_command(&mut trace.watching(plain.world.sealed(), &run_in(&plain)))
        .wait()
        .ok();
    let points = chosen(&trace.places(), Extent::Distinct(4));
    let mut killed = 0;
    for point in &points {
        let Moment::Before(call) = &point.moment else { continue };
        let scene = template.again();
        let home = scene.world.sealed();
        let mut run = Trace::new(home, CALLS).killing(home, &run_in(&scene), call);
        killed += usize::from(scene.world.start_command(&mut run).wait().code != 0);
        scene.end_every_git();
        let expected = vec!["refs/tags/2026.11.19".to_owned()];
        assert_eq!(told(&scene).0, expected, "{point}");
        scene.mat(command).ok();
        assert_eq!(told(&scene), (expected, written), "{point}, and again");
        let status = scene.mat(&["status", "--json"]).ok().json();
        assert_eq!(status["differences"].as_array().map(Vec::len), Some(1), "{point}: {status}");
    }
    assert!(killed >= 5, "{killed} of {}", points.len());
}

#[test]
fn p2_p11_killed_while_it_looks_nothing_is_lost() {
    killed_anywhere(&["compare"], 0);
}

#[test]
fn p2_p11_killed_while_it_writes_it_down_it_is_written_once() {
    killed_anywhere(&["tag", "--yes"], 1);
}

#[test]
fn adopt_asks_each_remote_once() {
    let scene = moved();
    let mut run = scene.world.hero("mat").command();
    run.args(["adopt", "--because", "mine", "--yes"]);
    let trace = Trace::new(scene.world.sealed(), CALLS);
    let mut run = trace.watching(scene.world.sealed(), &run);
    scene.world.start_command(&mut run).wait().ok();
    let places = trace.places();
    let fetches = places.iter().filter(|place| {
        place.call.name != "wait4" && place.about.iter().any(|word| word == "fetch")
    });
    assert_eq!(fetches.count(), 1);
}
