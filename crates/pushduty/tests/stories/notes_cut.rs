//! The notes open at the cut, and follow what is tagged.

use serde_json::json;
use testkit::{PushDuty, Remote};

use crate::scene::train;

/// A train whose compare links have a host; both repositories have something new.
fn linked() -> (Remote, Remote, PushDuty) {
    let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
    let mut world = train();
    for remote in [&server, &web] {
        let name = remote.name();
        let compare =
            format!("compare = \"https://code.example.org/{name}/compare/{{base}}...{{head}}\"");
        world = world.repo_at(name, &remote.url(), &compare);
    }
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    web.commit_on("main", &[("page.js", "page\n")], "Add a page");
    (server, web, world)
}

fn raw(world: &PushDuty, line: &str) -> String {
    world.hero("mat").types(&format!("notes show --raw {line}")).ok().stdout
}

#[test]
fn the_page_opens_at_the_cut_with_its_links_and_so_does_the_next_one() {
    let (_server, _web, world) = linked();
    let before = world.hero("mat").reads("notes show");
    assert_eq!((&before["opened"], &before["version"]), (&json!(false), &json!(0)));
    world.hero("mat").types("tag --yes").ok();
    insta::assert_snapshot!(raw(&world, ""), @"
    This week's push hero is mat

    Notable things shipping:


    Blockers:


    To pick.  Link to the actual commits - NOT the merge commits.  This list needs
    to be in chronological order, first to cherry-pick on top.:


    Pushing:

        https://code.example.org/server/compare/2026.11.19...2026.11.26
        https://code.example.org/web/compare/2026.11.19...2026.11.26


    Before we push:

    -------------------------------------------------------------------------------
    Before we start:


    After we're done:


    start: 
    end:
    ");
    let next = world.hero("mat").reads("notes show --next");
    assert_eq!(
        (&next["push"], &next["opened"], &next["version"]),
        (&json!("2026.12.03"), &json!(true), &json!(1))
    );
    assert!(next["text"].as_str().unwrap().starts_with("This week's push hero is eviljeff\n"));
    let log = world.hero("mat").reads("log --push 2026.11.26");
    let words: Vec<&str> =
        log["entries"].as_array().unwrap().iter().filter_map(|e| e["words"].as_str()).collect();
    assert_eq!(
        &words[words.len() - 2..],
        [
            "opened the notes of 2026.11.26, version 1",
            "brought the notes of 2026.11.26 up to what was done, version 2"
        ]
    );
}

#[test]
fn what_people_wrote_before_the_cut_stays_and_a_stay_is_said() {
    let (_server, _web, world) = linked();
    world.hero("mat").types("task add \"run the migration\" --yes").ok();
    world.developer("kumar").types("block \"css is gone\" --push 2026.11.26 --yes").ok();
    world.hero("mat").types("tag --stay web --because \"nothing new\" --yes").ok();
    let text = raw(&world, "");
    assert!(
        text.contains("\n* run the migration\n") && text.contains("\n* css is gone\n"),
        "{text}"
    );
    assert!(text.contains("\n    no web push: nothing new\n"), "{text}");
    assert!(
        text.contains("\n    https://code.example.org/server/compare/2026.11.19...2026.11.26\n")
    );
    let told = world.hero("mat").reads("status");
    let blocker = &told["blockers"][0];
    assert_eq!(
        (&blocker["id"], &blocker["text"], &blocker["open"], &blocker["owner"]),
        (&json!("b2"), &json!("css is gone"), &json!(true), &json!(null))
    );
    let task = &told["tasks"][0];
    assert_eq!(
        (&task["id"], &task["text"], &task["when"], &task["done"]),
        (&json!("t1"), &json!("run the migration"), &json!("before_push"), &json!(false))
    );
}

#[test]
fn why_an_ask_is_made_is_its_words_alone() {
    let (server, _web, world) = linked();
    world.hero("mat").types("tag --yes").ok();
    let late = server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let kumar = world.developer("kumar");
    kumar.types(&format!("ask server:{late} \"needs it (badly)\" --this --yes")).ok();
    let why = || world.hero("mat").reads("notes show")["asks"][0]["why"].clone();
    assert!(raw(&world, "").contains("](https://"), "{}", raw(&world, ""));
    assert_eq!(why(), "needs it (badly)");
    world.hero("mat").types("pick --asked --yes").ok();
    assert!(raw(&world, "").contains(") needs it (badly) (in -1)\n"), "{}", raw(&world, ""));
    assert_eq!(why(), "needs it (badly)");
}

#[test]
fn a_pick_moves_the_link_and_marks_its_line() {
    let (server, _web, world) = linked();
    world.hero("mat").types("tag --yes").ok();
    let late = server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let page = raw(&world, "");
    let asked = page.replace("on top.:\n", &format!("on top.:\n\n* server@{late} please\n"));
    std::fs::write(world.dir().join("notes.md"), asked).unwrap();
    world.developer("kumar").types("notes set notes.md --yes").ok();
    world.hero("mat").types(&format!("pick server:{late} --yes")).ok();
    let text = raw(&world, "");
    assert!(text.contains("/server/compare/2026.11.19...2026.11.26-1\n"), "{text}");
    assert!(text.contains(&format!("* server@{late} please (in -1)\n")), "{text}");
    assert!(text.contains("/web/compare/2026.11.19...2026.11.26\n"), "{text}");
    let again = world.hero("mat").reads("notes show");
    world.hero("mat").types(&format!("pick server:{late} --yes")).ok();
    assert_eq!(world.hero("mat").reads("notes show")["version"], again["version"]);
    let who = world.hero("mat").types("notes show --who").ok();
    let lines: Vec<&str> = who.stdout.lines().filter(|l| !l.contains("pushduty (1)")).collect();
    insta::assert_snapshot!(world.tidy(&lines.join("\n")), @"
    rehearsal
    Notes of 2026.11.26  version 4

    Tue 24 Nov 09:00 pushduty (4)  a1  * server@[oid] please (in -1)
    Tue 24 Nov 09:00 kumar (3)
    Tue 24 Nov 09:00 pushduty (4)          https://code.example.org/server/compare/2026.11.19...2026.11.26-1
    Tue 24 Nov 09:00 pushduty (2)          https://code.example.org/web/compare/2026.11.19...2026.11.26
    ");
}

#[test]
fn a_push_that_is_moved_keeps_its_page() {
    let (_server, _web, world) = linked();
    world.hero("mat").types("task add \"tell the list\" --yes").ok();
    world.hero("mat").types("move 2026.11.27 --yes").ok();
    let moved = world.hero("mat").reads("notes show");
    assert_eq!((&moved["push"], &moved["version"]), (&json!("2026.11.27"), &json!(2)));
    assert!(moved["text"].as_str().unwrap().contains("* tell the list\n"));
    world.hero("mat").types("tag --yes").ok();
    assert!(raw(&world, "").contains("...2026.11.27\n"));
    let log = world.hero("mat").reads("log --push 2026.11.27");
    let kinds = log["entries"].as_array().unwrap().iter().filter(|e| e["kind"] == "notes_written");
    assert_eq!(kinds.count(), 1, "what was written under the new date is found by it");
}

#[test]
fn a_train_may_bring_its_own_template_and_one_that_is_gone_stops_no_tag() {
    let (_server, _web, world) = linked();
    let world = world.toml("[notes]\ntemplate = \"ours.md\"");
    std::fs::write(
        world.dir().join("ours.md"),
        "# {push}, {hero}\n\n## Blockers\n\n## Pushing\n\n- {links}\n",
    )
    .unwrap();
    world.hero("mat").types("tag --yes").ok();
    let text = raw(&world, "");
    assert!(text.starts_with("# 2026.11.26, mat\n\n## Blockers\n"), "{text}");
    assert!(text.contains("\n- https://code.example.org/web/compare/2026.11.19...2026.11.26\n"));
    std::fs::remove_file(world.dir().join("ours.md")).unwrap();
    world.at("2026-12-01T09:00:00Z");
    let ran = world.hero("eviljeff").types("tag --push 2026.12.03 --again --because x --yes").ok();
    assert!(
        ran.stdout.contains("the notes are not up to date: the template of the notes"),
        "{ran}"
    );
    assert!(raw(&world, "--push 2026.12.03").contains("...2026.12.03\n"), "that was opened before");
    let refused = world.hero("mat").types("notes show --push 2026.12.17").expect_code(2);
    assert!(refused.stderr.contains("the template of the notes"), "{refused}");
}
