//! The demo on the terminal.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Sealed;

use crate::served::{demo, living};
use crate::tags;

/// A demo that takes longer than this is no demo.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs it to its end; nothing that it started is left.
fn played(sealed: &Sealed, command: &mut Command) -> Output {
    let began = Instant::now();
    let output = command.output().expect("the program starts");
    assert!(began.elapsed() < LONGEST, "it took {:?}", began.elapsed());
    assert_eq!(living(sealed.home()), Vec::<String>::new());
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it writes UTF-8")
}

/// Each tag with the comparison to what production ran before it, the hot-fix included.
fn are_linked(document: &Value) {
    let tags = document["tags"].as_array().into_iter().flatten();
    let links: Vec<&str> = tags.filter_map(|tag| tag["compare_url"].as_str()).collect();
    assert_eq!(
        links,
        [
            "https://example.org/server/2026.11.19-1...2026.11.26-4",
            "https://example.org/frontend/2026.11.19...2026.11.26-2"
        ]
    );
}

#[test]
fn it_leaves_real_remotes_to_go_on_with_by_hand() {
    let sealed = Sealed::new();
    let kept = sealed.path("kept");
    let output = played(&sealed, demo(&sealed).arg("--json").arg("--keep").arg(&kept));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["schema"], &document["rehearsal"]), (&1.into(), &true.into()));

    let steps = document["steps"].as_array().unwrap();
    assert!(steps.iter().all(|s| s["ok"] == true), "{steps:#?}");
    let does = |who: &str, what: &str, exit: i32| {
        let is = |s: &&Value| {
            s["who"] == who && s["exit"] == exit && s["command"].as_str().unwrap().starts_with(what)
        };
        assert!(steps.iter().any(|s| is(&s)), "{who} does {what}, exit {exit}: {steps:#?}");
    };
    does("iris", "pushduty security approve 1 --yes", 0);
    does("mara", "pushduty tag --stay worker --because \"nothing new\" --yes --if ", 0);
    does("mara", "pushduty pick server:", 3);
    does("mara", "pushduty pick server:", 4);
    does("mara", "pushduty pick server:", 0);
    does("mara", "pushduty pick --continue --yes --if ", 0);
    does("mara", "pushduty pick --onto production server:", 0);
    does("quinn", "pushduty approve --role qa --yes --if ", 0);
    does("otto", "pushduty start --yes --if ", 3);
    does("otto", "pushduty start --override tasks ", 0);
    does("otto", "pushduty watch production ", 0);
    does("mara", "pushduty finish ", 0);
    assert_eq!(steps[0]["at"], "2026-11-23T09:30:00+01:00");
    assert_eq!(steps[steps.len() - 1]["at"], "2026-11-26T10:05:00+01:00");

    let remote = |name: &str| kept.join(format!("remotes/{name}.git"));
    let (server, frontend) = (remote("server"), remote("frontend"));
    let five = ["2026.11.26", "2026.11.26-1", "2026.11.26-2", "2026.11.26-3", "2026.11.26-4"];
    assert_eq!(tags(&sealed, &server), five);
    assert_eq!(tags(&sealed, &frontend), five[..3]);
    assert_eq!(tags(&sealed, &remote("worker")), Vec::<String>::new());
    let main = |dir: &Path| sealed.git(dir, &["rev-parse", "main"]);
    assert_eq!(main(&server), main(&remote("server-security")));
    let show = |what: &str| sealed.git(&server, &["show", what]);
    let has = |tag: &str, file: &str, word: &str| show(&format!("{tag}:{file}")).contains(word);
    assert!(!has("2026.11.26-1", "search.py", "stars"), "a conflict is no pick");
    let search = show("2026.11.26-2:search.py");
    assert!(search.contains("stars(addon.rating)") && !search.contains("<<<"), "by hand: {search}");
    assert!(has("2026.11.26-3", "session.py", "signed_out"), "the urgent fix is on the tag");
    assert!(has("2026.11.26-3", "responses.py", "Retry-After"), "and the picks of those before");
    assert!(has("2026.11.19-1", "downloads.py", "ONCE"), "the hot-fix is on what production ran");
    assert!(!has("2026.11.19-1", "search.py", "rating"), "and nothing of this week's push");
    assert!(!has("2026.11.26-3", "downloads.py", "ONCE"), "which lacked it");
    for (file, word) in [("downloads.py", "ONCE"), ("search.py", "stars"), ("pages.py", "size")] {
        assert!(has("2026.11.26-4", file, word), "{file} left with the push (P6)");
    }
    are_linked(&document);

    let mut shell = sealed.command("sh");
    shell.args(["-c", ". ./surroundings && pushduty status --json"]).current_dir(&kept);
    let status: Value = serde_json::from_slice(&played(&sealed, &mut shell).stdout).unwrap();
    assert_eq!((&status["push"], &status["hero"]), (&"2026.12.03".into(), &"theo".into()));
}

#[test]
fn it_reads_as_a_story_and_leaves_nothing_behind() {
    let sealed = Sealed::new();
    sealed.git_config("tag.gpgSign", "true");
    sealed.git_config("user.name", "");
    let mut command = demo(&sealed);
    command.env("GIT_DIR", "/nowhere").env("GIT_TEMPLATE_DIR", "/nowhere");
    command.env("PUSHDUTY_CONFIG", "/nowhere").env("PUSHDUTY_NOW", "2020-01-01T00:00:00Z");
    let output = played(&sealed, &mut command);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let story = text(&output.stdout);
    let mut rest = story.as_str();
    for words in [
        "Monday 23 November",
        "15:00  noor  $ pushduty where server:",
        "2026.11.26 will carry it",
        "Tuesday 24 November",
        "$ pushduty security merge --yes --if ",
        "https://example.org/server/2026.11.19...2026.11.26",
        "◆ mixed",
        "✓ current",
        "✓ staged",
        "is a merge commit",
        "Wednesday 25 November",
        "Give the rating with each search result (#214)",
        "is on the tag already",
        "✓ published  frontend  2026.11.26-2",
        "A work tree is open at the conflict of",
        "│     return [(addon.name, stars(addon.rating))",
        "✓ published  server  2026.11.26-2",
        "on stage since Wed 25 Nov 14:10",
        "✓ published  server  2026.11.19-1",
        "2026.11.26 is cut and lacks what 2026.11.19-1 has of server",
        "the remotes show what was recorded",
        "Thursday 26 November",
        "✗ 2026.11.26 may not leave yet.",
        "✓ signed off",
        "Run sheet of 2026.11.26",
        "the gate tasks does not pass",
        "✓ 2026.11.26 is started.",
        "◆ mixed",
        "This week's push is done!",
        "search was slow for two minutes",
        "Next push: https://push.example.org/demo-2026.12.03 | push hero: theo",
        "What left on Thursday",
    ] {
        let at = rest.find(words).unwrap_or_else(|| panic!("no “{words}” in its turn:\n{story}"));
        rest = &rest[at + words.len()..];
    }
    assert!(!story.contains('\u{1b}'), "no colour where there is no terminal");
    let left: Vec<_> = std::fs::read_dir(sealed.path("tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The demo on a machine whose git breaks things.
fn demo_with(sealed: &Sealed, verb: &str, lines: &str) -> Command {
    let path = sealed.git_that_breaks_after(verb, lines);
    let mut command = demo(sealed);
    command.env("PATH", path);
    command
}

#[test]
fn a_remote_that_refuses_stops_it() {
    let sealed = Sealed::new();
    let closes = "case $dir in */frontend.git)\n\
        mkdir -p \"$dir/hooks\"\n\
        printf '#!/bin/sh\\necho this remote is closed >&2\\nexit 1\\n' > \"$dir/hooks/pre-receive\"\n\
        chmod +x \"$dir/hooks/pre-receive\" ;; esac";
    let output = played(&sealed, &mut demo_with(&sealed, "init", closes));
    let words = text(&output.stderr);
    assert_ne!(output.status.code(), Some(0));
    assert!(words.contains("the demo stopped on Tuesday at 09:02"), "{words}");
    assert!(words.contains("it ended with 6 instead of 0"), "{words}");
    assert!(text(&output.stdout).contains("this remote is closed"), "the answer says why");
    assert_eq!(std::fs::read_dir(sealed.path("tmp")).unwrap().count(), 0);
}

#[test]
fn a_twin_that_was_merged_by_button_stops_it() {
    let sealed = Sealed::new();
    // The first history that lands on the twin is followed by a commit on its main.
    let button = "case $dir in */server-security.git) [ -e \"$dir/pressed\" ] || {\n\
        touch \"$dir/pressed\"\n\
        made=$(\"$git\" --git-dir \"$dir\" commit-tree -p main -m 'By button' 'main^{tree}')\n\
        \"$git\" --git-dir \"$dir\" update-ref refs/heads/main \"$made\"; } ;; esac";
    let mut command = demo_with(&sealed, "fast-import", button);
    let output = played(&sealed, command.arg("--json"));
    assert_ne!(output.status.code(), Some(0));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let words = document["error"]["message"].as_str().unwrap();
    assert!(words.contains("the demo stopped on Tuesday at 08:50"), "{words}");
    assert!(words.contains("it ended with 4 instead of 0"), "{words}");
}

#[test]
fn it_writes_into_no_folder_that_has_something_in_it() {
    let sealed = Sealed::new();
    std::fs::write(sealed.path("tmp/mine"), "mine").unwrap();
    let output = played(&sealed, demo(&sealed).arg("--keep").arg(sealed.path("tmp")));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("is not empty"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_dir(sealed.path("tmp")).unwrap().count(), 1);
}
