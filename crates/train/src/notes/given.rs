//! Text given by command or chat: one line, which the page would read as the item it is meant to be.
//!
//! The grammar itself is the judge: the line is put into a page and read back.

use crate::id::quoted;
use crate::refusal::{Code, Refusal};

use super::context::Context;
use super::heading::SectionKind;
use super::{Notes, write};

/// The longest line that is taken, in characters.
const LONGEST: usize = 1000;

/// The text as it goes into a section of that kind, or why it can't.
pub fn text(given: &str, kind: SectionKind, context: &Context) -> Result<String, Refusal> {
    let refuse = |why: &str, hint: &str| {
        Err(Refusal::new(Code::Refused, format!("{} {why}", quoted(given)), hint))
    };
    let line = given.trim();
    if line.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return refuse("is more than one line", "give one line; details go into the notes");
    }
    if line.chars().count() > LONGEST {
        return refuse(
            "is too long",
            "give one line of at most 1000 characters; details go into the notes",
        );
    }
    let section = write::item(&Notes::parse("", context), kind, line).text;
    let bulleted = Notes::parse(&section, context);
    let plain = Notes::parse(&section.replacen("* ", "", 1), context);
    let sections = |notes: &Notes| notes.sections.len();
    if sections(&bulleted) != 2 || sections(&plain) != 2 || !plain.heroes.is_empty() {
        return refuse("reads as a heading", "say it in other words");
    }
    let ([item], [same]) = (&bulleted.items[..], &plain.items[..]) else {
        return refuse("says nothing that could be an item", "say what is to be done, in words");
    };
    let squeezed = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if item.done.is_some() || item.half_struck || item.text != squeezed || same.text != squeezed {
        return refuse(
            "reads as a mark",
            "leave out bullets, boxes, strikes, and words such as DONE or (in -1)",
        );
    }
    Ok(squeezed)
}
