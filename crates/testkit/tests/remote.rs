//! Remotes are real, quick to write to, and the same on every run.

use testkit::{AUTHOR, COMMITTER, Remote, Sealed};

#[test]
fn the_same_story_gives_the_same_objects() {
    let tell = || {
        let remote = Remote::new("server");
        remote.commit_on("main", &[("a.txt", "one\n")], "Add a");
        remote.annotated_tag("2026.11.26", "main", "amo 2026.11.26");
        remote.refs()
    };
    assert_eq!(tell(), tell());
}

#[test]
fn commits_stand_on_each_other_a_minute_apart_and_keep_what_was_there() {
    let remote = Remote::new("server");
    let first = remote.commit_on("main", &[("a.txt", "one\n")], "Add a");
    let second =
        remote.commit_as("Kumar <kumar@example.org>", "main", &[("dir/b.txt", "two")], "Add b");
    assert_eq!(remote.oid("main^"), first);
    assert_eq!(remote.files("main"), ["README.md", "a.txt", "dir/b.txt"]);
    assert_eq!(remote.show(&second, "dir/b.txt"), "two");
    assert_eq!(remote.log("main"), ["Add b", "Add a", "Start"]);
    assert_eq!(remote.about(&first, "%an <%ae>"), AUTHOR);
    assert_eq!(remote.about(&first, "%cn <%ce>"), COMMITTER);
    assert_eq!(remote.about(&second, "%an"), "Kumar");
    let at = |rev: &str| remote.about(rev, "%ct").parse::<i64>().unwrap();
    assert!(at(&second) >= at(&first) + 60);
}

#[test]
fn hostile_names_and_foreign_encodings_get_through_byte_for_byte() {
    let remote = Remote::new("server");
    let made = remote
        .commit("main")
        .author("Ev\u{1b}[31mil <evil@example.org>")
        .authored_at("1700000000 -0730")
        .encoding("ISO-8859-1")
        .message(b"caf\xe9\n\nPush-Task: run it\n")
        .file("we\u{1b}ird \"name\".txt", b"\x00\xff")
        .executable("run", "#!/bin/sh\n")
        .make();
    assert_eq!(remote.about(&made, "%an|%ad"), "Ev\u{1b}[31mil|1700000000 -0730");
    let raw = remote.try_git(&["cat-file", "commit", &made]).stdout;
    assert!(raw.windows(5).any(|w| w == b"caf\xe9\n"), "the message keeps its bytes");
    assert!(remote.files(&made).contains(&"we\u{1b}ird \"name\".txt".to_owned()));
    let gone = remote.commit("main").delete("run").subject("Drop run").make();
    assert!(!remote.files(&gone).contains(&"run".to_owned()));
}

#[test]
fn the_picture_shows_branches_tags_and_merges_without_hashes() {
    let remote = Remote::new("server");
    remote.annotated_tag("2026.11.19", "main", "t");
    remote.branch("topic", "main");
    remote.commit_on("topic", &[("t", "t\n")], "Work on it");
    remote.commit_on("main", &[("m", "m\n")], "Add a page");
    remote.merge_on("main", "topic", "Merge topic");
    remote.commit("hot").from("2026.11.19").file("h", "h\n").subject("Mend").make();
    remote.tag("2026.11.19-1", "hot");
    let expected = "\
* Mend (hot, 2026.11.19-1, lightweight)
| *   Merge topic (main)
| |\\
| | * Work on it (topic)
| |/
|/|
| * Add a page
|/
* Start (2026.11.19)
";
    assert_eq!(remote.graph(), expected);
}

#[test]
fn tags_tell_their_object_and_their_commit() {
    let remote = Remote::new("server");
    let head = remote.oid("main");
    let object = remote.annotated_tag("v1", "main", "one");
    remote.tag("light", "main");
    let tags = remote.tags();
    assert_eq!((&tags["v1"].object, &tags["v1"].commit), (&object, &head));
    assert!(tags["v1"].is_annotated() && !tags["light"].is_annotated());
    assert!(remote.refs().contains_key("refs/tags/light"));
}

#[test]
#[should_panic(expected = "git update-ref refs/tags/v1")]
fn a_tag_is_not_made_twice() {
    let remote = Remote::new("server");
    remote.tag("v1", "main");
    let next = remote.commit_on("main", &[("a", "a")], "Next");
    remote.tag("v1", &next);
}

#[test]
fn a_twin_has_the_same_history_and_then_its_own() {
    let remote = Remote::new("server");
    remote.tag("v1", "main");
    let twin = remote.twin();
    assert_eq!(twin.refs(), remote.refs());
    let same = [("a", "a\n")];
    let (ours, theirs) =
        (remote.commit_on("main", &same, "Open"), twin.commit_on("main", &same, "Hidden"));
    assert_ne!(ours, theirs);
    assert!(remote.find(&theirs).is_none());
}

#[test]
fn sha256_and_empty_remotes_are_what_they_say() {
    assert_eq!(Remote::sha256("server").oid("main").len(), 64);
    assert_eq!(Remote::sha256("server").twin().oid("main").len(), 64);
    let empty = Remote::empty("server");
    assert!(empty.refs().is_empty());
    assert_eq!(empty.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
}

#[test]
fn a_hook_refuses_what_is_pushed_and_not_what_the_test_commits() {
    let remote = Remote::new("server");
    let sealed = Sealed::new();
    sealed.git(sealed.home(), &["clone", "--quiet", &remote.url(), "clone"]);
    let clone = sealed.path("clone");
    remote.hook("pre-receive", "echo protected >&2; exit 1");
    remote.commit_on("main", &[("a", "a")], "By the test");
    let refused = sealed.try_git(&clone, &["push", "origin", "HEAD:refs/heads/new"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("protected"));
    remote.unhook("pre-receive");
    sealed.git(&clone, &["push", "--quiet", "origin", "HEAD:refs/heads/new"]);
    assert!(remote.find("refs/heads/new").is_some());
}

#[test]
fn the_environment_is_sealed() {
    let sealed = Sealed::new();
    let seen = String::from_utf8(sealed.command("env").output().unwrap().stdout).unwrap();
    let home = format!("HOME={}", sealed.home().display());
    assert!(seen.lines().any(|line| line == home));
    assert!(!seen.contains("CARGO"), "the caller's environment shows through: {seen}");
    sealed.git_config("user.name", "Mat");
    assert_eq!(sealed.git(sealed.home(), &["config", "--list", "--global"]), "user.name=Mat");
}

#[test]
fn teckens_history_is_all_there() {
    let remote = Remote::tecken();
    assert_eq!(remote.tags().len(), 238);
    assert!(remote.find("refs/heads/main").is_some());
}
