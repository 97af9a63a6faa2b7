//! The notes as they are read without a script: as they were typed, with headings, and links to be followed.

use std::ops::Range;

use train::notes::{Notes, SectionKind, Who};

use crate::pages::encoded;
use crate::pages::lines::is_web;

/// A line of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub heading: bool,
    pub parts: Vec<Part>,
}

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub text: String,
    pub look: Look,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    /// Somebody of the train.
    Person,
    /// An address of the web.
    Outside(String),
    /// A page of ours: where a commit is.
    Inside(String),
}

impl Part {
    /// Where it leads.
    pub fn href(&self) -> Option<&str> {
        match &self.look {
            Look::Outside(address) | Look::Inside(address) => Some(address),
            Look::Plain | Look::Person => None,
        }
    }

    pub fn is_outside(&self) -> bool {
        matches!(self.look, Look::Outside(_))
    }

    pub fn is_person(&self) -> bool {
        self.look == Look::Person
    }
}

/// The lines of a page of notes that say something; `place` is the page that says where a commit is.
pub(crate) fn lines(notes: &Notes, place: &str) -> Vec<Line> {
    let (text, looks) = (notes.text(), looks(notes, place));
    let line = |line: &train::notes::Line| {
        let section = notes.section_at(line.span.start);
        let heading = section.is_some_and(|section| {
            let begins = section.heading.start == line.span.start && !section.heading.is_empty();
            begins && section.kind != SectionKind::Loose
        });
        let said = text.get(line.span.start..line.end).unwrap_or_default();
        // The signs before a heading say that it is one, as its letters do here.
        let signs = match heading {
            true => said.len() - said.trim_start_matches(['#', ' ', '\t']).len(),
            false => 0,
        };
        Line { heading, parts: parts(text, line.span.start + signs..line.end, &looks) }
    };
    let says = |line: &Line| line.parts.iter().any(|part| !part.text.trim().is_empty());
    notes.lines().iter().map(line).filter(says).collect()
}

/// What stands out of the text and where, from its beginning to its end.
fn looks(notes: &Notes, place: &str) -> Vec<(Range<usize>, Look)> {
    let links = notes.links.iter().filter_map(|link| {
        let address = notes.text().get(link.span.clone()).filter(|address| is_web(address))?;
        Some((link.span.clone(), Look::Outside(address.to_owned())))
    });
    let asks = notes.asks.iter().filter(|ask| !ask.name().is_empty()).map(|ask| {
        let address = format!("{place}?commit={}", encoded(&ask.name()));
        (ask.span.clone(), Look::Inside(address))
    });
    let heroes = notes.heroes.iter().flat_map(|line| &line.names);
    let named = heroes.chain(&notes.ops).chain(&notes.qa);
    let named = named.filter(|named| matches!(named.who, Who::Person(_)));
    let people = named.map(|named| (named.span.clone(), Look::Person));
    let mut looks: Vec<_> = links.chain(asks).chain(people).collect();
    // An ask by a link is the link: of two at one place the first stays.
    looks.sort_by_key(|(span, _)| span.start);
    looks
}

/// A stretch of the text in its parts.
fn parts(text: &str, span: Range<usize>, looks: &[(Range<usize>, Look)]) -> Vec<Part> {
    let part = |span: Range<usize>, look: Look| Part {
        text: text.get(span).unwrap_or_default().to_owned(),
        look,
    };
    let from = looks.partition_point(|(look, _)| look.start < span.start);
    let mut parts = Vec::new();
    let mut at = span.start;
    for (place, look) in looks[from..].iter().take_while(|(look, _)| look.end <= span.end) {
        if place.start < at {
            continue;
        }
        if at < place.start {
            parts.push(part(at..place.start, Look::Plain));
        }
        parts.push(part(place.clone(), look.clone()));
        at = place.end;
    }
    if at < span.end {
        parts.push(part(at..span.end, Look::Plain));
    }
    parts
}

#[cfg(test)]
mod tests {
    use train::calendar::Zone;
    use train::notes::Context;

    use super::*;

    /// Each line as it looks: headings as `= …`, links as `[text](address)`.
    fn shown(text: &str) -> Vec<String> {
        let zone: Zone = "UTC".parse().expect("a zone");
        let context = Context::new([], Vec::new(), Vec::new(), zone);
        let part = |part: &Part| match &part.look {
            Look::Plain => part.text.clone(),
            Look::Person => format!("*{}*", part.text),
            Look::Outside(address) | Look::Inside(address) => {
                format!("[{}]({address})", part.text)
            }
        };
        let line = |line: &Line| {
            let said: String = line.parts.iter().map(part).collect();
            if line.heading { format!("= {said}") } else { said }
        };
        lines(&Notes::parse(text, &context), "/where").iter().map(line).collect()
    }

    #[test]
    fn headings_and_addresses_are_found_and_all_else_stays_as_it_is_typed() {
        let page = "## Blockers:\n\n  - it is <b>blank</b>: see https://example.org/a/b.\n";
        assert_eq!(
            shown(page),
            [
                "= Blockers:",
                "  - it is <b>blank</b>: see [https://example.org/a/b](https://example.org/a/b)."
            ]
        );
        assert!(shown("").is_empty());
    }

    #[test]
    fn nothing_but_the_web_can_be_followed() {
        for odd in ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/"] {
            assert_eq!(shown(odd), [odd]);
        }
    }
}
