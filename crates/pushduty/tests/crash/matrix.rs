//! Killed right before every system call that starts a process or commits, and right after a push was started, with git
//! dying or living on; the same command again, and the world is as without the kill (P11).

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Remote, Services};

use crate::kill::Play;
use crate::scene::{Scene, two_to_cut};

/// Two upstreams that are cut.
fn two_cut() -> Scene {
    let scene = two_to_cut();
    scene.mat(&["tag", "--yes"]).ok();
    scene
}

/// An upstream and its twin, known to the ledger.
fn with_twin() -> Scene {
    let server = Remote::new("server");
    let twin = server.twin();
    Scene::of(vec![server], Some(twin))
}

#[test]
fn a_cut_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = two_to_cut();
    Play::whole(&scene, &["tag", "--yes"]).kill_everywhere().expect(80, &["tag"]);
}

#[test]
fn another_tag_killed_anywhere_is_made_once() {
    let scene = two_cut();
    // Another tag is a new wish once the last one was told.
    let told = Some("2026.11.26-1");
    let command = ["tag", "--again", "--because", "kick", "--yes"];
    Play { told, ..Play::whole(&scene, &command) }.kill_everywhere().expect(50, &["tag"]);
}

#[test]
fn picks_killed_anywhere_end_as_if_they_had_not_been() {
    let scene = two_cut();
    let picks: Vec<String> = scene
        .remotes
        .iter()
        .map(|remote| {
            remote.commit_on("main", &[("other.py", "1\n")], "Not for this push");
            let commit = remote.commit_on("main", &[("form.py", "2\n")], "Fix it better");
            format!("{}:{commit}", remote.name())
        })
        .collect();
    let command = ["pick", &picks[0], &picks[1], "--yes"];
    Play::whole(&scene, &command).kill_everywhere().expect(47, &["pick"]);
}

#[test]
fn a_hot_fix_killed_anywhere_is_made_once() {
    let services = Arc::new(Services::new());
    let scene = two_to_cut().running_on(&services);
    scene.mat(&["tag", "--yes"]).ok();
    let mut command = vec!["pick".to_owned(), "--onto".to_owned(), "production".to_owned()];
    for remote in &scene.remotes {
        let running = remote.commit_of("2026.11.26");
        services.runs(&format!("production-{}", remote.name()), "2026.11.26", &running);
        let fix = remote.commit_on("main", &[("form.py", "2\n")], "Fix it better");
        command.push(format!("{}:{fix}", remote.name()));
    }
    let command: Vec<&str> = command.iter().map(String::as_str).chain(["--yes"]).collect();
    Play::brief(&scene, &command).kill_everywhere().expect(20, &["pick"]);
}

#[test]
fn a_pick_resolved_by_hand_killed_anywhere_is_made_once() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "a\n")], "Begin");
    let scene = Scene::of(vec![server], None);
    scene.mat(&["tag", "--yes"]).ok();
    scene.remotes[0].commit_on("main", &[("a", "a, changed\n")], "Change a");
    let fix = scene.remotes[0].commit_on("main", &[("a", "a, changed and fixed\n")], "Fix a");
    let opened = scene.mat(&["pick", &fix, "--resolve", "--json"]).ok().json();
    let dir = std::path::Path::new(opened["dir"].as_str().expect("a work tree is named"));
    std::fs::write(dir.join("a"), "a, fixed\n").expect("the work tree is writable");
    scene.world.sealed().git(dir, &["add", "a"]);
    let told = Some("2026.11.26-1");
    let command = ["pick", "--continue", "--yes"];
    Play { told, ..Play::brief(&scene, &command) }.kill_everywhere().expect(33, &["pick"]);
}

#[test]
fn a_security_merge_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = with_twin();
    let fix = scene.remotes[1].commit("fix").from("main").file("form.py", "safe\n");
    fix.subject("Close the hole").make();
    scene.mat(&["security", "list"]).ok();
    scene.mat(&["security", "approve", "1", "--yes"]).ok();
    let play = Play::whole(&scene, &["security", "merge", "--yes"]);
    play.kill_everywhere().expect(65, &["merge", "sync"]);
}

#[test]
fn a_sync_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = with_twin();
    scene.mat(&["security", "sync", "--yes"]).ok();
    scene.remotes[0].commit_on("main", &[("form.py", "1\n")], "Fix the form");
    let play = Play::brief(&scene, &["security", "sync", "--yes"]);
    play.kill_everywhere().expect(20, &["sync"]);
}

#[test]
fn a_repair_that_publishes_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = with_twin();
    scene.mat(&["security", "sync", "--yes"]).ok();
    scene.remotes[1].commit_on("main", &[("hot.py", "1\n")], "Merge by button");
    let play = Play::brief(&scene, &["security", "repair", "--publish", "--yes"]);
    play.kill_everywhere().expect(28, &["merge", "sync"]);
}

#[test]
fn a_repair_that_sets_aside_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = with_twin();
    scene.mat(&["security", "sync", "--yes"]).ok();
    scene.remotes[1].commit_on("main", &[("hot.py", "1\n")], "Merge by button");
    let play = Play::brief(&scene, &["security", "repair", "--set-aside", "aside", "--yes"]);
    play.kill_everywhere().expect(20, &["set_aside"]);
}

#[test]
fn a_take_over_killed_anywhere_ends_as_if_it_had_not_been() {
    let scene = two_cut();
    let other = scene.world.elsewhere();
    other.hero("mat").runs(&["adopt", "--because", "the old machine hangs", "--yes"]).ok();
    let command = ["adopt", "--because", "it is back", "--yes"];
    let shows = |scene: &Scene| json!(scene.conductors());
    Play { shows, ..Play::brief(&scene, &command) }.kill_everywhere().expect(24, &["fence"]);
}

#[test]
fn a_move_and_a_cancellation_killed_anywhere_are_made_once() {
    let scene = two_cut();
    let shows = |scene: &Scene| -> Value {
        let dates = ["schedule", "--from", "2026.11.26", "--to", "2026.12.20", "--json"];
        scene.mat(&dates).ok().json()
    };
    for command in [
        &["move", "2026.12.04", "--push", "2026.12.03", "--yes"][..],
        &["cancel", "--push", "2026.12.03", "--because", "holidays", "--yes"],
    ] {
        let (told, done) = (Some("✓ done"), Some("already"));
        let play = Play { shows, told, done, ..Play::brief(&scene, command) };
        play.kill_everywhere().expect(6, &[]);
    }
}
