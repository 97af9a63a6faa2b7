//! Days on which a fix can't wait, and the hours in which the hero sees what security sees.

use crate::stage::{MONDAY, Stage, TUESDAY, WEDNESDAY};

#[test]
fn the_same_day_path_merges_and_tags_at_once() {
    let stage = Stage::new();
    stage.world.at("2026-11-27T15:00:00Z");
    let fix = stage.reviewed("escape");
    let args = ["tag", "--push", "2026-11-27", "--off-cycle", "--with-security", "--yes"];
    // Nobody is on duty on that Friday: it takes somebody who holds both roles by name.
    stage.iris().runs(&args).expect_code(3);
    let world = &stage.world;
    let both = "[people.olga]\nroles = [\"hero\", \"security\"]\n";
    let path = world.config_path();
    let text = std::fs::read_to_string(&path).unwrap() + both;
    std::fs::write(path, text).unwrap();
    let olga = world.as_person("olga");
    let past = ["tag", "--push", "2026-11-20", "--off-cycle", "--with-security", "--yes"];
    olga.runs(&past).expect_code(3).says("is past");
    olga.runs(&["tag", "--with-security", "--at", "nothing", "--yes"]).expect_code(2);
    let dry = [&args[..5], &["--dry-run"]].concat();
    let shown = olga.runs(&dry).ok();
    shown.says("Merged first, and public from then on:").says("+++ b/escape.py");
    let plan = olga.runs(&[&dry[..], &["--json"]].concat()).ok().json();
    assert_eq!(plan["merges"][0]["branches"], serde_json::json!([1]));
    assert!(!stage.is_public(&fix), "what can't be cut merges nothing");
    // Another branch was reviewed since: that is not what was read.
    let more = stage.reviewed("another");
    let bound = ["--if", plan["digest"].as_str().expect("a digest")];
    olga.runs(&[&args[..], &bound].concat()).expect_code(5);
    assert!(!stage.is_public(&fix) && !stage.is_public(&more));
    let told = olga.runs(&[&args[..], &["--json"]].concat()).ok().json();
    assert_eq!(told["push"], "2026.11.27");
    assert_eq!(told["repos"][0]["tag"], "2026.11.27");
    assert!(stage.is_public(&fix));
    assert_eq!(stage.upstream.tags()["2026.11.27"].commit, stage.upstream.oid("main"));
    stage.in_step();
    world.run(&["verify"]).ok();
}

#[test]
fn an_urgent_fix_on_wednesday_is_merged_and_picked_onto_the_tag() {
    let stage = Stage::new();
    stage.world.at(TUESDAY);
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.upstream.commit_on("main", &[("later.py", "later\n")], "Not for this push");
    stage.world.at(WEDNESDAY);
    let fix = stage.reviewed("escape");
    stage.hana().runs(&["pick", &fix, "--yes"]).expect_code(2);
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    stage.in_step();
    let told = stage.hana().json(&["pick", &fix, "--yes"]);
    assert_eq!(told["repos"][0]["tag"], "2026.11.26-1");
    let files = stage.upstream.files("2026.11.26-1");
    assert!(files.contains(&"escape.py".to_owned()) && !files.contains(&"later.py".to_owned()));
    let shown = stage.listed();
    let shown = shown["branches"][0].clone();
    assert_eq!(shown["state"], "merged");
    assert_eq!(shown["public_since"], "2026-11-25T10:00:00+00:00");
    stage.iris().runs(&["security", "list"]).ok().says("public since");
    stage.world.run(&["verify"]).ok();
}

#[test]
fn reviewed_branches_stop_the_tag_unless_somebody_says_why_not() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    stage.hana().runs(&["tag", "--yes"]).expect_code(3).says("security merge");
    stage.hana().runs(&["tag", "--yes", "--without-security"]).expect_code(2);
    assert!(!stage.upstream.tags().contains_key("2026.11.26"));
    let args = ["tag", "--yes", "--without-security", "--because", "it ships alone tomorrow"];
    stage.hana().runs(&args).ok();
    assert!(!stage.is_public(&fix));
    let log = stage.hana().json(&["log"]).to_string();
    assert!(log.contains("it ships alone tomorrow"), "{log}");
}

/// What `security list` and `approve` say to somebody at a time.
fn sees(stage: &Stage, who: &str, at: &str) -> bool {
    stage.world.at(at);
    let list = stage.world.as_person(who).runs(&["security", "list"]);
    let merge = stage.world.as_person(who).runs(&["security", "merge", "--dry-run"]);
    assert_eq!(list.code, merge.code, "{who} at {at}: {list}{merge}");
    assert!(matches!(list.code, 0 | 3), "{list}");
    list.code == 0
}

#[test]
fn the_hero_sees_security_from_the_day_before_the_cut_until_the_push() {
    let stage = Stage::new();
    stage.fix("escape");
    for (at, allowed) in [
        ("2026-11-22T23:59:59Z", false),
        ("2026-11-23T00:00:00Z", true),
        (MONDAY, true),
        (TUESDAY, true),
        (WEDNESDAY, true),
        ("2026-11-26T08:59:59Z", true),
        // Never cut, so over when it was to leave.
        ("2026-11-26T09:00:00Z", false),
    ] {
        assert_eq!(sees(&stage, "hana", at), allowed, "hana at {at}");
        assert!(!sees(&stage, "nils", at), "nils is not on duty at {at}");
        assert!(!sees(&stage, "mat", at) && !sees(&stage, "ada", at), "the role is given by name");
        assert!(sees(&stage, "iris", at), "iris at {at}");
    }
}

#[test]
fn the_day_before_the_cut_begins_at_midnight_of_the_trains_zone() {
    let stage = Stage::new();
    let Stage { upstream, twin, world } = stage;
    let stage = Stage { world: world.zone("America/Los_Angeles"), upstream, twin };
    stage.fix("escape");
    assert!(!sees(&stage, "hana", "2026-11-23T07:59:59Z"));
    assert!(sees(&stage, "hana", "2026-11-23T08:00:00Z"));
}

#[test]
fn a_push_that_was_cut_keeps_its_hero_until_the_next_one_is_on_duty() {
    let stage = Stage::new();
    stage.fix("escape");
    stage.world.at(TUESDAY);
    stage.hana().runs(&["tag", "--yes"]).ok();
    // It left on Thursday and nobody finished it.
    assert!(sees(&stage, "hana", "2026-11-27T09:00:00Z"));
    assert!(!sees(&stage, "nils", "2026-11-29T23:59:59Z"));
    assert!(sees(&stage, "nils", "2026-11-30T00:00:00Z"));
    assert!(!sees(&stage, "hana", "2026-11-30T00:00:00Z"));
}

#[test]
fn those_without_the_role_write_nothing_not_even_the_records_first_line() {
    let stage = Stage::new();
    stage.fix("escape");
    let main = stage.upstream.oid("main");
    let refs = (stage.upstream.refs(), stage.twin.refs());
    for who in ["dora", "zed"] {
        for args in [
            &["tag", "--yes"][..],
            &["tag", "--yes", "--with-security"],
            &["pick", &main, "--yes"],
            &["security", "approve", "1", "--yes"],
            &["security", "merge", "--yes"],
            &["security", "sync", "--yes"],
            &["security", "repair", "--publish", "--yes"],
        ] {
            stage.world.as_person(who).runs(args).expect_code(3);
        }
    }
    let log = stage.iris().json(&["log"]);
    assert_eq!(log["entries"].as_array().map(Vec::len), Some(0), "{log}");
    assert_eq!(refs, (stage.upstream.refs(), stage.twin.refs()));
}
