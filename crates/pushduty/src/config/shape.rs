//! From text to the shapes of each area: TOML's rules, known keys, the type of each value.
//!
//! Each table is read by itself, so that one mistake does not hide those in the others.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use train::id::quoted;

use super::at::At;
use super::nearest::suggest;
use super::plain::safe;
use super::problem::{Problem, Problems};
use super::secret;

/// Tables by the name they were given, in the order of the file.
pub type Named<T> = Vec<Entry<T>>;

/// A table with the name it was given.
pub type Entry<T> = (At<String>, T);

/// A value as the TOML parser left it.
pub type Value<'t> = Spanned<DeValue<'t>>;

/// The text being read, and what was found wrong with it.
#[derive(Debug)]
pub struct Reading<'t> {
    text: &'t str,
    /// What was found wrong so far.
    pub problems: Problems,
}

impl<'t> Reading<'t> {
    /// Starts on a file's text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { text, problems: Problems::default() }
    }

    /// The top-level keys in the order of the file; nothing where the text is no TOML.
    pub fn top(&mut self) -> Vec<(At<String>, Value<'t>)> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut last = None;
        for error in errors {
            let span = self.within(error.span());
            let at = span.start;
            let between = |last: usize| &self.text[last.min(at)..last.max(at)];
            // One slip makes several errors on its line; the first says what it is.
            if last.replace(at).is_none_or(|last| between(last).contains('\n')) {
                let (message, help) = syntax(error.message());
                self.problems.at(&span, message, help);
            }
        }
        if self.problems.is_empty() { entries(table.into_inner()) } else { Vec::new() }
    }

    /// One value of a known shape. `place` names its table in messages.
    pub fn one<T: Deserialize<'t>>(&mut self, place: &str, value: Value<'t>) -> Option<T> {
        let whole = value.span();
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = self.within(error.span().or(Some(whole)));
                let problem = self.explain(place, error.message(), span);
                self.problems.add(problem);
                None
            }
        }
    }

    /// Each table of `[place.NAME]`.
    pub fn named<T: Deserialize<'t>>(&mut self, place: &str, value: Value<'t>) -> Named<T> {
        let tables = self.tables(place, value);
        let read = tables.into_iter().filter_map(|(name, value)| {
            let read = self.one(&format!("[{place}.{}]", safe(&name)), value)?;
            Some((name, read))
        });
        read.collect()
    }

    /// The tables of `[place.NAME]`, not yet read.
    pub fn tables(&mut self, place: &str, value: Value<'t>) -> Vec<(At<String>, Value<'t>)> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => entries(table),
            other => {
                let message = format!("{place} is a table, not a {}", other.type_str());
                self.problems.at(
                    &span,
                    message,
                    format!("write [{place}.NAME] with its keys under it"),
                );
                Vec::new()
            }
        }
    }

    /// Each table of `[[place]]`.
    pub fn list<T: Deserialize<'t>>(&mut self, place: &str, value: Value<'t>) -> Vec<T> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(values) => {
                let place = format!("[[{place}]]");
                values.into_iter().filter_map(|v| self.one(&place, v)).collect()
            }
            other => {
                let message = format!("{place} is a list of tables, not one {}", other.type_str());
                self.problems.at(&span, message, format!("write [[{place}]] with two brackets"));
                Vec::new()
            }
        }
    }

    /// Notes a key that nobody knows.
    pub fn unknown(&mut self, place: &str, key: &At<String>, known: &[&str]) {
        let message = format!("unknown key {} in {place}", quoted(key));
        self.problems.at(&key.span, message, suggest(key, known, "known keys"));
    }

    fn within(&self, span: Option<Range<usize>>) -> Range<usize> {
        let span = span.unwrap_or(0..0);
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        start..span.end.clamp(start, self.text.len())
    }

    /// In our words, what serde says.
    fn explain(&self, place: &str, said: &str, span: Range<usize>) -> Problem {
        let hidden = said == secret::IN_THE_OPEN;
        let here = self.text.get(span.clone()).unwrap_or("");
        let (message, help) = if hidden {
            (said.to_owned(), secret::HELP.to_owned())
        } else if said.starts_with("unknown field") {
            let key = here.trim_matches(['"', '\'']);
            let message = format!("unknown key {} in {place}", quoted(key));
            (message, suggest(key, &expected(said), "known keys"))
        } else if said.starts_with("unknown variant") {
            let word = here.trim_matches(['"', '\'']);
            let message = format!("{} is not a word that {place} knows here", quoted(word));
            (message, suggest(word, &expected(said), "words"))
        } else if let Some(key) = said.strip_prefix("missing field ") {
            let key = key.trim_matches('`');
            (format!("{place} lacks the key “{key}”"), format!("add {key} = … under {place}"))
        } else if let Some((found, wanted)) = mismatch(said) {
            let wanted = in_words(wanted);
            (
                format!("this is {}, where {wanted} belongs", found_in_words(found)),
                type_help(wanted),
            )
        } else {
            (safe(said), format!("the configuration reference says what {place} takes"))
        };
        Problem { message, help, span, hidden }
    }
}

/// Keys and values in the order of the file.
pub fn entries<'t>(table: DeTable<'t>) -> Vec<(At<String>, Value<'t>)> {
    let mut all: Vec<_> = table
        .into_iter()
        .map(|(key, value)| {
            let span = key.span();
            (At { value: key.into_inner().into_owned(), span }, value)
        })
        .collect();
    all.sort_by_key(|(key, _)| key.span.start);
    all
}

/// The names that serde lists after “expected”.
fn expected(said: &str) -> Vec<&str> {
    let list = said.rfind("`, expected ").map_or("", |at| &said[at + 2..]);
    list.split('`').skip(1).step_by(2).collect()
}

fn mismatch(said: &str) -> Option<(&str, &str)> {
    let rest =
        said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "))?;
    let at = rest.rfind(", expected ")?;
    Some((&rest[..at], &rest[at + ", expected ".len()..]))
}

fn found_in_words(found: &str) -> String {
    match found {
        "map" => "a table".to_owned(),
        "sequence" => "a list".to_owned(),
        other => format!("the {}", safe(other).replace('`', "")),
    }
}

fn in_words(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "i64" => "a whole number",
        "a sequence" => "a list",
        "a TOML datetime" => "a date",
        w if w.starts_with("struct ") || w == "a map" => "a table",
        w => w,
    }
}

fn type_help(wanted: &str) -> String {
    let form = match wanted {
        "a date" => "write a date without quotes, as 2026-12-24",
        "a string" => "write it in quotes, as \"text\"",
        "a list" => "write a list in brackets, as [\"one\", \"two\"]",
        "a boolean" => "write true or false, without quotes",
        "a whole number" => "write a number without quotes, 0 or more",
        "a table" => "write its keys in a table of their own, or as { key = \"value\" }",
        _ => "the configuration reference gives the form of each key",
    };
    form.to_owned()
}

/// In our words, what the TOML parser says.
fn syntax(said: &str) -> (String, &'static str) {
    if said.contains("duplicate key") {
        let help = "each key and each table is written once; lists of tables have two brackets, as [[freeze]]";
        return ("this stands in the file already".to_owned(), help);
    }
    if said.contains("invalid boolean") || said.contains("string values must be quoted") {
        return (
            "text needs quotes here".to_owned(),
            "text stands between quotes, as name = \"amo\"",
        );
    }
    let help =
        "a line is key = value, [table] or # comment; text stands in quotes, dates as 2026-12-24";
    (format!("this is not TOML: {}", safe(said)), help)
}
