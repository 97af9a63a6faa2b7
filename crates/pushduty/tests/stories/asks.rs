//! Asks: by command and in the notes, tried at once, picked all or some, declined, never lost.

use serde_json::{Value, json};
use testkit::{PushDuty, Remote};

use crate::scene::{Scene, failure, of, outcomes, tags};

fn text(world: &PushDuty, which: &str) -> String {
    world.hero("mat").reads(&format!("notes show {which}"))["text"]
        .as_str()
        .expect("a page")
        .to_owned()
}

fn set(world: &PushDuty, page: &str) {
    std::fs::write(world.dir().join("notes.md"), page).expect("a file to set");
}

/// Repository, state and asker of each ask of a document.
fn states(document: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let asks = document["asks"].as_array().expect("asks");
    asks.iter().map(|ask| [&ask["repo"], &ask["state"], &ask["by"]].map(word).join(" ")).collect()
}

fn said(document: &Value) -> Vec<String> {
    let asks = document["asks"].as_array().expect("asks");
    asks.iter().map(|ask| ask["says"].as_str().expect("a sentence").to_owned()).collect()
}

/// Three commits on main: each of the last two needs the one before it.
fn chain(remote: &Remote) -> [String; 3] {
    let one = remote.commit_on("main", &[("README.md", "# begun\n")], "Begin again");
    let two = remote.commit_on("main", &[("README.md", "# begun well\n")], "Begin well");
    let three = remote.commit_on("main", &[("README.md", "# begun very well\n")], "Begin better");
    [one, two, three]
}

#[test]
fn an_ask_by_command_is_written_tried_and_told() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let line = format!("ask server:{} \"login is broken\" --this", &late[..10]);
    let ran = world.developer("kumar").types(&format!("{line} --dry-run")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    server@[oid] “Arrive late” is asked for in 2026.11.26.
      + * server@[oid] login is broken
      ✓ server@[oid] login is broken  kumar
        → applies to 2026.11.26.
    ");
    assert!(!text(world, "").contains(&late), "nothing is written");
    let ran = world.developer("kumar").types(&format!("{line} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    server@[oid] “Arrive late” is asked for in 2026.11.26.
      + * server@[oid] login is broken
    ✓ version 2 of the notes of 2026.11.26
      a1 new  server@[oid] login is broken
      ✓ server@[oid] login is broken  kumar
        → applies to 2026.11.26.
    ");
    assert!(text(world, "").contains(&format!("* server@{late} login is broken\n")));
    let status = world.hero("mat").reads("status");
    let ask = &status["asks"][0];
    assert_eq!(
        [&ask["repo"], &ask["commit"], &ask["by"], &ask["state"], &ask["id"], &ask["why"]],
        ["server", &late, "kumar", "applies", "a1", "login is broken"]
    );
    assert_eq!(
        (&status["next"]["what"], &status["next"]["command"]),
        (&json!("1 ask can be picked"), &json!("pushduty pick --asked"))
    );
    // Once more is the same.
    let told = world.hero("eviljeff").reads(&format!("{line} --yes"));
    assert_eq!((&told["changed"], &told["item"]), (&json!(false), &json!("a1")));
    let shown = world.hero("mat").types("status").ok();
    assert!(shown.stdout.contains("asked for: server@"), "{shown}");
    let listed = world.hero("mat").types("ask --this").ok();
    insta::assert_snapshot!(world.tidy(&listed.stdout), @"
    rehearsal
    Asked for in 2026.11.26
      ✓ a1 server@[oid] login is broken  kumar
        → applies to 2026.11.26.
    ");
    let notes = world.hero("mat").types("notes show").ok();
    assert!(notes.stdout.contains("✓ applies to 2026.11.26."), "{notes}");
}

#[test]
fn before_the_cut_an_ask_rides_with_main_and_the_cut_settles_it() {
    let scene = Scene::new();
    let world = &scene.world;
    let commit = scene.server.commit_of("main");
    let told = world.developer("kumar").reads(&format!("ask server:{commit} --yes"));
    assert_eq!(
        (&told["push"], &states(&told)[0]),
        (&json!("2026.11.26"), &"server with_the_cut kumar".to_owned())
    );
    scene.mat().types("tag --yes").ok();
    assert!(
        text(world, "").contains(&format!("* server@{commit} (in 2026.11.26)\n")),
        "{}",
        text(world, "")
    );
    let version = scene.mat().reads("notes show")["version"].clone();
    assert_eq!(states(&scene.mat().reads("status")), ["server settled kumar"]);
    scene.mat().types("tag --again --because rebuild --yes").ok();
    let again = scene.mat().reads("notes show");
    assert_eq!(again["text"].as_str().unwrap().matches("(in 2026.11.26)").count(), 1);
    assert!(again["version"].as_u64() >= version.as_u64());
}

#[test]
fn asks_found_in_the_notes_are_tried_with_each_other() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let [one, two, three] = chain(&scene.web);
    let fine = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let side = scene.server.commit_on("side", &[("side.py", "side\n")], "Stay aside");
    let page = text(world, "").replace(
        "on top.:\n",
        &format!(
            "on top.:\n\n* web@{three}\n* web@{two} and {one}\n* server@{fine} if it works\n* server@{side}\n* server@0123456789\n* do not pick server@{fine}\n* 0123456789abc\n"
        ),
    );
    set(world, &page);
    let told = world.developer("kumar").reads("notes set notes.md --yes");
    assert_eq!(
        states(&told),
        [
            "web conflicts kumar",
            "web conflicts kumar",
            "server applies kumar",
            "server not_on_main kumar",
            "server unknown_commit kumar",
            "server forbidden kumar",
            "- no_repository kumar",
        ]
    );
    insta::assert_snapshot!(world.tidy(&said(&told).join("\n")), @"
    does not apply to 2026.11.26: “README.md”; it likely needs first: [oid], [oid]
    does not apply to 2026.11.26: “README.md”; it likely needs first: [oid]
    applies to 2026.11.26
    on upstream, but not on main; merge it there first
    no commit on upstream's branches goes by that name
    the line says not to pick it
    which repository is not said: write REPO@HASH, or a link
    ");
    // What the two need is asked for too.
    let told = world.hero("mat").reads(&format!("ask web:{one} --this --yes"));
    assert_eq!(states(&told), ["web applies mat"]);
    let status = world.hero("mat").reads("status");
    assert_eq!(states(&status)[..2], ["web needs kumar", "web needs kumar"]);
    let check = world.hero("mat").types("notes check").ok();
    assert!(
        check.stdout.contains("no commit on upstream's branches goes by that name."),
        "{check}"
    );
}

#[test]
fn pick_asked_takes_all_that_can_be_picked_and_tells_the_rest() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let [one, two, three] = chain(&scene.web);
    let fine = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let kumar = world.developer("kumar");
    kumar.types(&format!("ask server:{fine} --this --yes")).ok();
    kumar.types(&format!("ask web:{three} --this --yes")).ok();
    let ran = scene.mat().types("pick --asked --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ○ planned  server  2026.11.26-1  [oid]  since 2026.11.19, the newest older tag
          + [oid] Arrive late (Ann Author)

      ◆ web@[oid], which kumar asks for, stays: does not apply to 2026.11.26: “README.md”; it likely needs first: [oid], [oid].

    plan [oid]
    ");
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);
    let told = scene.mat().reads("pick --asked --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    assert!(
        told["warnings"][0]
            .as_str()
            .unwrap()
            .contains("which kumar asks for, stays: does not apply")
    );
    assert!(text(world, "").contains(&format!("* server@{fine} (in -1)\n")));
    assert_eq!(
        states(&scene.mat().reads("status")),
        ["server picked kumar", "web conflicts kumar"]
    );
    // With what it needs it goes on.
    for commit in [&one, &two] {
        kumar.types(&format!("ask web:{commit} --this --yes")).ok();
    }
    let told = scene.mat().reads("pick --asked --yes");
    assert_eq!(outcomes(&told), "web 2026.11.26-1 published");
    assert_eq!(scene.web.show("2026.11.26-1", "README.md"), "# begun very well\n");
    let told = scene.mat().reads("pick --asked --yes");
    assert_eq!((&told["repos"], told["warnings"].as_array().unwrap().len()), (&json!([]), 1));
}

#[test]
fn pick_asked_takes_only_what_is_named_and_only_what_is_asked_for() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let one = scene.server.commit_on("main", &[("one.py", "1\n")], "One");
    let two = scene.server.commit_on("main", &[("two.py", "2\n")], "Two");
    let three = scene.server.commit_on("main", &[("three.py", "3\n")], "Three");
    for commit in [&one, &two] {
        world.developer("kumar").types(&format!("ask server:{commit} --this --yes")).ok();
    }
    let refused = scene.mat().types(&format!("pick --asked server:{three} --yes")).expect_code(2);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ server: nobody asks for [oid] “Three” in the notes of 2026.11.26.
      → `pushduty ask --this` lists what is asked for; without --asked it is picked all the same.
    ");
    let told = scene.mat().reads(&format!("pick --asked server:{two} --yes"));
    assert_eq!(of(&told, "server")["picks"][0]["commit"], two);
    assert_eq!(
        states(&scene.mat().reads("status")),
        ["server applies kumar", "server picked kumar"]
    );
    // Killed and run again, the same command finds it done.
    let again = scene.mat().reads(&format!("pick --asked server:{two} --yes"));
    assert_eq!(outcomes(&again), "server 2026.11.26-1 skipped");
}

#[test]
fn a_no_has_a_reason_and_is_shown_where_it_was_asked() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    world.hero("eviljeff").types(&format!("ask server:{late} --this --yes")).ok();
    let decline = format!("ask --decline server:{} --this --yes", &late[..12]);
    world.developer("kumar").types(&decline).expect_code(2);
    let decline = format!("{decline} --because \"too late\"");
    let refused = world.developer("kumar").types(&decline).expect_code(3);
    insta::assert_snapshot!(failure(world, &refused), @"
    ✗ “kumar” may not decline a1, server@[oid].
      → ask eviljeff, who asked for it, the hero, QA or ops.
    ");
    let ran = scene.mat().types(&decline).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    no to a1, server@[oid], of 2026.11.26: too late.
    ✓ version 2 of the notes of 2026.11.26
    ");
    assert_eq!(said(&scene.mat().reads("status")), ["declined by mat: too late"]);
    let shown = scene.mat().types("notes show").ok();
    assert!(shown.stdout.contains("– declined by mat: too late."), "{shown}");
    let told = scene.mat().reads("pick --asked --yes");
    assert_eq!(told["repos"], json!([]));
    let again = scene.mat().reads(&decline);
    assert_eq!(again["changed"], false);
    let log = scene.mat().types("log --last 1").ok();
    assert!(log.stdout.contains("declined a1 of 2026.11.26, server@"), "{log}");
    // Asked for anew, it is another ask.
    let told = world.hero("eviljeff").reads(&format!("ask server:{late} please --this --yes"));
    assert_eq!(
        (&told["item"], &states(&told)[0]),
        (&json!("a2"), &"server applies eviljeff".to_owned())
    );
    let unknown = scene.mat().types("ask --decline a7 --because no --this --yes").expect_code(2);
    assert!(unknown.stderr.contains("there are a2"), "{unknown}");
}

#[test]
fn a_line_that_somebody_else_takes_out_is_not_lost() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let late = scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let line = format!("* server@{late}\n");
    let ask = format!("ask server:{late} --this --yes");
    world.hero("eviljeff").types(&ask).ok();
    set(world, &text(world, "").replace(&line, ""));
    world.developer("kumar").types("notes set notes.md --yes").ok();
    let status = scene.mat().reads("status");
    assert_eq!(states(&status), ["server removed eviljeff"]);
    assert_eq!(status["asks"][0]["commit"], late);
    let shown = scene.mat().types("notes show").ok();
    assert!(
        shown.stdout.contains("`pushduty ask --decline a1 --because TEXT` confirms."),
        "{shown}"
    );
    scene.mat().types("ask --decline a1 --because \"not needed\" --this --yes").ok();
    assert_eq!(states(&scene.mat().reads("status")), [] as [&str; 0]);
    // Whoever asked may take it back by taking the line out.
    world.developer("kumar").types(&ask).ok();
    set(world, &text(world, "").replace(&line, ""));
    world.developer("kumar").types("notes set notes.md --yes").ok();
    assert_eq!(states(&scene.mat().reads("status")), [] as [&str; 0]);
}

#[test]
fn what_can_t_be_asked_for_is_said_in_a_sentence() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let kumar = world.developer("kumar");
    let unknown = kumar.types("ask server:0123456789 --this --yes").expect_code(2);
    insta::assert_snapshot!(failure(world, &unknown), @"
    ✗ server: “[oid]” names no commit on upstream's branches or tags.
      → give a hash (4 digits or more), a tag or branch of upstream, or a range A..B; a commit pushed just now needs a fetch.
    ");
    scene.server.branch("topic", "main");
    scene.server.commit_on("topic", &[("a.py", "a\n")], "On a topic");
    let has = scene.server.commit_of("2026.11.26");
    let told = kumar.reads(&format!("ask server:{has} --this --yes"));
    assert_eq!(
        (&told["changed"], &states(&told)[0]),
        (&json!(false), &"server contained kumar".to_owned())
    );
    let several = kumar.types("ask server:2026.11.19..main --this --yes");
    assert!([0, 2].contains(&several.code), "{several}");
    let mark = kumar.types("ask server:main \"(in -1)\" --this --yes");
    assert!(mark.code != 1, "{mark}");
    world.as_person("stranger").types("ask server:main --this --yes").expect_code(3);
    kumar.types("ask nowhere:main --yes").expect_code(2);
}

#[test]
fn what_an_unfinished_push_left_is_carried_into_the_next_one_once() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let one = scene.server.commit_on("main", &[("one.py", "1\n")], "One");
    let [_, _, three] = chain(&scene.web);
    let kumar = world.developer("kumar");
    kumar.types(&format!("ask server:{one} --this --yes")).ok();
    kumar.types(&format!("ask web:{three} \"if it can\" --this --yes")).ok();
    kumar.types("block \"login is broken\" --owner mat --yes").ok();
    kumar.types("block \"css is gone\" --yes").ok();
    scene.mat().types("unblock b4 --yes").ok();
    kumar.types("task add \"tell the list\" --when after-done --this --yes").ok();
    kumar.types("ask --decline a1 --because \"not now\" --this --yes").ok();
    world.at("2026-12-01T09:00:00Z");
    let jeff = world.hero("eviljeff");
    jeff.types("tag --yes").ok();
    let next = text(world, "--push 2026.12.03");
    for line in [
        format!("* web@{three} if it can (from 2026.11.26) (in 2026.12.03)\n"),
        "* login is broken (@mat) (from 2026.11.26)\n".to_owned(),
        "* tell the list (from 2026.11.26)\n".to_owned(),
    ] {
        assert!(next.contains(&line), "{line} in {next}");
    }
    assert!(!next.contains(&one) && !next.contains("css"), "{next}");
    let status = jeff.reads("status --push 2026.11.26");
    assert_eq!(
        said(&status),
        ["declined by kumar: not now", "carried over to 2026.12.03"],
        "{status}"
    );
    // Who raised it keeps the right to settle it.
    let told = jeff.reads("notes show --push 2026.12.03");
    let blocker = told["items"].as_array().unwrap().iter().find(|i| i["section"] == "blockers");
    let blocker = blocker.unwrap();
    assert_eq!(blocker["raised_by"], "kumar");
    kumar
        .types(&format!("unblock {} --push 2026.12.03 --yes", blocker["id"].as_str().unwrap()))
        .ok();
    // Taken out there and tagged again, nothing comes back.
    set(
        world,
        &text(world, "--push 2026.12.03").replace("* tell the list (from 2026.11.26)\n", ""),
    );
    jeff.types("notes set notes.md --push 2026.12.03 --yes").ok();
    jeff.types("tag --again --push 2026.12.03 --because rebuild --yes").ok();
    assert!(!text(world, "--push 2026.12.03").contains("tell the list"));
    let again = text(world, "--push 2026.12.03");
    assert_eq!(again.matches("login is broken").count(), 1, "{again}");
    jeff.types("verify").ok();
}

#[test]
fn a_commit_that_only_security_has_is_unknown_like_any_other() {
    let server = Remote::tagged("server");
    let twin = server.twin();
    twin.branch("fix-session-7", "main");
    let secret = twin.commit_on("fix-session-7", &[("fix.py", "fix\n")], "Fix");
    let world = crate::scene::train()
        .person("sec", &["security", "hero"])
        .repo(&server)
        .security_twin("server", &twin);
    world.security("sec").types("security list").ok();
    world.hero("sec").types("tag --without-security --because later --yes").ok();
    let kumar = world.developer("kumar");
    let asked = |hash: &str| {
        let ran = kumar.types(&format!("ask server:{hash} --this --yes")).expect_code(2);
        failure(&world, &ran).replace(hash, "[oid]")
    };
    assert_eq!(asked(&secret), asked(&"0".repeat(40)));
    let late = server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let refused = kumar.types(&format!("ask server:{late} \"see fix-session-7\" --this --yes"));
    assert!(refused.expect_code(3).stderr.contains("not public yet"));
    assert!(!text(&world, "").contains("fix-session"));
}

#[test]
fn two_hundred_asks_are_tried_in_time_and_two_thousand_lines_are_read() {
    let scene = Scene::new().cut();
    let world = &scene.world;
    let first = scene.server.commit_on("main", &[("0.py", "0\n")], "0");
    let lines: String = (0..2_000).map(|at| format!("* server@{first} number {at}\n")).collect();
    set(world, &text(world, "").replace("on top.:\n", &format!("on top.:\n\n{lines}")));
    let started = std::time::Instant::now();
    let told = scene.mat().reads("notes set notes.md --yes");
    assert_eq!(told["asks"].as_array().unwrap().len(), 2_000);
    assert!(states(&told).iter().all(|state| state == "server applies mat"));
    let told = scene.mat().reads("pick --asked --dry-run");
    assert_eq!(of(&told, "server")["picks"].as_array().unwrap().len(), 1);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
