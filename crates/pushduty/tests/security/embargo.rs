//! P9: until a fix is on upstream, nobody without the security role learns of it, whatever they run and read.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use testkit::{PushDuty, Ran, Remote, Sealed};

use crate::search::{CANARY, Secret, files, plant};
use crate::stage::{Gate, MONDAY, Stage, TUESDAY, WEDNESDAY, people};

/// Everybody without the security role: a hero off duty, an admin, a developer, and somebody unknown.
const STRANGERS: [&str; 4] = ["mat", "ada", "dora", "zed"];

/// A git that writes down its arguments, its environment, and those of every program that it starts.
struct Watched {
    sealed: Sealed,
}

impl Watched {
    fn new() -> Self {
        let sealed = Sealed::new();
        let script = "#!/bin/sh\n{ printf '%s\\n' \"$@\"; env; } >> \"${0%/bin/git}/argv.$$\"\n\
                      GIT_TRACE=\"${0%/bin/git}/trace\" PATH=\"${PATH#*:}\" exec git \"$@\"\n";
        let mut write = sealed.command("sh");
        let place = "mkdir bin && cat > bin/git && chmod +x bin/git";
        write.current_dir(sealed.home()).args(["-c", place]).stdin(std::process::Stdio::piped());
        let mut child = write.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        Self { sealed }
    }

    fn runs(&self, world: &PushDuty, who: &str, args: &[&str]) -> Ran {
        let mut command = world.as_person(who).command();
        let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap();
        let bin = self.sealed.path("bin");
        let path = format!("{}:{}", bin.display(), path.to_string_lossy());
        world.start_command(command.env("PATH", path).args(args)).wait()
    }

    /// Every argument and variable written down so far.
    fn seen(&self) -> Vec<u8> {
        let logs = files(self.sealed.home(), "bin").into_iter();
        logs.filter(|(name, _)| !name.starts_with("the name of "))
            .flat_map(|(_, text)| text)
            .collect()
    }
}

/// Commands that anybody may try, in words that hold nothing secret themselves.
const TRIED: &[&[&str]] = &[
    &["status"],
    &["schedule"],
    &["rotation"],
    &["check"],
    &["compare"],
    &["compare", "server", "2026.11.19..main"],
    &["verify"],
    &["log"],
    &["history"],
    &["history", "--push", "2026.11.26"],
    &["history", "--search", "security"],
    &["stats"],
    &["ready"],
    &["waiting"],
    &["people"],
    &["where", "server:main"],
    &["watch", "stage"],
    &["security", "list"],
    &["security", "approve", "1", "--yes"],
    &["security", "approve", "99", "--yes"],
    &["security", "merge", "--yes"],
    &["security", "merge", "1", "--yes"],
    &["security", "merge", "99", "--yes"],
    &["security", "sync", "--yes"],
    &["security", "repair", "--publish", "--yes"],
    &["tag", "--dry-run"],
    &["tag", "--yes"],
    &["tag", "--yes", "--with-security"],
    &["notes", "show", "--who", "--history"],
    &["notes", "check"],
    &["block", "login is broken", "--yes"],
    &["task", "list", "--this"],
    &["ask", "--this"],
    &["ask", "server:main", "--this", "--yes"],
    &["pick", "--asked", "--dry-run"],
    &["rotation", "offer", "2026.11.26", "--yes"],
    &["confirm", "--yes"],
    &["call", "--all", "--yes"],
];

/// Every command, by somebody without the role, for people and for programs.
fn tried(run: impl Fn(&str, &[&str]) -> Ran, who: &str) -> Vec<(String, Ran)> {
    let ways =
        TRIED.iter().flat_map(|args| [[*args, &["-vv"]].concat(), [*args, &["--json"]].concat()]);
    ways.map(|args| (format!("{who}: {}", args.join(" ")), run(who, &args))).collect()
}

#[track_caller]
fn nothing_in(secret: &Secret, told: &[(String, Ran)]) {
    for (what, ran) in told {
        secret.is_not_in(what, format!("{}\n{}", ran.stdout, ran.stderr).as_bytes());
    }
}

fn data(stage: &Stage) -> PathBuf {
    stage.world.data_path().join("amo")
}

/// Searches everything that this world has on disk outside the security store. Hashes of reviewed commits are in the
/// ledger, which is the record of the review.
#[track_caller]
fn nothing_on_disk(stage: &Stage, secret: &Secret) {
    use std::os::unix::fs::PermissionsExt;
    for (name, content) in files(stage.world.sealed().home(), "security.git") {
        if let Some(found) = secret.word_in(&content) {
            panic!("{name} holds the canary: {found}");
        }
        let ledger = name.contains("/ledger.");
        if !ledger {
            secret.is_not_in(&name, &content);
        }
    }
    let store = data(stage).join("repos/server/upstream.git");
    assert_eq!(secret.in_store(&store), None, "the public store");
    assert_eq!(secret.in_store(stage.upstream.path()), None, "upstream");
    let mode = std::fs::metadata(data(stage)).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "the data directory is its owner's alone");
}

#[test]
fn nothing_is_told_from_monday_to_wednesday() {
    let stage = Stage::new();
    for remote in [&stage.upstream, &stage.twin] {
        remote.unhook("update");
    }
    stage.world.at(MONDAY);
    let commit = plant(&stage.twin);
    let secret = Secret::of(&stage.twin, &stage.upstream);
    assert!(secret.has(&commit));
    let watched = Watched::new();
    let run = |who: &str, args: &[&str]| watched.runs(&stage.world, who, args);

    let listed = run("iris", &["security", "list"]).ok();
    assert!(secret.anything_in(listed.stdout.as_bytes()).is_some(), "iris sees it: {listed}");
    nothing_in(&secret, &tried(run, "dora"));
    run("sven", &["security", "approve", "1", "--yes"]).ok();
    nothing_in(&secret, &tried(run, "zed"));

    stage.world.at(TUESDAY);
    run("hana", &["security", "merge", "--dry-run"]).ok();
    run("hana", &["tag", "--yes"]).expect_code(3);
    nothing_in(&secret, &tried(run, "mat"));
    run("hana", &["tag", "--yes", "--without-security", "--because", "next week"]).ok();
    stage.world.at(WEDNESDAY);
    let public = stage.upstream.commit_on("main", &[("late.py", "late\n")], "A late fix");
    run("hana", &["pick", &public, "--yes"]).ok();
    run("hana", &["security", "sync", "--yes"]).ok();
    nothing_in(&secret, &tried(run, "ada"));

    secret.is_not_in("git's arguments and environment", &watched.seen());
    assert!(watched.seen().windows(6).any(|w| w == b"fetch\n"), "they were written down");
    nothing_on_disk(&stage, &secret);

    // The searcher is not blind: from the merge on it finds what it looked for.
    run("hana", &["security", "merge", "--yes"]).ok();
    assert!(secret.in_store(stage.upstream.path()).is_some());
}

#[test]
fn the_searcher_finds_what_is_planted() {
    let stage = Stage::new();
    let commit = plant(&stage.twin);
    let secret = Secret::of(&stage.twin, &stage.upstream);
    stage.iris().runs(&["security", "list"]).ok();
    let store = data(&stage).join("repos/server/upstream.git");
    assert_eq!(secret.in_store(&store), None);
    // A store that holds the commit, by no ref at all.
    let sealed = stage.world.sealed();
    sealed.git(&store, &["fetch", "--quiet", "--no-write-fetch-head", &stage.twin.url(), &commit]);
    assert!(secret.in_store(&store).is_some(), "found in a pack or loose");
    for part in [format!("KANARI7 {commit}"), commit[..9].to_owned()] {
        assert!(secret.anything_in(format!("… {part} …").as_bytes()).is_some(), "{part}");
    }
    let tree = stage.twin.try_git(&["cat-file", "tree", &format!("{commit}^{{tree}}")]).stdout;
    assert!(secret.anything_in(&tree).is_some(), "hashes within a tree, as they are");
    assert_eq!(secret.anything_in(b"kanari and deadbeef"), None);
}

/// Two worlds that differ in nothing but what is on the twin.
pub fn empty_and_full() -> [Stage; 2] {
    [(), ()].map(|()| Stage::new())
}

#[test]
fn a_change_that_is_not_public_is_confirmed_by_nobody_in_the_words_of_a_typing_error() {
    let stage = Stage::new();
    let fix = stage.fix("hole");
    stage.iris().runs(&["security", "list"]).ok();
    stage.world.at(TUESDAY);
    stage.hana().runs(&["tag", "--yes", "--without-security", "--because", "later"]).ok();
    let made_up = "d".repeat(40);
    for who in STRANGERS.into_iter().chain(["iris", "hana"]) {
        for form in [&[][..], &["--json"], &["--withdraw", "it crashes"]] {
            let [hidden, none] = [&fix, &made_up].map(|commit| {
                let named = format!("server:{commit}");
                let args = [&["confirm", &named, "--yes"], form].concat();
                let ran = stage.world.as_person(who).runs(&args);
                let said = format!("{}{}", ran.stdout, ran.stderr).replace(commit.as_str(), "it");
                (ran.code, stage.world.tidy(&said))
            });
            assert_eq!(hidden, none, "{who} {form:?}");
            assert_ne!(hidden.0, 0, "{who} {form:?}");
        }
    }
    // A call that tells of it is refused, and recorded nowhere.
    let text = format!("look at {fix}");
    let ran = stage.hana().runs(&["call", &text, "--yes"]).expect_code(3);
    ran.says("not public yet");
    assert!(!stage.hana().runs(&["log", "--json"]).stdout.contains("called"));
}

#[test]
fn whether_and_how_many_there_are_changes_no_word_for_those_without_the_role() {
    let [empty, full] = empty_and_full();
    plant(&full.twin);
    full.fix("another");
    let secret = Secret::of(&full.twin, &full.upstream);
    for (who, at) in STRANGERS.iter().zip([MONDAY, TUESDAY, WEDNESDAY, "2026-11-27T09:00:00Z"]) {
        let [one, other] = [&empty, &full].map(|stage| {
            stage.world.at(at);
            tried(|who, args| stage.world.as_person(who).runs(args), who)
        });
        nothing_in(&secret, &other);
        same_words([&empty, &full], one, other);
    }
}

#[test]
fn a_reviewed_branch_that_waits_changes_no_word_of_a_cut_for_those_without_the_role() {
    let [empty, full] = empty_and_full();
    plant(&full.twin);
    full.reviewed("another");
    let secret = Secret::of(&full.twin, &full.upstream);
    let cuts: [&[&str]; 3] =
        [&["tag", "--dry-run"], &["tag", "--yes"], &["tag", "--dry-run", "--json"]];
    let [one, other] = [&empty, &full].map(|stage| {
        stage.world.at(TUESDAY);
        let ran = |args: &&[&str]| (args.join(" "), stage.world.as_person("mat").runs(args));
        cuts.iter().map(ran).collect::<Vec<_>>()
    });
    assert!(one.iter().all(|(_, ran)| ran.code == 3), "it is refused to those without the role");
    nothing_in(&secret, &other);
    same_words([&empty, &full], one, other);
}

#[test]
fn a_twin_that_diverged_changes_no_word_for_those_without_the_role() {
    let [empty, full] = empty_and_full();
    let file = format!("{CANARY}.py");
    full.twin.commit_on("main", &[(&file, CANARY)], &format!("Merge {CANARY} by button"));
    let secret = Secret::of(&full.twin, &full.upstream);
    let [one, other] = [&empty, &full].map(|stage| {
        stage.world.at(TUESDAY);
        tried(|who, args| stage.world.as_person(who).runs(args), "mat")
    });
    nothing_in(&secret, &other);
    same_words([&empty, &full], one, other);
}

#[track_caller]
pub fn same_words(stages: [&Stage; 2], one: Vec<(String, Ran)>, other: Vec<(String, Ran)>) {
    let tidy = |stage: &Stage, ran: &Ran| {
        let parts = [ran.stdout.as_str(), ran.stderr.as_str()];
        (ran.code, parts.map(|part| stage.world.tidy(part)))
    };
    for ((what, one), (_, other)) in one.iter().zip(&other) {
        assert_eq!(tidy(stages[0], one), tidy(stages[1], other), "{what}");
    }
}

#[test]
fn a_second_push_that_is_due_tells_a_hero_without_the_role_nothing_of_a_diverged_twin() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let subject = format!("Merge {CANARY}");
    let button = format!("[ -e once ] || button {} '{subject}'\ntouch once", stage.twin.url());
    stage.hook_with_button(&stage.upstream, "post-receive", &button);
    stage.hana().runs(&["security", "merge", "--yes"]).expect_code(4);
    stage.upstream.unhook("post-receive");
    let secret = Secret::of(&stage.twin, &stage.upstream);
    let told = tried(|who, args| stage.world.as_person(who).runs(args), "mat");
    nothing_in(&secret, &told);
    for (what, ran) in &told {
        let words = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            !words.contains("diverged") && !words.contains("upstream's lacks"),
            "{what}: {words}"
        );
    }
}

#[test]
fn a_second_push_that_was_overtaken_names_nothing_in_the_log() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let subject = format!("Merge {CANARY}");
    let button = format!("[ -e once ] || button {} '{subject}'\ntouch once", stage.twin.url());
    stage.hook_with_button(&stage.twin, "pre-receive", &button);
    stage.hana().runs(&["security", "merge", "--yes"]);
    stage.twin.unhook("pre-receive");
    let secret = Secret::of(&stage.twin, &stage.upstream);
    stage.iris().runs(&["security", "list"]).ok();
    nothing_in(&secret, &tried(|who, args| stage.world.as_person(who).runs(args), "mat"));
}

#[test]
fn a_merge_that_upstream_refused_or_that_was_killed_is_told_to_nobody() {
    let stage = Stage::new();
    plant(&stage.twin);
    stage.approve(1);
    let secret = Secret::of(&stage.twin, &stage.upstream);
    stage.upstream.hook(
        "pre-receive",
        "while read o n r; do git log -1 --format='no: %s %an %H' $n >&2; done; exit 1",
    );
    stage.hana().runs(&["security", "merge", "--yes"]).expect_code(1);
    let run = |who: &str, args: &[&str]| stage.world.as_person(who).runs(args);
    nothing_in(&secret, &tried(run, "dora"));

    let gate = Gate::on(&stage.upstream, "pre-receive", "exit 1");
    let mut merging = stage.hana().starts(&["security", "merge", "--yes"]);
    gate.reached(&mut merging);
    merging.kill();
    gate.open();
    merging.wait();
    nothing_in(&secret, &tried(run, "zed"));
    nothing_in(&secret, &tried(run, "dora"));
    for (name, content) in files(&data(&stage), "security.git") {
        assert_eq!(secret.word_in(&content), None, "{name}");
    }
    let store = data(&stage).join("repos/server/upstream.git");
    assert_eq!(secret.in_store(&store), None, "the public store");
}

/// What the record tells somebody: `log` for people and for programs, and `verify`.
fn record_of(stage: &Stage, who: &str) -> Vec<(String, Ran)> {
    let tried = [&["log"][..], &["log", "--json"], &["log", "-n", "2"], &["verify", "--json"]];
    let run = |args: &[&str]| (args.join(" "), stage.world.as_person(who).runs(args));
    tried.into_iter().map(run).collect()
}

#[test]
fn how_often_security_acted_changes_no_word_of_the_record_for_those_without_the_role() {
    let [one, several] = empty_and_full();
    for stage in [&one, &several] {
        stage.world.at(MONDAY);
        stage.fix("escape");
        stage.approve(1);
    }
    // Reviewed again after it moved, and a merge that upstream refuses.
    several.twin.commit("escape").from("escape").file("more.py", "more\n").subject("More").make();
    several.approve(1);
    several.upstream.hook("pre-receive", "exit 1");
    several.iris().runs(&["security", "merge", "--yes"]).expect_code(1);
    several.upstream.unhook("pre-receive");
    for who in STRANGERS {
        same_words([&one, &several], record_of(&one, who), record_of(&several, who));
    }
    let seen = |stage: &Stage, who: &str| {
        let log = stage.world.as_person(who).json(&["log"]);
        log["entries"].as_array().unwrap().clone()
    };
    assert!(seen(&one, "iris").len() < seen(&several, "iris").len(), "the role sees all");
    for (n, entry) in seen(&several, "iris").iter().enumerate() {
        assert_eq!(entry["seq"], n + 1, "{entry}");
    }
    let kinds = |who: &str| -> Vec<String> {
        seen(&several, who).iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("dora"), ["began", "configured"]);
    let of_iris = kinds("iris");
    let withheld = seen(&several, "iris").into_iter().filter(|e| e["withheld"] == true);
    assert_eq!(withheld.count(), of_iris.len() - 2, "{of_iris:?}");
    assert!(seen(&several, "dora").iter().all(|e| e["seq"].is_null()), "no gap to count");
    // What has come to upstream is told to everybody.
    several.iris().runs(&["security", "merge", "--yes"]).ok();
    assert!(kinds("dora").contains(&"intended".to_owned()), "{:?}", kinds("dora"));
}

#[test]
fn what_a_killed_repair_left_open_changes_no_word_for_those_without_the_role() {
    let [empty, full] = empty_and_full();
    for stage in [&empty, &full] {
        stage.world.at(MONDAY);
        stage.fix("escape");
        stage.approve(1);
    }
    full.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    full.twin.hook("pre-receive", "kill -9 $PPID");
    full.iris().runs(&["security", "repair", "--set-aside", "aside", "--yes"]).expect_code(6);
    full.twin.unhook("pre-receive");
    let open = full.iris().json(&["status"]);
    assert_eq!(open["unsettled"], serde_json::json!(["server"]), "the role sees it");
    let told = |who: &str, lines: &[&[&str]]| {
        [&empty, &full].map(|stage| {
            let run = |args: &&[&str]| (args.join(" "), stage.world.as_person(who).runs(args));
            lines.iter().map(run).collect::<Vec<_>>()
        })
    };
    for who in STRANGERS {
        let [one, other] = told(who, &[&["status"], &["status", "--json"], &["log"]]);
        same_words([&empty, &full], one, other);
    }
    // Nor does it when a hero off duty settles it.
    let [one, other] = told("mat", &[&["tag", "--yes"], &["log"], &["status"]]);
    same_words([&empty, &full], one, other);
    assert!(full.twin.find("refs/heads/aside").is_some(), "it is settled");
}

#[test]
fn a_log_that_is_followed_tells_nothing_of_a_merge_whose_result_comes_later() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let gate = Gate::on(&stage.upstream, "pre-receive", "exit 1");
    let mut merging = stage.iris().starts(&["security", "merge", "--yes"]);
    gate.reached(&mut merging);
    let mut log = stage.world.as_person("dora").starts(&["log", "--follow", "--json"]);
    let begun = Instant::now();
    while !log.stdout_so_far().contains("configured") {
        assert!(begun.elapsed() < Duration::from_secs(30), "the log is followed");
        std::thread::sleep(Duration::from_millis(10));
    }
    gate.open();
    merging.wait().expect_code(1);
    std::thread::sleep(Duration::from_secs(1));
    log.kill();
    let told = log.wait().stdout;
    assert!(!told.contains("settled") && !told.contains("refused"), "{told}");
}

#[test]
fn an_embargoed_hash_is_answered_as_one_that_nobody_knows() {
    let stage = Stage::new();
    stage.world.at(TUESDAY);
    let commit = plant(&stage.twin);
    stage.iris().runs(&["security", "approve", "1", "--yes"]).ok();
    stage.hana().runs(&["tag", "--yes", "--without-security", "--because", "later"]).ok();
    let unknown = "feedc0de".repeat(5);
    let words = |who: &str, args: &[&str], named: &str| {
        let args: Vec<String> = args.iter().map(|a| a.replace("HASH", named)).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = stage.world.as_person(who).runs(&args);
        let told = format!("{} {}\n{}", ran.code, ran.stdout, ran.stderr);
        told.replace(named, "HASH").replace(&named[..10], "HASH").replace(&named[..7], "HASH")
    };
    // The hero and security themselves publish nothing by accident either.
    for who in ["dora", "mat", "zed", "hana", "iris"] {
        for args in [
            &["where", "HASH"][..],
            &["where", "server:HASH", "--json"],
            &["pick", "HASH", "--yes"],
            &["pick", "HASH", "--off-main", "--dry-run"],
            &["pick", "2026.11.19..HASH", "--yes"],
            &[
                "tag",
                "--at",
                "server:HASH",
                "--again",
                "--dry-run",
                "--without-security",
                "--because",
                "x",
            ],
            &["compare", "server", "2026.11.19..HASH"],
        ] {
            assert_eq!(words(who, args, &commit), words(who, args, &unknown), "{who}: {args:?}");
        }
    }
    // A prefix, and the branch's name.
    let prefix = words("dora", &["where", "HASH"], &commit[..12]);
    assert_eq!(prefix, words("dora", &["where", "HASH"], &unknown[..12]));
    let (name, other) = (format!("{CANARY}-branch"), "no-such-branch".to_owned());
    assert_eq!(words("dora", &["where", "HASH"], &name), words("dora", &["where", "HASH"], &other));
}

#[test]
fn an_embargoed_hash_takes_no_other_time_than_an_unknown_one() {
    let stage = Stage::new();
    let commit = plant(&stage.twin);
    stage.iris().runs(&["security", "list"]).ok();
    let unknown = "feedc0de".repeat(5);
    let quickest = |named: &str| -> Duration {
        let time = |_| {
            let begun = Instant::now();
            stage.world.as_person("dora").runs(&["where", named]).expect_code(2);
            begun.elapsed()
        };
        (0..8).map(time).min().unwrap()
    };
    let (secret, nothing) = (quickest(&commit), quickest(&unknown));
    let (more, less) = (secret.max(nothing), secret.min(nothing));
    assert!(more < less * 2, "{secret:?} for a secret hash, {nothing:?} for none");
}

#[test]
fn a_twin_that_fails_tells_its_address_and_nothing_of_what_is_there() {
    let upstream = Remote::new("server");
    let twin = upstream.twin();
    plant(&twin);
    let world = people(PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))).repo(&upstream);
    let world = world.security_twin("server", &twin);
    world.security("iris").runs(&["security", "approve", "1", "--yes"]).ok();
    let secret = Secret::of(&twin, &upstream);
    // The tip's object is gone: git names the ref and the hash that it misses.
    let commit = twin.oid(&format!("refs/heads/{CANARY}-branch"));
    let loose = twin.path().join("objects").join(&commit[..2]).join(&commit[2..]);
    twin.git(&["repack", "-adq"]);
    twin.git(&["prune-packed"]);
    for (name, _) in files(&twin.path().join("objects/pack"), "") {
        let _ = std::fs::remove_file(name);
    }
    let _ = std::fs::remove_file(loose);
    world.at(TUESDAY);
    twin.set_ref_raw(&format!("refs/heads/{CANARY}-other"), &"c0".repeat(20));
    for who in ["hana", "iris", "mat", "dora"] {
        for args in [
            &["check"][..],
            &["security", "list"],
            &["security", "sync", "--yes"],
            &["tag", "--yes"],
        ] {
            let ran = world.as_person(who).runs(&[args, &["-vv"]].concat());
            secret.is_not_in(&format!("{who}: {args:?}"), ran.stderr.as_bytes());
            if matches!(who, "mat" | "dora") {
                secret.is_not_in(&format!("{who}: {args:?}"), ran.stdout.as_bytes());
            }
        }
    }
}

#[test]
fn a_twin_that_cannot_be_reached_hides_no_fence_from_check() {
    let stage = Stage::new();
    stage.world.at(TUESDAY);
    stage.hana().runs(&["tag", "--yes"]).ok();
    std::fs::rename(stage.twin.path(), stage.twin.path().with_extension("away")).unwrap();
    let told = stage.iris().runs(&["check", "--json"]).expect_code(1).json();
    let lines = told["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["well"] == false), "the twin is not well: {told}");
    let fence = lines.iter().find(|line| line["what"] == "fence");
    assert_eq!(fence.map(|line| &line["sentence"]), Some(&"this ledger runs the train".into()));
    std::fs::rename(stage.upstream.path(), stage.upstream.path().with_extension("away")).unwrap();
    let told = stage.iris().runs(&["check", "--json"]).expect_code(1).json();
    let lines = told["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["what"] != "fence"), "what is not seen is not told");
}

/// A ref to an object that is not there, which git itself would not make.
trait Broken {
    fn set_ref_raw(&self, name: &str, oid: &str);
}

impl Broken for Remote {
    fn set_ref_raw(&self, name: &str, oid: &str) {
        let place = self.path().join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, format!("{oid}\n")).unwrap();
    }
}

#[test]
fn what_is_under_embargo_gets_into_no_notes() {
    let stage = Stage::new();
    let commit = stage.fix("close-session-7");
    stage.world.at(TUESDAY);
    stage.iris().runs(&["security", "list"]).ok();
    stage.hana().runs(&["tag", "--yes", "--without-security", "--because", "later"]).ok();
    let page = stage.hana().json(&["notes", "show"])["text"].as_str().unwrap().to_owned();
    let file = stage.world.dir().join("notes.md");
    let short = &commit[..10];
    for told in ["close-session-7", "security/close-session-7", short, &commit] {
        for who in [stage.hana(), stage.world.as_person("dora")] {
            let said = format!("merge {told} soon");
            let ran = who.runs(&["block", &said, "--yes"]).expect_code(3);
            assert!(ran.stderr.contains("not public yet") && !ran.stderr.contains(told), "{ran}");
            who.runs(&["task", "add", &said, "--yes"]).expect_code(3);
            std::fs::write(&file, format!("{page}\nLater:\n\n* {said}\n")).unwrap();
            let ran = who.runs(&["notes", "set", "notes.md", "--yes"]).expect_code(3);
            assert!(!ran.stdout.contains(told) && !ran.stderr.contains(told), "{ran}");
        }
    }
    assert_eq!(stage.hana().json(&["notes", "show"])["text"], page.as_str());
    stage.hana().runs(&["block", "close the session soon", "--yes"]).ok();
}
