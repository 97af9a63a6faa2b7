//! Many processes with one ledger: the lock puts them in a row.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::Person;

use crate::track::{Dice, Line, SEEDS, Track, all_at_the_lock, ended, holds, start_all, words};

/// How many intents the ledger has for each tag of each repository.
fn intents(person: &Person<'_>) -> BTreeMap<(String, String), usize> {
    let mut count = BTreeMap::new();
    let log = person.json(&["log"]);
    for entry in log["entries"].as_array().unwrap().iter().filter(|e| e["kind"] == "intended") {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let event = &entry["event"];
        *count.entry((text(&event["repo"]), text(&event["purpose"]["tag"]))).or_default() += 1;
    }
    count
}

#[track_caller]
fn each_was_intended_once(person: &Person<'_>, context: &str) {
    let intents = intents(person);
    assert!(intents.values().all(|count| *count == 1), "{context}: {intents:?}");
}

#[test]
fn eight_processes_with_one_ledger_cut_once() {
    for seed in SEEDS {
        let track = Track::new();
        let world = track.world();
        let mat = world.hero("mat");
        let mut dice = Dice(seed);
        // Whoever has the lock is held at one of its two pushes, until the other seven wait for it.
        let line = Line::before(&track.remotes[dice.below(2)], &world);
        // Some name the repositories, in one order or the other: it is the same cut.
        let wishes = [
            words(&["tag", "--yes", "--json"]),
            words(&["tag", "--repo", "server", "--repo", "client", "--yes", "--json"]),
            words(&["tag", "--repo", "client", "--repo", "server", "--yes", "--json"]),
        ];
        let all: Vec<_> = (0..8).map(|_| wishes[dice.below(3)].clone()).collect();
        let mut running = start_all(std::slice::from_ref(&mat), &all);
        all_at_the_lock(&mut running, &world);
        line.holds(1);
        line.lift();
        let (mut published, mut already) = (0, 0);
        for ran in ended(running) {
            let view = ran.ok().json();
            let repos = view["repos"].as_array().unwrap();
            let outcome = |word: &str| usize::from(repos.iter().all(|r| r["outcome"] == word));
            published += outcome("published");
            already += outcome("already");
        }
        assert_eq!((published, already), (1, 7), "seed {seed}: one did it, and seven came late");
        assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]]);
        each_was_intended_once(&mat, &format!("seed {seed}"));
        assert_eq!(intents(&mat).len(), 2);
        holds(&mat);
    }
}

#[test]
fn tags_picks_and_cancellations_of_many_processes_lose_and_double_nothing() {
    for seed in SEEDS {
        let track = Track::new();
        let world = track.world();
        let mat = world.hero("mat");
        mat.runs(&["tag", "--yes"]).ok();
        let picks: Vec<Vec<String>> = track
            .remotes
            .iter()
            .flat_map(|remote| {
                (0..2).map(|n| {
                    let file = format!("pick{n}.txt");
                    let commit = remote.commit_on("main", &[(&file, "x\n")], &format!("Pick {n}"));
                    let commit = format!("{}:{commit}", remote.name());
                    words(&["pick", &commit, "--push", "2026-11-26", "--yes"])
                })
            })
            .collect();
        let tags = vec![words(&["tag", "--push", "2026-11-26", "--yes"]); 2];
        let again = vec![words(&["tag", "--push", "2026-12-03", "--yes"]); 2];
        let cancel =
            vec![words(&["cancel", "--push", "2026-12-10", "--because", "holidays", "--yes"])];
        let twice = picks.clone();
        let all: Vec<_> = [picks, twice, tags, again, cancel].into_iter().flatten().collect();
        let all = Dice(seed).shuffled(all);
        // One more has the lock and is held at its push, until all of these wait for it.
        let line = Line::before(&track.remotes[0], &world);
        let first = mat.starts(&["tag", "--push", "2026-12-17", "--yes"]);
        line.holds(1);
        let mut running = start_all(std::slice::from_ref(&mat), &all);
        all_at_the_lock(&mut running, &world);
        line.lift();
        first.wait().ok();
        for (ran, args) in ended(running).iter().zip(&all) {
            // By the time it runs, main has commits that the first cut lacks: tagging that again takes --again.
            let may_refuse = args[0] == "tag" && args[2] == "2026-11-26";
            assert!(ran.code == 0 || (may_refuse && ran.code == 3), "seed {seed}: {ran}");
        }
        for (remote, tags) in track.remotes.iter().zip(track.pushed()) {
            assert_eq!(
                tags.iter().filter(|t| t.starts_with("2026.11.26")).collect::<Vec<_>>(),
                ["2026.11.26", "2026.11.26-1", "2026.11.26-2"],
                "seed {seed}: two picks, each published once"
            );
            assert_eq!(tags.iter().filter(|t| t.starts_with("2026.12.03")).count(), 1);
            let picked = remote.log("2026.11.26..2026.11.26-2");
            let mut subjects: Vec<&str> = picked.iter().map(String::as_str).collect();
            subjects.sort_unstable();
            assert_eq!(subjects, ["Pick 0", "Pick 1"], "seed {seed}: none lost, none doubled");
        }
        each_was_intended_once(&mat, &format!("seed {seed}"));
        let schedule = mat.json(&["schedule"]).to_string();
        assert!(schedule.contains("cancelled"), "{schedule}");
        holds(&mat);
    }
}

/// Where the first of a crowd has its pushes when all of it is killed: which remotes hold one and whether that has moved
/// its refs; and how many tags are there by then.
const KILLED_AT: [(&[usize], bool, usize); 3] =
    [(&[0, 1], false, 0), (&[0], false, 1), (&[0, 1], true, 2)];

#[test]
fn a_killed_crowd_leaves_a_train_that_the_next_command_finishes() {
    for (remotes, moved, landed) in KILLED_AT {
        for pushes_live_on in [true, false] {
            let case = format!("held at {remotes:?}, moved: {moved}, living: {pushes_live_on}");
            let track = Track::new();
            let world = track.world();
            let mat = world.hero("mat");
            let line = if moved { Line::after } else { Line::before };
            let lines: Vec<Line<'_>> =
                remotes.iter().map(|n| line(&track.remotes[*n], &world)).collect();
            let crowd = vec![words(&["tag", "--yes"]); 6];
            let mut running = start_all(std::slice::from_ref(&mat), &crowd);
            all_at_the_lock(&mut running, &world);
            lines.iter().for_each(|line| line.holds(1));
            track.has_landed(landed);
            running.iter_mut().for_each(|one| one.kill());
            assert!(ended(running).iter().all(|ran| ran.code == -9), "{case}: nobody got through");
            if !pushes_live_on {
                world.sealed().end_all();
            }
            lines.iter().for_each(Line::lift);
            mat.runs(&["tag", "--yes"]).ok();
            assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]], "{case}");
            each_was_intended_once(&mat, &case);
            holds(&mat);
        }
    }
}
