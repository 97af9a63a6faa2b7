//! From the merge on: where a fix that is public has come, as production itself shows it.

use serde_json::Value;
use testkit::{Answer, Services};

use crate::stage::{Stage, TUESDAY, WEDNESDAY};

/// The scene, with a production that shows last week's tag.
fn shown_by(services: &Services) -> Stage {
    let Stage { upstream, twin, world } = Stage::new();
    services.runs("production-server", "2026.11.19", &upstream.commit_of("2026.11.19"));
    let world = world.service("production", "server", services, 1);
    Stage { upstream, twin, world }
}

/// What the list says of branch 1, in words and as a document.
fn says(stage: &Stage) -> (String, Value) {
    let ran = stage.iris().runs(&["security", "list"]).ok();
    let line = ran.stdout.lines().find(|line| line.contains("merged")).unwrap_or_default();
    let public = line.split_once("public since ").map(|(_, rest)| rest.to_owned());
    (public.unwrap_or_default(), stage.listed()["branches"][0].clone())
}

fn deploy(stage: &Stage, services: &Services, tag: &str) {
    services.runs("production-server", tag, &stage.upstream.commit_of(tag));
}

#[test]
fn a_public_fix_is_in_production_once_production_shows_it() {
    let services = Services::new();
    let stage = shown_by(&services);
    stage.world.at(TUESDAY);
    stage.reviewed("escape");
    let asked = services.count("production-server");
    let (words, told) = says(&stage);
    assert_eq!((words.as_str(), &told["production"]), ("", &Value::Null));
    assert_eq!(services.count("production-server"), asked, "nothing is public: nobody is asked");
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    let (words, told) = says(&stage);
    assert_eq!(words, "Tue 24 Nov 09:00, production not yet");
    assert_eq!((&told["tag"], &told["production"]["state"]), (&Value::Null, &"not_yet".into()));
    stage.hana().runs(&["tag", "--yes"]).ok();
    let (words, told) = says(&stage);
    assert_eq!(words, "Tue 24 Nov 09:00, in 2026.11.26, production not yet");
    assert_eq!(told["tag"], "2026.11.26");
    // It is deployed: nothing was recorded of that, and production shows it (P15).
    stage.world.at("2026-11-26T10:00:00Z");
    deploy(&stage, &services, "2026.11.26");
    let (words, told) = says(&stage);
    let there = "in production with 2026.11.26 since Thu 26 Nov 10:00";
    assert_eq!(words, format!("Tue 24 Nov 09:00, {there}"));
    let production = &told["production"];
    assert_eq!(
        (&production["state"], &production["version"], &production["since"]),
        (&"there".into(), &"2026.11.26".into(), &"2026-11-26T10:00:00+00:00".into())
    );
    // It fails: what it showed stands, with its age.
    stage.world.at("2026-11-26T13:00:00Z");
    services.answers("production-server", &[Answer::Status(503)]);
    let (words, _) = says(&stage);
    assert_eq!(words, format!("Tue 24 Nov 09:00, {there}, as it showed 3 h ago; it fails now"));
    // It goes back.
    deploy(&stage, &services, "2026.11.19");
    assert!(says(&stage).0.ends_with("in 2026.11.26, production not yet"));
}

#[test]
fn where_production_shows_nothing_that_is_said() {
    let stage = Stage::new();
    stage.world.at(TUESDAY);
    stage.reviewed("escape");
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    let (words, told) = says(&stage);
    assert_eq!(words, "Tue 24 Nov 09:00, production not known");
    assert_eq!(told["production"]["state"], "not_known");
    let services = Services::new();
    let stage = shown_by(&services);
    services.answers("production-server", &[Answer::Status(503)]);
    stage.reviewed("escape");
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    assert!(says(&stage).0.ends_with("production not known"));
}

#[test]
fn of_a_fix_in_two_commits_one_picked_alone_is_not_there() {
    let services = Services::new();
    let stage = shown_by(&services);
    stage.world.at(TUESDAY);
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.world.at(WEDNESDAY);
    let first = stage.fix("escape");
    let second = stage.twin.commit_on("escape", &[("rest.py", "rest = 1\n")], "Close the rest");
    stage.approve(1);
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    stage.hana().runs(&["pick", &second, "--yes"]).ok();
    deploy(&stage, &services, "2026.11.26-1");
    let (words, told) = says(&stage);
    assert!(words.ends_with("production not yet"), "{words}");
    assert_eq!(told["tag"], Value::Null, "half of it is in no tag as a fix");
    stage.hana().runs(&["pick", &first, "--yes"]).ok();
    deploy(&stage, &services, "2026.11.26-2");
    let (words, told) = says(&stage);
    assert!(words.contains("in production with 2026.11.26-2"), "{words}");
    assert_eq!(told["tag"], "2026.11.26-2");
    // Taken back there, it is in production no more.
    stage.hana().runs(&["pick", "--revert", &second, "--yes"]).ok();
    deploy(&stage, &services, "2026.11.26-3");
    assert!(says(&stage).0.ends_with("production not yet"));
}

#[test]
fn a_branch_that_went_on_is_public_as_far_as_it_was_merged() {
    let services = Services::new();
    let stage = shown_by(&services);
    stage.world.at(TUESDAY);
    stage.reviewed("escape");
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    stage.hana().runs(&["tag", "--yes"]).ok();
    deploy(&stage, &services, "2026.11.26");
    let more = stage.twin.commit_on("escape", &[("more.py", "more = 1\n")], "Escape more");
    let told = stage.listed()["branches"][0].clone();
    assert_eq!((&told["state"], &told["production"]["state"]), (&"moved".into(), &"there".into()));
    assert!(!stage.is_public(&more));
}
