//! The way back: what of an attempt goes back, where to, and what is known of it afterwards.

use testkit::Answer;

use crate::scene::of;
use crate::start::{Thursday, step};

#[test]
fn what_never_began_leaves_with_the_next_attempt() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26 || exit 3");
    let (mat, jason) = (thursday.mat(), thursday.jason());
    thursday.starts().expect_code(6);
    jason.types("rollback --because \"no room\" --yes").ok();
    jason.types("resume --yes").ok();
    // Nothing of web is in production, nor on its way there.
    let told = mat.reads("status");
    let web = of(&told, "web");
    assert_eq!(web["tag"], "2026.11.26", "{web}");
    let mend = thursday.server.commit_on("main", &[("mend.py", "mend\n")], "Mend the room");
    mat.types(&format!("pick server:{mend} --yes")).ok();
    let sheet = jason.reads("start --dry-run");
    assert_eq!(sheet["attempt"], 2, "{sheet}");
    let web = step(&sheet, "web");
    assert_eq!((&web["from"], &web["to"]), (&"2026.11.19".into(), &"2026.11.26".into()));
    // Its program fails for 2026.11.26 alone: web is begun.
    thursday.program("deploy", "true");
    thursday.starts().ok();
    assert!(
        thursday.ran().ends_with("server 2026.11.26-1 2026.11.19\nweb 2026.11.26 2026.11.19\n"),
        "{}",
        thursday.ran()
    );
}

#[test]
fn what_never_began_is_no_part_of_a_push_that_is_finished() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26 || exit 3");
    let (mat, jason) = (thursday.mat(), thursday.jason());
    thursday.starts().expect_code(6);
    jason.types("rollback --because \"no room\" --yes").ok();
    jason.types("resume --yes").ok();
    let mend = thursday.server.commit_on("main", &[("mend.py", "mend\n")], "Mend the room");
    mat.types(&format!("pick server:{mend} --yes")).ok();
    thursday.program("deploy", "true");
    thursday.starts_with("--repo server").ok();
    let commit = thursday.server.commit_of("2026.11.26-1");
    thursday.services.runs("production-server", "2026.11.26-1", &commit);
    mat.types("finish --yes").expect_code(3).says("web 2026.11.26 never left");
    thursday.starts().ok();
    mat.types("finish --yes").expect_code(3).says("production does not show web 2026.11.26");
    thursday.services.runs("production-web", "2026.11.26", &thursday.web.commit_of("2026.11.26"));
    mat.types("finish --yes").ok();
}

#[test]
fn what_left_with_an_earlier_attempt_is_to_be_there_at_the_end() {
    let thursday = Thursday::deployed_by("true");
    let (mat, jason) = (thursday.mat(), thursday.jason());
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    jason.types("rollback --repo server --because slow --yes").ok();
    jason.types("resume --yes").ok();
    let mend = thursday.server.commit_on("main", &[("mend.py", "mend\n")], "Mend the room");
    mat.types(&format!("pick server:{mend} --yes")).ok();
    thursday.starts().ok();
    let commit = thursday.server.commit_of("2026.11.26-1");
    thursday.services.runs("production-server", "2026.11.26-1", &commit);
    // Somebody took web back by hand: the newest attempt has only server.
    thursday.services.runs("production-web", "2026.11.19", &thursday.web.commit_of("2026.11.19"));
    mat.types("finish --yes").expect_code(3).says("production does not show web 2026.11.26");
}

#[test]
fn where_a_newer_tag_was_never_begun_what_production_runs_of_the_attempt_goes_back() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26-1 || exit 3");
    let (mat, jason) = (thursday.mat(), thursday.jason());
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    mat.types("tag --again --because kick --yes").ok();
    thursday.starts().expect_code(6);
    assert!(thursday.ran().lines().last().unwrap().starts_with("server 2026.11.26-1"));
    jason.types("rollback --repo web --because slow --yes").ok();
    assert!(thursday.ran().ends_with("web 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
}

impl Thursday {
    /// In production, and *server* has a fix that is picked onto what runs there.
    fn live_with_a_fix(self) -> Self {
        self.starts().ok();
        self.production_shows("2026.11.26");
        let fix = self.server.commit_on("main", &[("fix.py", "fix\n")], "Put a fire out");
        self.mat().types(&format!("pick --onto production server:{fix} --yes")).ok();
        self
    }
}

#[test]
fn a_hot_fix_of_a_push_that_is_live_goes_back_to_what_it_came_onto() {
    let thursday = Thursday::deployed_by("true").live_with_a_fix();
    let jason = thursday.jason();
    let sheet = jason.reads("start --repo server --dry-run");
    let server = step(&sheet, "server");
    assert_eq!((&server["from"], &server["to"]), (&"2026.11.26".into(), &"2026.11.26-1".into()));
    assert_eq!(server["migrations"].as_array().map(Vec::len), Some(0), "they are there already");
    thursday.starts_with("--repo server").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26-1 2026.11.26\n"), "{}", thursday.ran());
    jason.types("rollback --repo server --because worse --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.11.26-1\n"), "{}", thursday.ran());
    // It goes further back where somebody says so once more, and nothing is brought back twice.
    jason.types("rollback --because worse --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.26 2026.11.26-1\n"), "{}", thursday.ran());
    jason.types("rollback --repo server --because \"still bad\" --yes").ok();
    assert!(thursday.ran().ends_with("server 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
    let ran = thursday.ran();
    jason.types("rollback --repo server --because again --yes").ok();
    assert_eq!(thursday.ran(), ran, "there is nothing more");
}

#[test]
fn a_hot_fix_of_a_push_that_was_promoted_goes_back_to_that() {
    // People deploy, and nothing tells versions: that it was promoted is all that is known.
    let thursday = Thursday::new("");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    let jason = thursday.jason();
    jason.types("promote --yes").ok();
    thursday.services.answers("production-server", &[Answer::Status(503)]);
    thursday.mat().types("tag --again --because kick --repo server --yes").ok();
    let sheet = jason.reads("start --repo server --dry-run");
    assert_eq!(step(&sheet, "server")["from"], "2026.11.26", "{sheet}");
}

#[test]
fn a_newer_tag_of_what_is_still_on_its_way_goes_back_to_what_was_there_before() {
    let thursday = Thursday::deployed_by("test $2 != 2026.11.26 || exit 3");
    thursday.starts().expect_code(6);
    thursday.mat().types("tag --again --because kick --repo server --yes").ok();
    let sheet = thursday.jason().reads("start --dry-run");
    assert_eq!(step(&sheet, "server")["from"], "2026.11.19", "{sheet}");
}

const FAILS_LATE: &str = "test $1 = web || { touch up; until test -e go; do sleep 0.01; done; echo 'half done'; exit 3; }";

#[test]
fn a_deploy_that_fails_after_the_version_has_changed_stops_the_rest() {
    let thursday = Thursday::deployed_by(FAILS_LATE);
    let (mat, jason) = (thursday.mat(), thursday.jason());
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    let run = jason.starts(&["start", "--yes", "--if", &digest]);
    thursday.wait_for("up");
    let shows = |name: &str, remote: &testkit::Remote| {
        thursday.services.runs(name, "2026.11.26", &remote.commit_of("2026.11.26"));
    };
    shows("production-server", &thursday.server);
    thursday.touch("go");
    let ran = run.wait().expect_code(6);
    ran.says("the deploy of server 2026.11.26 failed with 3: half done");
    jason.types("start").expect_code(6);
    assert_eq!(thursday.ran(), "server 2026.11.26 2026.11.19\n", "nothing after it is begun");
    let sheet = jason.reads("start --dry-run");
    let server = step(&sheet, "server");
    assert_eq!(server["state"], "failed", "{server}");
    let note = server["note"].as_str().unwrap();
    assert_eq!(note, "failed with 3: half done; production shows it all the same");
    assert_eq!(thursday.next("2026.11.26").2, "pushduty start --retry server");
    shows("production-web", &thursday.web);
    mat.types("finish --yes").expect_code(3).says("failed with 3: half done");
    // A person says that it is tried again, and the rest goes on.
    thursday.program("deploy", "true");
    thursday.starts_with("--retry server").ok();
    assert!(thursday.ran().ends_with("web 2026.11.26 2026.11.19\n"), "{}", thursday.ran());
    mat.types("finish --yes").ok();
}

#[test]
fn a_way_back_that_fails_after_the_version_has_changed_is_not_back() {
    let script =
        "test $2 != 2026.11.19 || { touch up; until test -e go; do sleep 0.01; done; exit 3; }";
    let thursday = Thursday::deployed_by(script);
    let jason = thursday.jason();
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    let run = jason.starts(&["rollback", "--because", "slow", "--yes"]);
    thursday.wait_for("up");
    thursday.services.runs("production-web", "2026.11.19", &thursday.web.commit_of("2026.11.19"));
    thursday.touch("go");
    run.wait().expect_code(6).says("the way back of web 2026.11.19 failed with 3");
    jason.types("rollback --because slow --yes").expect_code(6);
    assert!(thursday.ran().ends_with("web 2026.11.19 2026.11.26\n"), "{}", thursday.ran());
    assert_eq!(thursday.next("2026.11.26").2, "pushduty rollback --retry web");
}

#[test]
fn a_promotion_that_fails_is_not_done_by_what_production_shows() {
    let more =
        "[environments.production.promote]\ncommand = [\"./promote\", \"{repo}\", \"{tag}\"]";
    let thursday = Thursday::with("true", more);
    thursday.program("promote", "exit 3");
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    let jason = thursday.jason();
    jason.types("promote --yes").expect_code(6).says("the promotion of server 2026.11.26 failed");
    jason.types("promote --yes").expect_code(6);
    assert_eq!(thursday.ran().lines().count(), 3, "{}", thursday.ran());
}

#[test]
fn a_rollback_asks_production_at_its_end_and_names_what_is_not_back() {
    let script = "test $2 != 2026.11.19 || { touch \"up-$1\"; until test -e \"go-$1\"; do sleep 0.01; done; }";
    let thursday = Thursday::deployed_by(script);
    let jason = thursday.jason();
    thursday.starts().ok();
    thursday.production_shows("2026.11.26");
    jason.types("watch production --once").ok();
    let run = jason.starts(&["rollback", "--because", "slow", "--yes", "--json"]);
    thursday.wait_for("up-web");
    thursday.services.runs("production-web", "2026.11.19", &thursday.web.commit_of("2026.11.19"));
    thursday.touch("go-web");
    thursday.touch("go-server");
    let told = run.wait().ok().json();
    let back = told["back"].as_array().unwrap();
    let words = |at: usize| (back[at]["repo"].clone(), back[at]["state"].clone());
    assert_eq!(words(0), ("web".into(), "live".into()), "{told}");
    assert_eq!(words(1), ("server".into(), "deployed".into()), "{told}");
    assert_eq!(back[1]["note"], "not there yet: server shows 2026.11.26");
    // Nobody looked again, and what is known is what production shows.
    let told = thursday.mat().reads("status");
    let environments = told["environments"].as_array().unwrap();
    let production = environments.iter().find(|e| e["name"] == "production").unwrap();
    let services = production["services"].to_string();
    assert!(services.contains("2026.11.19") && services.contains("2026.11.26"), "{services}");
}
