//! The compare base is what production runs; failing that the newest older tag; and it is said which.

use testkit::{Answer, Remote, Services};

use crate::scene::{Scene, alone, of};

/// Two older tags; production runs the first of them.
fn behind() -> (Remote, Services) {
    let server = Remote::new("server");
    let services = Services::new();
    for tag in ["2026.11.12", "2026.11.19"] {
        server.commit_on("main", &[("a", tag)], &format!("Work for {tag}"));
        server.annotated_tag(tag, "main", tag);
    }
    server.commit_on("main", &[("b", "b")], "Go on");
    services.runs("production-server", "2026.11.12", &server.commit_of("2026.11.12"));
    (server, services)
}

fn base(answers: &[Answer]) -> (String, String, u64) {
    let (server, services) = behind();
    if !answers.is_empty() {
        services.answers("production-server", answers);
    }
    let world = alone(&server).service("production", "server", &services, 3);
    let told = world.hero("mat").reads("tag --dry-run");
    let repo = of(&told, "server");
    let text = |key: &str| repo[key].as_str().unwrap_or("-").to_owned();
    (text("base"), text("base_from"), repo["commit_count"].as_u64().expect("commits are counted"))
}

fn found(base: &str, from: &str, commits: u64) -> (String, String, u64) {
    (base.to_owned(), from.to_owned(), commits)
}

#[test]
fn what_production_runs_comes_first() {
    assert_eq!(base(&[]), found("2026.11.12", "production", 2));
}

#[test]
fn what_production_shows_must_be_a_tag_at_that_commit() {
    let wrong =
        Answer::Version("2026.11.12".into(), "0123456789012345678901234567890123456789".into());
    assert_eq!(base(&[wrong]), found("2026.11.19", "older_tag", 1));
    assert_eq!(base(&[Answer::version("2020.01.21-1")]), found("2026.11.19", "older_tag", 1));
}

#[test]
fn half_rolled_silent_and_broken_services_do_not_count() {
    let mixed = [Answer::version("2026.11.12"), Answer::version("2026.11.19")];
    assert_eq!(base(&mixed), found("2026.11.19", "older_tag", 1));
    assert_eq!(base(&[Answer::Status(503)]), found("2026.11.19", "older_tag", 1));
    assert_eq!(
        base(&[Answer::Json("{\"version\": [".into())]),
        found("2026.11.19", "older_tag", 1)
    );
}

#[test]
fn an_older_tag_is_the_newest_of_an_earlier_push_by_date_and_suffix() {
    let server = Remote::new("server");
    for tag in ["2026.11.19-10", "2026.11.19-9", "2026.11.19", "2026.12.24", "2025.12.31-12"] {
        server.tag(tag, "main");
    }
    let world = alone(&server);
    let told = world.hero("mat").reads("tag --dry-run");
    assert_eq!(of(&told, "server")["base"], "2026.11.19-10");
}

#[test]
fn the_tags_of_a_push_that_never_left_are_no_base() {
    let scene = Scene::new().cut();
    scene.mat().types("cancel --because \"the build is broken\" --yes").ok();
    let told = scene.world.at("2026-12-01T09:00:00Z").hero("eviljeff").reads("tag --dry-run");
    assert_eq!(of(&told, "server")["base"], "2026.11.19");
    let status = scene.world.hero("eviljeff").reads("status");
    assert_eq!(of(&status, "server")["base"], "2026.11.19");
}
