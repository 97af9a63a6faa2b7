//! Killed right before every system call that starts a process or commits, as counted from outside; the same command
//! again, and the remotes end with the same objects as without the kill (P11).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::{Call, Remote, Trace};

use crate::scene::{Scene, Shown, two_to_cut};

/// What starts a process (or a thread), and what makes something last: SQLite's commits, git stores put in place.
const CALLS: &[&str] = &[
    "clone",
    "clone3",
    "fork",
    "vfork",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "ftruncate",
];

/// Nobody panics while counting.
const WHOLE: &str = "the counts are whole";

/// What becomes of the git children of a killed process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    LivesOn,
    Dies,
}

/// What the worlds of one command came to.
#[derive(Debug, Default)]
struct Tally {
    /// Killed where it was to be killed.
    killed: usize,
    /// Ended well, before it came to where it was to be killed.
    missed: usize,
    /// Killed with an intent written and not settled.
    midway: usize,
    /// Killed with nothing on the remotes, with a part, with everything.
    nothing: usize,
    part: usize,
    everything: usize,
}

impl Tally {
    /// At least `kills` kills, at every stage: a matrix that shrinks unnoticed proves nothing.
    #[track_caller]
    fn expect(&self, kills: usize) {
        assert!(self.killed >= kills && self.missed <= 4, "{self:?}");
        assert!(self.nothing > 0 && self.midway > 0 && self.everything > 0, "{self:?}");
    }
}

/// Plays `command` once without a kill, and then once per point and fate of the children.
fn kill_everywhere(template: &Scene, command: &[&str]) -> Tally {
    let before = template.shown();
    let plain = template.again();
    let trace = Trace::new(plain.world.sealed(), CALLS);
    let run = plain.world.hero("mat").command();
    let mut run = trace.watching(plain.world.sealed(), &with(run, command));
    plain.world.start_command(&mut run).wait().ok();
    let after = plain.shown();
    assert_ne!(before, after, "the command does something");
    for made in ["upstream.git/objects/", ".git/refs/keep/"] {
        assert!(trace.naming(made) > 0, "what is written into {made} is a place to be killed at");
    }
    let points = trace.calls();
    let (next, tally, failures) =
        (AtomicUsize::new(0), Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    let play = || {
        while let Some(call) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
            let world = |child| {
                let world =
                    || killed_once(template, command, call, child, (&before, &after), &tally);
                catch_unwind(AssertUnwindSafe(world)).unwrap_or_else(|why| {
                    let why = why.downcast::<String>().map_or_else(|_| "?".to_owned(), |why| *why);
                    failures
                        .lock()
                        .expect(WHOLE)
                        .push(format!("before {call}, git {child:?}: {why}"));
                    true
                })
            };
            // Where no git was running, both fates are one.
            if world(Child::LivesOn) {
                world(Child::Dies);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(play);
        scope.spawn(play);
    });
    let failures = failures.into_inner().expect(WHOLE);
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        points.len(),
        failures.join("\n")
    );
    tally.into_inner().expect(WHOLE)
}

fn with(mut command: std::process::Command, args: &[&str]) -> std::process::Command {
    command.args(args);
    command
}

/// One world: killed at `call`, run again, compared. Whether a git was running when it was killed.
fn killed_once(
    template: &Scene,
    command: &[&str],
    call: &Call,
    child: Child,
    (before, after): (&Shown, &Shown),
    tally: &Mutex<Tally>,
) -> bool {
    let scene = template.again();
    let home = scene.world.sealed();
    let run = with(scene.world.hero("mat").command(), command);
    let mut run = Trace::new(home, CALLS).killing(home, &run, call);
    let killed = scene.world.start_command(&mut run).wait();
    let lives = !home.processes().is_empty();
    if child == Child::Dies {
        home.end_all();
    }
    if killed.code == 0 {
        // The ledger's last tidying may be cut short by the process's end: then the call is never made.
        tally.lock().expect(WHOLE).missed += 1;
        return false;
    }
    assert_eq!(killed.code, -9, "{killed}");
    if child == Child::Dies || !lives {
        note(&scene, (before, after), tally);
    }
    // Another tag is a new wish once the last one was told, and nobody who was told runs it again.
    let told = command.contains(&"--again") && killed.stdout.contains("2026.11.26-1");
    if !told {
        scene.mat(command).ok();
    }
    expect_as_without(&scene, after);
    let verified = scene.mat(&["verify", "--json"]).ok().json();
    assert_eq!(verified["chain"], "ok");
    assert_eq!(verified["differences"], serde_json::json!([]));
    tally.lock().expect(WHOLE).killed += 1;
    lives
}

/// Notes how far the killed run had come; nothing of it lives any more.
fn note(scene: &Scene, (before, after): (&Shown, &Shown), tally: &Mutex<Tally>) {
    let shown = scene.shown();
    let now = commits(&shown);
    let open = scene.open();
    let mut tally = tally.lock().expect(WHOLE);
    tally.midway += usize::from(open > 0);
    match now {
        now if now == commits(before) => tally.nothing += 1,
        now if now == commits(after) => tally.everything += 1,
        _ => tally.part += 1,
    }
}

/// The same refs at the same commits; and each at the very object of the first intent that was written for it.
fn expect_as_without(scene: &Scene, after: &Shown) {
    let now = scene.shown();
    assert_eq!(commits(&now), commits(after));
    let events = scene.events();
    let mut intended = std::collections::BTreeMap::new();
    for event in events.iter().filter(|e| e["kind"] == "intended") {
        for update in event["updates"].as_array().expect("an intent has updates") {
            let key = (
                event["repo"].to_string(),
                event["remote"].to_string(),
                update["name"].to_string(),
            );
            let first = intended.entry(key.clone()).or_insert_with(|| update["new"].clone());
            assert_eq!(*first, update["new"], "{key:?} was built once");
        }
    }
    assert_eq!(scene.open(), 0, "every intent has a result");
    let objects: Vec<&String> =
        now.iter().flat_map(|r| r.values().map(|(object, _)| object)).collect();
    for ((repo, remote, name), object) in intended {
        let object = object.as_str().expect("an object has a name").to_owned();
        assert!(objects.contains(&&object), "{repo} {remote} has {name} at {object}");
    }
}

fn commits(shown: &Shown) -> Vec<Vec<(&String, &String)>> {
    shown
        .iter()
        .map(|refs| refs.iter().map(|(name, (_, commit))| (name, commit)).collect())
        .collect()
}

#[test]
fn a_cut_killed_anywhere_ends_as_if_it_had_not_been() {
    let tally = kill_everywhere(&two_to_cut(), &["tag", "--yes"]);
    tally.expect(50);
}

#[test]
fn another_tag_killed_anywhere_is_made_once() {
    let scene = two_to_cut();
    scene.mat(&["tag", "--yes"]).ok();
    let tally = kill_everywhere(&scene, &["tag", "--again", "--because", "kick", "--yes"]);
    tally.expect(35);
}

#[test]
fn picks_killed_anywhere_end_as_if_they_had_not_been() {
    let scene = two_to_cut();
    scene.mat(&["tag", "--yes"]).ok();
    let picks: Vec<String> = scene
        .remotes
        .iter()
        .map(|remote| {
            remote.commit_on("main", &[("other.py", "1\n")], "Not for this push");
            let commit = remote.commit_on("main", &[("form.py", "2\n")], "Fix it better");
            format!("{}:{commit}", remote.name())
        })
        .collect();
    let tally = kill_everywhere(&scene, &["pick", &picks[0], &picks[1], "--yes"]);
    tally.expect(45);
}

#[test]
fn a_security_merge_killed_anywhere_ends_as_if_it_had_not_been() {
    let server = Remote::new("server");
    let twin = server.twin();
    twin.commit("fix").from("main").file("form.py", "safe\n").subject("Close the hole").make();
    let scene = Scene::of(vec![server], Some(twin));
    scene.mat(&["security", "list"]).ok();
    scene.mat(&["security", "approve", "1", "--yes"]).ok();
    let tally = kill_everywhere(&scene, &["security", "merge", "--yes"]);
    tally.expect(45);
}
