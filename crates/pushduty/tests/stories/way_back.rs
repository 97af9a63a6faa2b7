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
