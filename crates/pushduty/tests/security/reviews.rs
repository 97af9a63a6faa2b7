//! Reviews: bound to the commit that was read, by somebody else, and branches by numbers that stay.

use crate::stage::{Stage, has, people};
use testkit::{PushDuty, Remote};

fn states(stage: &Stage) -> Vec<(u64, String, String)> {
    let listed = stage.listed();
    let branches = listed["branches"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    branches
        .iter()
        .map(|b| (b["n"].as_u64().unwrap(), text(&b["branch"]), text(&b["state"])))
        .collect()
}

#[test]
fn a_branch_that_moved_since_its_review_is_held_and_told() {
    let stage = Stage::new();
    let read = stage.reviewed("escape");
    let slipped = stage.twin.commit_on("escape", &[("more.py", "more\n")], "Slip something in");
    assert_eq!(states(&stage)[0].2, "moved");
    let told = stage.hana().runs(&["security", "merge", "--yes"]).ok();
    told.says("branch 1 moved since its review and is held");
    assert!(!stage.is_public(&read) && !stage.is_public(&slipped));
    stage.hana().runs(&["security", "merge", "1", "--yes"]).expect_code(3).says("moved");
    // A branch that is only held stops no tag.
    stage.hana().runs(&["tag", "--yes"]).ok();

    stage.approve(1);
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    assert!(stage.is_public(&slipped));
    stage.in_step();
}

#[test]
fn a_merge_takes_the_commit_that_was_reviewed_not_the_name() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let plan = stage.hana().json(&["security", "merge", "--dry-run"]);
    let digest = plan["digest"].as_str().unwrap().to_owned();
    stage.twin.commit_on("escape", &[("more.py", "more\n")], "Slip something in");
    stage.approve(1);
    stage.hana().runs(&["security", "merge", "--yes", "--if", &digest]).expect_code(5);
    assert!(!stage.is_public(&fix), "what was seen is not what would be merged");
}

#[test]
fn an_unreviewed_branch_is_merged_only_by_number_and_with_a_reason() {
    let stage = Stage::new();
    let fix = stage.fix("escape");
    stage.hana().runs(&["security", "merge", "--yes"]).ok().says("nothing to do");
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.hana().runs(&["security", "merge", "1", "--yes"]).expect_code(3).says("not reviewed");
    stage.hana().runs(&["security", "merge", "1", "--yes", "--unreviewed"]).expect_code(2);
    let all = ["security", "merge", "--yes", "--unreviewed", "--because", "in a hurry"];
    stage.hana().runs(&all).expect_code(2);
    assert!(!stage.is_public(&fix));
    let one = ["security", "merge", "1", "--yes", "--unreviewed", "--because", "sven read it"];
    stage.hana().runs(&one).ok();
    assert!(stage.is_public(&fix));
    stage.in_step();
    let log = stage.iris().json(&["log"]).to_string();
    assert!(log.contains("sven read it"), "the reason is kept: {log}");
}

#[test]
fn a_branch_that_moved_since_its_review_is_told_in_the_plan_to_cut() {
    let stage = Stage::new();
    stage.reviewed("escape");
    stage.twin.commit_on("escape", &[("more.py", "more = 1\n")], "Escape more");
    let told = stage.hana().json(&["tag", "--dry-run"]);
    let words = "server: security branches that moved since their review are held: 1";
    assert_eq!(told["warnings"], serde_json::json!([words]));
}

#[test]
fn nobody_reviews_their_own_branch_where_somebody_else_could() {
    let stage = Stage::new();
    let by = |author: &str, branch: &str| {
        let draft = stage.twin.commit(branch).from("main").author(author).subject("Close it");
        draft.file("own.py", "own\n").make()
    };
    by("iris <iris@elsewhere.example>", "hers");
    by("Iris Doe <iris>", "mail");
    // By her name with any address, or by an address of hers with any name.
    for n in ["1", "2"] {
        stage.iris().runs(&["security", "approve", n, "--yes"]).expect_code(3).says("sven");
    }
    stage.world.security("sven").runs(&["security", "approve", "2", "--yes"]).ok();
}

#[test]
fn on_a_team_of_one_an_own_review_is_said_and_recorded() {
    let upstream = Remote::new("server");
    let twin = upstream.twin();
    let draft = twin.commit("own").from("main").author("Iris <iris@example.org>");
    let fix = draft.file("own.py", "own\n").subject("Close it").make();
    let person = "[people.iris]\nroles = [\"hero\", \"security\"]\nemail = \"iris@example.org\"\n";
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).repo(&upstream);
    let world = world.security_twin("server", &twin).toml(person);
    let iris = world.as_person("iris");
    let told = iris.runs(&["security", "approve", "1", "--yes"]).ok();
    told.says("nobody else with the security role could review it: recorded");
    let log = iris.json(&["log"]);
    let approved = log["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "approved");
    assert_eq!(approved.unwrap()["event"]["own"], true);
    iris.runs(&["security", "merge", "--yes"]).ok();
    assert!(has(&upstream, &fix));
}

#[test]
fn the_hero_on_duty_may_review_what_its_author_may_not() {
    let upstream = Remote::new("server");
    let twin = upstream.twin();
    let draft = twin.commit("own").from("main").author("Iris <iris@example.org>");
    draft.file("own.py", "own\n").subject("Close it").make();
    let people = "[people.iris]\nroles = [\"security\"]\nemail = \"iris@example.org\"\n\
        [people.mat]\nroles = [\"hero\"]\nemail = \"mat@example.org\"\n";
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).repo(&upstream);
    let world = world.security_twin("server", &twin).toml(people).rotation(&["mat"]);
    let iris = world.as_person("iris");
    iris.runs(&["security", "approve", "1", "--yes"]).expect_code(3).says("ask mat");
    world.as_person("mat").runs(&["security", "approve", "1", "--yes"]).ok();
}

#[test]
fn numbers_stay_with_their_branches_for_ever() {
    let stage = Stage::new();
    stage.fix("bbb");
    stage.fix("ccc");
    let names = |stage: &Stage| -> Vec<(u64, String)> {
        states(stage).into_iter().map(|(n, name, _)| (n, name)).collect()
    };
    assert_eq!(names(&stage), [(1, "bbb".to_owned()), (2, "ccc".to_owned())]);
    stage.fix("aaa");
    stage.twin.delete_ref("refs/heads/bbb");
    assert_eq!(names(&stage), [(2, "ccc".to_owned()), (3, "aaa".to_owned())]);
    stage.fix("ddd");
    stage.twin.branch("bbb", "ccc");
    assert_eq!(
        names(&stage),
        [(1, "bbb"), (2, "ccc"), (3, "aaa"), (4, "ddd")].map(|(n, b)| (n, b.to_owned()))
    );
    stage.approve(3);
    stage.hana().runs(&["security", "merge", "--yes"]).ok();
    stage.twin.delete_ref("refs/heads/ddd");
    stage.fix("eee");
    assert_eq!(states(&stage).last().unwrap().0, 5, "a number is never given again");
}

#[test]
fn a_branch_that_is_not_there_may_be_on_a_fork() {
    let stage = Stage::new();
    stage.fix("escape");
    let words = "no branch 7 on the security remote; on a fork?";
    stage.iris().runs(&["security", "approve", "7", "--yes"]).expect_code(2).says(words);
    stage.hana().runs(&["security", "merge", "7", "--yes"]).expect_code(2).says(words);
    let told = stage.iris().runs(&["security", "approve", "7", "--json", "--yes"]).expect_code(2);
    assert_eq!(told.json()["error"]["message"], words);
}

#[test]
fn a_repository_is_named_where_several_have_a_twin() {
    let (one, two) = (Remote::new("server"), Remote::new("client"));
    let twins = (one.twin(), two.twin());
    for twin in [&twins.0, &twins.1] {
        twin.commit("escape").from("main").file("fix.py", "fix\n").subject("Close it").make();
    }
    let world = people(PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))).repo(&one).repo(&two);
    let world = world.security_twin("server", &twins.0).security_twin("client", &twins.1);
    let iris = world.security("iris");
    iris.runs(&["security", "approve", "1", "--yes"]).expect_code(2).says("--repo");
    iris.runs(&["security", "approve", "1", "--repo", "client", "--yes"]).ok();
    iris.runs(&["security", "merge", "--yes"]).ok();
    assert!(has(&two, &twins.1.oid("escape")) && !has(&one, &twins.0.oid("escape")));
    iris.runs(&["security", "approve", "1", "--repo", "nothere", "--yes"]).expect_code(2);
}

#[test]
fn a_hero_without_the_role_is_sent_to_somebody_who_may_cut() {
    let stage = Stage::new();
    // iris and sven have the security role and may cut nothing: it is hana, on duty, who may.
    let told = stage.world.hero("mat").runs(&["tag", "--dry-run"]).expect_code(3);
    told.says("security: ask hana").says("hana can tell whether anything waits");
    stage.hana().runs(&["tag", "--dry-run"]).ok();
    let world =
        people(PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))).person("vera", &["hero", "security"]);
    let world = world.repo(&stage.upstream).security_twin("server", &stage.twin);
    world
        .hero("mat")
        .runs(&["tag", "--dry-run"])
        .expect_code(3)
        .says("vera can tell whether anything waits");
    world.hero("vera").runs(&["tag", "--dry-run"]).ok();
}

#[test]
fn a_branch_has_every_key_and_one_that_a_repair_brought_is_told_as_public() {
    let stage = Stage::new();
    stage.fix("escape");
    let open = stage.fix("left");
    let shown = stage.listed()["branches"][0].clone();
    assert_eq!((&shown["state"], &shown["commit_count"]), (&"open".into(), &1.into()), "{shown}");
    assert!(shown.as_object().unwrap().contains_key("public_since"), "{shown}");
    // Somebody merged it on the twin, past every rule.
    stage.twin.git(&["update-ref", "refs/heads/main", "escape"]);
    let ran = stage.iris().runs(&["security", "repair", "--publish", "--yes"]).ok();
    assert_eq!(ran.stdout.matches("✓ done  server").count(), 1, "{ran}");
    let ran = stage.iris().runs(&["security", "list"]).ok();
    assert_eq!(ran.stdout.matches("public since").count(), 1, "{ran}");
    let listed = stage.listed();
    let branch = |name: &str| {
        listed["branches"].as_array().unwrap().iter().find(|b| b["branch"] == name).unwrap()
    };
    assert_eq!(branch("escape")["public_since"], "2026-11-24T09:00:00+00:00");
    assert_eq!(branch("left")["public_since"], serde_json::Value::Null);
    assert!(!stage.is_public(&open));
}

#[test]
fn status_reminds_the_security_role_and_nobody_else_of_what_waits() {
    let stage = Stage::new();
    stage.fix("left");
    stage.reviewed("escape");
    let waits = format!(
        "reviewed and not merged yet are the security branches of server: {}",
        stage.number("escape")
    );
    let told = stage.iris().runs(&["status"]).ok();
    told.says(&waits).says("`pushduty security merge`").never_says("diverged");
    stage.twin.commit_on("main", &[("own.py", "own\n")], "Past every rule");
    stage.iris().runs(&["security", "list"]).ok();
    stage
        .iris()
        .runs(&["status"])
        .ok()
        .says(&waits)
        .says("the security remote of server has diverged");
    for who in ["mat", "ada", "dora"] {
        let told = stage.world.as_person(who).runs(&["status"]).ok();
        told.never_says("reviewed").never_says("diverged");
    }
}
