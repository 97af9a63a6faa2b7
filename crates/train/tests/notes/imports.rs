//! Imports: the 194 real pages against the two tables of facts, and each kind of doubt.

use std::collections::{BTreeMap, BTreeSet};

use train::id::PushDate;
use train::import::{Folder, Imported, Known, Reading, Unread, read};
use train::notes::embargo::Embargoed;

use crate::facts::rows;
use crate::real::pages;
use crate::world::context;

/// The real pages as a folder.
fn folder() -> Folder {
    let mut folder = Folder::default();
    for (push, text) in pages() {
        folder.add(format!("{}.md", push.to_string().replace('.', "/")), || Ok(text));
    }
    folder
}

fn imported(folder: &Folder) -> Reading {
    read(folder, &context(None), &BTreeMap::new(), &Known::default(), &Embargoed::default())
}

/// A few pages, each by its date.
fn these(pages: &[(&str, &str)]) -> Folder {
    let mut folder = Folder::default();
    for (date, text) in pages {
        folder.add(format!("{date}.md"), || Ok((*text).to_owned()));
    }
    folder
}

fn told(reading: &Reading) -> Vec<String> {
    let line = |p: &train::import::Problem| {
        let kind = serde_json::to_value(p.kind).unwrap();
        let line = p.line.map(|line| format!(":{line}")).unwrap_or_default();
        let hint = p.suggestion.clone().unwrap_or_default();
        format!("{}{line} {}: {} → {hint}", p.file, kind.as_str().unwrap(), p.message)
    };
    reading.problems.iter().map(line).collect()
}

#[test]
fn the_tables_of_facts_are_reproduced() {
    let reading = imported(&folder());
    let links: Vec<Vec<String>> = reading
        .pages
        .iter()
        .flat_map(|page| page.imported.links.iter().map(|link| (page.imported.push, link)))
        .map(|(push, l)| {
            vec![push.to_string(), format!("mozilla/{}", l.repo), l.base.clone(), l.head.clone()]
        })
        .collect();
    assert_eq!(links, rows("data/compare-links-2017-2020.csv"));
    let table = rows("data/pushes-2017-2020.csv");
    assert_eq!(reading.pages.len(), table.len());
    for (page, row) in reading.pages.iter().zip(&table) {
        let Imported { push, links, picks, .. } = &page.imported;
        assert_eq!((push.to_string(), links.len().to_string()), (row[0].clone(), row[2].clone()));
        // Whatever commit of a page is not counted as a pick is told, by its line.
        let aside = reading.problems.iter().filter(|p| {
            let kind = serde_json::to_value(p.kind).unwrap();
            p.file == page.file && (kind == "commit_aside" || kind == "commit_in_blockers")
        });
        let lines: BTreeSet<Option<usize>> = aside.clone().map(|p| p.line).collect();
        let there: usize = row[3].parse().unwrap();
        assert!(picks.len() + lines.len() >= there || picks.len() >= there, "{push}");
        assert_eq!(picks.len() < there, aside.count() > 0, "{push}");
    }
}

#[test]
fn every_doubt_of_the_real_pages_has_its_place_and_what_to_do() {
    let reading = imported(&folder());
    for problem in &reading.problems {
        assert!(problem.line.is_some() && problem.suggestion.is_some(), "{problem:?}");
    }
    insta::assert_snapshot!("doubts", told(&reading).join("\n"));
}

#[test]
fn the_same_pages_again_are_the_same() {
    let reading = imported(&folder());
    let before: BTreeMap<PushDate, Imported> =
        reading.pages.iter().map(|page| (page.imported.push, page.imported.clone())).collect();
    let (context, known) = (context(None), Known::default());
    let again = read(&folder(), &context, &before, &known, &Embargoed::default());
    assert_eq!(again, reading, "what was imported changes no doubt");
    assert!(again.pages.iter().all(|page| page.imported.is_same(&before[&page.imported.push])));
    for page in &again.pages {
        let text = serde_json::to_string(&page.imported).unwrap();
        assert_eq!(serde_json::from_str::<Imported>(&text).unwrap(), page.imported);
    }
}

const HERO: &str = "This week's push hero is mat\nPushing:\n";

fn page(links: &[&str]) -> String {
    let link = |pair: &&str| format!("https://github.com/mozilla/addons-server/compare/{pair}\n");
    HERO.to_owned() + &links.iter().map(link).collect::<String>()
}

/// What is said of a page of 2021.01.28 with this link, after one that pushed 2021.01.21-1.
fn after(link: &str, known: &[&str]) -> Vec<String> {
    let (one, two, three) =
        (page(&["2021.01.07...2021.01.14"]), page(&["2021.01.14...2021.01.21-1"]), page(&[link]));
    let folder = these(&[("2021.01.14", &one), ("2021.01.21", &two), ("2021.01.28", &three)]);
    let tags: BTreeSet<String> = known.iter().map(|tag| (*tag).to_owned()).collect();
    let known = (!tags.is_empty()).then(|| ("addons-server".parse().unwrap(), tags));
    let known = Known(known.into_iter().collect());
    let reading = read(&folder, &context(None), &BTreeMap::new(), &known, &Embargoed::default());
    told(&reading).into_iter().filter(|line| line.starts_with("2021.01.28")).collect()
}

#[test]
fn a_link_that_does_not_begin_where_the_last_push_ended() {
    assert_eq!(after("2021.01.21-1...2021.01.28", &[]), [""; 0]);
    for (link, said) in [
        (
            "2021.01.14...2021.01.28",
            "skips_push: 2021.01.14 skips 2021.01.21-1, which 2021.01.21 pushed after it → 2021.01.21-1",
        ),
        (
            "2021.01.21...2021.01.28",
            "skips_push: 2021.01.21 skips 2021.01.21-1, which 2021.01.21 pushed after it → 2021.01.21-1",
        ),
        (
            "2021.01.21-2...2021.01.28",
            "unknown_base: no page tells of 2021.01.21-2: 2021.01.21 ended with 2021.01.21-1; a hot-fix, or another tag that its notes leave out → 2021.01.21-1; or the link to 2021.01.21-2 in the notes of 2021.01.21",
        ),
        (
            "2020.01.21-1...2021.01.28",
            "year_typo: 2020.01.21-1 is of 2020, most likely a slip of the year → 2021.01.21-1",
        ),
        (
            "2021.01.21-1...2020.01.28",
            "year_typo: 2020.01.28 is of 2020, most likely a slip of the year → 2021.01.28",
        ),
        (
            "2021.01.28...2021.01.21-1",
            "head_before_base: 2021.01.21-1 is older than what it is compared with, 2021.01.28 → 2021.01.21-1...2021.01.28",
        ),
        (
            "2021.01.28...2021.01.28",
            "empty_link: 2021.01.28 is compared with itself → 2021.01.21-1",
        ),
        ("master...2021.01.28", "base_no_tag: master is no tag: it has no date → 2021.01.21-1"),
        ("2021.01.21-1...master", "head_no_tag: master is no tag: it has no date → 2021.01.28"),
    ] {
        assert_eq!(after(link, &[]), [format!("2021.01.28.md:3 {said}")], "{link}");
    }
}

#[test]
fn a_base_that_is_no_tag_by_what_the_remote_shows() {
    let tags = ["2021.01.14", "2021.01.21", "2021.01.21-1", "2021.01.28", "stable"];
    assert_eq!(after("2021.01.21-1...2021.01.28", &tags), [""; 0]);
    assert_eq!(
        after("2021.01.21-3...2021.01.28", &tags),
        ["2021.01.28.md:3 base_no_tag: 2021.01.21-3 is no tag of addons-server → 2021.01.21-1"]
    );
    assert_eq!(
        after("2021.01.21-1...2021.01.28-9", &tags),
        ["2021.01.28.md:3 head_no_tag: 2021.01.28-9 is no tag of addons-server → 2021.01.28"]
    );
    let said = after("stable...2021.01.28", &tags);
    assert_eq!(said, [""; 0], "a tag without a date is a tag");
    // A remote whose tags begin later says nothing about that time.
    assert_eq!(after("2021.01.21-1...2021.01.28", &["2026.11.19"]), [""; 0]);
}

#[test]
fn what_is_no_page_is_told() {
    let mut folder = these(&[("2021.01.14", HERO)]);
    folder.add("README.md".into(), || Ok("hello".into()));
    folder.add("2021.13.14.md".into(), || Ok(HERO.into()));
    folder.add("2021.01.07 and 2021.01.14.md".into(), || Ok(HERO.into()));
    folder.add("amo-2021-01-14.txt".into(), || Ok(HERO.into()));
    folder.add("2021.02.04.md".into(), || Err(Unread::NotText));
    folder.add("2021.02.11.md".into(), || Err(Unread::TooLong(2_000_000)));
    folder.add("2021.02.18.md".into(), || Err(Unread::Link));
    folder.add("2021.02.25.md".into(), || Err(Unread::Failed("no rights".into())));
    folder.add("a.png".into(), || Err(Unread::NotText));
    let reading = imported(&folder);
    assert_eq!(reading.pages.len(), 1);
    insta::assert_snapshot!(told(&reading).join("\n"));
}

#[test]
fn whatever_would_be_dropped_is_told_with_its_line() {
    let text = "This week's push hero is mat
Notable things shipping:
* https://github.com/mozilla/addons-server/commit/0a675a178c0a675a178c0a675a178c0a675a178c is fine
Blockers:
* https://github.com/mozilla/addons-server/commit/1a675a178c0a675a178c0a675a178c0a675a178c
To pick:
* the thing that kumar said
* 2a675a178c0a675a178c0a675a178c0a675a178c
* https://github.com/mozilla/addons-server/commit/3a675a178c0a675a178c0a675a178c0a675a178c
Pushing:
https://github.com/mozilla/addons-sever/compare/2021.01.07...2021.01.14
https://github.com/mozilla/addons-server/compare/2021.01.07..2021.01.14
start: soon
";
    let reading = imported(&these(&[("2021.01.14", text)]));
    let page = &reading.pages[0].imported;
    assert_eq!((page.picks.len(), page.blockers.len(), page.links.len()), (2, 1, 0));
    insta::assert_snapshot!(told(&reading).join("\n"));
}

#[test]
fn p9_a_page_that_tells_of_what_is_not_public_is_left_out() {
    let embargoed = Embargoed { names: vec!["fix-session-7".into()], ..Embargoed::default() };
    let text = format!("{HERO}\nBlockers:\n* take fix-session-7\n");
    let folder = these(&[("2021.01.07", HERO), ("2021.01.14", &text)]);
    let reading = read(&folder, &context(None), &BTreeMap::new(), &Known::default(), &embargoed);
    assert_eq!(reading.pages.len(), 1);
    assert_eq!(
        told(&reading),
        [
            "2021.01.14.md:5 embargoed: this tells of a fix that is not public yet: the page is left out → import it when the fix is on upstream, or leave the line out"
        ]
    );
}
