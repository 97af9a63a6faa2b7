//! P12 and P3 under a crowd: any number of processes act on one train, and each effect happens once.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::{Person, PushDuty, Ran, Remote, Running};

/// Where the order in which processes start comes from; each seed is another race.
const SEEDS: [u64; 3] = [1, 20_261_124, 0x9e37_79b9];

/// Two repositories that keep a line for every ref that is made or moved on them.
struct Track {
    remotes: [Remote; 2],
}

impl Track {
    fn new() -> Self {
        let remotes = ["server", "client"].map(|name| {
            let remote = Remote::new(name);
            remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
            remote.commit_on("main", &[("one.txt", "one\n")], "One");
            let written =
                "while read old new name; do echo \"$old $new $name\" >> \"$GIT_DIR/moved\"; done";
            remote.hook("post-receive", written);
            remote
        });
        Self { remotes }
    }

    fn world(&self) -> PushDuty {
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).person("mat", &["hero", "admin"]);
        self.remotes.iter().fold(world, PushDuty::repo)
    }

    /// Every tag that was pushed, in order; one that moved or came twice fails the test.
    #[track_caller]
    fn pushed(&self) -> Vec<Vec<String>> {
        self.remotes.iter().map(pushed).collect()
    }
}

#[track_caller]
fn pushed(remote: &Remote) -> Vec<String> {
    let moved = std::fs::read_to_string(remote.path().join("moved")).unwrap_or_default();
    let mut tags = Vec::new();
    for line in moved.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let Some(tag) = parts[2].strip_prefix("refs/tags/") else { continue };
        assert!(parts[0].bytes().all(|b| b == b'0'), "{tag} of {} was new: {line}", remote.name());
        assert!(!tags.contains(&tag.to_owned()), "{tag} of {} came once", remote.name());
        tags.push(tag.to_owned());
    }
    tags
}

/// A small generator: what matters is that every seed gives another order, and the same one every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }
}

/// Starts all before waiting for any.
fn all_at_once(people: &[Person<'_>], args: &[Vec<String>]) -> Vec<Ran> {
    let start = |(person, args): (&Person<'_>, &Vec<String>)| -> Running {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        person.starts(&args)
    };
    let running: Vec<Running> = people.iter().cycle().zip(args).map(start).collect();
    running.into_iter().map(Running::wait).collect()
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}

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
fn holds(person: &Person<'_>) {
    let verified = person.runs(&["verify", "--json"]).ok().json();
    assert_eq!(verified["chain"], "ok", "{verified}");
    assert_eq!(verified["differences"].as_array().map(Vec::len), Some(0), "{verified}");
}

#[test]
fn eight_processes_with_one_ledger_cut_once() {
    for _ in SEEDS {
        let track = Track::new();
        let world = track.world();
        let mat = world.hero("mat");
        let told =
            all_at_once(std::slice::from_ref(&mat), &vec![words(&["tag", "--yes", "--json"]); 8]);
        let mut published = 0;
        for ran in told {
            let view = ran.ok().json();
            let repos = view["repos"].as_array().unwrap();
            let outcome = |word: &str| repos.iter().all(|r| r["outcome"] == word);
            assert!(outcome("published") || outcome("already"), "{view}");
            published += usize::from(outcome("published"));
        }
        assert_eq!(published, 1, "one of them did it, and says so");
        assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]]);
        assert!(intents(&mat).values().all(|count| *count == 1), "{:?}", intents(&mat));
        assert_eq!(intents(&mat).len(), 2);
        holds(&mat);
    }
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
        let told = all_at_once(&people, &wishes);

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
            let told = ran.code == 0 || ran.stderr.contains('✗') && ran.stderr.contains('→');
            assert!(told && !ran.stderr.contains("panicked"), "says why: {ran}");
        }
        assert!(conducts <= 2 && done >= 1, "seed {seed}: each tag is one ledger's: {told:#?}");
        // From then on the fence says whose train it is, to all but that one.
        let args = words(&["tag", "--yes", "--again", "--because", "kick the build"]);
        let again = all_at_once(&people, &vec![args; 6]);
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
        for (ran, args) in all_at_once(std::slice::from_ref(&mat), &all).iter().zip(&all) {
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
            let files = remote.files("2026.11.26-2");
            assert!(["pick0.txt", "pick1.txt"].iter().all(|f| files.contains(&(*f).to_owned())));
        }
        assert!(
            intents(&mat).values().all(|count| *count == 1),
            "seed {seed}: {:?}",
            intents(&mat)
        );
        let schedule = mat.json(&["schedule"]).to_string();
        assert!(schedule.contains("cancelled"), "{schedule}");
        holds(&mat);
    }
}

#[test]
fn a_killed_crowd_leaves_a_train_that_the_next_command_finishes() {
    for seed in SEEDS {
        let track = Track::new();
        let world = track.world();
        let mat = world.hero("mat");
        let mut dice = Dice(seed);
        let mut running: Vec<Running> = (0..6).map(|_| mat.starts(&["tag", "--yes"])).collect();
        // Killed after as many pushes as the dice say, so that each seed dies somewhere else.
        let wanted = dice.below(3);
        while pushed(&track.remotes[0]).len() + pushed(&track.remotes[1]).len() < wanted {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        for one in &mut running {
            one.kill();
        }
        drop(running);
        mat.runs(&["tag", "--yes"]).ok();
        assert_eq!(track.pushed(), [["2026.11.26"], ["2026.11.26"]], "seed {seed}");
        assert!(
            intents(&mat).values().all(|count| *count == 1),
            "seed {seed}: {:?}",
            intents(&mat)
        );
        holds(&mat);
    }
}
