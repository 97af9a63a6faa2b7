//! Wishes that come with a key (`Idempotency-Key`), so that one that is sent twice is carried out once. The key is noted
//! before the wish begins: where the server is ended in between, whoever comes again is told to look at the record.

use axum::http::HeaderMap;
use train::refusal::{Code, Refusal};

/// The header's name.
pub(crate) const HEADER: &str = "idempotency-key";
/// The longest key.
const LONGEST: usize = 255;

/// A key that somebody made up for one wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// Reads one: printable characters of ASCII, in quotes or without.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let printable = bare.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"');
        if (1..=LONGEST).contains(&bare.len()) && printable {
            return Ok(Self(bare.to_owned()));
        }
        let what = "the Idempotency-Key is none: it takes 1 to 255 printable characters of ASCII";
        Err(Refusal::new(Code::Usage, what, "make one up for each wish, such as a UUID"))
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// That of a request, where it has one.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let given = headers.get(HEADER).map(|value| value.to_str().unwrap_or_default());
        given.map(Self::read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_quotes_and_without() {
        assert_eq!(Key::read("\"a b\""), Ok(Key("a b".to_owned())));
        assert_eq!(Key::read("8e03978e"), Ok(Key("8e03978e".to_owned())));
        for bad in ["", "\"\"", "\"a", "a\"b", "ä", "a\nb", &"x".repeat(256)] {
            assert!(Key::read(bad).is_err(), "{bad:?} was taken");
        }
    }
}
