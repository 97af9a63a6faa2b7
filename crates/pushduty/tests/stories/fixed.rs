//! A blocker whose fix comes with a tag is settled by it, and open again without.

use serde_json::Value;

use crate::scene::Scene;

fn blockers(told: &Value) -> &Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("gates in {told}"));
    gates.iter().find(|gate| gate["name"] == "blockers").unwrap_or_else(|| panic!("in {told}"))
}

#[test]
fn a_blocker_is_settled_by_the_tag_that_has_its_fix_and_by_no_other() {
    let scene = Scene::new().cut();
    let (mat, kumar) = (scene.mat(), scene.world.developer("kumar"));
    kumar.types("block \"server#12: nobody can log in\" --yes").ok();
    assert_eq!(blockers(&mat.reads("status"))["state"], "fail");
    // Of another repository, and one that only speaks of it.
    scene.web.commit_on("main", &[("log.js", "in\n")], "Log in (fixes #12)");
    scene.server.commit_on("main", &[("log.py", "maybe\n")], "Look into #12");
    mat.types("tag --again --because \"more of it\" --yes").ok();
    assert_eq!(blockers(&mat.reads("status"))["state"], "fail");

    let fix = scene.server.commit_on("main", &[("log.py", "in\n")], "Log in again (fixes #12)");
    mat.types(&format!("pick {fix} --yes")).ok();
    let told = mat.reads("status");
    let gate = blockers(&told);
    assert_eq!(gate["state"], "pass", "{gate}");
    let why = gate["why"].as_str().unwrap_or_default();
    assert!(why.contains("b1: its fix, ") && why.contains("which closes #12"), "{why}");
    let fixed = &told["blockers"][0];
    assert_eq!((&fixed["open"], &fixed["fixed"]["repo"]), (&false.into(), &"server".into()));
    assert_eq!(fixed["fixed"]["tag"], "2026.11.26-2", "{fixed}");
    mat.types("status").ok().says("✓ b1").says("is in 2026.11.26-2 of server");

    // Taken back, it is open again.
    mat.types(&format!("pick --revert {fix} --yes")).ok();
    assert_eq!(blockers(&mat.reads("status"))["state"], "fail");
}

#[test]
fn what_is_settled_by_its_fix_does_not_go_on_to_the_next_push() {
    let scene = Scene::new().cut();
    let (mat, kumar) = (scene.mat(), scene.world.developer("kumar"));
    kumar.types("block \"server#12: nobody can log in\" --yes").ok();
    kumar.types("block \"web#3: no page at all\" --yes").ok();
    let fix = scene.server.commit_on("main", &[("log.py", "in\n")], "Log in again (fixes #12)");
    mat.types(&format!("pick {fix} --yes")).ok();
    scene.web.commit_on("main", &[("later.js", "later\n")], "Later");
    scene.world.at("2026-12-01T17:00:00Z");
    scene.world.hero("eviljeff").types("tag --yes").ok();
    let page = mat.types("notes show --push 2026.12.03").ok();
    page.says("web#3").never_says("server#12");
}
