//! What must hold of any page: it is read, comes back byte for byte, and every place that is told lies within it.

use train::notes::{Notes, apply, edits, merge, write};

use super::world::context;

/// Panics where it does not hold.
pub fn holds(text: &str) {
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
    let hero = "mat".parse().expect("a name");
    let _ = (write::hero(&notes, &context, &hero), apply(text, &[]));
    changes(text);
}

/// What is different between a text and parts of it, there and back; and both made into one.
fn changes(text: &str) {
    let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (first, second) = text.split_at(half);
    for (old, new) in [(text, first), (second, text), (first, second)] {
        let made = edits(old, new);
        assert_eq!(apply(old, &made), new);
        assert!(made.windows(2).all(|two| two[0].at.end <= two[1].at.start), "{made:?}");
        assert_eq!(merge(old, new, old).text, new);
        assert_eq!(merge(old, old, new).text, new);
        assert_eq!(merge(old, new, new).text, new);
    }
    let _ = merge(text, first, second);
}
