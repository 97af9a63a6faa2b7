//! What the machine writes: it says what it should, once, and nothing else on the page is another.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use train::id::PushDate;
use train::notes::carry;
use train::notes::page::{Page, Writer};
use train::notes::write::{self, Pushing};
use train::notes::{Edit, Notes, Phase, SectionKind, apply};

use crate::real::pages;
use crate::world::context;

/// That the edits only put in, or replace what is named: the rest is there, in order.
fn untouched(text: &str, edits: &[Edit]) {
    let after = apply(text, edits);
    let mut rest = after.as_str();
    let mut at = 0;
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| edit.at.start);
    for edit in &sorted {
        rest =
            rest.strip_prefix(&text[at..edit.at.start]).expect("what stands before an edit stays");
        rest = rest.strip_prefix(edit.text.as_str()).expect("the edit is there");
        at = edit.at.end;
    }
    assert_eq!(rest, &text[at..]);
}

fn compare(repo: &str, base: &str, head: &str) -> Pushing {
    let link = format!("https://github.com/mozilla/{repo}/compare/{base}...{head}");
    Pushing::Compare { base: base.into(), head: head.into(), link }
}

#[test]
fn links_are_written_on_every_real_page_and_read_back() {
    for (push, text) in pages() {
        let context = context(Some(push));
        for name in ["addons-server", "addons-frontend", "addons-code-manager"] {
            let repo = name.parse().unwrap();
            let wanted = compare(name, "2016.01.01", &format!("{push}-9"));
            let notes = Notes::parse(&text, &context);
            let edits = write::pushing(&notes, &context, &repo, &wanted);
            assert_eq!(edits.len(), 1);
            untouched(&text, &edits);
            let after = apply(&text, &edits);
            let notes = Notes::parse(&after, &context);
            let there = notes
                .links
                .iter()
                .filter(|link| after[link.span.clone()].ends_with(&format!("{push}-9")));
            let kinds: Vec<_> =
                there.map(|link| notes.section_at(link.span.start).unwrap().kind).collect();
            assert_eq!(kinds, [SectionKind::Pushing], "{push} {name}\n{after}");
            assert_eq!(
                write::pushing(&notes, &context, &repo, &wanted),
                [],
                "{push}: once is enough"
            );
        }
    }
}

#[test]
fn items_are_put_in_on_every_real_page_and_read_back() {
    let kinds = [
        SectionKind::Blockers,
        SectionKind::Tasks(Phase::BeforePush),
        SectionKind::Tasks(Phase::AfterDone),
        SectionKind::Picks,
        SectionKind::Later,
    ];
    for (push, text) in pages() {
        let context = context(Some(push));
        for kind in kinds {
            let notes = Notes::parse(&text, &context);
            let edit = write::item(&notes, kind, "Look at the moon");
            untouched(&text, std::slice::from_ref(&edit));
            let after = Notes::parse(&apply(&text, &[edit]), &context);
            let new: Vec<_> =
                after.items.iter().filter(|item| item.text == "Look at the moon").collect();
            assert_eq!(
                new.iter().map(|item| item.kind).collect::<Vec<_>>(),
                [kind],
                "{push} {kind:?}\n{}",
                after.text()
            );
            assert_eq!(
                after.items.len(),
                notes.items.len() + 1,
                "{push} {kind:?}\n{}",
                after.text()
            );
        }
    }
}

#[test]
fn picked_lines_are_marked_where_they_were_not() {
    for (push, text) in pages() {
        let context = context(Some(push));
        let notes = Notes::parse(&text, &context);
        for suffix in [0, 3] {
            let mut lines: Vec<Edit> =
                notes.asks.iter().filter_map(|ask| write::picked(ask, push, suffix)).collect();
            lines.dedup();
            untouched(&text, &lines);
            let after = Notes::parse(&apply(&text, &lines), &context);
            assert_eq!(after.asks.len(), notes.asks.len(), "{push}");
            let taken_back = |line: &str| line.contains("removed from") || line.contains("aborted");
            for ask in after.asks.iter().filter(|ask| !taken_back(&ask.condition)) {
                let line = &after.text()[ask.span.start..ask.line_end];
                assert!(ask.done.is_some(), "{push}: {line}");
            }
        }
    }
}

#[test]
fn times_are_written_once_and_never_over_a_person_s() {
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    for (push, text) in pages() {
        let context = context(Some(push));
        let at: Timestamp =
            push.0.at(9, 2, 0, 0).to_zoned_datetime(zone.clone()).unwrap().timestamp();
        let notes = Notes::parse(&text, &context);
        let Some(edit) = write::start(&notes, at, &zone) else {
            assert!(notes.starts.iter().any(|clock| !clock.text.is_empty()), "{push}");
            continue;
        };
        untouched(&text, std::slice::from_ref(&edit));
        let after = Notes::parse(&apply(&text, &[edit]), &context);
        let read = after.start().and_then(|clock| clock.at.as_ref()).map(|at| at.timestamp());
        assert_eq!(read, Some(at), "{push}");
        assert_eq!(after.items.len(), notes.items.len(), "{push}");
        assert_eq!(write::start(&after, at, &zone), None, "{push}");
    }
}

#[test]
fn the_hero_is_named_and_the_old_one_struck() {
    let hero = "tofumatt".parse().unwrap();
    for (push, text) in pages() {
        let context = context(Some(push));
        let notes = Notes::parse(&text, &context);
        let Some(edit) = write::hero(&notes, &context, &hero) else { continue };
        untouched(&text, std::slice::from_ref(&edit));
        let after = Notes::parse(&apply(&text, &[edit]), &context);
        let names: Vec<_> =
            after.hero().unwrap().names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(
            names,
            ["tofumatt"],
            "{push}: {}",
            &after.text()[after.hero().unwrap().span.clone()]
        );
        assert_eq!(write::hero(&after, &context, &hero), None, "{push}");
    }
    let written = |text: &str| {
        let context = context(None);
        let notes = Notes::parse(text, &context);
        apply(text, &[write::hero(&notes, &context, &hero).unwrap()])
    };
    assert_eq!(
        written("This week's push hero is <push hero>\n"),
        "This week's push hero is tofumatt\n"
    );
    assert_eq!(
        written("This week's push hero is [mat](https://x.org/m) (ill)"),
        "This week's push hero is ~~[mat](https://x.org/m)~~ tofumatt (ill)"
    );
    assert_eq!(written("x"), "This week's push hero is tofumatt\n\nx");
}

#[test]
fn a_hero_who_is_relieved_is_struck_only_where_the_machine_wrote_the_line() {
    let context = context(None);
    let relieved = |text: &str, was: &str, is: &str| {
        let notes = Notes::parse(text, &context);
        let (was, is) = (was.parse().unwrap(), is.parse().unwrap());
        let edit = write::relieved(&notes, &context, train::notes::TEMPLATE, (&was, &is))?;
        Some(apply(text, &[edit]))
    };
    let once = relieved("This week's push hero is mat\n\nx\n", "mat", "kumar").unwrap();
    assert_eq!(once, "This week's push hero is ~~mat~~ kumar\n\nx\n");
    let twice = relieved(&once, "kumar", "tofumatt").unwrap();
    assert_eq!(twice, "This week's push hero is ~~mat~~ ~~kumar~~ tofumatt\n\nx\n");
    for (theirs, was) in [
        ("This week's push hero is mat (swapped with kumar)\n", "mat"),
        ("This week's push hero is @mat\n", "mat"),
        ("This week's push hero is kumar\n", "mat"),
        ("This push's hero is mat\n", "mat"),
        ("no line at all\n", "mat"),
    ] {
        assert_eq!(relieved(theirs, was, "tofumatt"), None, "{theirs}");
    }
}

#[test]
fn one_that_stays_is_said_where_its_link_was() {
    let push: PushDate = "2026.11.26".parse().unwrap();
    let context = context(Some(push));
    let (repo, other) = ("addons-frontend".parse().unwrap(), "addons-server".parse().unwrap());
    let text = train::notes::page(train::notes::TEMPLATE, push, Some("mat"), &context.repos()[..2]);
    let stays = Pushing::Stays("nothing\nnew".into());
    let edits = write::pushing(&Notes::parse(&text, &context), &context, &repo, &stays);
    let text = apply(&text, &edits);
    assert!(text.contains("\n    no addons-frontend push: nothing new\n"), "{text}");
    let notes = Notes::parse(&text, &context);
    assert_eq!(notes.stays[0].because.as_deref(), Some("nothing new"));
    assert_eq!(write::pushing(&notes, &context, &repo, &stays), []);
    let back = compare("addons-frontend", "2026.11.19", "2026.11.26");
    let text = apply(&text, &write::pushing(&notes, &context, &repo, &back));
    assert!(
        text.contains(
            "\n    https://github.com/mozilla/addons-frontend/compare/2026.11.19...2026.11.26\n"
        ),
        "{text}"
    );
    let hotfix = format!(
        "{text}\n## Pushing\n- https://github.com/mozilla/addons-server/compare/2026.11.12...2026.11.19-1 (hot-fix)\n"
    );
    let hotfix = hotfix.replace("YYYY.MM.DD...YYYY.MM.DD", "2026.11.12...2026.11.19-2");
    let notes = Notes::parse(&hotfix, &context);
    let edits = write::pushing(
        &notes,
        &context,
        &other,
        &compare("addons-server", "2026.11.19-2", "2026.11.26"),
    );
    assert!(edits[0].at.is_empty(), "a link to another push's tag is a person's");
}

#[test]
fn carried_items_say_from_when() {
    let context = context("2026.12.03".parse().ok());
    let old = Notes::parse("Blockers:\n* [x] a\n* login ~~is~~ broken @kumar\n", &context);
    let text = "## Blockers:\n\n-\n\n## Pushing\n";
    let notes = Notes::parse(text, &context);
    let mut page = Page::default();
    let writer = Writer { name: "kumar".into(), settles: false, at: Timestamp::UNIX_EPOCH };
    page.written(&old, &[], &writer);
    let left = carry::left(&old, &page, &context, "2026.11.26".parse().unwrap());
    let (carried, told) = carry::carried(text, &context, &left, usize::MAX);
    assert_eq!(notes.items.len(), 0);
    assert_eq!((told.len(), told[0].by.as_str()), (1, "kumar"));
    assert_eq!(
        carried,
        "## Blockers:\n\n- login is broken @kumar (from 2026.11.26)\n\n## Pushing\n"
    );
    let item = &Notes::parse(&carried, &context).items[0];
    assert_eq!((item.done.is_some(), item.owner.is_some()), (false, true));
}

#[test]
fn edits_that_disagree_lose_nothing() {
    let edit = |from, to, text: &str| Edit { at: from..to, text: text.into() };
    assert_eq!(apply("abc", &[edit(1, 2, "x"), edit(1, 3, "y"), edit(9, 9, "z")]), "axc");
    assert_eq!(apply("é", &[edit(1, 2, "x"), Edit::insert(2, "!")]), "é!");
}
