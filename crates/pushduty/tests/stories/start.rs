//! Production: the run sheet, gates let go, deploys that are never run twice, promotion.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{Person, PushDuty, Remote, Services};

use crate::scene::{failure, train};

/// *server* and, after it, *web*, deployed by a program of the team's; both cut.
pub(crate) struct Thursday {
    pub(crate) server: Remote,
    pub(crate) web: Remote,
    pub(crate) services: Services,
    pub(crate) world: PushDuty,
}

impl Thursday {
    pub(crate) fn new(more: &str) -> Self {
        let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
        server.commit_on("main", &[("app/migrations/0001_form.py", "form\n")], "Add a form");
        web.commit_on("main", &[("page.js", "page\n")], "Add a page");
        let services = Services::running(&[
            ("production-server", "2026.11.19"),
            ("production-web", "2026.11.19"),
        ]);
        let world = train()
            .repo_at("server", &server.url(), "migrations = [\"**/migrations/*.py\"]")
            .repo_at("web", &web.url(), "after = \"server\"")
            .service("production", "server", &services, 1)
            .service("production", "web", &services, 1)
            .toml(more);
        world.hero("mat").types("tag --yes").ok();
        Self { server, web, services, world }
    }

    /// With a program that deploys: it notes each run and does what `script` says.
    pub(crate) fn deployed_by(script: &str) -> Self {
        Self::with(script, "")
    }

    pub(crate) fn with(script: &str, more: &str) -> Self {
        let line = "[environments.production.deploy]\ncommand = [\"./deploy\", \"{repo}\", \"{tag}\", \"{from}\"]";
        let thursday = Self::new(&format!("{line}\n{more}"));
        thursday.program("deploy", script);
        thursday
    }

    pub(crate) fn program(&self, name: &str, script: &str) {
        let path = self.world.dir().join(name);
        let text = format!("#!/bin/sh\necho \"$1 $2 $3\" >> ran\n{script}\n");
        std::fs::write(&path, text).expect("the home is writable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
            .expect("the file is ours");
    }

    /// What the program was run for.
    pub(crate) fn ran(&self) -> String {
        std::fs::read_to_string(self.world.dir().join("ran")).unwrap_or_default()
    }

    pub(crate) fn jason(&self) -> Person<'_> {
        self.world.ops("jason")
    }

    pub(crate) fn starts(&self) -> testkit::Ran {
        let sheet = self.jason().reads("start --dry-run");
        let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
        self.jason().types(&format!("start --yes --if {digest}"))
    }

    pub(crate) fn production_shows(&self, tag: &str) {
        for (name, remote) in [("production-server", &self.server), ("production-web", &self.web)] {
            self.services.runs(name, tag, &remote.commit_of(tag));
        }
    }

    pub(crate) fn state(&self) -> String {
        let told = self.jason().reads("status");
        told["state"].as_str().expect("a push has a state").to_owned()
    }

    pub(crate) fn wait_for(&self, name: &str) {
        let begun = Instant::now();
        while !self.world.dir().join(name).exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{name} does not appear");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn touch(&self, name: &str) {
        std::fs::write(self.world.dir().join(name), "").expect("the home is writable");
    }
}

pub(crate) fn step<'a>(told: &'a Value, repo: &str) -> &'a Value {
    let steps = told["steps"].as_array().unwrap_or_else(|| panic!("steps in {told}"));
    steps.iter().find(|step| step["repo"] == repo).unwrap_or_else(|| panic!("{repo} in {told}"))
}

#[test]
fn the_run_sheet_is_there_any_day_and_has_all_there_is_to_know() {
    let thursday = Thursday::with(
        "true",
        "[components.customs]\nenvironments = [\"production\"]\n[[monitor]]\nname = \"Site health\"\nurl = \"https://graphs.example.org/?from={start}\"",
    );
    let mat = thursday.world.hero("mat");
    mat.types("task add \"warm the cache\" --when before-promote --this --yes").ok();
    mat.types("task add \"tell support\" --when before-start --owner jason --this --yes").ok();
    let ran = thursday.world.developer("kumar").types("start --dry-run").ok();
    let told = thursday.world.tidy(&ran.stdout);
    let told: Vec<&str> = told.lines().filter(|line| !line.starts_with("plan ")).collect();
    insta::assert_snapshot!(told.join("\n"));
    thursday.world.developer("kumar").types("start --yes --if x").expect_code(3);
    assert_eq!(thursday.ran(), "");
}

#[test]
fn a_program_deploys_in_order_and_is_not_run_again() {
    let thursday = Thursday::deployed_by("echo \"going to $2\"");
    let ran = thursday.starts().ok();
    assert!(ran.stderr.contains("web │ going to 2026.11.26"), "{ran}");
    assert_eq!(thursday.ran(), "server 2026.11.26 2026.11.19\nweb 2026.11.26 2026.11.19\n");
    assert_eq!(thursday.state(), "pushing");
    thursday.jason().types("start").ok().says("deployed; production does not show it yet");
    assert_eq!(thursday.ran().lines().count(), 2, "nothing is run twice");
    thursday.production_shows("2026.11.26");
    thursday.jason().types("watch production --once").ok();
    assert_eq!(thursday.state(), "watching");
    let told = thursday.jason().reads("start --dry-run");
    assert_eq!(step(&told, "web")["state"], "live");
}

#[test]
fn without_a_program_people_deploy_and_versions_are_watched() {
    let thursday = Thursday::new("");
    thursday.starts().ok().says("to be deployed by people");
    let told = thursday.jason().reads("status");
    assert_eq!(
        (&told["state"], &told["next"]["command"]),
        (&"pushing".into(), &"pushduty watch production".into())
    );
    thursday.production_shows("2026.11.26");
    thursday.jason().types("watch production --once").ok();
    assert_eq!(thursday.state(), "watching");
}

#[test]
fn a_gate_keeps_it_back_until_somebody_lets_it_go_for_these_tags() {
    let thursday = Thursday::new("[gates]\nqa = { need = 1 }");
    let jason = thursday.jason();
    let ran = thursday.starts().expect_code(3);
    insta::assert_snapshot!(failure(&thursday.world, &ran), @"
    ✗ 2026.11.26 may not leave: the gate qa does not pass: server 2026.11.26 lacks 1 sign-off by QA.
      → `pushduty ready` shows every gate; --override qa --because TEXT lets one go, for the record.
    ");
    jason.types("start --override qa --yes").expect_code(2);
    jason
        .types("start --override q --because x1 --dry-run")
        .expect_code(2)
        .says("there is no gate");
    let sheet = jason.reads("start --override qa --because \"krupa is ill\" --dry-run");
    assert_eq!(sheet["ready"], true);
    let digest = sheet["digest"].as_str().unwrap();
    let wish = format!("start --override qa --because \"krupa is ill\" --yes --if {digest}");
    jason.types(&wish).ok();
    let told = jason.reads("status");
    let gates = told["gates"].as_array().unwrap();
    let qa = gates.iter().find(|gate| gate["name"] == "qa").unwrap();
    assert_eq!((&qa["state"], &qa["overridden"]), (&"wait".into(), &"jason: krupa is ill".into()));
    jason.types("ready").ok();
    jason.types("log").ok().says("let the gate qa of 2026.11.26 go: krupa is ill");
    // Another tag is another thing: the override is over with the tags that it was given for (P8).
    thursday.world.hero("mat").types("tag --again --because kick --repo web --yes").ok();
    jason.types("ready").expect_code(3);
    thursday.starts().expect_code(3);
}

#[test]
fn what_was_not_seen_is_not_started() {
    let thursday = Thursday::deployed_by("true");
    let jason = thursday.jason();
    jason.types("start --yes").expect_code(2).says("--if");
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    thursday.world.hero("mat").types("tag --again --because kick --yes").ok();
    jason.types(&format!("start --yes --if {digest}")).expect_code(5);
    assert_eq!(thursday.ran(), "");
    // A blocker that arrives between the sheet and the yes.
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    thursday.world.developer("kumar").types("block \"the login page is blank\" --yes").ok();
    jason
        .types(&format!("start --yes --if {digest}"))
        .expect_code(3)
        .says("the login page is blank");
    assert_eq!(thursday.ran(), "");
}

#[test]
fn a_part_leaves_alone_and_the_rest_joins_it() {
    let thursday = Thursday::deployed_by("true");
    let jason = thursday.jason();
    let part = |repo: &str| {
        let digest = jason.reads(&format!("start --repo {repo} --dry-run"))["digest"].clone();
        jason.types(&format!("start --repo {repo} --yes --if {}", digest.as_str().unwrap()))
    };
    // It is deployed after server, which has not left.
    part("web").expect_code(3).says("web is deployed after server");
    part("server").ok();
    assert_eq!(thursday.ran(), "server 2026.11.26 2026.11.19\n");
    part("web").ok();
    assert_eq!(thursday.ran().lines().count(), 2);
    assert_eq!(jason.reads("start --dry-run")["attempt"], 1);
}

#[test]
fn a_deploy_that_fails_stops_the_rest_and_is_tried_again_by_a_yes_alone() {
    let thursday = Thursday::deployed_by("test -e good || { echo 'no space left'; exit 7; }");
    let ran = thursday.starts().expect_code(6);
    insta::assert_snapshot!(failure(&thursday.world, &ran), @"
    ✗ the deploy of server 2026.11.26 failed with 7: no space left; nothing after it was begun.
      → it is not repeated by itself: `pushduty start --retry server` tries it again, `pushduty rollback --because TEXT` brings production back.
    ");
    thursday.jason().types("start").expect_code(6);
    assert_eq!(thursday.ran().lines().count(), 1, "not repeated by itself");
    let told = thursday.jason().reads("status");
    assert_eq!(told["next"]["command"], "pushduty start --retry server");
    thursday.touch("good");
    thursday.jason().types("start --retry web --dry-run").expect_code(3);
    let digest = thursday.jason().reads("start --retry server --dry-run")["digest"].clone();
    thursday.jason().types("start --retry server").expect_code(2);
    let wish = format!("start --retry server --yes --if {}", digest.as_str().unwrap());
    thursday.jason().types(&wish).ok();
    assert_eq!(
        thursday.ran(),
        "server 2026.11.26 2026.11.19\nserver 2026.11.26 2026.11.19\nweb 2026.11.26 2026.11.19\n"
    );
}

#[test]
fn one_that_failed_though_production_shows_the_tag_is_there() {
    let thursday = Thursday::deployed_by("test $1 = web || exit 1");
    thursday.starts().expect_code(6);
    thursday.services.runs(
        "production-server",
        "2026.11.26",
        &thursday.server.commit_of("2026.11.26"),
    );
    thursday.jason().types("start").ok();
    assert!(thursday.ran().ends_with("web 2026.11.26 2026.11.19\n"));
}

#[test]
fn one_killed_in_the_middle_of_a_deploy_is_followed_and_nothing_runs_twice() {
    let thursday =
        Thursday::deployed_by("touch up; until test -e go; do sleep 0.01; done; echo done");
    let digest = thursday.jason().reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let mut run = thursday.jason().starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    run.kill();
    run.wait();
    // The deploy goes on by itself; others see it and can follow it at the same time.
    let told = thursday.jason().reads("start --dry-run");
    assert_eq!(step(&told, "server")["state"], "deploying");
    let joined = [thursday.jason().starts(&["start"]), thursday.jason().starts(&["start"])];
    thursday.touch("go");
    for one in joined {
        one.wait().ok();
    }
    assert_eq!(thursday.ran(), "server 2026.11.26 2026.11.19\nweb 2026.11.26 2026.11.19\n");
}

#[test]
fn one_that_hangs_is_stopped_and_a_hold_keeps_the_next_back() {
    let thursday = Thursday::deployed_by("touch up; exec sleep 60");
    let digest = thursday.jason().reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let run = thursday.jason().starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    thursday.jason().types("start --stop --yes").ok().says("server 2026.11.26");
    run.wait().expect_code(6).says("was stopped");
    thursday.program(
        "deploy",
        "test $1 = web || touch held; until test -e \"go-$1\"; do sleep 0.01; done",
    );
    let digest = thursday.jason().reads("start --retry server --dry-run")["digest"].clone();
    let wish = ["start", "--retry", "server", "--yes", "--if", digest.as_str().unwrap()];
    let run = thursday.jason().starts(&wish);
    thursday.wait_for("held");
    thursday.world.hero("mat").types("hold --because \"errors rise\" --yes").ok();
    thursday.touch("go-server");
    run.wait().expect_code(6).says("mat holds the push: errors rise");
    assert!(!thursday.ran().contains("web"), "the next is not begun");
    thursday.world.hero("mat").types("resume --yes").ok();
    thursday.touch("go-web");
    thursday.jason().types("start").ok();
    assert!(thursday.ran().contains("web"));
}

#[test]
fn promotion_waits_for_its_own_tasks() {
    let more =
        "[environments.production.promote]\ncommand = [\"./promote\", \"{repo}\", \"{tag}\"]";
    let thursday = Thursday::with("true", more);
    thursday.program("promote", "echo promoted");
    let (mat, jason) = (thursday.world.hero("mat"), thursday.jason());
    jason.types("promote --yes").expect_code(3).says("nothing to promote");
    mat.types("task add \"warm the cache\" --when before-promote --this --yes").ok();
    thursday.starts().ok();
    let ran = jason.types("promote --yes").expect_code(3);
    ran.says("t1 is left before it is promoted: “warm the cache”");
    mat.types("task done t1 --this --yes").ok();
    jason.types("promote --yes").ok();
    jason.types("promote --yes").ok().says("promoted already");
    let ran = thursday.ran();
    let promoted: Vec<&str> = ran.lines().skip(2).collect();
    assert_eq!(promoted, ["server 2026.11.26 ", "web 2026.11.26 "]);
}

#[test]
fn a_rollback_stays_and_the_push_gets_another_attempt() {
    let thursday = Thursday::deployed_by("true");
    let (mat, jason) = (thursday.world.hero("mat"), thursday.jason());
    jason.types("rollback --because early --yes").expect_code(3).says("was not started");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    mat.types("rollback --because \"errors on login\" --yes").expect_code(3);
    let ran = jason.types("rollback --because \"errors on login\" --yes").ok();
    ran.says("not safe: migration of server in between: app/migrations/0001_form.py");
    let ran = thursday.ran();
    let back: Vec<&str> = ran.lines().skip(2).collect();
    assert_eq!(back, ["web 2026.11.19 2026.11.26", "server 2026.11.19 2026.11.26"]);
    thursday.production_shows("2026.11.19");
    assert_eq!(thursday.state(), "rolled_back");
    jason.types("rollback --because again --yes").ok();
    assert_eq!(thursday.ran().lines().count(), 4, "nothing is brought back twice");
    // It stays: a hold, and tags that are marked as bad.
    thursday.starts().expect_code(3).says("jason holds the push: rolled back: errors on login");
    jason.types("resume --yes").ok();
    thursday.starts().expect_code(3).says("server 2026.11.26 was rolled back: errors on login");
    let mend = thursday.server.commit_on("main", &[("mend.py", "mend\n")], "Mend the login");
    mat.types(&format!("pick server:{mend} --yes")).ok();
    let plan = mat.types("tag --again --because kick --dry-run");
    plan.ok().says("server 2026.11.26 was rolled back: errors on login");
    mat.types("tag --again --because \"rolled back\" --repo web --yes").ok();
    let told = thursday.starts().ok();
    told.says("2026.11.26-1");
    let told = jason.reads("start --dry-run");
    assert_eq!(
        (&told["attempt"], &step(&told, "server")["from"]),
        (&2.into(), &"2026.11.19".into())
    );
}

#[test]
fn a_tag_that_was_rolled_back_leaves_again_once_it_is_cleared() {
    let thursday = Thursday::new("");
    let jason = thursday.jason();
    thursday.starts().ok();
    jason.types("rollback --because network --yes").ok().says("people bring the older tags back");
    jason.types("resume --yes").ok();
    thursday.starts().expect_code(3);
    jason.types("rollback --clear --because \"it was the network\" --yes").ok();
    jason.types("rollback --clear --because \"it was the network\" --yes").ok().says("no tag");
    thursday.starts().ok();
    assert_eq!(jason.reads("start --dry-run")["attempt"], 2);
}

#[test]
fn what_is_on_its_way_is_neither_moved_nor_cancelled() {
    let thursday = Thursday::new("");
    thursday.starts().ok();
    let jason = thursday.jason();
    jason.types("cancel --because rain --yes").expect_code(3).says("on its way to production");
    jason.types("move 2026.11.27 --yes").expect_code(3).says("on its way to production");
}

#[test]
fn a_newer_tag_waits_for_the_deploy_of_the_older_and_goes_in_order() {
    let script = "touch \"up-$2\"; test $1 != server || until test -e go; do sleep 0.01; done; echo \"end $1 $2\" >> ends";
    let thursday = Thursday::deployed_by(script);
    let digest = thursday.jason().reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let first = thursday.jason().starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up-2026.11.26");
    thursday.world.hero("mat").types("tag --again --because kick --repo server --yes").ok();
    let digest = thursday.jason().reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let second = thursday.jason().starts(&["start", "--yes", "--if", &digest]);
    let begun = Instant::now();
    while !thursday.jason().types("log").stdout.contains("attempt 1: server 2026.11.26-1") {
        assert!(begun.elapsed() < Duration::from_secs(30), "the second start is not recorded");
    }
    thursday.touch("go");
    first.wait().ok();
    second.wait().ok();
    let ends = std::fs::read_to_string(thursday.world.dir().join("ends")).unwrap();
    assert_eq!(ends, "end server 2026.11.26\nend server 2026.11.26-1\nend web 2026.11.26\n");
}

/// The command that lets blockers go, bound to what is read now.
fn lets_blockers_go(jason: &Person<'_>) -> String {
    let wish = "start --override blockers --because \"it is rare\"";
    let sheet = jason.reads(&format!("{wish} --dry-run"));
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    format!("{wish} --yes --if {digest}")
}

#[test]
fn p8_a_blocker_that_nobody_had_raised_is_not_let_go() {
    let thursday = Thursday::new("");
    let (jason, kumar) = (thursday.jason(), thursday.world.developer("kumar"));
    kumar.types("block \"the footer is crooked\" --yes").ok();
    // One more between the sheet and the yes: what is let go is what was read.
    let early = lets_blockers_go(&jason);
    kumar.types("block \"the login page is blank\" --yes").ok();
    jason.types(&early).expect_code(5);
    jason.types(&lets_blockers_go(&jason)).ok();
    jason.types("ready").ok();
    // One less is still let go; one more is another thing.
    kumar.types("unblock b1 --yes").ok();
    jason.types("ready").ok();
    kumar.types("block \"the cart is empty\" --yes").ok();
    jason.types("ready").expect_code(3).says("2 blockers are open");
}

#[test]
fn p8_a_rollback_ends_what_was_let_go() {
    let thursday = Thursday::new("");
    let (jason, kumar) = (thursday.jason(), thursday.world.developer("kumar"));
    kumar.types("block \"the footer is crooked\" --yes").ok();
    jason.types(&lets_blockers_go(&jason)).ok();
    jason.types("rollback --because \"errors on login\" --yes").ok();
    jason.types("resume --yes").ok();
    jason.types("rollback --clear --because \"it was the network\" --yes").ok();
    thursday.starts().expect_code(3).says("the gate blockers does not pass");
    jason.types(&lets_blockers_go(&jason)).ok();
    assert_eq!(jason.reads("start --dry-run")["attempt"], 2);
}

#[test]
fn an_override_of_a_part_lets_nothing_else_go() {
    let thursday = Thursday::new("[gates]\nqa = { need = 1 }");
    let jason = thursday.jason();
    let wish = "start --repo server --override qa --because \"krupa is ill\"";
    let digest = jason.reads(&format!("{wish} --dry-run"))["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("{wish} --yes --if {digest}")).ok();
    let digest = jason.reads("start --repo web --dry-run")["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --repo web --yes --if {digest}")).expect_code(3);
    thursday.starts().expect_code(3).says("the gate qa does not pass");
}

#[test]
fn a_yes_to_try_again_is_for_one_try() {
    let thursday = Thursday::deployed_by("exit 7");
    thursday.starts().expect_code(6);
    let jason = thursday.jason();
    let digest =
        jason.reads("start --retry server --dry-run")["digest"].as_str().unwrap().to_owned();
    let again = format!("start --retry server --yes --if {digest}");
    jason.types(&again).expect_code(6);
    jason.types(&again).expect_code(5);
    assert_eq!(thursday.ran().lines().count(), 2);
    jason.types("promote --retry server --yes").expect_code(3);
}

#[test]
fn a_rollback_takes_back_what_was_brought_and_more_of_it_later() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26 || test $1 = server || exit 7");
    let jason = thursday.jason();
    thursday.starts().expect_code(6);
    jason.types("rollback --repo web --because \"it failed half-way\" --yes").ok();
    assert!(thursday.ran().ends_with("web 2026.11.19 2026.11.26\n"));
    let ran = jason.types("rollback --repo server --because \"so does server\" --yes").ok();
    ran.says("2026.11.26 is rolled back");
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
    assert_eq!(thursday.ran().lines().count(), 4, "{}", thursday.ran());
}

#[test]
fn what_never_began_is_not_taken_back() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26 || exit 7");
    thursday.starts().expect_code(6);
    thursday.jason().types("rollback --because \"no room\" --yes").ok();
    let expected = "server 2026.11.26 2026.11.19\nserver 2026.11.19 2026.11.26\n";
    assert_eq!(thursday.ran(), expected);
}

#[test]
fn nothing_is_finished_while_a_deploy_runs_or_a_part_never_left() {
    let thursday = Thursday::deployed_by("touch up; until test -e go; do sleep 0.01; done");
    let (mat, jason) = (thursday.world.hero("mat"), thursday.jason());
    let digest =
        jason.reads("start --repo server --dry-run")["digest"].as_str().unwrap().to_owned();
    let run = jason.starts(&["start", "--repo", "server", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    mat.types("finish --because late --yes").expect_code(3).says("a deploy of 2026.11.26 runs");
    thursday.touch("go");
    run.wait().ok();
    thursday.services.runs(
        "production-server",
        "2026.11.26",
        &thursday.server.commit_of("2026.11.26"),
    );
    mat.types("finish --yes").expect_code(3).says("web 2026.11.26 never left");
    mat.types("finish --because \"web goes next week\" --yes").ok();
}

#[test]
fn what_is_mended_after_the_hour_is_this_push() {
    let thursday = Thursday::deployed_by("exit 7");
    thursday.world.at("2026-11-26T18:00:00Z");
    thursday.starts().expect_code(6);
    let ran = thursday.world.hero("mat").types("tag --again --because kick --repo server --yes");
    ran.ok().says("2026.11.26-1");
}

#[test]
fn what_only_security_sees_is_in_no_record_for_others() {
    let server = Remote::new("server");
    let twin = server.twin();
    let world =
        train().person("ann", &["security", "ops"]).repo(&server).security_twin("server", &twin);
    world.hero("mat").types("tag --without-security --because calm --yes").ok();
    twin.branch("fix", "main");
    twin.commit_on("fix", &[("fix.py", "fix\n")], "Fix");
    let ann = world.as_person("ann");
    ann.types("security list").ok();
    world.hero("mat").types("security approve 1 --yes").ok();
    let wish = "start --override security --because \"branch 1 waits for its test\"";
    let digest = ann.reads(&format!("{wish} --dry-run"))["digest"].as_str().unwrap().to_owned();
    ann.types(&format!("{wish} --yes --if {digest}")).ok();
    let kumar = world.developer("kumar");
    for read in ["log", "status", "ready", "history", "history --push 2026.11.26"] {
        let told = kumar.types(&format!("{read} --json")).stdout;
        assert!(!told.contains("left out") && !told.contains("branch 1"), "{read}: {told}");
    }
    // A word of the reason finds nothing, whoever seeks it; what was said to everybody is there.
    for (who, word, pushes) in [(&kumar, "waits", 0), (&ann, "waits", 0), (&kumar, "calm", 1)] {
        let found = who.reads(&format!("history --search {word}"))["pushes"].clone();
        assert_eq!(found.as_array().map(Vec::len), Some(pushes), "{word}: {found}");
    }
}
