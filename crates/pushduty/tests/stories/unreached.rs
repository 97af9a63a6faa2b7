//! One remote is out of reach: what is known of the others is told, and which it is.

use testkit::{Answer, Remote, Services};

use crate::scene::{Scene, alone, failure, of, outcomes};

/// The scene with web's remote put away.
fn without_web() -> Scene {
    let scene = Scene::new();
    std::fs::rename(scene.web.path(), scene.web.path().with_extension("away"))
        .expect("a remote can be put away");
    scene
}

#[test]
fn compare_tells_of_the_others() {
    let scene = without_web();
    let ran = scene.mat().types("compare").expect_code(1);
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    What 2026.11.26 brings

    server  2026.11.19 … main
      1 commit, 1 file, +1 −0
      by Ann Author 1
      [oid]  Mon 16 Nov 09:07  Add a form  Ann Author
    ");
    assert!(failure(&scene.world, &ran).starts_with("✗ web: upstream (“[web]”) has no repository"));
    assert_eq!(ran.stderr.matches('✗').count(), 1, "{ran}");
    let told = scene.mat().reads("compare");
    assert_eq!(
        (&told["error"]["code"], &told["error"]["repo"]),
        (&"unreachable".into(), &"web".into())
    );
    assert_eq!(of(&told, "server")["error"], serde_json::Value::Null);
    let web = of(&told, "web");
    assert_eq!(
        (&web["error"]["exit"], &web["commit_count"]),
        (&1.into(), &serde_json::Value::Null)
    );
    scene.mat().types("compare server").ok();
    assert_eq!(scene.mat().reads("compare web")["error"]["code"], "unreachable");
}

#[test]
fn where_tells_of_the_others() {
    let scene = without_web();
    let form = scene.server.oid("main");
    let ran = scene.mat().types(&format!("where {form}")).expect_code(1);
    let ran = ran.says("Add a form").says("✗ web: upstream");
    assert!(ran.stdout.contains("2026.11.26 will carry it"), "{ran}");
    let told = scene.mat().reads(&format!("where {form}"));
    assert_eq!(of(&told, "server")["commit"], form.as_str());
    assert_eq!(of(&told, "web")["error"]["code"], "unreachable");
    // Whether a commit is nowhere is not known as long as a repository was not asked.
    scene.mat().types("where 3f2a91c0aa").expect_code(1).says("✗ web: upstream");
    scene.mat().types("where server:3f2a91c0aa").expect_code(2);
}

#[test]
fn a_cut_that_can_not_ask_a_repository_failed_there() {
    let scene = without_web();
    let told = scene.mat().reads("tag --dry-run");
    assert_eq!(outcomes(&told), "server 2026.11.26 planned, web - failed");
    assert_eq!(of(&told, "web")["error"]["code"], "unreachable");
    scene.mat().types("tag --dry-run").expect_code(1).says("✗ failed   web");
}

#[test]
fn a_slow_service_hides_none_of_the_others_from_a_watch() {
    let services = Services::new();
    services.answers("stage-web", &[Answer::version("2026.11.26").after_ms(30_000)]);
    let Scene { server, web: _web, world } = Scene::new().cut();
    services.runs("stage-server", "2026.11.26", server.tags()["2026.11.26"].commit.as_str());
    let world =
        world.service("stage", "server", &services, 1).service("stage", "web", &services, 1);
    let ran = world.hero("mat").types("watch stage --limit 1 --every 0.1").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Watching stage for 2026.11.26
    stage
      server  ✓ current  2026.11.26                            [oid]  1 sample  just now
      web     ✗ failing  gave no answer in the time there was  just now
    ");
    // That this look had no more time says nothing of the service: whoever looks next reads that it was not asked yet.
    let kept = world.hero("mat").reads("status");
    let stage = &kept["environments"][0];
    assert_eq!(stage["name"], "stage");
    let states = [0, 1].map(|n| stage["services"][n]["state"].clone());
    assert_eq!(states, ["current", "unknown"]);
    let ran = world.hero("mat").types("watch stage --limit 1 --every 0.1 --json").expect_code(1);
    let looks = ran.json_lines();
    let states = |look: &serde_json::Value| {
        let of =
            |n: usize| look["environment"]["services"][n]["state"].as_str().unwrap().to_owned();
        [of(0), of(1)]
    };
    assert_eq!(looks.iter().map(states).collect::<Vec<_>>(), [["current", "failing"]]);
    // What was there a look ago is not taken for gone because the time of the watch is over.
    services.answers(
        "stage-web",
        &[Answer::version("2026.11.19"), Answer::version("2026.11.19").after_ms(30_000)],
    );
    let ran = world.hero("mat").types("watch stage --limit 1 --every 0.1 --json").expect_code(1);
    assert!(ran.json_lines().iter().all(|look| states(look) == ["current", "old"]), "{ran}");
}

#[test]
fn what_there_is_nothing_of_is_said() {
    let server = Remote::empty("server");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("log").ok().says("Nothing is recorded yet.");
    mat.types("log --push 2026.11.26").ok().says("Nothing of 2026.11.26 is recorded.");
    mat.types("compare").ok().says("server has no commit on main yet.");
    let told = mat.reads("compare");
    assert_eq!(
        (&of(&told, "server")["commit"], &of(&told, "server")["commit_count"]),
        (&serde_json::Value::Null, &0.into())
    );
}

#[test]
fn check_has_a_line_for_each_calendar() {
    let server = Remote::new("server");
    let tables = "[[calendar]]\nfile = \"gone.ics\"\nholds = \"holidays\"\n[[calendar]]\nfile = \"odd.ics\"\nholds = \"absences\"\n\
                  [[calendar]]\nfile = \"fine.ics\"\nholds = \"holidays\"";
    let world = alone(&server).toml(tables);
    std::fs::write(world.dir().join("odd.ics"), "<html>").unwrap();
    std::fs::write(world.dir().join("fine.ics"), "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").unwrap();
    let told = world.hero("mat").reads("check");
    let lines: Vec<String> = told["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["what"] == "calendar")
        .map(|l| format!("{} {}", l["warn"], l["sentence"].as_str().unwrap()))
        .collect();
    insta::assert_snapshot!(world.tidy(&lines.join("\n")), @"
    true a calendar can't be read from [home]/work/gone.ics: No such file or directory (os error 2)
    true [home]/work/odd.ics, line 1: this is no calendar: it does not begin with BEGIN:VCALENDAR
    false [home]/work/fine.ics is read
    ");
}

#[test]
fn a_configuration_that_is_not_there_is_called_as_it_was_named() {
    let world = alone(&Remote::new("server"));
    let mut command = world.command();
    command.current_dir("/").args(["status", "--config", "/nonexist"]);
    world.start_command(&mut command).wait().expect_code(2).says("“/nonexist” is not there");
    world
        .run(&["status", "--config", "../other.toml"])
        .expect_code(2)
        .says("“../other.toml” is not there");
}

#[test]
fn what_the_schedule_was_worked_out_without_is_in_its_document() {
    let server = Remote::new("server");
    let tables = "[[calendar]]\nfile = \"gone.ics\"\nholds = \"holidays\"\n[[calendar]]\nfile = \"odd.ics\"\nholds = \"absences\"";
    let world = alone(&server).toml(tables);
    std::fs::write(world.dir().join("odd.ics"), "<html>").unwrap();
    let told = world.hero("mat").reads("schedule -q --from 2026-11-24 --to 2026-11-27");
    let remarks = told[0]["remarks"].as_array().expect("remarks");
    let remarks: Vec<&str> = remarks.iter().filter_map(|remark| remark.as_str()).collect();
    insta::assert_snapshot!(world.tidy(&remarks.join("\n")), @"
    a calendar is left out: it can't be read from [home]/work/gone.ics: No such file or directory (os error 2)
    a calendar, line 1: this is no calendar: it does not begin with BEGIN:VCALENDAR
    ");
}
