//! How single things are read: one case a line, in the form of the page.

use train::notes::{Notes, Phase, SectionKind, Weight};

use crate::world::context;

fn read(text: &str) -> Notes {
    Notes::parse(text, &context("2026.11.26".parse().ok()))
}

fn items(text: &str) -> Vec<String> {
    read(text).items.iter().map(|item| item.text.clone()).collect()
}

fn kinds(text: &str) -> Vec<SectionKind> {
    read(text).sections.iter().skip(1).map(|section| section.kind).collect()
}

#[test]
fn headings_in_both_forms_any_case_indented_or_not() {
    use SectionKind::{Blockers, Issues, Later, Notable, Other, Picks, Pushing, Tasks};
    let all = "Notable things shipping:\nBLOCKERS\n  ## to pick\nCherry-picks:\n### Pushing\nbefore we push...\n**Before we start:**\n#Before we promote\nAfter we’re done:\n# Testing\nIssues:\nLater:";
    let tasks =
        [Phase::BeforePush, Phase::BeforeStart, Phase::BeforePromote, Phase::AfterDone].map(Tasks);
    let expected = [
        Notable, Blockers, Picks, Picks, Pushing, tasks[0], tasks[1], tasks[2], tasks[3], Other,
        Issues, Later,
    ];
    assert_eq!(kinds(all), expected);
    for sentence in [
        "Later we should fix this",
        "Issues with login on stage",
        "Pushing the wrong tag breaks it",
        "- Before we push, look",
        "#hashtag",
        "1. Blockers",
        "Starting: x",
        "toner: x",
    ] {
        assert_eq!(kinds(sentence), [], "{sentence}");
    }
    assert_eq!(kinds("-------Before we start:"), [tasks[1]]);
    assert_eq!(items("Blockers: none\nIssues: the site was slow\n"), ["the site was slow"]);
}

#[test]
fn what_is_no_item() {
    for nothing in [
        "*",
        "\\*",
        "-",
        "  * ",
        "-----",
        "-----9",
        "None",
        "* n/a",
        "nothing.",
        "<!-- x -->",
        "<!-- a\nb\n-->",
        "…",
        "```\ncode\n```",
        "* ~~~~",
    ] {
        assert_eq!(items(&format!("Blockers:\n\n{nothing}\n\n")), [""; 0], "{nothing}");
    }
}

#[test]
fn what_is_not_closed_hides_nothing() {
    for open in ["```", "~~~", "<!--", "```sh"] {
        let text = format!("Blockers:\n{open}\n* one\n## Before we push\n* two\n```\nx\n```\n");
        assert_eq!(items(&text), ["one", "two"], "{open}");
        assert_eq!(
            read(&text)
                .check(&context(None))
                .iter()
                .filter(|p| p.message.contains("nothing closes"))
                .count(),
            1
        );
    }
}

#[test]
fn an_item_has_its_deeper_lines_and_the_fence_behind_it() {
    let text = "After we're done:\n* run it:\n  - first\n\n  second\n\n  ```sh\n  $ a\n    b\n  ```\n* next\nwrapped\n";
    let notes = read(text);
    assert_eq!(items(text), ["run it:", "next wrapped"]);
    assert_eq!(notes.items[0].details, ["first", "second"]);
    assert_eq!(notes.items[0].commands[0].text, "$ a\n  b\n");
    assert_eq!(items("Blockers:\none\ntwo\n  more\n\nthree\n"), ["one", "two", "three"]);
    let wrapped = "Blockers:\nLog in fails for everybody who has set a password with more than twelve\ncharacters in it.\n";
    assert_eq!(items(wrapped).len(), 1);
}

#[test]
fn asks_in_every_form() {
    let text = "To pick:\n### addons-frontend\n* 0a675a178c because of search\n* server@1b675a178c\n* https://github.com/mozilla/addons-server/pull/7 when it's merged\n* do not pick https://github.com/mozilla/addons-server/commit/2c675a178c\n* see nothing here\n";
    let notes = read(text);
    let asks: Vec<String> = notes
        .asks
        .iter()
        .map(|ask| {
            format!(
                "{} {:?} {} {}",
                ask.repo.as_ref().unwrap(),
                ask.what,
                ask.condition,
                ask.forbidden
            )
        })
        .collect();
    assert_eq!(
        asks,
        [
            "addons-frontend Commit(\"0a675a178c\") because of search false",
            "addons-server Commit(\"1b675a178c\")  false",
            "addons-server Pull(7) when it's merged false",
            "addons-server Commit(\"2c675a178c\")  true",
        ]
    );
    assert_eq!(
        read("To pick:\n* 0a675a178c\n").check(&context(None))[1].kind,
        train::notes::ProblemKind::NoRepository
    );
}

#[test]
fn why_an_ask_is_made_leaves_out_the_link_s_bracket_and_the_machine_s_mark() {
    let link = "https://github.com/mozilla/addons-server/commit/2c675a178c";
    for (line, why) in [
        (format!("[server@2c675a178c]({link}) needs it"), "needs it"),
        (format!("[server@2c675a178c]({link})"), ""),
        (format!("[server@2c675a178c]({link} \"Arrive late\") needs it"), "needs it"),
        (format!("[server@2c675a178c](<{link}>) (needs it)"), "(needs it)"),
        (format!("~~[server@2c675a178c]({link}) needs it~~"), "needs it"),
        (format!("{link} needs it (in -1)"), "needs it"),
        (format!("[server@2c675a178c]({link}) needs it (in 2026.11.26)"), "needs it"),
        ("server@2c675a178c (in -12)".to_owned(), ""),
        ("server@2c675a178c found (in login)".to_owned(), "found (in login)"),
    ] {
        let asks = read(&format!("To pick:\n* {line}\n")).asks;
        assert_eq!(asks[0].condition, why, "{line}");
    }
}

#[test]
fn tasks_name_owner_environments_and_order() {
    let notes = read(
        "Before we push:\n* [ ] jason: flip the switch on stage and -prod (after: run the migrations)\n* ops: deploy nginx\n* Note: there is a migration\n",
    );
    let task = &notes.items[0];
    assert_eq!(task.environments, ["stage", "production"]);
    assert_eq!(task.after.as_deref(), Some("run the migrations"));
    assert!(
        matches!(&task.owner, Some(train::notes::Who::Person(name)) if name.as_str() == "jason")
    );
    assert!(matches!(&notes.items[1].owner, Some(train::notes::Who::Role(_))));
    assert_eq!(notes.items[2].weight, Weight::Informing);
}

#[test]
fn people_are_reported_with_the_nearest() {
    let notes = read("This week's push hero is muffinreserch\nops: jasom\n");
    let problems = notes.check(&context(None));
    let found: Vec<_> = problems.iter().map(|p| (p.line, p.suggestion.as_deref())).collect();
    assert_eq!(found, [(1, Some("muffinresearch")), (2, Some("jason"))]);
}

#[test]
fn links_and_times_are_doubted() {
    let link = "https://github.com/mozilla/addons-server/compare";
    let notes = read(&format!(
        "Push hero: mat\nPushing:\n{link}/2026.11.19...2026.11.26-1\n{link}/2026.11.19...2025.11.26\n{link}/2026.11.19...2026.11.25\nstart: soon\nend: 9:00am\n"
    ));
    let found: Vec<_> = notes
        .check(&context("2026.11.26".parse().ok()))
        .into_iter()
        .map(|p| (p.line, serde_json::to_value(p.kind).unwrap()))
        .collect();
    assert_eq!(
        found,
        [(4, "head_before_base".into()), (5, "other_push".into()), (6, "bad_time".into())]
    );
}
