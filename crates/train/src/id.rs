//! The names that travel everywhere: of trains, repositories, people, objects and push dates.
//!
//! Each is validated where it enters, so that nothing behind this file meets an option-like, empty or
//! control-laden name again.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{Schema, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a name was not taken. The sentence says what is wrong with it and what a good one looks like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub String);

/// Shows text from outside in a message: control characters escaped, cut at 80 characters.
#[must_use]
pub fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if text.chars().count() > 80 {
        format!("\u{201c}{shown}…\u{201d}")
    } else {
        format!("\u{201c}{shown}\u{201d}")
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:path, $form:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }

        written_as!($name, $form);
    };
}

/// The form of a name in documents: a text, by its pattern.
macro_rules! written_as {
    ($name:ident, $form:expr) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut form: schemars::Schema = $form;
                form.insert("type".to_owned(), "string".into());
                form
            }
        }
    };
}
pub(crate) use written_as;

text_id!(
    /// A train: a configured release line, part of a ref's name (`refs/pushduty/<train>`).
    TrainName,
    check_slug,
    slug()
);
text_id!(
    /// A repository aboard, by its name in the configuration.
    RepoName,
    check_slug,
    slug()
);
text_id!(
    /// A person of the configuration, by their key in `[people]`.
    PersonName,
    check_person,
    json_schema!({
        "description": "A person's name, by their key under `[people]`.",
        "minLength": 1, "maxLength": 60,
    })
);

fn slug() -> Schema {
    json_schema!({
        "description": "A name as it may stand in a ref's.",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        "minLength": 1, "maxLength": 100, "examples": ["web"],
    })
}

/// Letters, digits, `.`, `_` and `-`; starts with a letter or digit; no `..`, no `.lock` at the end (git refs).
fn check_slug(text: &str) -> Result<(), BadName> {
    let bad = |why: &str| Err(BadName(format!("{} is no name: {why}", quoted(text))));
    if text.is_empty() || text.len() > 100 {
        return bad("it takes 1 to 100 characters");
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        return bad("use letters, digits, “.”, “_” and “-”");
    }
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return bad("it starts with a letter or a digit");
    }
    if text.contains("..") || text.ends_with('.') || text.ends_with(".lock") {
        return bad("git takes no “..”, no “.” or “.lock” at the end of a ref's part");
    }
    Ok(())
}

/// One to 60 characters, none of them control characters, spaces at an end, or a leading `-` or `@`.
fn check_person(text: &str) -> Result<(), BadName> {
    let fine = !text.is_empty()
        && text.chars().count() <= 60
        && text == text.trim()
        && !text.starts_with(['-', '@'])
        && !text.chars().any(char::is_control);
    if fine { Ok(()) } else { Err(BadName(format!("{} is no person's name", quoted(text)))) }
}

/// The full name of a git object: 40 hexadecimal digits (SHA-1) or 64 (SHA-256), lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Oid(String);

impl Oid {
    /// All 40 or 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..10]
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short())
    }
}

impl FromStr for Oid {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex && matches!(text.len(), 40 | 64) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadName(format!(
                "{} is no full object name (40 or 64 hexadecimal digits)",
                quoted(text)
            )))
        }
    }
}

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

written_as!(
    Oid,
    json_schema!({
        "description": "The full name of a git object.",
        "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$",
    })
);

/// The date a push is to reach production, in the train's zone. It names the push and its tags (P4).
///
/// Written `YYYY.MM.DD`; read with `.` or `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PushDate(pub Date);

impl fmt::Display for PushDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}.{:02}.{:02}", self.0.year(), self.0.month(), self.0.day()))
    }
}

impl FromStr for PushDate {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad =
            || BadName(format!("{} is no date: write YYYY.MM.DD or YYYY-MM-DD", quoted(text)));
        let sep = if text.contains('.') { '.' } else { '-' };
        let parts: Vec<&str> = text.split(sep).collect();
        let [y, m, d] = parts[..] else { return Err(bad()) };
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(y, 4) || !digits(m, 2) || !digits(d, 2) {
            return Err(bad());
        }
        let number = |s: &str| s.parse::<i16>().map_err(|_| bad());
        let (month, day) = (i8::try_from(number(m)?), i8::try_from(number(d)?));
        let (Ok(month), Ok(day)) = (month, day) else { return Err(bad()) };
        Date::new(number(y)?, month, day)
            .map(Self)
            .map_err(|_| BadName(format!("{} is not in the calendar", quoted(text))))
    }
}

impl Serialize for PushDate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PushDate {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

written_as!(
    PushDate,
    json_schema!({
        "description": "A push, by its date; `-` is read for `.` too.",
        "pattern": "^[0-9]{4}([.-])(0[1-9]|1[0-2])\\1(0[1-9]|[12][0-9]|3[01])$", "examples": ["2026.11.26"],
    })
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_could_be_options_or_paths_are_refused() {
        for bad in [
            "",
            "-x",
            "--upload-pack=x",
            "a/b",
            "a..b",
            "x.lock",
            "a\nb",
            "a b",
            ".hidden",
            "a\u{1b}[m",
        ] {
            assert!(bad.parse::<RepoName>().is_err(), "{bad:?} was taken");
        }
        assert_eq!("addons-server".parse::<RepoName>().unwrap().as_str(), "addons-server");
    }

    #[test]
    fn dates_are_read_with_dots_or_dashes_and_written_with_dots() {
        assert_eq!("2026-11-26".parse::<PushDate>().unwrap().to_string(), "2026.11.26");
        for bad in [
            "2026.11-26",
            "2026.2.30",
            "2026.02.30",
            "26.11.2026",
            "2026.11.26-1",
            "+026.11.26",
            "２０２６.11.26",
        ] {
            assert!(bad.parse::<PushDate>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn what_comes_from_outside_is_shown_without_its_escapes() {
        assert_eq!(quoted("a\u{1b}[31m\n"), "“a\\u{1b}[31m\\n”");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused_without_a_panic(text in ".*") {
            let _ = (text.parse::<RepoName>(), text.parse::<PersonName>(), text.parse::<Oid>(), text.parse::<PushDate>());
        }
    }
}
