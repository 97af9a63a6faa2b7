//! Tasks: out of trailers, ticked for each environment, in their order.

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::scene::{Scene, failure, train};

fn text(world: &PushDuty, which: &str) -> String {
    world.hero("mat").reads(&format!("notes show {which}"))["text"]
        .as_str()
        .expect("a page")
        .to_owned()
}

fn set(world: &PushDuty, page: &str, which: &str) {
    std::fs::write(world.dir().join("notes.md"), page).expect("a file to set");
    world.hero("mat").types(&format!("notes set notes.md {which} --yes")).ok();
}

fn texts(document: &Value) -> Vec<&str> {
    let tasks = document["tasks"].as_array().expect("tasks");
    tasks.iter().map(|task| task["text"].as_str().expect("a text")).collect()
}

fn with_task(remote: &Remote, file: &str, message: &str) -> String {
    remote.commit("main").file(file, file).message(message.as_bytes()).make()
}

#[test]
fn trailers_become_tasks_of_the_push_that_first_has_their_commit_each_once() {
    let scene = Scene::new();
    let world = &scene.world;
    let first = with_task(
        &scene.server,
        "a",
        "A\n\nPush-Task: reindex on stage\nPush-Task: flip it (DONE)\n",
    );
    scene.mat().types("tag --yes").ok();
    let told = scene.mat().reads("task list --this");
    let short = &first[..10];
    let reindex = format!("reindex on stage (server@{short})");
    assert_eq!(
        texts(&told),
        [reindex.as_str(), &format!("do what the Push-Task of server@{short} says")]
    );
    assert_eq!(told["tasks"][0]["when"], "before_push");
    // Taken out by a person, it does not come back with the next tag; that one brings its own.
    let page = text(world, "");
    set(world, &page.replace(&format!("* {reindex}\n"), ""), "");
    let second = with_task(&scene.server, "b", "B\n\nPush-Task: warm the cache\n");
    scene.mat().types(&format!("pick server:{second} --yes")).ok();
    let warm = format!("warm the cache (server@{})", &second[..10]);
    let told = scene.mat().reads("task list --this");
    assert_eq!(texts(&told)[1..], [warm.as_str()]);
    assert!(!text(world, "").contains("reindex"));
    // The next push has the commit itself: its task was for the push that had it first.
    scene
        .mat()
        .types(&format!("task done {} --this --yes", told["tasks"][1]["id"].as_str().unwrap()))
        .ok();
    with_task(&scene.server, "c", "C\n\nPush-Task: tell the list\n");
    world.at("2026-12-01T09:00:00Z");
    world.hero("eviljeff").types("tag --yes").ok();
    let told = world.hero("eviljeff").reads("task list --this");
    let own: Vec<&str> = texts(&told).into_iter().filter(|t| !t.contains("(from ")).collect();
    assert!(own.len() == 1 && own[0].starts_with("tell the list (server@"), "{told}");
    world.hero("mat").types("verify").ok();
}

#[test]
fn a_trailer_says_by_its_first_word_when_its_task_is_due() {
    let scene = Scene::new();
    let said = [
        ("after-done: tell support", "after_done", "tell support"),
        ("Before_Start: warm the cache", "before_start", "warm the cache"),
        ("before-promote: flip it", "before_promote", "flip it"),
        ("after: flip it", "before_push", "after: flip it"),
        ("after-done:", "before_push", "after-done:"),
    ];
    let trailers: String =
        said.iter().map(|(trailer, ..)| format!("Push-Task: {trailer}\n")).collect();
    let commit = with_task(&scene.server, "a", &format!("A\n\n{trailers}"));
    scene.mat().types("tag --yes").ok();
    let told = scene.mat().reads("task list --this");
    let tasks = told["tasks"].as_array().unwrap();
    for (trailer, when, text) in said {
        let text = format!("{text} (server@{})", &commit[..10]);
        let task = tasks.iter().find(|task| task["text"] == text.as_str());
        assert_eq!(task.map(|task| &task["when"]), Some(&when.into()), "{trailer}: {told:#}");
    }
    assert_eq!(tasks.len(), said.len());
    // Another tag brings none of them again, wherever they stand.
    scene.mat().types("tag --again --because rebuild --yes").ok();
    assert_eq!(scene.mat().reads("task list --this")["tasks"], told["tasks"]);
}

#[test]
fn a_trailer_that_tells_of_a_fix_waits_until_it_is_public() {
    let server = Remote::tagged("server");
    let twin = server.twin();
    twin.branch("fix-session-7", "main");
    twin.commit_on("fix-session-7", &[("fix.py", "fix\n")], "Fix");
    let world =
        train().person("sec", &["security", "hero"]).repo(&server).security_twin("server", &twin);
    world.security("sec").types("security list").ok();
    with_task(&server, "a", "A\n\nPush-Task: see fix-session-7 first\nPush-Task: tell the list\n");
    world.hero("sec").types("tag --without-security --because later --yes").ok();
    let told = world.hero("mat").reads("task list --this");
    assert!(texts(&told).len() == 1 && texts(&told)[0].starts_with("tell the list"), "{told}");
    twin.delete_ref("refs/heads/fix-session-7");
    world.security("sec").types("security list").ok();
    world.hero("sec").types("tag --again --because rebuild --yes").ok();
    let told = world.hero("mat").reads("task list --this");
    assert!(texts(&told)[1].starts_with("see fix-session-7 first"), "{told}");
}

#[test]
fn a_task_is_ticked_for_each_of_its_environments() {
    let services = testkit::Services::running(&[("stage-server", "1"), ("production-server", "1")]);
    let scene = Scene::new();
    let Scene { server, web, world } = scene;
    let world = world.service("stage", "server", &services, 1).service(
        "production",
        "server",
        &services,
        1,
    );
    let _remotes = (server, web);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    mat.types("task add \"deploy customs on stage and production\" --this --yes").ok();
    mat.types("task add \"flip the switch after: deploy customs\" --this --yes").ok();
    let ran = mat.types("task done t1 --on stage --this --yes").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    t1 of 2026.11.26 is done on stage: deploy customs on stage and production.
      - * deploy customs on stage and production
      + * deploy customs on stage and production (done on stage)
    ✓ version 4 of the notes of 2026.11.26
      t1 reworded  deploy customs on stage and production (done on stage)
    ");
    let task = &mat.reads("status")["tasks"][0];
    assert_eq!(
        (&task["done"], &task["environments"], &task["done_on"]),
        (&json!(false), &json!(["stage", "production"]), &json!(["stage"]))
    );
    let listed = mat.types("task list --this").ok();
    insta::assert_snapshot!(world.tidy(&listed.stdout), @"
    rehearsal
    Tasks of 2026.11.26
      before we push
        ○ t1 deploy customs on stage and production (done on stage)  left: production
        ○ t2 flip the switch after: deploy customs
    ");
    let refused = mat.types("task done t1 --on dev --this --yes").expect_code(2);
    insta::assert_snapshot!(failure(&world, &refused), @"
    ✗ t1, “deploy customs on stage and production (done on stage)”, does not name “dev”.
      → it names stage and production.
    ");
    assert_eq!(mat.reads("task done t1 --on stage --this --yes")["changed"], false);
    mat.types("task done t1 --on prod --this --yes").ok();
    assert!(
        text(&world, "")
            .contains("* deploy customs on stage and production (done on stage, production)\n")
    );
    assert_eq!(mat.reads("status")["tasks"][0]["done"], true);
    let gate = mat.reads("status")["gates"].clone();
    let tasks = gate.as_array().unwrap().iter().find(|gate| gate["name"] == "tasks").unwrap();
    assert!(tasks["why"].as_str().unwrap().contains("t2"), "{tasks}");
}

#[test]
fn the_run_sheet_has_the_tasks_in_the_order_in_which_they_are_done() {
    let scene = Scene::new().cut();
    let mat = scene.mat();
    for (when, text) in [
        ("after-done", "tell the list"),
        ("before-push", "flip the switch after: deploy customs"),
        ("before-start", "call ops"),
        ("before-push", "deploy customs after: t5"),
        ("before-push", "run the migration"),
    ] {
        mat.types(&format!("task add \"{text}\" --when {when} --this --yes")).ok();
    }
    let named = |told: &Value| -> Vec<String> {
        let tasks = told["tasks"].as_array().unwrap_or_else(|| panic!("tasks in {told}"));
        tasks
            .iter()
            .map(|task| task["id"].as_str().expect("a task has a name").to_owned())
            .collect()
    };
    let sheet = mat.reads("start --dry-run");
    assert_eq!(named(&sheet), ["t5", "t4", "t2", "t3", "t1"]);
    assert_eq!(named(&mat.reads("status")), named(&sheet));
    assert_eq!(named(&mat.reads("task list --this")), named(&sheet));
}

#[test]
fn the_hero_s_line_follows_a_swap_where_the_machine_wrote_it() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    scene.mat().types("rotation swap 2026.12.03 jason --yes").ok();
    let next = text(world, "--push 2026.12.03");
    assert!(next.starts_with("This week's push hero is ~~eviljeff~~ jason\n"), "{next}");
    scene.mat().types("rotation swap 2026.11.26 jason --yes").ok();
    assert!(text(world, "").starts_with("This week's push hero is ~~mat~~ jason\n"));
    // A line that a person worded is theirs.
    let page = text(world, "--push 2026.12.03");
    let own = page.replace("hero is ~~eviljeff~~ jason", "hero is jason, with cake");
    set(world, &own, "--push 2026.12.03");
    scene.mat().types("rotation swap 2026.12.03 eviljeff --yes").ok();
    assert_eq!(text(world, "--push 2026.12.03"), own);
}

#[test]
fn a_blocker_without_an_owner_has_one_proposed_and_none_assigned() {
    let server = Remote::tagged("server");
    let login = server
        .commit("main")
        .file("src/users/login.py", "login\n")
        .author("Kumar <kumar@example.org>")
        .subject("Rework the form")
        .make();
    let world = train().repo(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    mat.types("block \"login is broken\" --yes").ok();
    mat.types("block \"the moon is gone\" --yes").ok();
    mat.types("block \"login is slow\" --owner mat --yes").ok();
    let told = mat.reads("status");
    let blockers = told["blockers"].as_array().unwrap();
    assert_eq!(blockers[0]["propose"]["owner"], "kumar");
    let because = format!(
        "wrote server@{} “Rework the form”, which touches “src/users/login.py”",
        &login[..10]
    );
    assert_eq!(blockers[0]["propose"]["because"], because);
    assert_eq!((&blockers[1]["propose"], &blockers[2]["propose"]), (&json!(null), &json!(null)));
    assert_eq!(blockers[0]["owner"], json!(null));
    let ran = mat.types("notes check").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ◆ nobody owns b1 “login is broken”.
      → perhaps kumar, who wrote server@[oid] “Rework the form”, which touches “src/users/login.py”.
    ◆ nobody owns b2 “the moon is gone”.
    ");
    let page = text(&world, "");
    assert!(page.contains("* login is broken\n"), "nobody is written in: {page}");
}
