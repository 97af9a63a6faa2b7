//! Many machines with a ledger each: the fence lets one through.

use testkit::{Person, PushDuty, Ran};

use crate::track::{Dice, Line, SEEDS, Track, ended, holds, start_all, words};

/// Says why it did nothing, and what to do.
#[track_caller]
fn says_why(ran: &Ran, context: &str) {
    let told = ran.stderr.contains('✗') && ran.stderr.contains('→');
    assert!(told && !ran.stderr.contains("panicked"), "{context}: says why: {ran}");
}

#[test]
fn of_six_ledgers_one_conducts_and_the_others_say_so() {
    for seed in SEEDS {
        let track = Track::new();
        let first = track.world();
        let others: Vec<PushDuty> = (0..5).map(|_| first.elsewhere()).collect();
        let worlds: Vec<&PushDuty> = std::iter::once(&first).chain(&others).collect();
        let worlds = Dice(seed).shuffled(worlds);
        let people: Vec<Person<'_>> = worlds.iter().map(|w| w.hero("mat")).collect();
        // Half of them want an older commit of the server: what loses to another commit is no success.
        let older = format!("server:{}", track.remotes[0].commit_of("main^"));
        let wishes = [words(&["tag", "--yes"]), words(&["tag", "--yes", "--at", &older])];
        let wishes: Vec<_> = wishes.iter().cycle().take(6).cloned().collect();
        // Every one of them has read the refs and sent what it wants of them before any gets it.
        let lines = track.remotes.each_ref().map(|remote| Line::before(remote, &first));
        let running = start_all(&people, &wishes);
        for line in &lines {
            line.holds(6);
            line.lift();
        }
        let told = ended(running);

        assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]], "seed {seed}");
        let tagged = track.remotes[0].tags()["2026.11.26"].commit.clone();
        let wanted = [track.remotes[0].commit_of("main"), track.remotes[0].commit_of("main^")];
        let (mut conducts, mut done) = (0, 0);
        for (ran, wanted) in told.iter().zip(wanted.iter().cycle()) {
            assert!(ran.code != 0 || *wanted == tagged, "seed {seed}: got its commit: {ran}");
            assert!(matches!(ran.code, 0 | 3 | 5 | 6), "seed {seed}: {ran}");
            conducts += ran.stdout.matches("✓ published").count();
            // The same commit under the same name by another ledger is as good as done, and told as somebody else's.
            done += usize::from(ran.code == 0);
            if ran.code != 0 {
                says_why(ran, &format!("seed {seed}"));
            }
        }
        assert_eq!(conducts, 2, "seed {seed}: each tag is one ledger's: {told:#?}");
        assert!((1..=3).contains(&done), "seed {seed}: three wanted another commit: {told:#?}");
        // From then on the fence says whose train it is, to all but that one.
        let args = words(&["tag", "--yes", "--again", "--because", "kick the build"]);
        let again = ended(start_all(&people, &vec![args; 6]));
        let refused = again.iter().filter(|ran| ran.code == 3);
        for ran in refused.clone() {
            assert!(ran.stderr.contains("adopt"), "seed {seed}: names the way out: {ran}");
        }
        assert!(refused.count() >= 5, "seed {seed}: {again:#?}");
        for tags in track.pushed() {
            assert!(tags.len() <= 2, "only the one who conducts made another: {tags:?}");
        }
    }
}

#[test]
fn of_four_that_take_over_at_once_one_does_and_only_its_pick_lands() {
    for seed in SEEDS {
        let track = Track::new();
        let server = &track.remotes[0];
        let first = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).person("mat", &["hero"]);
        let first = first.repo(server);
        first.hero("mat").runs(&["tag", "--yes"]).ok();
        let others: Vec<PushDuty> = (0..4).map(|_| first.elsewhere()).collect();
        let people: Vec<Person<'_>> = others.iter().map(|w| w.hero("mat")).collect();
        let people = Dice(seed).shuffled(people);

        let line = Line::before(server, &first);
        let adopt = words(&["adopt", "--because", "the machine is gone", "--yes"]);
        let running = start_all(&people, &vec![adopt; 4]);
        line.holds(4);
        line.lift();
        let took = ended(running);
        let won: Vec<usize> = (0..4).filter(|n| took[*n].code == 0).collect();
        let [won] = won[..] else { panic!("seed {seed}: one takes over: {took:#?}") };
        for (n, ran) in took.iter().enumerate().filter(|(n, _)| *n != won) {
            assert_eq!(ran.code, 6, "seed {seed}, {n}: {ran}");
            says_why(ran, &format!("seed {seed}"));
        }

        let commit = |n: usize| {
            server.commit_on("main", &[(&format!("{n}.txt"), "x\n")], &format!("Pick {n}"))
        };
        let picks: Vec<_> = (0..4).map(|n| words(&["pick", &commit(n), "--yes"])).collect();
        for (n, ran) in ended(start_all(&people, &picks)).iter().enumerate() {
            assert_eq!(ran.code, if n == won { 0 } else { 3 }, "seed {seed}, {won} won: {ran}");
            assert!(n == won || ran.stderr.contains("adopt"), "names the way out: {ran}");
        }
        assert_eq!(track.pushed()[0], ["2026.11.26", "2026.11.26-1"], "seed {seed}");
        assert_eq!(server.log("2026.11.26..2026.11.26-1"), [format!("Pick {won}")]);
        holds(&people[won]);
    }
}
