//! The two tables of facts that plain patterns took from the same pages: reproduced, and each difference with its reason.

use std::collections::{BTreeMap, BTreeSet};

use train::id::PushDate;
use train::links::Target;
use train::notes::{Notes, SectionKind};

use crate::real::{pages, read};

/// The rows of a table, without its heading.
pub fn rows(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(testkit::shared(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn all() -> Vec<(PushDate, Notes)> {
    pages().iter().map(|(push, text)| (*push, read(*push, text))).collect()
}

#[test]
fn every_compare_link_is_read_as_it_was_typed() {
    let mut found = Vec::new();
    for (push, notes) in all() {
        for link in &notes.links {
            if let (Some(repo), Some(Target::Compare { base, head })) = (&link.repo, &link.target) {
                found.push(vec![
                    push.to_string(),
                    format!("mozilla/{repo}"),
                    base.clone(),
                    head.clone(),
                ]);
            }
        }
    }
    assert_eq!(found, rows("data/compare-links-2017-2020.csv"));
}

/// A push, what the table has, what the page says.
type Difference = (&'static str, &'static str, &'static str);

/// Heroes: the pattern takes one word, and none behind a strike.
const HEROES: &[(Difference, &str)] = &[
    (("2018.05.03", "", "eviljeff"), "~muffinresearch~ is struck, eviljeff stands behind it"),
    (
        ("2018.05.04", "muffinresearch", "muffinresearch+eviljeff"),
        "two names: the strike was lost on the way; it is reported",
    ),
    (("2019.06.27", "", "diox"), "~~[eviljeff]~~ is struck, diox stands behind it"),
    (("2020.11.16", "", "bobsilverberg"), "it is said of this push, not of this week"),
];

#[test]
fn heroes_are_those_of_the_table_or_differ_for_a_reason() {
    let table: BTreeMap<String, String> = rows("data/pushes-2017-2020.csv")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let mut left: BTreeMap<&str, &Difference> = HEROES.iter().map(|(d, _)| (d.0, d)).collect();
    for (push, notes) in all() {
        let names: Vec<String> = notes
            .hero()
            .map(|line| line.names.iter().map(|n| n.text.clone()).collect())
            .unwrap_or_default();
        let (there, here) = (&table[&push.to_string()], names.join("+"));
        if *there != here {
            let push = push.to_string();
            let known = left.remove(push.as_str());
            assert_eq!(
                known.map(|(_, table, page)| (*table, *page)),
                Some((there.as_str(), here.as_str())),
                "{push}"
            );
        }
    }
    assert!(left.is_empty(), "these no longer differ: {left:?}");
}

/// Picks: the pattern counts every `/commit/` link of the page. These pages have some that nobody asks to pick, or ask in
/// other ways: the number of the table, of asks that are such links, and of all asks.
const PICKS: &[(&str, usize, usize, usize, &str)] = &[
    ("2017.01.26", 11, 10, 10, "one commit is told of among the notable things"),
    ("2017.06.15", 4, 3, 3, "one is told of in the log behind Pushing"),
    ("2018.01.25", 6, 6, 7, "one more is asked for as pull/7397/commits/…"),
    ("2019.06.27", 1, 1, 2, "one more is asked for as a pull request"),
    ("2019.09.12", 4, 0, 0, "they stand among the blockers, and are done"),
    ("2020.09.10", 3, 2, 2, "one is told of to ops: it has migrations"),
    ("2020.11.05", 2, 1, 1, "one is told of in a reminder"),
];

#[test]
fn picks_are_those_of_the_table_or_differ_for_a_reason() {
    let mut left: BTreeSet<&str> = PICKS.iter().map(|row| row.0).collect();
    let table = rows("data/pushes-2017-2020.csv");
    for ((push, notes), row) in all().iter().zip(&table) {
        let (push, there) = (push.to_string(), row[3].parse::<usize>().unwrap());
        let text = |span: &std::ops::Range<usize>| &notes.text()[span.clone()];
        let linked = |link: &&train::notes::Link| {
            link.repo.is_some() && text(&link.span).contains("/commit/")
        };
        assert_eq!(notes.links.iter().filter(linked).count(), there, "{push}: links to commits");
        assert_eq!(
            notes
                .links
                .iter()
                .filter(|l| matches!(l.target, Some(Target::Compare { .. })))
                .count()
                .to_string(),
            row[2],
            "{push}: compare links"
        );
        let plain = notes.asks.iter().filter(|ask| text(&ask.span).contains("/commit/")).count();
        let all = notes.asks.len();
        if (there, there) != (plain, all) {
            let known =
                PICKS.iter().find(|known| known.0 == push).map(|known| (known.1, known.2, known.3));
            assert_eq!(known, Some((there, plain, all)), "{push}");
            left.remove(push.as_str());
        }
    }
    assert!(left.is_empty(), "these no longer differ: {left:?}");
}

#[test]
fn times_are_those_of_the_table_for_what_the_table_means() {
    // The pattern looks for `start:` at a line's beginning with anything behind it, over line ends; a bulleted `start time:`
    // it doesn't see. So its *yes* says: the label is there and something follows; ours says that there is a time.
    let mut times = 0;
    for ((push, notes), row) in all().iter().zip(rows("data/pushes-2017-2020.csv")) {
        let follows = |clocks: &[train::notes::Clock], label: &str| {
            clocks.iter().any(|clock| {
                let before = notes.text()[..clock.span.start].rsplit('\n').next().unwrap();
                let old = before.trim_start_matches('#').trim() == label;
                old && notes.text()[clock.span.start..].contains(|c: char| !c.is_whitespace())
            })
        };
        let said = |yes: bool| if yes { "True" } else { "False" };
        assert_eq!(said(follows(&notes.starts, "start:")), row[4], "{push} start");
        assert_eq!(said(follows(&notes.ends, "end:")), row[5], "{push} end");
        times += usize::from(notes.start().is_some()) + usize::from(notes.end().is_some());
    }
    assert_eq!(times, 63, "times that are really there");
}

#[test]
fn a_naive_reading_s_false_items_are_none() {
    // Every line of a section that is neither blank nor a heading: what a reading by lines alone would take for items.
    let mut lines = 0;
    let mut items = 0;
    for (push, notes) in all() {
        for section in notes.sections.iter().filter(|section| section.kind.has_items()) {
            let body = &notes.text()[section.body.clone()];
            lines += body.lines().filter(|line| !line.trim().is_empty()).count();
        }
        for item in &notes.items {
            let text = item.text.to_lowercase();
            assert!(text.contains(char::is_alphanumeric), "{push}: {text}");
            assert!(
                !text.starts_with("link to the actual")
                    && !text.starts_with("to be in chronological"),
                "{push}: {text}"
            );
            assert!(
                !text.starts_with("in chronological order")
                    && !text.contains("----")
                    && !text.contains("```"),
                "{push}: {text}"
            );
            assert!(!text.starts_with("./manage.py download_counts"), "{push}: {text}");
        }
        let asks: BTreeSet<usize> = notes.asks.iter().map(|ask| ask.item).collect();
        assert!(asks.iter().all(|at| notes.items[*at].kind == SectionKind::Picks), "{push}");
        items += notes.items.len();
    }
    assert!(lines > items + 500, "{lines} lines, {items} items");
}
