//! What holds of any bytes that are handed over as an update of a page, a function for each fuzz target.

#[path = "talk/heard.rs"]
mod talk;

use conductor::ports::{SharedText, SharedTexts};
use notes::Yrs;
use train::notes::{Edit, apply};
use train::refusal::Refusal;

/// Pages that an update may come to: an empty one, one that others wrote in, and one that waits for what lacks.
fn pages() -> [Box<dyn SharedText>; 3] {
    let open = |author| Yrs.open(None, author).expect("a page opens");
    let mut first = open("mat");
    let begun = first.write(&[Edit::insert(0, "Blockers:\n\n* one 🎉\n* two\n")]);
    let more = first.write(&[Edit { at: 13..16, text: "three".to_owned() }]);
    let mut written = open("kumar");
    for update in [&begun, &more] {
        written.take_in(update).expect("what was written is taken in");
    }
    written.write(&[Edit { at: 0..11, text: String::new() }]);
    let mut waiting = open("krupa");
    waiting.take_in(&more).expect("what comes early waits");
    [open("mat"), written, waiting]
}

/// An update: taken in, or refused in a sentence and nothing changed. A page that took it in can be read and kept, opens
/// again, and can be written in. That it comes back the same holds of what people wrote, not of what was made up: an update
/// may set a piece before what it says stands before it.
pub fn notes_updates(bytes: &[u8]) {
    for mut page in pages() {
        let before = page.text();
        if let Err(why) = page.take_in(bytes) {
            in_words(&why);
            assert_eq!(page.text(), before);
            continue;
        }
        let mut next = again(&*page, "otto");
        let text = next.text();
        let edit = Edit::insert(text.len(), "* more\n");
        next.write(std::slice::from_ref(&edit));
        assert_eq!(next.text(), apply(&text, &[edit]));
        again(&*next, "jason").text();
    }
}

/// The page as it is kept, opened by somebody.
fn again(page: &dyn SharedText, author: &str) -> Box<dyn SharedText> {
    Yrs.open(Some(&page.kept()), author).expect("what is kept opens")
}

/// Messages of several editors of one page, in turn.
pub fn notes_messages(bytes: &[u8]) {
    talk::heard(bytes);
}

/// A no says why, and what to do.
fn in_words(why: &Refusal) {
    assert!(!why.message.is_empty() && !why.hint.is_empty(), "{why:?}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use testkit::hold;

    #[test]
    fn of_updates() {
        hold("notes_updates", super::notes_updates);
    }

    #[test]
    fn of_messages() {
        hold("notes_messages", super::notes_messages);
    }

    proptest! {
        #[test]
        fn of_honest_editors_among_others(
            said in prop::collection::vec((0_u8..64, prop::collection::vec(any::<u8>(), 0..18)), 1..50),
        ) {
            let mut bytes = Vec::new();
            for (how, what) in &said {
                bytes.extend([*how, u8::try_from(what.len()).unwrap_or_default()]);
                bytes.extend(what);
            }
            super::notes_messages(&bytes);
        }
    }
}
