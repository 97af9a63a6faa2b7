//! What must hold of any text at all: it is read, in time, and comes back byte for byte.

use std::time::Instant;

use proptest::prelude::*;
use train::notes::{Notes, apply, page, write};

use crate::world::context;

/// Pieces that mean something to the grammar, to be put together in every way.
const PIECES: &[&str] = &[
    "Blockers:",
    "## Blockers",
    "To pick.",
    "Before we push:",
    "-----",
    "-----Before we start:",
    "```",
    "~~~",
    "````",
    "<!--",
    "-->",
    "* ",
    "- ",
    "\\*",
    "[x] ",
    "[ ] ",
    "~~",
    "~",
    "`",
    "(in -1)",
    "[DONE]",
    "(",
    ")",
    "[",
    "]",
    "@mat",
    "kumar",
    "https://github.com/mozilla/addons-server/commit/0a675a178c",
    "https://github.com/mozilla/addons-frontend/compare/2017.02.02...2017.02.09",
    "addons-server",
    "frontend@0a675a17",
    "2017.02.09-1",
    "start:",
    "end: 9:02am PT",
    "This week's push hero is ",
    "ops: ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "    ",
    "\t",
    " ",
    "é",
    "ﬁ",
    "\u{0}",
    "\u{1b}",
    "\u{feff}",
    "\u{2028}",
    "🎉",
    "word",
    "#",
    "# ",
    ".",
    ":",
    "no addons-server push: ",
    "after: ",
    "on stage",
    "Pushing",
    "Later:",
    "Issues:",
    "None",
    "10.",
    "do not pick",
];

fn texts() -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![8 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => ".{0,4}"];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn holds(text: &str) {
    let context = context("2017.02.09".parse().ok());
    let notes = Notes::parse(text, &context);
    assert_eq!(notes.print(), text);
    let mut end = 0;
    for line in notes.lines() {
        assert_eq!(line.span.start, end);
        assert!(line.end <= line.span.end && text.is_char_boundary(line.end));
        end = line.span.end;
    }
    assert_eq!(end, text.len());
    let mut end = 0;
    for section in &notes.sections {
        assert!(section.heading.start >= end && section.heading.end <= section.body.start);
        end = section.body.end;
        assert!(
            text.get(section.heading.clone()).is_some() && text.get(section.body.clone()).is_some()
        );
    }
    let mut end = 0;
    for item in &notes.items {
        assert!(item.span.start >= end && item.span.start < item.span.end, "{item:?}");
        assert!(item.span.contains(&(item.line_end - 1)) && text.is_char_boundary(item.line_end));
        assert!(text[item.span.clone()].starts_with(|c: char| !c.is_whitespace()));
        end = item.span.end;
        for command in &item.commands {
            assert!(text.get(command.span.clone()).is_some() && command.span.end <= item.span.end);
        }
    }
    for ask in &notes.asks {
        let item = &notes.items[ask.item];
        assert!(
            item.span.contains(&ask.span.start)
                && ask.span.end <= ask.line_end
                && ask.line_end <= item.span.end
        );
        assert!(text.get(ask.span.clone()).is_some() && text.is_char_boundary(ask.line_end));
    }
    let links = notes.links.iter().map(|link| link.span.clone());
    let times = notes.starts.iter().chain(&notes.ends).map(|clock| clock.span.clone());
    let heroes = notes
        .heroes
        .iter()
        .flat_map(|hero| hero.names.iter().map(|n| n.span.clone()).chain([hero.span.clone()]));
    for span in links.chain(times).chain(heroes) {
        assert!(text.get(span.clone()).is_some(), "{span:?}");
    }
    for problem in notes.check(&context) {
        assert!(problem.line >= 1 && problem.line <= notes.lines().len() + 1);
    }
    let hero = "mat".parse().unwrap();
    let _ = (write::hero(&notes, &context, &hero), apply(text, &[]));
}

proptest! {
    #[test]
    fn pieces_in_any_order(text in texts()) {
        holds(&text);
    }

    #[test]
    fn any_text(text in "(?s).{0,300}") {
        holds(&text);
    }

    #[test]
    fn any_bytes_that_are_text(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(&String::from_utf8_lossy(&bytes));
    }
}

/// Pages in every form that invites a search from each place to the end.
#[test]
fn hostile_pages_take_time_in_proportion() {
    let forms = [
        "x",
        "* a\n",
        "\n",
        "```a\n",
        "~~a ",
        "~a ",
        "`a ",
        "``a",
        "<!-- ",
        "<!-- -->",
        "(",
        "[a](",
        "https://",
        "https://github.com/mozilla/addons-server/commit/0a675a178c ",
        "@mat ",
        "## Blockers\n",
        "Blockers:\n* a\n```\n",
        "a after: b ",
        "done - ",
        "picked in ",
        "- ",
        "~~~~~~",
        "kumar, ",
        "\u{301}",
        "start: 9:0\n",
        "no ",
    ];
    let context = context(None);
    let heads = [
        "Blockers:\n\n* ",
        "To pick:\n",
        "Before we push:\n",
        "This week's push hero is ",
        "Pushing:\n",
    ];
    let size = 20_000;
    for head in heads {
        for form in forms {
            let time = |size: usize| {
                let text = format!("{head}{}", form.repeat(size / form.len()));
                let started = Instant::now();
                let notes = Notes::parse(&text, &context);
                let _ = notes.check(&context);
                assert_eq!(notes.print().len(), text.len());
                started.elapsed()
            };
            // Eight times the text: a search from each place to the end would take sixty-four times as long. A machine that
            // is busy with other things gets another try; such a search fails them all.
            let in_proportion = (0..3).any(|_| {
                let (short, long) = (time(size), time(size * 8));
                long < short * 30 + std::time::Duration::from_millis(150)
            });
            assert!(in_proportion, "{head:?} {form:?}");
        }
    }
}

#[test]
fn a_new_page_has_no_items_and_no_times() {
    let repos = context(None).repos().to_vec();
    let push = "2026.11.26".parse().unwrap();
    let text = page(train::notes::TEMPLATE, push, None, &repos[..2]);
    insta::assert_snapshot!("new_page", text);
    let notes = Notes::parse(&text, &context(Some(push)));
    assert_eq!((notes.items.len(), notes.asks.len(), notes.links.len()), (0, 0, 2));
    assert!(notes.start().is_none() && notes.hero().unwrap().names.is_empty());
    let own = page("# {push} {x} {hero}\n- {links}\n", push, Some("mat"), &repos[..1]);
    assert_eq!(
        own,
        "# 2026.11.26 {x} mat\n- https://github.com/mozilla/addons-server/compare/YYYY.MM.DD...YYYY.MM.DD\n"
    );
}
