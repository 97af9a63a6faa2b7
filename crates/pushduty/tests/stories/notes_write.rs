//! Writing in the notes: pages set and merged, blockers raised and settled, tasks.

use serde_json::{Value, json};
use testkit::{PushDuty, Ran, Remote};

use crate::scene::{Scene, failure};

fn write(world: &PushDuty, text: &str) {
    std::fs::write(world.dir().join("notes.md"), text).expect("a file to set");
}

fn text(world: &PushDuty) -> String {
    world.hero("mat").reads("notes show")["text"].as_str().expect("a page").to_owned()
}

fn blocker(world: &PushDuty) -> Value {
    let told = world.hero("mat").reads("status");
    let first = &told["blockers"][0];
    json!([first["id"], first["open"], first["holds"], first["state"]])
}

#[test]
fn a_page_goes_in_and_out_byte_for_byte() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let page =
        "Blockers:\r\n\r\n*\ttabs\t\u{200b}and é🎉 \r\n```\nopen\n\u{1b}[31m\u{0}no line end";
    write(world, page);
    world.hero("mat").types("notes set notes.md --yes").ok();
    assert_eq!(text(world), page);
    assert_eq!(world.hero("mat").types("notes show --raw").ok().stdout, page);
    let shown = world.hero("mat").types("notes show").ok().stdout;
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    write(world, "");
    world.hero("mat").types("notes set notes.md --yes").ok();
    assert_eq!(text(world), "");
}

#[test]
fn a_plan_is_shown_and_changes_nothing() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let ran =
        world.developer("kumar").types("block \"login is broken\" --owner mat --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    a new blocker of 2026.11.26: login is broken (@mat).
      + * login is broken (@mat)
    ");
    world.developer("kumar").types("block \"login is broken\"").expect_code(2);
    assert_eq!(world.hero("mat").reads("notes show")["version"], 1);
    let ran = world.developer("kumar").types("block \"login is broken\" --owner mat --yes").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    a new blocker of 2026.11.26: login is broken (@mat).
      + * login is broken (@mat)
    ✓ version 2 of the notes of 2026.11.26
      b1 new  login is broken (@mat)
    ");
    let told = world.developer("kumar").reads("block \"css is gone\" --yes");
    assert_eq!(
        (&told["push"], &told["version"], &told["item"], &told["done"]),
        (&json!("2026.11.26"), &json!(3), &json!("b2"), &json!(true))
    );
}

#[test]
fn two_who_write_from_one_version_lose_nothing() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let page =
        text(world).replace("Blockers:\n", "Blockers:\n\n* login is broken\n* css is gone\n");
    write(world, &page);
    world.hero("mat").types("notes set notes.md --yes").ok();
    write(world, &page.replace("* login is broken", "* [x] login is broken").replace("Later", "x"));
    world.hero("eviljeff").types("notes set notes.md --base 2 --yes").ok();
    write(
        world,
        &page
            .replace("* login is broken", "* login is broken on stage")
            .replace("css is gone", "css is gone @kumar"),
    );
    let ran = world.developer("kumar").types("notes set notes.md --base 2 --yes").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    merged with what came after version 2 of the notes of 2026.11.26: 2 lines in, 1 out.
      - * css is gone
      + * login is broken on stage
      + * css is gone @kumar
    ◆ line 8: somebody else changed it too; both are there, yours below.
    ✓ version 4 of the notes of 2026.11.26
      b3 new  login is broken on stage
      b2 reworded  css is gone @kumar
    ");
    let now = text(world);
    assert!(
        now.contains("* [x] login is broken\n* login is broken on stage\n* css is gone @kumar\n"),
        "{now}"
    );
    let told = world.developer("kumar").reads("notes set notes.md --base 2 --dry-run");
    assert_eq!(told["clashes"][0]["base"], "* login is broken\n");
    let late = world.developer("kumar").types("notes set notes.md --base 9 --yes").expect_code(2);
    insta::assert_snapshot!(failure(world, &late), @"
    ✗ the notes of 2026.11.26 are at version 4; there is no version 9.
      → `pushduty notes show --history` lists the versions.
    ");
}

#[test]
fn the_history_says_who_wrote_what_and_gives_every_version_back() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    world.developer("kumar").types("block \"login is broken\" --yes").ok();
    let second = text(world);
    world.hero("mat").types("unblock b1 --because \"fixed on stage\" --yes").ok();
    let ran = world.hero("mat").types("notes show --history").ok();
    let history = ran.stdout.split("end:\n").last().unwrap().trim_start_matches('\n');
    insta::assert_snapshot!(format!("history:\n{}", world.tidy(history)), @"
    history:
       1  Tue 24 Nov 09:00  pushduty for mat  opened
       2  Tue 24 Nov 09:00  kumar
          b1 new  login is broken
       3  Tue 24 Nov 09:00  mat
          b1 done  login is broken
    ");
    let told = world.hero("mat").reads("notes show --at 2");
    assert_eq!((&told["text"], &told["newest"]), (&json!(second), &json!(false)));
    let first = world.hero("mat").types("notes show --at 1 --raw").ok().stdout;
    assert_eq!(first, second.replace("\n\n* login is broken", ""));
    let told = world.hero("mat").reads("notes show --who");
    let lines = told["lines"].as_array().unwrap();
    let at = told["items"][0]["line"].as_u64().unwrap() as usize;
    assert_eq!((&lines[at - 1]["by"], &lines[0]["by"]), (&json!("mat"), &json!("pushduty")));
    assert_eq!(lines.len(), told["text"].as_str().unwrap().lines().count());
    let log = world.hero("mat").types("log --last 2").ok();
    assert!(
        log.stdout.contains("settled b1 of 2026.11.26, “login is broken”: fixed on stage"),
        "{log}"
    );
}

#[test]
fn a_blocker_is_settled_by_those_who_may() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    world.hero("mat").types("block \"login is broken\" --yes").ok();
    assert_eq!(blocker(world), json!(["b1", true, true, "open"]));
    let refused = world.developer("kumar").types("unblock b1 --yes").expect_code(3);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ “kumar” may not settle b1, “login is broken”.
      → ask mat, who raised it, the hero, QA or ops.
    ");
    write(world, &text(world).replace("* login", "* [x] login"));
    world.developer("kumar").types("notes set notes.md --yes").ok();
    assert_eq!(blocker(world), json!(["b1", true, true, "marked"]));
    write(world, &text(world).replace("* [x] login is broken\n", ""));
    world.developer("kumar").types("notes set notes.md --yes").ok();
    assert_eq!(blocker(world), json!(["b1", true, true, "removed"]));
    let shown = world.hero("mat").types("notes show").ok();
    assert!(
        shown
            .stdout
            .contains("b1 “login is broken” was removed by kumar; `pushduty unblock b1` confirms."),
        "{shown}"
    );
    let shown = world.hero("mat").types("status").ok();
    assert!(shown.stdout.contains("✗ b1 login is broken  removed by kumar, confirm"), "{shown}");
    world.ops("jason").types("unblock b1 --yes").ok();
    assert_eq!(blocker(world), json!([null, null, null, null]));
    let told = world.developer("kumar").reads("block \"css is gone\" --yes");
    let id = told["item"].as_str().unwrap();
    assert_eq!(id, "b2", "a number is never given twice");
    world.developer("kumar").types(&format!("unblock {id} --yes")).ok();
    assert_eq!(blocker(world), json!(["b2", false, false, "done"]));
    let again = world.developer("kumar").types(&format!("unblock {id}")).ok();
    assert!(again.stdout.contains("b2 of 2026.11.26 is done already"), "{again}");
    let unknown = world.hero("mat").types("unblock b7 --yes").expect_code(2);
    assert!(unknown.stderr.contains("have no b7"), "{unknown}");
    world.hero("mat").types("unblock t1 --yes").expect_code(2);
}

#[test]
fn tasks_go_to_the_next_push_or_to_this_one() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let mat = world.hero("mat");
    assert_eq!(
        mat.reads("task add \"tell the list\" --when after-done --yes")["push"],
        "2026.12.03"
    );
    let told = mat.reads(
        "task add \"deploy customs on stage\" --when before_start --owner jason --this --yes",
    );
    assert_eq!((&told["push"], &told["item"]), (&json!("2026.11.26"), &json!("t1")));
    mat.types("task add \"flip the switch\" --this --yes").ok();
    mat.types("task done t2 --this --yes").ok();
    let ran = mat.types("task list --this").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Tasks of 2026.11.26
      before we push
        ✓ t2 flip the switch
      before we start
        ○ t1 deploy customs on stage (@jason)  jason
    ");
    let told = mat.reads("task list");
    assert_eq!(told["tasks"][0]["when"], "after_done");
    let status = mat.types("status").ok();
    assert!(
        status.stdout.contains("○ 1 task to do; `pushduty task list --this` has it."),
        "{status}"
    );
    // What the next push does not have is looked for where it is.
    let ran = mat.types("task done t2 --yes").expect_code(2);
    ran.says("2026.11.26 has a task of that name, and is cut: `pushduty task done t2 --this`");
    mat.types("task done t9 --yes").expect_code(2).never_says("--this");
}

#[test]
fn a_stranger_may_only_look() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let stranger = world.as_person("stranger");
    stranger.types("notes show").ok();
    stranger.types("notes check").ok();
    for line in
        ["block \"x is broken\" --yes", "task add \"do it\" --yes", "notes set notes.md --yes"]
    {
        write(world, "mine\n");
        let ran = stranger.types(line).expect_code(3);
        assert!(ran.stderr.contains("may not write in the notes"), "{ran}");
    }
    assert_eq!(world.hero("mat").reads("notes show")["version"], 1);
}

#[test]
fn doubts_are_told_with_their_lines() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    write(world, "This week's push hero is kumr\n\nBlockers:\n\n* a\n```\n");
    let ran: Ran = world.hero("mat").types("notes check notes.md").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ◆ line 1: nobody is called “kumr”.
      → kumar
    ◆ line 6: nothing closes this fence: what follows is read as text.
    ");
    let told = world.hero("mat").reads("notes check");
    assert_eq!((&told["problems"], &told["version"]), (&json!([]), &json!(1)));
}

#[test]
fn many_who_write_at_once_all_get_their_line() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let people = ["mat", "eviljeff", "kumar", "jason", "mat", "kumar"];
    let running: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(at, who)| {
            let line = format!("part {at} is broken");
            world.as_person(who).starts(&["block", &line, "--yes"])
        })
        .collect();
    running.into_iter().for_each(|run| {
        run.wait().ok();
    });
    let told = world.hero("mat").reads("notes show");
    let mut texts: Vec<&str> =
        told["items"].as_array().unwrap().iter().filter_map(|i| i["text"].as_str()).collect();
    texts.sort_unstable();
    let all: Vec<String> = (0..6).map(|at| format!("part {at} is broken")).collect();
    assert_eq!((texts, &told["version"]), (all.iter().map(String::as_str).collect(), &json!(7)));
}

#[test]
fn the_turn_of_another_push_settles_no_blocker_of_this_one() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("ann", &["developer"])
        .person("kumar", &["developer"])
        .rotation(&["mat", "ann"])
        .repo(&server);
    world.hero("mat").types("tag --yes").ok();
    world.developer("kumar").types("block \"login is broken\" --yes").ok();
    // ann is a hero by her turn alone, and the turn is mat's.
    let ran = world.as_person("ann").types("unblock b1 --yes").expect_code(3);
    ran.says("ask kumar, who raised it, the hero, QA or ops");
    let page = text(&world);
    write(&world, &page.replace("* login", "* [x] login"));
    world.as_person("ann").types("notes set notes.md --yes").ok();
    assert_eq!(blocker(&world), json!(["b1", true, true, "marked"]));
    world.hero("mat").types("unblock b1 --yes").ok();
    assert_eq!(blocker(&world), json!(["b1", false, false, "done"]));
}

#[test]
fn a_role_that_is_held_for_turns_settles_no_blocker_of_anothers_push() {
    // All of them have the role; eviljeff takes turns too, and jason takes none.
    let server = Remote::new("server");
    let world = crate::scene::alone(&server);
    world.hero("mat").types("tag --yes").ok();
    world.developer("kumar").types("block login is broken --yes").ok();
    let ran = world.hero("eviljeff").types("unblock b1 --yes").expect_code(3);
    ran.says("“eviljeff” may not settle b1, “login is broken”");
    world.at("2026-12-01T10:00:00Z");
    // On duty for the push after it by then, and that has been enough ever since.
    world.hero("eviljeff").types("unblock b1 --push 2026.11.26 --yes").ok();
}
