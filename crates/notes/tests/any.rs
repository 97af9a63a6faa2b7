//! What holds of any bytes that are handed over as an update of a page, a function for each fuzz target.

use conductor::ports::{Message, SharedText, SharedTexts};
use notes::Yrs;
use train::notes::{Edit, apply};

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
            assert!(!why.message.is_empty() && !why.hint.is_empty(), "{why:?}");
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

/// A message as an editor may send it: read, or refused in a sentence. What is read is written down the same; and of an update
/// that is taken for an author's own nothing waits for what lacks, and nothing is by somebody else's number.
pub fn notes_messages(bytes: &[u8]) {
    let message = match Yrs.read(bytes) {
        Ok(message) => message,
        Err(why) => return assert!(!why.message.is_empty() && !why.hint.is_empty(), "{why:?}"),
    };
    assert_eq!(Yrs.read(&Yrs.bytes(&message)).expect("it is read again"), message);
    let [_, mut page, _] = pages();
    match message {
        Message::Have(have) => assert!(page.since(&have).is_ok()),
        Message::Missing(update) | Message::Written(update) => {
            let others = page.have();
            if page.by(&update, "mat").is_err() {
                return;
            }
            if page.take_in(&update).is_err() {
                return;
            }
            let mut next = again(&*page, "otto");
            assert_eq!(next.text(), page.text(), "nothing of it waits");
            // What the others have is enough to bring them the rest.
            next.take_in(&page.since(&others).expect("there is a rest")).expect("it is taken in");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use testkit::hold;

    #[test]
    fn of_updates() {
        hold("notes_updates", super::notes_updates);
    }

    #[test]
    fn of_messages() {
        hold("notes_messages", super::notes_messages);
    }
}
