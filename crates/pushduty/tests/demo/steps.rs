//! The demo in the browser: it is there at once, it goes to its end, and it leaves nothing.

use testkit::Sealed;

use crate::served::{Served, demo};
use crate::tags;

/// What is under embargo until Tuesday's merge, and until Wednesday's.
const SECRETS: [(&str, &str); 2] = [
    ("Check who may read a collection", "export-leaks-private-collections"),
    ("Refuse the session of somebody", "sessions-outlive-sign-out"),
];

#[test]
fn the_first_page_is_there_before_the_repositories() {
    let served = Served::start(&["--paused"]);
    let first = served.stranger().get("/").is(200).says("The demo’s repositories are being made");
    assert_eq!(first.header("refresh"), Some("0; url=/demo/open"));
    // What it goes on to is answered when the repositories are there.
    let on = served.stranger().get("/demo/open").is(303);
    assert_eq!(on.header("location"), Some("/"));
    let to = served.stranger().get("/").is(303);
    assert_eq!(to.header("location"), Some("/trains/demo"));
    served.stranger().looks().says("Demo week, Monday 23 November, 09:00").says("in Europe/Paris");
    // A page of the web that has a name of its own lead here gets nothing.
    served.stranger().asks_by("evil.example.org", "/").is(421);
    assert_eq!(served.ends().code(), Some(0));
}

#[test]
fn the_week_is_played_to_its_end_and_tells_strangers_nothing_secret() {
    let served = Served::start(&["--paused"]);
    let anybody = served.stranger();
    let mut page = anybody.looks().says("Press for the first scene");
    let mut scenes = 0;
    while !page.bar().contains("Look around as long as you like") {
        scenes += 1;
        assert!(scenes < 100, "it has no end: {}", page.bar());
        page = anybody.next().never_says("another way").never_says("otherwise");
        // Before Wednesday's merge nothing of the second fix is told, before Tuesday's nothing of either.
        let clock = page.line("class=\"clock\"").expect("there is a clock").to_owned();
        let merged = match &clock {
            clock if clock.contains("Monday") => 0,
            clock if clock.contains("Tuesday") => 1,
            clock if clock.contains("Wednesday") && before_the_second_merge(clock) => 1,
            _ => 2,
        };
        for (subject, branch) in SECRETS.iter().skip(merged) {
            page = page.never_says(subject).never_says(branch);
        }
        page = page.never_says("security list").never_says("pushes a fix");
    }
    let (server, frontend) = (served.remote("server"), served.remote("frontend"));
    let five = ["2026.11.26", "2026.11.26-1", "2026.11.26-2", "2026.11.26-3", "2026.11.26-4"];
    assert_eq!(tags(&served.sealed, &server), five);
    assert_eq!(tags(&served.sealed, &frontend), five[..3]);
    anybody.get("/trains/demo/history").is(200).says("2026.11.26");
    page.says("Play the week anew");
    assert_eq!(served.ends().code(), Some(0));
}

/// Whether a clock of Wednesday shows a time before 14:00.
fn before_the_second_merge(clock: &str) -> bool {
    let (_, rest) = clock.split_once("November, ").expect("a clock has a time");
    rest.get(..5).is_some_and(|time| time < "14:00")
}

#[test]
fn whoever_is_elsewhere_gets_no_demo() {
    let sealed = Sealed::new();
    let output = demo(&sealed).args(["--serve", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("the demo lets everybody in"), "{words}");
}

#[test]
fn it_ends_in_the_middle_of_a_scene_and_leaves_nothing() {
    let served = Served::start(&[]);
    // Somebody looks, and so it begins to play by itself.
    served.stranger().looks().says(">Pause<");
    let asks = served.stranger();
    let next = std::thread::spawn(move || asks.post("/demo/next", &[]));
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(served.ends().code(), Some(0));
    // Whoever waited is let go, with an answer or without.
    let _ = next.join();
}
