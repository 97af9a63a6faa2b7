//! What waits for whom, and what is put off: `waiting` and `later` on real remotes.

use serde_json::{Value, json};
use testkit::PushDuty;

use crate::scene::Scene;

/// Kinds of what waits for somebody, in their order.
fn kinds(world: &PushDuty, who: &str) -> Vec<String> {
    let told = world.as_person(who).reads("waiting");
    let things = told["things"].as_array().expect("things");
    things.iter().map(|thing| thing["kind"].as_str().expect("a kind").to_owned()).collect()
}

fn first(world: &PushDuty, who: &str) -> Value {
    world.as_person(who).reads("waiting")["things"][0].clone()
}

#[test]
fn the_cut_waits_for_its_hero_from_its_time_on_and_for_nobody_else() {
    let scene = Scene::new();
    let world = &scene.world;
    world.at("2026-11-24T08:59:00Z");
    assert_eq!(kinds(world, "mat"), Vec::<String>::new());
    let told = world.hero("mat").reads("waiting");
    assert_eq!(told["next_turn"]["push"], "2026.11.26");
    world.at("2026-11-24T09:30:00Z");
    assert_eq!(kinds(world, "mat"), ["cut"]);
    assert_eq!(kinds(world, "kumar"), Vec::<String>::new());
    let thing = first(world, "mat");
    assert_eq!((&thing["late"], &thing["push"]), (&json!(true), &json!("2026.11.26")));
    let shown = world.hero("mat").types("waiting").ok();
    insta::assert_snapshot!(world.tidy(&shown.stdout), @"
    rehearsal
    1 thing waits for you.

    ✗ 2026.11.26 is to be cut.  was due Tue 24 Nov 09:00 UTC
        → pushduty tag --push 2026.11.26
        … pushduty later cut:2026.11.26:due
    ");
    world.hero("mat").types("tag --yes").ok();
    assert!(!kinds(world, "mat").contains(&"cut".to_owned()));
}

#[test]
fn an_ask_is_put_off_comes_again_and_others_see_it() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    world.developer("kumar").types(&format!("ask server:{late} \"login\" --this --yes")).ok();
    let thing = first(world, "mat");
    assert_eq!((&thing["kind"], &thing["repo"]), (&json!("ask"), &json!("server")));
    let answers: Vec<&Value> =
        thing["answers"].as_array().expect("answers").iter().map(|one| &one["answer"]).collect();
    assert_eq!(answers, ["accept", "decline", "later"]);
    let dry = world.hero("mat").types("later a1 --until 14:30 --dry-run").ok();
    assert!(dry.stdout.contains("at is asked again Tue 24 Nov 14:30"), "{dry}");
    assert_eq!(first(world, "mat"), thing, "nothing is put off");
    world.hero("mat").types("later a1 --until 3h --yes").ok();
    let told = world.hero("mat").reads("waiting");
    assert!(!told["things"].as_array().expect("things").contains(&thing));
    assert_eq!(told["later"][0]["key"], thing["key"]);
    // Whoever asked sees it.
    let asks = world.developer("kumar").reads("ask --this");
    assert_eq!(asks["asks"][0]["put_off"][0]["by"], "mat");
    let listed = world.developer("kumar").types("ask --this").ok();
    assert!(listed.stdout.contains("mat says later, until"), "{listed}");
    let log = world.hero("mat").types("log").ok();
    assert!(log.stdout.contains("put ask:2026.11.26:a1"), "{log}");
    // What becomes of it makes it another thing: it comes at once.
    world.hero("mat").types(&format!("pick server:{late} --asked --yes")).ok();
    let told = world.hero("mat").reads("waiting");
    assert_eq!(told["later"], json!([]));
    assert!(!kinds(world, "mat").contains(&"ask".to_owned()));
}

#[test]
fn what_does_not_wait_can_not_be_put_off() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let ran = world.hero("mat").types("later a9 --yes --json");
    assert_eq!(ran.json()["error"]["code"], "not_found", "{ran}");
    world.hero("mat").types("later \"a b\" --yes").expect_code(2);
    world.developer("kumar").types("block \"the css is gone\" --yes").ok();
    world.hero("mat").types("later b1 --until yesterday --yes").expect_code(2);
    world.hero("mat").types("later b1 --until 2026-11-01 --yes").expect_code(3);
    world.hero("mat").types("later b1 --until 90d --yes").expect_code(3);
    world.hero("mat").types("later b1 --yes").ok();
    // Whoever it does not wait for has nothing to put off.
    let ran = world.developer("kumar").types("later b1 --yes --json");
    assert_eq!(ran.json()["error"]["code"], "not_found", "{ran}");
}

#[test]
fn blockers_and_tasks_wait_for_whoever_owns_them() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    world.hero("mat").types("block \"the css is gone\" --owner kumar --yes").ok();
    world.hero("mat").types("task add \"flip the switch\" --owner kumar --this --yes").ok();
    assert_eq!(kinds(world, "kumar"), ["blocker", "task"]);
    assert!(!kinds(world, "mat").contains(&"blocker".to_owned()));
    world.developer("kumar").types("task done t2 --this --yes").ok();
    assert_eq!(kinds(world, "kumar"), ["blocker"]);
    world.hero("mat").types("unblock b1 --because fixed --yes").ok();
    assert_eq!(kinds(world, "kumar"), Vec::<String>::new());
}
