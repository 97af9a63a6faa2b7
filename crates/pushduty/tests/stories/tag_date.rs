//! The date is the push's (P4): in the train's zone, whenever it was cut, and frozen at the first tag.

use testkit::{Remote, Services};

use crate::scene::{Scene, alone, failure, outcomes, tags, train};

#[test]
fn a_cut_late_at_night_still_carries_thursdays_date() {
    let server = Remote::new("server");
    let world = alone(&server).zone("America/Los_Angeles");
    // Wednesday 23:30 in Los Angeles is Thursday in Europe.
    let told = world.at("2026-11-26T07:30:00Z").hero("mat").reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
}

#[test]
fn the_zone_is_the_trains_and_not_the_machines() {
    let server = Remote::new("server");
    let world = alone(&server).zone("Pacific/Auckland");
    // Thursday 08:59 in Auckland: this week's push has not left. A minute later it has.
    let told = world.at("2026-11-25T19:59:00Z").hero("mat").reads("tag --dry-run");
    assert_eq!(outcomes(&told), "server 2026.11.26 planned");
    let told = world.at("2026-11-25T20:00:00Z").hero("mat").reads("tag --dry-run");
    assert_eq!(outcomes(&told), "server 2026.12.03 planned");
}

#[test]
fn a_push_moved_before_its_cut_takes_the_new_date() {
    let scene = Scene::new();
    scene.mat().types("move 2026-11-27 --yes").ok();
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.27 published, web 2026.11.27 published");
}

#[test]
fn a_push_moved_after_its_cut_keeps_its_name_and_tags() {
    let scene = Scene::new().cut();
    let ran = scene.mat().types("move 2026-11-27 --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    2026.11.26 leaves on 2026.11.27; its name and its tags stay.
    ✓ done
    ");
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    scene.world.at("2026-11-26T12:00:00Z");
    let told = scene.mat().reads("tag --again --repo server --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    let status = scene.mat().reads("status");
    assert_eq!(status["push"], "2026.11.26");
    assert_eq!(status["push_at"], "2026-11-27T09:00:00+00:00");
}

#[test]
fn a_past_date_is_refused_and_the_nearest_departure_suggested() {
    let scene = Scene::new();
    let ran = scene.mat().types("tag --push 2025.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2025.11.26 is past.
      → the nearest departure is 2026.11.26; --off-cycle takes a date off the schedule.
    ");
    scene.mat().types("tag --push 2025.11.26 --off-cycle --yes").expect_code(3);
    assert_eq!(tags(&scene.server), ["2026.11.19"]);
}

#[test]
fn a_date_off_the_schedule_needs_to_be_meant() {
    let scene = Scene::new();
    let ran = scene.mat().types("tag --push 2026-11-25 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2026.11.25 is off the schedule.
      → the nearest departure is 2026.11.26; --off-cycle takes a date off the schedule.
    ");
    let told = scene.mat().reads("tag --push 2026-11-25 --off-cycle --yes");
    assert_eq!(outcomes(&told), "server 2026.11.25 published, web 2026.11.25 published");
    let status = scene.mat().reads("status --push 2026.11.25");
    assert_eq!(status["push"], "2026.11.25");
}

#[test]
fn off_cycle_is_harmless_on_the_schedule() {
    let scene = Scene::new();
    scene.mat().types("tag --push 2026.11.26 --off-cycle --yes").ok();
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26"]);
}

#[test]
fn a_skipped_date_is_passed_over_and_refused_by_name() {
    let server = Remote::new("server");
    let world = alone(&server).train_toml("skip = [2026-11-26]");
    let told = world.hero("mat").reads("tag --dry-run");
    assert_eq!(outcomes(&told), "server 2026.12.03 planned");
    let ran = world.hero("mat").types("tag --push 2026.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ 2026.11.26 is skipped in the configuration.
      → the nearest departure is 2026.12.03; --off-cycle takes a date off the schedule.
    ");
    assert!(tags(&server).is_empty());
}

#[test]
fn in_a_freeze_only_ops_may_cut() {
    let server = Remote::new("server");
    let world = train()
        .repo(&server)
        .toml("[[freeze]]\nfrom = 2026-11-25T00:00\nto = 2026-11-30T09:00\nbecause = \"holidays\"\n[people.olga]\nroles = [\"ops\"]");
    let ran = world.hero("mat").types("tag --push 2026.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ 2026.11.26 is frozen: “holidays”.
      → someone with the ops role can cut it with --off-cycle.
    ");
    world.hero("mat").types("tag --push 2026.11.26 --off-cycle --yes").expect_code(3);
    world.hero("mat").types("tag --push 2026.11.27 --off-cycle --yes").expect_code(3);
    assert!(tags(&server).is_empty());
    // Outside a freeze the ops role alone cuts nothing.
    world.as_person("olga").types("tag --push 2026.12.03 --yes").expect_code(3);
    let ran = world.as_person("olga").types("tag --push 2026.11.26 --off-cycle --yes").ok();
    ran.says("overridden, and recorded: freeze: “holidays”");
    assert_eq!(tags(&server), ["2026.11.26"]);
    world.hero("mat").types("log").ok().says("freeze");
}

#[test]
fn in_a_freeze_a_hot_fix_is_for_ops_to_make_and_is_recorded() {
    let server = Remote::tagged("server");
    let services = Services::new();
    services.runs("production-server", "2026.11.19", &server.commit_of("2026.11.19"));
    let world = train()
        .repo(&server)
        .service("production", "server", &services, 1)
        .toml("[[freeze]]\nfrom = 2026-11-20T00:00\nto = 2026-11-30T09:00\nbecause = \"holidays\"\n[people.olga]\nroles = [\"ops\"]");
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    let line = format!("pick --onto production {fix} --because \"logins fail\" --yes");
    let ran = world.hero("mat").types(&line).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ nothing departs now: “holidays”.
      → a hot-fix by someone with the ops role passes, and is recorded.
    ");
    world.as_person("olga").types(&line).ok();
    assert_eq!(tags(&server), ["2026.11.19", "2026.11.19-1"]);
    world.hero("mat").types("log").ok().says("holidays; logins fail");
}

#[test]
fn a_cancelled_push_is_passed_over() {
    let scene = Scene::new();
    scene.mat().types("cancel --because \"nobody is here\" --yes").ok();
    let ran = scene.mat().types("tag --push 2026.11.26 --yes").expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2026.11.26 is cancelled: “nobody is here”.
      → the nearest departure is 2026.12.03; --off-cycle takes a date off the schedule.
    ");
    let told = scene.mat().reads("tag --dry-run");
    assert_eq!(outcomes(&told), "server 2026.12.03 planned, web 2026.12.03 planned");
}

#[test]
fn nonsense_dates_are_a_wrong_use() {
    let scene = Scene::new();
    for date in ["2026.02.30", "2026.13.01", "tomorrow-ish", "2026.11.26-1", "26.11.2026", "--x"] {
        scene.mat().runs(&["tag", "--push", date, "--yes"]).expect_code(2);
    }
    assert_eq!(tags(&scene.server), ["2026.11.19"]);
}

#[test]
fn today_is_a_date_too_and_needs_no_other_word() {
    let scene = Scene::new();
    let told = scene.mat().reads("tag --push today --dry-run");
    assert_eq!(told["push"], "2026.11.24");
    assert_eq!(
        outcomes(&scene.mat().reads("tag --push TODAY --yes")),
        "server 2026.11.24 published, web 2026.11.24 published"
    );
}
