//! Why somebody does something, in their own words: kept in the record for those who read it later (P8).

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::json_schema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::{BadName, written_as};
use crate::refusal::{Code, Refusal};

/// The longest reason, in characters: a paragraph. It goes into tags' messages, mails and lines of the log as it is, and stays in
/// the record for good; what takes more words has the notes.
const LONGEST: usize = 1_000;

/// What stands for a reason of before that had no words.
const UNSAID: &str = "no reason was given";

/// A reason: plain text in one line, with words in it. The record has reasons of before as they were written, and keeps texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Reason(String);

thread_local! {
    /// Whether what is being read was kept by us: an earlier version took any text as a reason.
    static KEPT: Cell<bool> = const { Cell::new(false) };
}

/// Reads a document of ours that was kept: what an earlier version took as a reason is made one, and stops nobody from reading
/// the rest.
///
/// # Errors
/// Where it is no such document.
pub fn read_kept<T: DeserializeOwned>(document: &[u8]) -> serde_json::Result<T> {
    KEPT.set(true);
    let read = serde_json::from_slice(document);
    KEPT.set(false);
    read
}

impl Reason {
    /// The reason that any text comes to: its first characters in one line.
    fn made_of(text: &str) -> Self {
        let plain = text.replace(char::is_control, " ");
        let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let first: String = words.chars().take(LONGEST).collect();
        first.parse::<Self>().unwrap_or_else(|_| Self(UNSAID.to_owned()))
    }
}

impl Deref for Reason {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Reason {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad = |why: &str| Err(BadName(why.to_owned()));
        let plain = text.trim();
        if !plain.chars().any(char::is_alphanumeric) {
            return bad("a reason is kept for those who read it later: say it in words");
        }
        // As it comes, spaces and all: what the interface describes counts these too.
        if text.chars().count() > LONGEST {
            return Err(BadName(format!(
                "a reason has {LONGEST} characters at most: say it shorter"
            )));
        }
        if plain.contains(char::is_control) {
            return bad("a reason is plain text in one line: leave out what does not show");
        }
        Ok(Self(plain.to_owned()))
    }
}

impl TryFrom<String> for Reason {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        let read = text.parse::<Self>();
        if KEPT.get() { Ok(read.unwrap_or_else(|_| Self::made_of(&text))) } else { read }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

written_as!(
    Reason,
    json_schema!({
        "description": "Why, in words, for the record: plain text in one line.",
        "minLength": 1, "maxLength": LONGEST, "examples": ["kick the build"],
    })
);

/// The no to a wish that lacks its reason.
#[must_use]
pub fn unsaid() -> Refusal {
    Refusal::new(Code::Usage, "this takes a reason, for the record", "say why")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse::<Reason>().map(String::from).map_err(|why| why.to_string())
    }

    #[test]
    fn p8_a_reason_says_something_in_a_line_that_can_be_kept() {
        assert_eq!(read("  all hands\n"), Ok("all hands".to_owned()));
        assert_eq!(read(&"é".repeat(LONGEST)), Ok("é".repeat(LONGEST)));
        for empty in ["", " ", "\n", "…", "--", "\u{200b}", "\0"] {
            assert!(read(empty).is_err_and(|why| why.contains("say it in words")), "{empty:?}");
        }
        for long in ["é".repeat(LONGEST + 1), format!("{} ", "x".repeat(LONGEST))] {
            assert!(read(&long).is_err_and(|why| why.contains("1000 characters at most")));
        }
        for odd in ["two\nlines", "a\u{1b}[31mred", "a\0b", "a\tb"] {
            assert!(read(odd).is_err_and(|why| why.contains("one line")), "{odd:?}");
        }
    }

    #[test]
    fn a_reason_in_a_document_is_a_text_and_is_checked_there_too() {
        let read = serde_json::from_str::<Reason>;
        let reason = read("\" smoke tests \"").unwrap();
        assert_eq!(serde_json::to_string(&reason).unwrap(), "\"smoke tests\"");
        for bad in ["\"\"", "\"a\\nb\"", "null", "7"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_reason_that_was_kept_as_any_text_is_read_as_one_and_what_comes_is_not() {
        let long = "é ".repeat(LONGEST);
        for (kept, made) in [
            (" as \u{0}it\n is ", "as it is"),
            ("two\r\nlines", "two lines"),
            ("…", UNSAID),
            ("", UNSAID),
            (&*long, long[..LONGEST / 2 * 3].trim()),
        ] {
            let document = serde_json::to_string(kept).unwrap();
            let read = read_kept::<Reason>(document.as_bytes()).map(String::from);
            assert_eq!(read.ok().as_deref(), Some(made), "{kept:?}");
            assert!(kept.trim() == made || serde_json::from_str::<Reason>(&document).is_err());
        }
        assert!(read_kept::<Reason>(b"7").is_err());
        assert!(serde_json::from_str::<Reason>("\"\"").is_err(), "one that failed leaves no trace");
    }

    proptest! {
        #[test]
        fn any_text_that_was_kept_is_a_reason(text in ".*") {
            let made = Reason::made_of(&text);
            prop_assert_eq!(made.parse::<Reason>(), Ok(made.clone()));
        }

        #[test]
        fn what_was_taken_once_is_taken_again_and_is_the_same(text in ".*") {
            if let Ok(reason) = text.parse::<Reason>() {
                prop_assert_eq!(reason.parse::<Reason>(), Ok(reason.clone()));
            }
        }
    }
}
