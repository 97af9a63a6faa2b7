//! Where a remote takes no fence, its own rule that a tag is new is all that stands between two conductors (P2).

use testkit::{PushDuty, Ran};

use crate::track::{Dice, Line, SEEDS, Track, ended, start_all, words};

const FENCE: &str = "refs/pushduty/amo";

/// A machine on which mat conducts a train without a fence.
fn world(track: &Track) -> PushDuty {
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).person("mat", &["hero", "admin"]);
    track
        .remotes
        .iter()
        .fold(world, |world, remote| world.repo_at(remote.name(), &remote.url(), "fence = false"))
}

#[test]
fn without_a_fence_a_train_tags_and_never_the_same_tag_twice() {
    let track = Track::new();
    let first = world(&track);
    let second = first.elsewhere();
    let (mat, other) = (first.hero("mat"), second.hero("mat"));
    mat.runs(&["check"]).ok().says("could still push after another took over");
    mat.runs(&["tag", "--yes"]).ok();
    assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]]);
    let tags = track.remotes.each_ref().map(|remote| remote.tags());
    for person in [&mat, &other] {
        let again = person.json(&["tag", "--yes"]);
        let outcomes: Vec<_> =
            again["repos"].as_array().unwrap().iter().map(|r| &r["outcome"]).collect();
        assert_eq!(outcomes, ["already", "already"], "{again}");
    }
    // Another commit under the name that is given is another tag, and has to be asked for.
    let later = track.remotes[0].commit_on("main", &[("two.txt", "two\n")], "Two");
    for person in [&mat, &other] {
        person.runs(&["tag", "--push", "2026-11-26", "--yes"]).expect_code(3).says("--again");
    }
    assert_eq!(track.remotes.each_ref().map(|remote| remote.tags()), tags);
    other.runs(&["tag", "--again", "--repo", "server", "--yes"]).ok();
    mat.runs(&["pick", &track.remotes[1].commit_on("main", &[("c", "c\n")], "C"), "--yes"]).ok();
    assert_eq!(track.pushed(), [["2026.11.26", "2026.11.26-1"], ["2026.11.26", "2026.11.26-1"]]);
    assert_eq!(track.remotes[0].commit_of("2026.11.26-1"), later);
    for remote in &track.remotes {
        assert_eq!(remote.find(FENCE), None, "{} took none", remote.name());
    }
    for person in [&mat, &other] {
        person.runs(&["verify"]).ok();
    }
}

/// How many tags somebody says to have published.
fn published(ran: &Ran) -> usize {
    ran.stdout.matches("✓ published").count()
}

#[test]
fn without_a_fence_of_two_that_race_each_tag_is_made_by_one() {
    for seed in SEEDS {
        let track = Track::new();
        let first = world(&track);
        let second = first.elsewhere();
        let machines = Dice(seed).shuffled(vec![&first, &second]);
        let people: Vec<_> = machines.iter().map(|world| world.hero("mat")).collect();
        // They want another commit of the server each: the tag can't be both.
        let older = track.remotes[0].commit_of("main^");
        let wishes = [
            words(&["tag", "--yes"]),
            words(&["tag", "--yes", "--at", &format!("server:{older}")]),
        ];
        // Both have looked, found no tag, and sent theirs before either gets it.
        let lines = track.remotes.each_ref().map(|remote| Line::before(remote, &first));
        let running = start_all(&people, &wishes);
        for line in &lines {
            line.holds(2);
            line.lift();
        }
        let told = ended(running);
        assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]], "seed {seed}");
        assert_eq!(told.iter().map(published).sum::<usize>(), 2, "seed {seed}: {told:#?}");
        let tagged = track.remotes[0].commit_of("2026.11.26");
        let wanted = [track.remotes[0].commit_of("main"), older];
        for (ran, wanted) in told.iter().zip(&wanted) {
            assert_eq!(ran.code == 0, *wanted == tagged, "seed {seed}: got its commit: {ran}");
            assert!(matches!(ran.code, 0 | 5 | 6), "seed {seed}: {ran}");
        }
        assert_eq!(told.iter().filter(|ran| ran.code == 0).count(), 1, "seed {seed}: {told:#?}");
        for person in &people {
            person.runs(&["verify"]).ok();
        }
    }
}
