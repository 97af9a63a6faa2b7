//! What `init` writes loads again, whatever was found on the remotes; and reading is total.

use std::path::Path;

use proptest::prelude::*;

use pushduty::config::guess::{Guess, Guessed, PersonGuess, RepoGuess};
use pushduty::config::{ConfigError, Configured, parse, read, write};

const ESCAPE: char = '\u{1b}';

fn reload(text: &str) -> Configured {
    match read(text, Path::new("/train")) {
        Ok(mut all) => all.remove(0),
        Err(problems) => {
            panic!("{}\n{text}", ConfigError::located("written", text, problems).render(false, 120))
        }
    }
}

fn found() -> Guess {
    Guess {
        train: "amo".into(),
        time_zone: Some(Guessed::new("Europe/Berlin", "this machine's zone")),
        cut: None,
        push: Some(Guessed::new("Thursday 09:00", "9 of the last 10 tags are of a Thursday")),
        every: Some(Guessed::new("2 weeks", "the last 10 tags are 14 days apart")),
        starting: Some(Guessed::new("2026-11-26", "the newest tag plus two weeks")),
        repos: vec![
            RepoGuess {
                name: "addons-server".into(),
                upstream: "https://github.com/mozilla/addons-server.git".into(),
                branch: Some(Guessed::new("master", "the remote's HEAD")),
                tag: Some(Guessed::new("v{date}", "310 tags have this form")),
                first_suffix: Some((2, "212 of 214 first suffixes are 2".into())),
                migrations: Some((vec!["**/migrations/*.py".into()], "84 files".into())),
            },
            RepoGuess {
                name: "addons-frontend".into(),
                upstream: "remotes/frontend.git".into(),
                ..RepoGuess::default()
            },
        ],
        people: vec![
            PersonGuess {
                name: "Mathieu Pillard".into(),
                aliases: vec!["diox".into()],
                email: Some("mat@example.org".into()),
                roles: vec!["hero".into(), "developer".into()],
                evidence: "37 commits since August".into(),
            },
            PersonGuess {
                name: "kumar".into(),
                evidence: "12 commits since August".into(),
                ..PersonGuess::default()
            },
        ],
        rotation: vec!["Mathieu Pillard".into(), "kumar".into()],
    }
}

#[test]
fn it_reads_well() {
    insta::assert_snapshot!(write(&found()));
}

#[test]
fn it_loads_with_what_was_guessed() {
    let settings = reload(&write(&found())).settings;
    assert_eq!((settings.train.as_str(), settings.timetable.every), ("amo", 2));
    assert_eq!(settings.timetable.zone.name(), "Europe/Berlin");
    assert_eq!(
        (settings.repos[0].scheme.template(), settings.repos[0].scheme.first_suffix()),
        ("v{date}".into(), 2)
    );
    assert_eq!(settings.repos[1].upstream, "/train/remotes/frontend.git");
    let order: Vec<&str> = settings.rotation.iter().map(|n| n.as_str()).collect();
    assert_eq!(order, ["mathieu-pillard", "kumar"]);
    assert_eq!(
        settings.person("Mathieu Pillard").unwrap().email.as_deref(),
        Some("mat@example.org")
    );
}

#[test]
fn it_loads_where_nothing_was_found() {
    let settings = reload(&write(&Guess::default())).settings;
    assert_eq!(settings.train.as_str(), "train");
    assert!(
        settings.repos.is_empty() && settings.people.is_empty() && settings.rotation.is_empty()
    );
}

/// Takes the comment marks off the lines that are examples.
fn with_examples(text: &str) -> String {
    let is_code = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        line.starts_with('[')
            || (line.contains(" = ") && key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    text.lines()
        .map(|line| line.strip_prefix("# ").filter(|code| is_code(code)).unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_examples_load_once_their_marks_are_off() {
    for guess in
        [found(), Guess { people: Vec::new(), rotation: Vec::new(), ..found() }, Guess::default()]
    {
        let text = with_examples(&write(&guess));
        let all = reload(&text);
        assert_eq!(
            (all.settings.gates.len(), all.later.monitors.len(), all.calendars.len()),
            (2, 1, 1),
            "{text}"
        );
        assert_eq!(all.settings.environments.len(), 2);
        assert!(!all.settings.repos.is_empty() && !all.settings.rotation.is_empty());
    }
}

#[test]
fn a_cadence_without_a_start_waits_as_a_comment() {
    let text = write(&Guess { starting: None, ..found() });
    assert!(text.contains("# every = \"2 weeks\""), "{text}");
    assert_eq!(reload(&text).settings.timetable.every, 1);
}

#[test]
fn hostile_names_become_harmless_and_stay_apart() {
    let person = |name: &str, email: &str| PersonGuess {
        name: name.into(),
        email: Some(email.into()),
        evidence: "\u{1b}[31m]\n[gates]\nx = 1".into(),
        ..PersonGuess::default()
    };
    let people = vec![
        person("\"]\n[train]\nname = \"x", "a@b"),
        person("--upload-pack=x", "A@B"),
        person("Mat", "mat@x"),
        person("mat", "mat"),
        person("\u{202e}\u{7}", "\"@x"),
        person("", ""),
        person("'''\\", "x@y\n"),
        person("Jürgen Groß", "j@x"),
    ];
    let rotation = people.iter().map(|p| p.name.clone()).collect();
    let text = write(&Guess { people, rotation, ..found() });
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
    let settings = reload(&text).settings;
    assert_eq!((settings.people.len(), settings.rotation.len()), (8, 8));
    assert!(settings.person("Jürgen Groß").is_some());
    let rotation_alone = write(&Guess {
        rotation: vec!["a b".into(), "A-B".into(), "\u{7}".into()],
        people: Vec::new(),
        ..found()
    });
    assert_eq!(reload(&rotation_alone).settings.rotation.len(), 3);
}

fn guessed() -> impl Strategy<Value = Option<Guessed>> {
    let value = prop_oneof![
        "\\PC{0,12}",
        ".{0,12}",
        Just("Monday 14:00".to_owned()),
        Just("2 weeks".to_owned()),
        Just("v{date}".to_owned()),
        Just("2026-11-26".to_owned()),
        Just("main".to_owned()),
    ];
    proptest::option::of(
        (value, ".{0,20}").prop_map(|(value, evidence)| Guessed { value, evidence }),
    )
}

fn person() -> impl Strategy<Value = PersonGuess> {
    let name = || prop_oneof![".{0,12}", "[aA]{1,2}[ -]?", "[\"'\\\\\\[\\]\n#=.]{0,8}"];
    (
        name(),
        proptest::collection::vec(name(), 0..3),
        proptest::option::of(prop_oneof![name(), "[aA]@[b\"]"]),
        ".{0,20}",
    )
        .prop_map(|(name, aliases, email, evidence)| PersonGuess {
            name,
            aliases,
            email,
            roles: vec!["qa".into(), "x".into()],
            evidence,
        })
}

fn repo() -> impl Strategy<Value = RepoGuess> {
    let name = prop_oneof![".{0,12}", "[a.\\-]{0,5}(\\.lock)?"];
    (
        name,
        "/[a-c]{1,2}",
        guessed(),
        guessed(),
        proptest::option::of((0u32..200, ".{0,9}")),
        proptest::collection::vec(".{0,8}", 0..3),
    )
        .prop_map(|(name, upstream, branch, tag, first_suffix, globs)| RepoGuess {
            name,
            upstream,
            branch,
            tag,
            first_suffix,
            migrations: Some((globs, "x".into())),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_found_the_file_loads(
        names in (".{0,12}", guessed(), guessed(), guessed(), guessed(), guessed()),
        repos in proptest::collection::vec(repo(), 0..4),
        people in proptest::collection::vec(person(), 0..5),
        wild in proptest::collection::vec(".{0,8}", 0..2),
    ) {
        let (train, time_zone, cut, push, every, starting) = names;
        let rotation: Vec<String> = people.iter().map(|p| p.name.clone()).chain(wild).collect();
        let count = people.len();
        let guess = Guess { train, time_zone, cut, push, every, starting, repos, people, rotation };
        let text = write(&guess);
        let settings = reload(&text).settings;
        prop_assert!(count == 0 || settings.people.len() == count);
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        if let Err(problems) = read(&text, Path::new("/")) {
            let error = ConfigError::located("any", &text, problems);
            prop_assert!(!error.render(true, 80).is_empty());
            prop_assert!(!error.render(false, 80).contains(ESCAPE));
        }
        let _ = parse(&text);
    }

    #[test]
    fn a_sample_with_any_wound_is_read_without_a_panic(at in 0usize..4000, cut in 0usize..30, put in "[\\[\\]{}=\"'#.,\n\u{1b}é 0-9a-z]{0,6}") {
        let sample = include_str!("../samples/amo.toml");
        let at = at % sample.len();
        let end = (at + cut).min(sample.len());
        if let (Some(before), Some(after)) = (sample.get(..at), sample.get(end..)) {
            let text = format!("{before}{put}{after}");
            if let Err(problems) = read(&text, Path::new("/")) {
                let drawn = ConfigError::located("any", &text, problems).render(false, 80);
                prop_assert!(drawn.contains("help: ") && !drawn.contains(ESCAPE));
            }
        }
    }
}
