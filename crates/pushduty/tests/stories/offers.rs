//! Swaps that are offered, and taken by the other.

use serde_json::{Value, json};
use testkit::PushDuty;

use crate::scene::{everything, failure, server_and_web};

const FILE: &str = "[channels.team]\nfile = \"told.jsonl\"\n";

/// Three heroes, of whom mat has this week and kumar the next; dora develops.
fn team() -> PushDuty {
    let (server, _) = server_and_web();
    PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["hero"])
        .person("eva", &["hero"])
        .person("dora", &["developer"])
        .rotation(&["mat", "kumar", "eva"])
        .repo(&server)
        .toml(FILE)
}

/// Who is on duty for a push, and what is offered of it.
fn duty(world: &PushDuty, push: &str) -> (Value, Value) {
    let told = world.hero("mat").reads("rotation");
    let all = told["duty"].as_array().expect("a list");
    let one = all.iter().find(|duty| duty["push"] == push).expect("the push");
    (one["hero"].clone(), one["offer"].clone())
}

/// What was told to whom, a line each: `offered kumar: …`.
fn told(world: &PushDuty) -> Vec<String> {
    let text = std::fs::read_to_string(world.dir().join("told.jsonl")).unwrap_or_default();
    let one = |line: &str| {
        let told: Value = serde_json::from_str(line).expect("a line is a document");
        let who = told["audience"]["name"].as_str().unwrap_or("all").to_owned();
        let word = |key: &str| told[key].as_str().expect("a text").to_owned();
        format!("{} {who}: {}", word("kind"), word("subject"))
    };
    // What is reminded of is told in stories of its own.
    text.lines().map(one).filter(|told| !told.starts_with("reminder")).collect()
}

#[test]
fn a_hero_offers_a_push_and_another_takes_it() {
    let world = team();
    let (mat, eva) = (world.hero("mat"), world.hero("eva"));
    // The first entry: what is told is told from here on.
    mat.types("rotation away kumar 2027.01.01 2027.01.02 --yes").ok();
    let dry = mat.types("rotation offer 2026.11.26 --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&dry.stdout), @"
    rehearsal
    mat offers 2026.11.26 to whoever of the heroes takes it.
      mat serves it until it is taken, and takes their next turn then.
    ");
    assert_eq!(duty(&world, "2026.11.26"), (json!("mat"), Value::Null), "it was a look");
    mat.types("rotation offer 2026.11.26 --yes").ok();
    let (hero, offer) = duty(&world, "2026.11.26");
    assert_eq!((hero, &offer["by"], &offer["to"]), (json!("mat"), &json!("mat"), &Value::Null));
    assert_eq!((&offer["stands"], &offer["declined"]), (&json!(true), &json!([])));
    // Whoever looks sees it.
    for look in ["rotation", "schedule", "status"] {
        mat.types(look).ok().says("offered to whoever of the heroes takes it");
        assert!(mat.types(&format!("{look} --json")).ok().stdout.contains("\"offer\":{"), "{look}");
    }
    mat.types("rotation offer 2026.11.26 --yes").ok().says("already");
    let ran = world.developer("dora").types("rotation take 2026.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ 2026.11.26 is offered to heroes, and dora is none.
      → ask mat, who can offer it to somebody else.
    ");
    world
        .hero("kumar")
        .types("rotation decline 2026.11.26 --because \"I am at the dentist\" --yes")
        .ok();
    mat.types("rotation").ok().says("kumar declined: I am at the dentist");
    let ran = eva.types("rotation take 2026.11.26 --yes").ok();
    ran.says("eva serves on 2026.11.26 in place of mat, who takes their next turn");
    assert_eq!(duty(&world, "2026.11.26"), (json!("eva"), Value::Null));
    assert_eq!(duty(&world, "2026.12.10").0, "mat", "eva's turn is mat's now");
    eva.types("rotation take 2026.11.26 --yes").ok().says("eva serves on 2026.11.26 already");
    world
        .hero("kumar")
        .types("rotation take 2026.11.26 --yes")
        .expect_code(3)
        .says("eva serves it");
    assert_eq!(
        told(&world),
        [
            "offered all: amo: mat offers 2026.11.26 to whoever of the heroes takes it",
            "offer_declined mat: amo: kumar does not take 2026.11.26",
            "swapped mat: amo: eva serves 2026.11.26 in place of mat",
        ]
    );
    let log = mat.types("log").ok();
    log.says("offered 2026.11.26 to whoever of the heroes takes it")
        .says("declined 2026.11.26, which mat offers: I am at the dentist")
        .says("swapped mat for eva on 2026.11.26");
}

#[test]
fn an_offer_to_one_waits_for_them_and_is_taken_back_or_declined() {
    let world = team();
    let (mat, kumar) = (world.hero("mat"), world.hero("kumar"));
    mat.types("rotation away eva 2027.01.01 2027.01.02 --yes").ok();
    mat.types("rotation offer 2026.11.26 kumar --yes").ok();
    mat.types("schedule").ok().says("offered to kumar");
    world
        .hero("eva")
        .types("rotation take 2026.11.26 --yes")
        .expect_code(3)
        .says("offered to kumar");
    kumar.types("rotation keep 2026.11.26 --yes").expect_code(3).says("mat is");
    mat.types("rotation keep 2026.11.26 --yes").ok().says("not offered any more");
    mat.types("rotation keep 2026.11.26 --yes").ok().says("nothing of 2026.11.26 is offered");
    let ran = kumar.types("rotation take 2026.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ nobody offers 2026.11.26: mat serves it.
      → `pushduty rotation` shows what is offered; ask mat.
    ");
    mat.types("rotation offer 2026.11.26 kumar --yes").ok();
    kumar.types("rotation decline 2026.11.26 --yes").ok();
    let (_, offer) = duty(&world, "2026.11.26");
    assert_eq!((&offer["stands"], &offer["declined"][0]["by"]), (&json!(false), &json!("kumar")));
    kumar.types("rotation decline 2026.11.26 --yes").ok().says("has declined");
    let told = told(&world);
    let first = "offered kumar: amo: mat offers you 2026.11.26";
    assert_eq!(told, [first, first, "offer_declined mat: amo: kumar does not take 2026.11.26"]);
}

#[test]
fn what_can_not_be_offered_is_refused_and_nothing_is_recorded() {
    let world = team();
    world.hero("mat").types("rotation away eva 2026.11.24 2026.11.27 --yes").ok();
    let before = everything(&world, &[]);
    for (who, line, code) in [
        ("kumar", "offer 2026.11.26", 3),
        ("mat", "offer 2026.11.26 dora", 3),
        ("mat", "offer 2026.11.26 mat", 3),
        ("mat", "offer 2026.11.26 eva", 3),
        ("mat", "offer 2026.11.26 zed", 2),
        ("mat", "offer 2026.11.25", 3),
        ("mat", "offer 2026.11.19", 3),
        ("zed", "offer 2026.11.26", 3),
        ("zed", "take 2026.11.26", 3),
        ("kumar", "take 2026.11.26", 3),
        ("kumar", "decline 2026.11.26", 3),
        ("kumar", "keep 2026.11.26", 3),
    ] {
        let line = format!("rotation {line} --yes");
        let ran = world.as_person(who).types(&line).expect_code(code);
        assert!(failure(&world, &ran).contains("  → "), "{line}: {ran}");
        assert_eq!(everything(&world, &[]), before, "{line}");
    }
}

#[test]
fn an_offer_is_over_when_somebody_else_serves_the_push() {
    let world = team();
    let mat = world.hero("mat");
    mat.types("rotation offer 2026.11.26 --yes").ok();
    mat.types("rotation swap 2026.11.26 kumar --yes").ok();
    assert_eq!(duty(&world, "2026.11.26"), (json!("kumar"), Value::Null));
    world.hero("eva").types("rotation take 2026.11.26 --yes").expect_code(3);
    // It is kumar's to offer now.
    world.hero("kumar").types("rotation offer 2026.11.26 eva --yes").ok();
    world.hero("kumar").types("cancel --push 2026.11.26 --because rain --yes").ok();
    world.hero("eva").types("rotation take 2026.11.26 --yes").expect_code(3).says("does not run");
}
