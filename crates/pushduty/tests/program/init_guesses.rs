//! What `init` guesses, and that it says so.

use testkit::Remote;

use crate::init_works::{init, mat, nobody};

/// A remote with a tag on each of these days.
fn tagged(days: &[&str]) -> Remote {
    let server = Remote::new("server");
    days.iter().for_each(|day| drop(server.annotated_tag(day, "main", day)));
    server
}

/// The value and the remark of a key; none where it is commented out.
fn line<'a>(text: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
    let (value, remark) = rest.split_once('#').unwrap_or((rest, ""));
    Some((value.trim().trim_matches('"'), remark.trim()))
}

#[test]
fn weekday_and_cadence_come_from_the_tags() {
    for (days, push, cut, every, starting) in [
        (
            &["2026.11.05", "2026.11.12", "2026.11.19"][..],
            "Thursday 09:00",
            "Tuesday 09:00",
            "1 week",
            None,
        ),
        (
            &["2026.10.07", "2026.10.21", "2026.11.04", "2026.11.18"],
            "Wednesday 09:00",
            "Monday 09:00",
            "2 weeks",
            Some("2026-11-18"),
        ),
        // One that slipped by a day does not change the week.
        (
            &["2026.10.26", "2026.11.02", "2026.11.10", "2026.11.16"],
            "Monday 09:00",
            "Saturday 09:00",
            "1 week",
            None,
        ),
    ] {
        let text = init(&mat(), &[&tagged(days)]);
        for (key, value) in [("push", push), ("cut", cut), ("every", every)] {
            let (found, remark) = line(&text, key).unwrap();
            assert_eq!(found, value, "{key} in\n{text}");
            assert!(remark.starts_with("guessed: "), "{key}: {remark}");
        }
        assert_eq!(line(&text, "starting").map(|(value, _)| value), starting, "{text}");
    }
}

#[test]
fn what_is_not_known_is_the_default_and_says_so() {
    for days in [&[][..], &["2026.11.19"], &["2026.11.12", "2026.11.19"]] {
        let text = init(&mat(), &[&tagged(days)]);
        for (key, value) in
            [("push", "Thursday 09:00"), ("cut", "Tuesday 09:00"), ("every", "1 week")]
        {
            assert_eq!(line(&text, key), Some((value, "the default")), "{days:?}\n{text}");
        }
    }
}

#[test]
fn every_guess_is_marked_with_what_speaks_for_it() {
    let server = tagged(&["v2026.11.05", "v2026.11.12", "v2026.11.12-1", "v2026.11.19"]);
    let world = mat();
    let text = init(&world, &[&server]);
    let marked: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("guessed: ") && !line.starts_with('#'))
        .filter_map(|line| line.split(" = ").next())
        .collect();
    assert_eq!(
        marked,
        [
            "time_zone",
            "cut",
            "push",
            "every",
            "branch",
            "tag",
            "first_suffix",
            "roles",
            "roles",
            "order"
        ],
        "{text}"
    );
    assert_eq!(
        line(&text, "tag").unwrap().1,
        "guessed: 4 tags are of this form, the newest v2026.11.19"
    );
}

#[test]
fn people_are_the_recent_authors_and_the_user_here() {
    let server = Remote::new("server");
    for (author, times) in [
        ("Kumar <kumar@example.org>", 3),
        ("dependabot[bot] <bot@example.org>", 5),
        ("Greenkeeper Bot <x@example.org>", 4),
        ("Kumar <kumar@home.example>", 1),
        ("Mathieu <MAT@example.org>", 2),
    ] {
        for n in 0..times {
            let file = format!("{author} {n}").replace(['<', '>', ' '], "-");
            server.commit("main").author(author).file(&file, "x").subject("Change").make();
        }
    }
    let world = mat();
    let text = init(&world, &[&server]);
    let people: Vec<&str> =
        text.lines().filter_map(|l| l.strip_prefix("[people.")?.strip_suffix(']')).collect();
    assert_eq!(people, ["mathieu-pillard", "kumar", "ann-author"], "{text}");
    assert!(text.contains("order = [\"mathieu-pillard\", \"kumar\", \"ann-author\"]"), "{text}");
    let status = world.json(&["status"]);
    assert_eq!(status["hero"], "mathieu-pillard");
}

#[test]
fn hostile_authors_tags_and_branches_change_nothing_else_in_the_file() {
    let server = Remote::new("server");
    for (n, author) in [
        "\"]\n[train]\nname = \"x <a@example.org>".replace('\n', " "),
        "\u{1b}[31mred\u{202e} <b\u{1b}@example.org>".to_owned(),
        "--upload-pack=touch x <c@example.org>".to_owned(),
        "'''\\\u{7} # [gates] <\"d\"@example.org>".to_owned(),
        "\u{1b} <>".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        server.commit("main").author(author).file(&format!("f{n}"), "x").subject("Change").make();
    }
    for tag in
        ["--x2026.11.12", "--x2026.11.19", "v2026.11.19\u{202e}", "\"2026.11.12", "\"2026.11.19"]
    {
        server.set_ref(&format!("refs/tags/{tag}"), "main");
    }
    let world = nobody();
    let ran = world.run(&["init", &server.url(), "--color", "never"]).ok();
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    for written in [&ran.stdout, &ran.stderr, &text] {
        let bad = written.chars().find(|c| train::letter::is_harmful(*c) && *c != '\n');
        assert_eq!(bad, None, "{written}");
    }
    assert_eq!(text.matches("\n[train]\n").count(), 1, "{text}");
    assert!(!text.contains("\n[gates]"), "{text}");
    world.run(&["tag", "--yes"]).ok();
    assert!(server.tags().contains_key("2026.11.26"));
    assert!(!world.dir().join("x").exists());
}
