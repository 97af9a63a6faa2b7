//! What services show, and what the commands that look make of it: the truth with its age, or that it is not known.

use serde_json::Value;
use testkit::{Answer, PushDuty, Remote, Services};

use crate::scene::{Scene, alone, of, train};

/// A server tagged last week with a commit since, and its services as a test sets them up.
fn server() -> Remote {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    server
}

fn service<'a>(told: &'a Value, environment: &str) -> &'a Value {
    let all = told["environments"].as_array().expect("environments");
    let own = all.iter().find(|e| e["name"] == environment);
    &own.unwrap_or_else(|| panic!("{environment} is in {told}"))["services"][0]
}

/// Cuts, starts, deploys by hand and finishes the push of this week.
fn a_push_goes_by(world: &PushDuty, server: &Remote, services: &Services) {
    let (mat, jason) = (world.hero("mat"), world.ops("jason"));
    mat.types("tag --yes").ok();
    let digest = jason.reads("start --dry-run")["digest"].as_str().expect("a digest").to_owned();
    jason.types(&format!("start --yes --if {digest}")).ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    jason.types("watch production --once").ok();
    mat.types("finish --yes").ok();
}

#[test]
fn where_stands_by_what_an_environment_showed_before_it_failed() {
    let server = server();
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    let commit = server.commit_of("2026.11.19");
    let look = |told: &Value| told["repos"][0]["environments"].clone();
    let line = format!("where server:{commit}");
    // It never answered: nothing is known, and nothing is made up.
    services.answers("production-server", &[Answer::Status(503)]);
    assert_eq!(look(&world.hero("mat").reads(&line)), serde_json::json!([]));
    services.runs("production-server", "2026.11.19", &commit);
    let told = world.hero("mat").reads(&line);
    assert_eq!(
        told["repos"][0]["answer"],
        "in production with 2026.11.19 since Tue 24 Nov 09:00 UTC"
    );
    assert_eq!(look(&told)[0]["failing"], Value::Null);
    services.answers("production-server", &[Answer::Status(503)]);
    world.at("2026-11-24T12:00:00Z");
    let told = world.hero("mat").reads(&line);
    let on = &look(&told)[0];
    assert_eq!(on["observed_at"], "2026-11-24T09:00:00+00:00");
    assert!(on["failing"].as_str().is_some_and(|why| why.contains("503")), "{on}");
    let ran = world.hero("mat").types(&line).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout));
    let ran = world.hero("mat").types("status").ok();
    ran.says("failing").says("showed 2026.11.19 3 h ago");
    // What still answers shows something else: what was seen before is no more the truth.
    let other = Answer::Version("2026.11.12".to_owned(), server.oid("main"));
    services.answers("production-server", &[other]);
    assert_eq!(look(&world.hero("mat").reads(&line))[0]["version"], "2026.11.12");
}

#[test]
fn a_fleet_of_which_some_fail_and_others_show_something_else_is_not_known() {
    let server = server();
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 2);
    let commit = server.commit_of("2026.11.19");
    let look = || {
        let told = world.hero("mat").reads(&format!("where server:{commit}"));
        told["repos"][0]["environments"].clone()
    };
    services.runs("production-server", "2026.11.19", &commit);
    assert_eq!(look()[0]["version"], "2026.11.19");
    let same = Answer::Version("2026.11.19".to_owned(), commit.clone());
    services.answers("production-server", &[same, Answer::Status(503)]);
    assert_eq!(look()[0]["version"], "2026.11.19");
    let other = Answer::Version("2026.11.12".to_owned(), "c".repeat(40));
    services.answers("production-server", &[other, Answer::Status(503)]);
    assert_eq!(look(), serde_json::json!([]));
}

#[test]
fn where_says_on_how_many_samples_a_commit_is_and_what_is_not_known() {
    let server = server();
    let services = Services::new();
    let world = alone(&server).service("stage", "server", &services, 5);
    let world = world.service("dev", "server", &services, 1);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let of = |tag: &str| Answer::Version(tag.to_owned(), server.commit_of(tag));
    let [new, old] = ["2026.11.26", "2026.11.19"].map(of);
    let mixed = [new.clone(), new.clone(), new, old.clone(), old];
    services.answers("stage-server", &mixed);
    services.answers("dev-server", &[Answer::Status(503)]);
    let line = format!("where server:{}", server.oid("main"));
    let repo = mat.reads(&line)["repos"][0].clone();
    assert_eq!(
        repo["answer"],
        "in 2026.11.26, which leaves Thu 26 Nov 09:00 UTC; stage shows it on 3 of 5 samples"
    );
    assert_eq!(repo["leaves_at"], "2026-11-26T09:00:00+00:00");
    assert_eq!(repo["environments"], serde_json::json!([]));
    let unclear = |repo: &Value, name: &str| {
        let all = repo["unclear"].as_array().expect("what is not clear");
        let own = all.iter().find(|one| one["name"] == name);
        own.map(|one| (one["with"].as_u64(), one["of"].as_u64()))
    };
    assert_eq!(unclear(&repo, "stage"), Some((Some(3), Some(5))));
    assert_eq!(unclear(&repo, "dev"), Some((None, None)));
    mat.types(&line).ok().says("stage: on 3 of 5 samples").says("dev: not known");
    // What both versions have is on all of them, and what neither has on none: that is clear.
    let both = mat.reads(&format!("where server:{}", server.commit_of("2026.11.19")));
    assert_eq!(unclear(&both["repos"][0], "stage"), Some((Some(5), Some(5))));
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    let neither = mat.reads(&format!("where server:{late}"));
    assert_eq!(unclear(&neither["repos"][0], "stage"), None);
    // Of a sample that fails, or shows what nobody knows, nothing is made up.
    let other = Answer::Version("by-hand".to_owned(), "c".repeat(40));
    let broken = [mixed[0].clone(), other, Answer::Status(503), mixed[3].clone(), mixed[4].clone()];
    services.answers("stage-server", &broken);
    assert_eq!(unclear(&mat.reads(&line)["repos"][0], "stage"), Some((Some(1), Some(5))));
    services.answers("stage-server", &broken[1..]);
    assert_eq!(unclear(&mat.reads(&line)["repos"][0], "stage"), Some((None, None)));
}

#[test]
fn a_pick_is_on_main_by_what_it_was_picked_from() {
    let scene = Scene::new().cut();
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    scene.mat().types(&format!("pick server:{late} --yes")).ok();
    let made = scene.server.commit_of("2026.11.26-1");
    let place = |named: &str| {
        let told = scene.mat().reads(&format!("where server:{named}"));
        told["repos"][0].clone()
    };
    let origin = place(&late);
    assert_eq!((&origin["on_main"], &origin["on_main_as"]), (&true.into(), &Value::Null));
    for named in [made.as_str(), "2026.11.26-1"] {
        let pick = place(named);
        assert_eq!(pick["commit"], made.as_str());
        assert_eq!(
            (&pick["on_main"], &pick["on_main_as"]),
            (&true.into(), &late.as_str().into()),
            "{named}"
        );
        assert_eq!(pick["on_main_since"], origin["on_main_since"]);
    }
    let ran = scene.mat().types(&format!("where server:{made}")).ok();
    ran.says("on main since").says(&format!(" as {}", &late[..10]));
    // What was picked from a branch is on main by no name.
    scene.server.branch("topic", "main");
    let topic = scene.server.commit_on("topic", &[("topic", "topic")], "Stay on a branch");
    scene.mat().types(&format!("pick server:{topic} --off-main --yes")).ok();
    let pick = place("2026.11.26-2");
    assert_eq!((&pick["on_main"], &pick["on_main_as"]), (&false.into(), &Value::Null));
    // Taken off again, it is the commit of main that would be picked.
    scene.mat().types(&format!("pick --drop server:{late} --yes")).ok();
    let dropped = place(&made);
    let command = dropped["command"].as_str().expect("a command");
    assert!(command.ends_with(&format!("server:{}", &late[..10])), "{dropped}");
}

#[test]
fn a_commit_that_no_remote_has_is_not_known_and_stops_nothing() {
    let server = server();
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    services.runs("production-server", "by-hand", &"c".repeat(40));
    let told = world.hero("mat").reads(&format!("where server:{}", server.commit_of("2026.11.19")));
    assert_eq!(told["repos"][0]["environments"], serde_json::json!([]));
    // A tag's name at another commit than the tag's: what runs is that commit.
    services.runs("production-server", "2026.11.19", &server.oid("main"));
    let told = world.hero("mat").reads(&format!("where server:{}", server.oid("main")));
    assert_eq!(told["repos"][0]["environments"][0]["name"], "production");
}

#[test]
fn where_names_the_newest_tag_that_has_a_commit_and_the_one_that_had_it_first() {
    let scene = Scene::new().cut();
    let form = scene.server.oid("main");
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    scene.mat().types(&format!("pick server:{late} --yes")).ok();
    let told = scene.mat().reads(&format!("where server:{form}"));
    let tag = &told["repos"][0]["tags"][0];
    assert_eq!((&tag["tag"], &tag["newest"]), (&"2026.11.26".into(), &"2026.11.26-1".into()));
    let ran = scene.mat().types(&format!("where server:{form}")).ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    server [oid] Add a form (Ann Author)
      in 2026.11.26-1, which leaves Thu 26 Nov 09:00 UTC; first in 2026.11.26.
      on main since Mon 16 Nov 09:07
      in 2026.11.26-1, first in 2026.11.26
    ");
}

#[test]
fn a_version_that_is_no_tag_is_not_known_and_any_tag_is_one() {
    let server = server();
    server.annotated_tag("1.0", "main", "of another time");
    let services = Services::running(&[("dev-server", "main-4711"), ("stage-server", "1.0")]);
    let world = alone(&server).service("dev", "server", &services, 1);
    let world = world.service("stage", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();
    for environment in ["dev", "stage"] {
        world.hero("mat").types(&format!("watch {environment} --once")).expect_code(1);
    }
    let told = world.hero("mat").reads("status");
    let dev = service(&told, "dev");
    assert_eq!(
        (&dev["state"], &dev["note"], &dev["expected"]),
        (
            &"unknown".into(),
            &"it shows “main-4711”, which is no tag of server".into(),
            &"2026.11.26".into()
        )
    );
    let stage = service(&told, "stage");
    assert_eq!((&stage["state"], &stage["note"]), (&"old".into(), &Value::Null));
    world.hero("mat").types("status").ok().says("it shows “main-4711”, which is no tag of server");
}

#[test]
fn between_pushes_environments_are_held_beside_what_the_last_push_left() {
    let server = server();
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = alone(&server).service("production", "server", &services, 1);
    world.hero("mat").types("watch production --once").expect_code(1);
    let told = world.hero("mat").reads("status");
    let before = service(&told, "production");
    assert_eq!((&before["state"], &before["expected"]), (&"unknown".into(), &Value::Null));
    a_push_goes_by(&world, &server, &services);
    world.at("2026-11-28T09:00:00Z");
    let told = world.hero("mat").reads("status");
    assert_eq!((&told["push"], &told["state"]), (&"2026.12.03".into(), &"open".into()));
    let after = service(&told, "production");
    assert_eq!((&after["state"], &after["expected"]), (&"current".into(), &"2026.11.26".into()));
    assert_eq!(after["note"], Value::Null);
    // That is not what `watch` waits for: the push that it follows has no tag yet.
    let ran = world.hero("mat").types("watch production --once --json").expect_code(1);
    assert_eq!(ran.json()["arrived"], false);
    services.runs("production-server", "2026.11.19", &server.commit_of("2026.11.19"));
    world.hero("mat").types("watch production --once").expect_code(1);
    let told = world.hero("mat").reads("status");
    let back = service(&told, "production");
    assert_eq!(
        (&back["state"], &back["note"]),
        (&"old".into(), &"the last push left 2026.11.26".into())
    );
}

#[test]
fn before_the_cut_stage_is_not_staged_by_what_the_last_push_left() {
    let server = server();
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = alone(&server).service("production", "server", &services, 1);
    let world = world.service("stage", "server", &services, 1);
    services.answers("stage-server", &[Answer::Status(503)]);
    a_push_goes_by_without_stage(&world, &server, &services);
    world.at("2026-11-28T09:00:00Z");
    services.runs("stage-server", "2026.11.26", &server.commit_of("2026.11.26"));
    world.hero("mat").types("watch stage --once").expect_code(1);
    let told = world.hero("mat").reads("status");
    assert_eq!(service(&told, "stage")["state"], "current");
    let staged = told["gates"].as_array().expect("gates").iter().find(|g| g["name"] == "staged");
    assert_eq!(staged.expect("a gate")["state"], "wait", "{told}");
}

/// The same where stage fails: it ends for a reason.
fn a_push_goes_by_without_stage(world: &PushDuty, server: &Remote, services: &Services) {
    let (mat, jason) = (world.hero("mat"), world.ops("jason"));
    mat.types("tag --yes").ok();
    let sheet = "start --override staged --because \"stage is ill\"";
    let digest = jason.reads(&format!("{sheet} --dry-run"))["digest"].clone();
    let digest = digest.as_str().expect("a digest");
    jason.types(&format!("{sheet} --yes --if {digest}")).ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    jason.types("watch production --once").ok();
    mat.types("finish --yes").ok();
}

#[test]
fn compare_names_ten_pull_requests_and_its_document_all() {
    let server = Remote::tagged("server");
    for n in 1..=12 {
        let file = format!("{n}.py");
        server.commit_on("main", &[(&file, "x\n")], &format!("Change it (#{n})"));
    }
    let world = train().repo(&server);
    let told = world.developer("kumar").reads("compare");
    assert_eq!(of(&told, "server")["pull_requests"].as_array().map(Vec::len), Some(12));
    let ran = world.developer("kumar").types("compare").ok();
    let line = ran.stdout.lines().find(|line| line.contains("pull requests")).expect("a line");
    assert_eq!(line.matches('#').count(), 10, "{line}");
    assert!(line.ends_with(" and 2 more"), "{line}");
}

#[test]
fn a_revert_says_who_takes_back_whose_commit() {
    let scene = Scene::new();
    let bad = scene.server.commit_as(
        "Kumar <kumar@example.org>",
        "main",
        &[("bad.py", "bad\n")],
        "Break the form",
    );
    let scene = scene.cut();
    let plan = scene.mat().reads(&format!("pick --revert server:{bad} --dry-run"));
    let planned = of(&plan, "server")["picks"][0].clone();
    assert_eq!((&planned["reverted"], &planned["whose"]), (&true.into(), &"Kumar".into()));
    let by = planned["author"].as_str().expect("an author").to_owned();
    assert_ne!(by, "Kumar");
    let ran = scene.mat().types(&format!("pick --revert server:{bad} --yes")).ok();
    ran.says(&format!("(of Kumar, taken back by {by})"));
    let told = scene.mat().reads("status");
    let kept = &of(&told, "server")["picks"][0];
    assert_eq!((&kept["author"], &kept["whose"]), (&by.as_str().into(), &"Kumar".into()));
    scene.mat().types("status").ok().says(&format!("(of Kumar, taken back by {by})"));
    // A pick is its author's.
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    let plan = scene.mat().reads(&format!("pick server:{late} --dry-run"));
    let picked = &of(&plan, "server")["picks"][0];
    assert_eq!((&picked["author"], &picked["whose"]), (&"Ann Author".into(), &Value::Null));
}

#[test]
fn the_right_tag_at_another_commit_is_told_with_both() {
    let server = server();
    let services = Services::new();
    let world = alone(&server).service("stage", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();
    let (tag, other) = (server.commit_of("2026.11.26"), "b".repeat(40));
    services.runs("stage-server", "2026.11.26", &other);
    world.hero("mat").types("watch stage --once").expect_code(1);
    let told = world.hero("mat").reads("status");
    let words = format!("it shows 2026.11.26 at bbbbbbbbbb, but that tag is on {}", &tag[..10]);
    assert_eq!(service(&told, "stage")["note"], words.as_str());
    world.hero("mat").types("status").ok().says(&words);
}
