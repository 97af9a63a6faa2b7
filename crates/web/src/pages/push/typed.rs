//! The notes as they are read without a script: as they were typed, with headings, people, what the machine wrote, and links to
//! be followed.

use std::collections::BTreeSet;
use std::ops::Range;

use train::notes::{Notes, SectionKind, Who};

use super::hands::Hand;
use crate::pages::encoded;
use crate::pages::lines::is_web;

/// A line of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub heading: bool,
    /// Whether it is the machine's.
    pub machine: bool,
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
    /// Words of the machine in somebody's line.
    Machine,
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
            Look::Plain | Look::Person | Look::Machine => None,
        }
    }

    pub fn is_outside(&self) -> bool {
        matches!(self.look, Look::Outside(_))
    }

    pub fn is_person(&self) -> bool {
        self.look == Look::Person
    }

    pub fn is_machines(&self) -> bool {
        self.look == Look::Machine
    }
}

/// The lines of a page of notes that say something. `machine` is what of the text the machine wrote, in its order; `called` what
/// people go by behind an `@`, in small letters; `place` the page that says where a commit is.
pub(crate) fn lines(
    notes: &Notes,
    machine: &[Range<usize>],
    called: &BTreeSet<String>,
    place: &str,
) -> Vec<Line> {
    let text = notes.text();
    let hands: Vec<Hand> = notes.lines().iter().map(|line| hand(notes, machine, line)).collect();
    let looks = looks(notes, &hands, called, place);
    let line = |(line, hand): (&train::notes::Line, &Hand)| {
        let heading = heading_at(notes, line).is_some_and(|heading| heading == line.span.start);
        let said = text.get(line.span.start..line.end).unwrap_or_default();
        // The signs before a heading say that it is one, as its letters do here.
        let signs = match heading {
            true => said.len() - said.trim_start_matches(['#', ' ', '\t']).len(),
            false => 0,
        };
        let parts = parts(text, line.span.start + signs..line.end, &looks);
        Line { heading, machine: *hand == Hand::Machine, parts }
    };
    let says = |line: &Line| line.parts.iter().any(|part| !part.text.trim().is_empty());
    notes.lines().iter().zip(&hands).map(line).filter(says).collect()
}

/// Where the heading begins that a line is of.
fn heading_at(notes: &Notes, line: &train::notes::Line) -> Option<usize> {
    let section = notes.section_at(line.span.start)?;
    let within = section.kind != SectionKind::Loose && section.heading.contains(&line.span.start);
    within.then_some(section.heading.start)
}

/// By whose hand a line is. Headings and rules are nobody's.
fn hand(notes: &Notes, machine: &[Range<usize>], line: &train::notes::Line) -> Hand {
    let (text, span) = (notes.text(), line.span.start..line.end);
    let said = text.get(span.clone()).unwrap_or_default().trim();
    let rule = said.len() >= 4 && said.chars().all(|c| matches!(c, '-' | '=' | '_' | '*'));
    match rule || heading_at(notes, line).is_some() {
        true => Hand::Person(Vec::new()),
        false => Hand::of(text, &span, machine),
    }
}

/// What stands out of the text and where, from its beginning to its end.
fn looks(
    notes: &Notes,
    hands: &[Hand],
    called: &BTreeSet<String>,
    place: &str,
) -> Vec<(Range<usize>, Look)> {
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
    let people = named.map(|named| named.span.clone()).chain(mentions(notes.text(), called));
    let tags = hands.iter().flat_map(Hand::tags);
    let people = people.map(|span| (span, Look::Person));
    let tags = tags.map(|span| (span.clone(), Look::Machine));
    let mut looks: Vec<_> = links.chain(asks).chain(people).chain(tags).collect();
    // An ask by a link is the link: of two at one place the first stays.
    looks.sort_by_key(|(span, _)| span.start);
    looks
}

/// Where somebody is named with an `@`, as the editor finds it: within no address, of the web, of mail or of a commit.
fn mentions(text: &str, called: &BTreeSet<String>) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('@').filter_map(move |(at, _)| {
        let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '/' | '.');
        let apart = !text[..at].chars().next_back().is_some_and(joins);
        let rest = &text[at + 1..];
        let outside = |c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-');
        let word = &rest[..rest.find(outside).unwrap_or(rest.len())];
        let word = word.trim_end_matches(['.', '-']);
        (apart && called.contains(&word.to_lowercase())).then(|| at..at + 1 + word.len())
    })
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

    /// What the editor is held to as well.
    #[derive(serde::Deserialize)]
    struct Eye {
        /// What people go by behind an `@`.
        called: BTreeSet<String>,
        /// A line as it is typed, and as it is shown.
        lines: Vec<(String, String)>,
    }

    fn eye() -> Eye {
        let told = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/tests/eye.json"));
        serde_json::from_str(told).expect("lines for the eye")
    }

    /// Each line as it looks: headings as `= …`, the machine's as `| …`, links as `[text](address)`, people as `*name*`, the
    /// machine's tags as `<tag>`. The machine wrote what stands between `{` and `}`.
    fn shown(text: &str) -> Vec<String> {
        let (mut bare, mut machine) = (String::new(), Vec::new());
        for piece in text.split_inclusive(['{', '}']) {
            let start = bare.len();
            bare.push_str(piece.trim_end_matches(['{', '}']));
            if piece.ends_with('}') {
                machine.push(start..bare.len());
            }
        }
        let zone: Zone = "UTC".parse().expect("a zone");
        let context = Context::new([], Vec::new(), Vec::new(), zone);
        let notes = Notes::parse(&bare, &context);
        let called = eye().called;
        let part = |part: &Part| match &part.look {
            Look::Plain => part.text.clone(),
            Look::Person => format!("*{}*", part.text),
            Look::Machine => format!("<{}>", part.text),
            Look::Outside(address) | Look::Inside(address) => {
                format!("[{}]({address})", part.text)
            }
        };
        let line = |line: &Line| {
            let said: String = line.parts.iter().map(part).collect();
            let heading = if line.heading { "= " } else { "" };
            let machine = if line.machine { "| " } else { "" };
            format!("{machine}{heading}{said}")
        };
        lines(&notes, &machine, &called, "/where").iter().map(line).collect()
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

    #[test]
    fn people_and_what_the_machine_wrote_are_found_as_the_editor_finds_them() {
        for (typed, wanted) in &eye().lines {
            assert_eq!(shown(typed), [wanted.as_str()], "{typed}");
        }
    }
}
