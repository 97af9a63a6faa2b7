//! The parts that a visitor of the demo takes: each may what it may, and the week goes on whatever they did.

use crate::served::{Served, Visitor};
use crate::tags;

/// What the hero cuts on Tuesday.
const CUT: [(&str, &str); 3] = [("command", "tag"), ("stay", "worker"), ("because", "nothing new")];

/// Holds that somebody may not do something, and is told so.
#[track_caller]
fn may_not(visitor: &Visitor, fields: &[(&str, &str)], words: &str) {
    visitor.post("/trains/demo/plan", fields).is(403).says(words);
}

#[test]
fn each_part_may_what_it_may_and_scenes_find_it_done() {
    let served = Served::start(&["--paused"]);
    let anybody = served.stranger();
    anybody.looks().says("aria-pressed=\"true\">a stranger<");
    // A stranger looks on.
    let sent = anybody.post("/trains/demo/plan", &CUT).is(303);
    assert_eq!(sent.header("location"), Some("/sign-in"));
    anybody.post("/demo/as", &[("name", "noor")]).is(404);

    let (mara, quinn) = (served.part("mara"), served.part("quinn"));
    let (otto, iris) = (served.part("otto"), served.part("iris"));
    mara.looks().says("aria-pressed=\"true\">mara, hero<");
    // Whoever plays the security role hears what others do not, and does it before the story.
    iris.plays_to("security approve").says("security list");
    mara.looks().never_says("security list").never_says("security approve");
    iris.agrees(&[("command", "security_approve"), ("branch", "1")]);
    iris.next().says("That is done already.");
    // The merge and the cut are the hero's.
    iris.plays_to("security merge --dry-run");
    mara.agrees(&[("command", "security_merge")]);
    iris.next().says("That is done already.");
    mara.plays_to("tag --stay worker");
    may_not(&quinn, &CUT, "hero");
    mara.agrees(&CUT).says("2026.11.26");
    assert_eq!(tags(&served.sealed, &served.remote("server")), ["2026.11.26"]);
    // The story finds both done, and goes on.
    let page = iris.plays_to("pick").never_says("another way").never_says("otherwise");
    assert!(page.body.contains("Tuesday 24 November"), "{}", page.bar());

    // QA signs off what stage shows, ops will be there.
    mara.plays_to("approve --role qa");
    may_not(&otto, &[("command", "approve"), ("role", "qa")], "qa");
    quinn.agrees(&[("command", "approve"), ("role", "qa")]).says("quinn");
    mara.next().says("That is done already.");
    mara.plays_to("claim");
    otto.agrees(&[("command", "claim")]);
    mara.next().says("That is done already.");
    let mut page = mara.next();
    while !page.bar().contains("Look around as long as you like") {
        page = mara.next().never_says("another way");
    }
    served.ends();
}

#[test]
fn a_week_that_goes_another_way_says_so_and_is_played_anew() {
    let served = Served::start(&["--paused"]);
    let mara = served.part("mara");
    mara.plays_to("tag --stay worker");
    // The push does not run: nothing is cut, picked, or started.
    mara.agrees(&[("command", "cancel"), ("because", "a holiday")]);
    let page = mara.next();
    let page = if page.bar().contains("another way") { page } else { mara.next() };
    let page = page.says("another way").says("Play the week anew");
    assert!(page.line("Next, ").is_some(), "{}", page.bar());
    mara.post("/demo/anew", &[]).is(303);
    served.stranger().get("/demo/open").is(303);
    served.stranger().looks().says("Monday 23 November, 09:00").never_says("another way");
    // Whoever was somebody then is a stranger in the new week.
    mara.looks().says("aria-pressed=\"true\">a stranger<");
    served.ends();
}
