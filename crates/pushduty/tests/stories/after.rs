//! What comes after the end: a push that goes bad an hour later, hot-fixes, and what was started last goes back first.

use serde_json::Value;
use testkit::{Person, Remote, Services};

use crate::scene::{failure, train};
use crate::start::{Thursday, step};

impl Thursday {
    pub(crate) fn mat(&self) -> Person<'_> {
        self.world.hero("mat")
    }

    /// Started, in production, and finished.
    pub(crate) fn over(self) -> Self {
        self.starts().ok();
        self.production_shows("2026.11.26");
        self.mat().types("finish --yes").ok();
        self
    }

    pub(crate) fn state_of(&self, push: &str) -> Value {
        self.mat().reads(&format!("status --push {push}"))
    }

    /// jason reads a run sheet, and says yes to that.
    pub(crate) fn starts_with(&self, more: &str) -> testkit::Ran {
        let sheet = self.jason().reads(&format!("start {more} --dry-run"));
        let digest = sheet["digest"].as_str().unwrap_or_else(|| panic!("a digest in {sheet}"));
        self.jason().types(&format!("start {more} --yes --if {digest}"))
    }

    pub(crate) fn next(&self, push: &str) -> (String, String, String) {
        let next = self.state_of(push)["next"].clone();
        let word = |key: &str| next[key].as_str().unwrap_or("-").to_owned();
        (word("who"), word("what"), word("command"))
    }
}

pub(crate) fn gate<'a>(told: &'a Value, name: &str) -> &'a Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("gates in {told}"));
    gates.iter().find(|gate| gate["name"] == name).unwrap_or_else(|| panic!("{name} in {told}"))
}

#[test]
fn a_push_that_goes_bad_after_its_end_goes_back_and_leaves_again() {
    let thursday = Thursday::deployed_by("true").over();
    let (mat, jason) = (thursday.mat(), thursday.jason());
    assert_eq!(thursday.state_of("2026.11.26")["state"], "done");
    mat.types("rollback --because slow --yes").expect_code(3).says("may not roll a push back");
    jason.types("rollback --because \"graphs went bad\" --dry-run").ok().says("2026.11.26");
    assert_eq!(thursday.state_of("2026.11.26")["state"], "done", "it was a look");
    jason
        .types("rollback --because \"graphs went bad\" --yes")
        .ok()
        .says("2026.11.26 is rolled back");
    let ran = thursday.ran();
    let back: Vec<&str> = ran.lines().skip(2).collect();
    assert_eq!(back, ["web 2026.11.19 2026.11.26", "server 2026.11.19 2026.11.26"]);
    thursday.production_shows("2026.11.19");
    // It stays: the push is on again, and held; its tags are marked.
    let told = mat.reads("status");
    assert_eq!((&told["push"], &told["state"]), (&"2026.11.26".into(), &"rolled_back".into()));
    assert_eq!(told["hold"]["because"], "rolled back: graphs went bad");
    mat.types("finish --yes").expect_code(3).says("was rolled back: graphs went bad");
    jason.types("resume --yes").ok();
    thursday.starts().expect_code(3).says("server 2026.11.26 was rolled back: graphs went bad");
    let mend = thursday.server.commit_on("main", &[("mend.py", "mend\n")], "Mend the graphs");
    mat.types(&format!("pick server:{mend} --yes")).ok();
    mat.types("tag --again --because \"rolled back\" --repo web --yes").ok();
    thursday.starts().ok();
    let told = jason.reads("start --dry-run");
    assert_eq!(
        (&told["attempt"], &step(&told, "server")["from"]),
        (&2.into(), &"2026.11.19".into())
    );
    thursday.production_shows("2026.11.26-1");
    mat.types("finish --yes").ok();
    assert_eq!(thursday.state_of("2026.11.26")["state"], "done");
    jason.types("log").ok().says("rolled 2026.11.26 back");
}

#[test]
fn later_pushes_are_warned_of_what_went_back_until_it_is_cleared() {
    let thursday = Thursday::deployed_by("true").over();
    let jason = thursday.jason();
    jason.types("rollback --because \"graphs went bad\" --yes").ok();
    thursday.production_shows("2026.11.19");
    thursday.world.at("2026-12-01T09:00:00Z");
    thursday.server.commit_on("main", &[("new.py", "new\n")], "Begin something new");
    thursday.world.hero("eviljeff").types("tag --stay web --yes").ok();
    let warned = "server 2026.11.26 was rolled back: graphs went bad";
    thursday.mat().types("status").ok().says(warned);
    // Nobody has to name the push whose tags are marked.
    jason.types("rollback --clear --because \"main is mended\" --yes").ok().says("may leave again");
    let told = thursday.mat().types("status").ok();
    assert!(!told.stdout.contains(warned), "{told}");
}

#[test]
fn what_came_last_goes_back_first() {
    let thursday = Thursday::deployed_by("true").over();
    let jason = thursday.jason();
    thursday.world.at("2026-12-01T09:00:00Z");
    thursday.server.commit_on("main", &[("new.py", "new\n")], "Begin something new");
    thursday.world.hero("eviljeff").types("tag --stay web --yes").ok();
    // Cut and not started: what is in production is still the push before.
    jason.types("rollback --because slow --dry-run").ok().says("2026.11.26");
    thursday.starts().ok();
    let ran = jason.types("rollback --push 2026.11.26 --because slow --yes").expect_code(3);
    insta::assert_snapshot!(failure(&thursday.world, &ran), @"
    ✗ 2026.12.03 brought server 2026.12.03 to production after 2026.11.26.
      → `pushduty rollback --push 2026.12.03 --because TEXT` comes first.
    ");
    jason.types("rollback --because slow --yes").ok().says("2026.12.03 is rolled back");
    jason.types("rollback --push 2026.11.26 --because \"so is that\" --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
}

#[test]
fn a_hot_fix_in_the_middle_leaves_with_an_attempt_of_its_own_and_the_later_push_is_asked_for_it() {
    let thursday = Thursday::deployed_by("true").over();
    let (mat, jason) = (thursday.mat(), thursday.jason());
    thursday.world.at("2026-12-01T09:00:00Z");
    thursday.server.commit_on("main", &[("new.py", "new\n")], "Begin something new");
    thursday.world.hero("eviljeff").types("tag --stay web --yes").ok();
    let fix = thursday.server.commit_on("main", &[("fix.py", "fix\n")], "Put a fire out");
    mat.types(&format!("pick --onto production server:{fix} --yes")).ok().says("2026.11.26-1");
    // The later push is still what everybody means; the hot-fix is named by its own.
    assert_eq!(mat.reads("status")["push"], "2026.12.03");
    assert_eq!(thursday.state_of("2026.11.26")["state"], "cut");
    let sheet = jason.reads("start --push 2026.11.26 --dry-run");
    let steps = sheet["steps"].as_array().unwrap();
    assert_eq!((steps.len(), &sheet["attempt"]), (1, &2.into()), "{sheet}");
    let server = step(&sheet, "server");
    assert_eq!((&server["from"], &server["to"]), (&"2026.11.26".into(), &"2026.11.26-1".into()));
    thursday.starts_with("--push 2026.11.26").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26-1 2026.11.26\n"), "{}", thursday.ran());
    let commit = thursday.server.commit_of("2026.11.26-1");
    thursday.services.runs("production-server", "2026.11.26-1", &commit);
    mat.types("finish --push 2026.11.26 --yes").ok();
    assert_eq!(thursday.state_of("2026.11.26")["state"], "done");
    // P6: the later one may not drop it.
    let told = mat.types("ready --json").expect_code(3).json();
    let why = gate(&told, "carried")["why"].as_str().unwrap();
    assert!(why.contains("Put a fire out"), "{why}");
    thursday.starts().expect_code(3).says("the gate carried does not pass");
    mat.types(&format!("pick --push 2026.12.03 server:{fix} --yes")).ok();
    thursday.starts().ok();
    assert!(thursday.ran().ends_with("server 2026.12.03-1 2026.11.26-1\n"), "{}", thursday.ran());
}

#[test]
fn a_hot_fix_that_makes_it_worse_goes_back_to_what_it_came_onto() {
    let thursday = Thursday::deployed_by("true").over();
    let fix = thursday.server.commit_on("main", &[("fix.py", "fix\n")], "Put a fire out");
    thursday.mat().types(&format!("pick --onto production server:{fix} --yes")).ok();
    thursday.mat().types("finish --yes").expect_code(3).says("server 2026.11.26-1 never left");
    let cancel = "cancel --push 2026.11.26 --because rain --yes";
    thursday.jason().types(cancel).expect_code(3).says("2026.11.26 is in production");
    thursday.starts().ok();
    thursday.jason().types("rollback --because worse --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.11.26-1\n"), "{}", thursday.ran());
    assert_eq!(thursday.ran().lines().filter(|line| line.starts_with("web")).count(), 1);
}

#[test]
fn a_way_back_that_fails_is_the_next_step_and_goes_on_by_a_yes() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.19 || test -e good || exit 7");
    let jason = thursday.jason();
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    let ran = jason.types("rollback --because slow --yes").expect_code(6);
    insta::assert_snapshot!(failure(&thursday.world, &ran), @"
    ✗ the way back of web 2026.11.19 failed with 7; nothing after it was begun.
      → it is not repeated by itself: `pushduty rollback --retry web` tries it again.
    ");
    let (who, what, command) = thursday.next("2026.11.26");
    assert_eq!((&*who, &*command), ("jason", "pushduty rollback --retry web"));
    assert_eq!(what, "the way back of web to 2026.11.19 failed with 7");
    thursday.touch("good");
    jason.types("rollback --retry web --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
    assert_eq!(thursday.next("2026.11.26").2, "pushduty pick COMMIT");
}

#[test]
fn a_way_back_that_failed_though_production_shows_it_is_there() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.19 || test $1 != web || exit 7");
    let jason = thursday.jason();
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    jason.types("rollback --because slow --yes").expect_code(6);
    thursday.services.runs("production-web", "2026.11.19", &thursday.web.commit_of("2026.11.19"));
    thursday.world.developer("kumar").types("watch production --once").expect_code(1);
    let (_, what, command) = thursday.next("2026.11.26");
    assert_eq!(
        (&*what, &*command),
        ("bring server back to 2026.11.19", "pushduty rollback --because TEXT")
    );
    jason.types("rollback --because slow --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
}

#[test]
fn what_would_be_stopped_is_listed_and_nothing_is_no_failure() {
    let thursday = Thursday::deployed_by("touch up; exec sleep 60");
    let (jason, kumar) = (thursday.jason(), thursday.world.developer("kumar"));
    jason.types("start --stop --yes").ok().says("No deploy runs");
    assert_eq!(jason.reads("start --stop --dry-run")["stopped"], Value::Array(Vec::new()));
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let run = jason.starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    let ran = kumar.types("start --stop --dry-run").ok();
    let told = ran.says("2026.11.26").says("server").says("deploy").says("killed 10 s later");
    assert!(!told.stdout.contains("web"), "{told}");
    let told = kumar.reads("start --stop --dry-run");
    assert_eq!((&told["done"], &told["stopped"][0]), (&false.into(), &"server 2026.11.26".into()));
    kumar.types("start --stop --yes").expect_code(3);
    jason.types("start --stop").expect_code(2);
    let told = jason.reads("start --stop --yes");
    assert_eq!((&told["done"], &told["stopped"][0]), (&true.into(), &"server 2026.11.26".into()));
    run.wait().expect_code(6).says("was stopped");
}

/// A push on its way is gone on with by whoever may start one: nobody else begins its next deploy.
#[test]
fn whoever_may_not_start_goes_on_with_no_push_that_runs() {
    let thursday = Thursday::deployed_by("touch up; exec sleep 60");
    let (jason, kumar) = (thursday.jason(), thursday.world.developer("kumar"));
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let run = jason.starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    let digest = kumar.reads("start --dry-run")["digest"].as_str().unwrap_or_default().to_owned();
    let no = kumar.types(&format!("start --yes --if {digest}")).expect_code(3);
    no.says("may not start a push");
    jason.types("start --stop --yes").ok();
    run.wait().expect_code(6).says("was stopped");
}

#[test]
fn the_way_back_of_a_push_that_was_finished_can_be_stopped() {
    let thursday =
        Thursday::deployed_by("test $2 != 2026.11.19 || { touch back; exec sleep 60; }").over();
    let jason = thursday.jason();
    let run = jason.starts(&["rollback", "--because", "slow", "--yes"]);
    thursday.wait_for("back");
    jason.types("start --stop --push 2026.11.26 --yes").ok().says("web 2026.11.19");
    run.wait().expect_code(6).says("was stopped");
    assert_eq!(thursday.next("2026.11.26").2, "pushduty rollback --retry web");
}

#[test]
fn what_runs_is_followed_though_a_remote_can_not_be_reached() {
    let thursday = Thursday::deployed_by("touch up; until test -e go; do sleep 0.01; done");
    let jason = thursday.jason();
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let mut run = jason.starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    run.kill();
    run.wait();
    let (web, away) = (thursday.web.path(), thursday.web.path().with_extension("away"));
    std::fs::rename(web, &away).expect("a remote can be put away");
    let told = jason.reads("start --dry-run");
    let unreached = told["unreached"].as_str().unwrap_or_else(|| panic!("it is said in {told}"));
    assert!(unreached.starts_with("web: upstream"), "{unreached}");
    let run = jason.starts(&["start"]);
    thursday.touch("go");
    run.wait().ok().says("its tags are as they were last seen");
    assert_eq!(thursday.ran(), "server 2026.11.26 2026.11.19\nweb 2026.11.26 2026.11.19\n");
    // Nothing new is begun from what was not looked at.
    thursday.mat().types("tag --again --because kick --repo server --yes").ok();
    jason.types("start --dry-run").expect_code(1).says("web: upstream");
    std::fs::rename(&away, web).expect("and put back");
    assert_eq!(jason.reads("start --dry-run")["unreached"], Value::Null);
}

#[test]
fn with_nothing_in_production_there_is_nothing_to_take_back() {
    let server = Remote::new("server");
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = train().repo(&server).service("production", "server", &services, 1);
    let jason = world.ops("jason");
    jason.types("rollback --because slow --yes").expect_code(3).says("no push is cut");
    world.hero("mat").types("tag --yes").ok();
    jason.types("rollback --because slow --yes").expect_code(3).says("was not started");
    jason
        .types("rollback --push 2026.12.03 --because slow --yes")
        .expect_code(3)
        .says("is not cut");
}
