//! The end of a push: times, what is left, the mail, the topic, the next hero.

use testkit::{Remote, Services};

use crate::scene::{failure, train};

#[test]
fn a_push_ends_with_times_mail_and_topic_and_what_is_left_goes_on() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = train()
        .repo(&server)
        .service("production", "server", &services, 1)
        .toml("[notes]\nurl = \"https://push.example.org/amo-{push}\"\n[channels.list]\nfile = \"told.jsonl\"");
    let (mat, jason) = (world.hero("mat"), world.ops("jason"));
    mat.types("finish --yes").expect_code(3).says("no push is cut");
    mat.types("tag --yes").ok();
    mat.types("task add \"remove the old flag\" --when after-done --this --yes").ok();
    let ran = mat.types("finish --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ 2026.11.26 was not started, and production does not show server 2026.11.26.
      → `pushduty watch production` follows until it does; --because TEXT ends the push all the same, for the record.
    ");
    world.at("2026-11-26T17:00:00Z");
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --yes --if {digest}")).ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    world.at("2026-11-26T17:20:00Z");
    jason.types("watch production --once").ok();
    world.at("2026-11-26T18:00:00Z");
    world.developer("kumar").types("finish --yes").expect_code(3);
    let ran = mat.types("finish --issue \"search was slow\" --yes").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout));
    let told = mat.reads("status --push 2026.11.26");
    assert_eq!(told["state"], "done");
    let page = mat.reads("notes show --push 2026.11.26")["text"].as_str().unwrap().to_owned();
    assert!(page.contains("start: 5:00pm UTC") || page.contains("17:00"), "{page}");
    let next = mat.reads("notes show --push 2026.12.03")["text"].as_str().unwrap().to_owned();
    assert!(next.contains("remove the old flag") && next.contains("2026.11.26"), "{next}");
    let list = std::fs::read_to_string(world.dir().join("told.jsonl")).unwrap();
    assert!(
        list.contains("This week's push is done!") && list.contains("search was slow"),
        "{list}"
    );
    // Once more is no second end.
    mat.types("finish --yes").ok().says("2026.11.26 is over");
    let again = std::fs::read_to_string(world.dir().join("told.jsonl")).unwrap();
    assert_eq!(again, list);
    assert_eq!(mat.reads("stats")["schema"], 1);
    let history = mat.types("history").ok();
    history.says("2026.11.26");
}

#[test]
fn a_push_that_was_rolled_back_ends_for_a_reason_alone() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let world = train().repo(&server);
    let (mat, jason) = (world.hero("mat"), world.ops("jason"));
    mat.types("tag --yes").ok();
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --yes --if {digest}")).ok();
    jason.types("rollback --because \"errors on login\" --yes").ok();
    mat.types("finish --yes").expect_code(3).says("was rolled back: errors on login");
    mat.types("finish --because \"it leaves next week\" --yes").ok();
    assert_eq!(mat.reads("status --push 2026.11.26")["state"], "done");
}

#[test]
fn one_that_people_brought_there_without_a_start_ends_too() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let services = Services::running(&[("production-server", "2026.11.19")]);
    let world = train().repo(&server).service("production", "server", &services, 1);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    mat.types("watch production --once").ok();
    mat.types("status").ok().says("production shows server 2026.11.26, which no start allowed");
    mat.types("finish --yes").ok();
}

#[test]
fn blockers_whose_lines_were_deleted_all_come_to_the_next_push() {
    const MANY: usize = 2_000;
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let world = train().repo(&server);
    let (mat, kumar) = (world.hero("mat"), world.developer("kumar"));
    mat.types("tag --yes").ok();
    let page = mat.reads("notes show --push 2026.11.26")["text"].as_str().unwrap().to_owned();
    let writes = |text: &str| {
        std::fs::write(world.dir().join("notes.md"), text).unwrap();
        kumar.types("notes set notes.md --push 2026.11.26 --yes").ok();
    };
    let lines: String = (0..MANY).map(|n| format!("* page {n} is broken\n")).collect();
    writes(&page.replace("Blockers:\n", &format!("Blockers:\n\n{lines}")));
    writes(&page);
    let told = mat.reads("finish --because \"it leaves next week\" --dry-run");
    assert_eq!(told["left"].as_array().map(Vec::len), Some(MANY));
    mat.types("finish --because \"it leaves next week\" --yes").ok();
    let next = mat.reads("status --push 2026.12.03");
    let blockers = next["blockers"].as_array().unwrap();
    let open = blockers.iter().filter(|b| b["open"] == true).filter_map(|b| b["text"].as_str());
    let wanted = (0..MANY).map(|n| format!("page {n} is broken (from 2026.11.26)"));
    assert!(open.eq(wanted), "{} came", blockers.len());
}
