//! Content lines (RFC 5545 section 3.1): unfolded, each with the number of the line it began on.

use icalendar::parser::Property;
use train::id::quoted;

use super::Problem;

/// One unfolded line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub number: usize,
    pub text: String,
}

/// The lines of a calendar; text that is no UTF-8 is a problem of its line and shown as U+FFFD.
pub(super) fn unfold(bytes: &[u8], problems: &mut Vec<Problem>) -> Vec<Line> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut raw: Vec<(usize, Vec<u8>)> = Vec::new();
    for (at, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line, raw.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => last.extend_from_slice(rest),
            ([], _) => {}
            _ => raw.push((at + 1, line.to_vec())),
        }
    }
    let text = |(number, bytes): (usize, Vec<u8>)| match String::from_utf8(bytes) {
        Ok(text) => Line { number, text },
        Err(bad) => {
            problems.push(Problem { line: number, message: "the line is not UTF-8".to_owned() });
            Line { number, text: String::from_utf8_lossy(bad.as_bytes()).into_owned() }
        }
    };
    raw.into_iter().map(text).collect()
}

impl Line {
    /// Whether it is `key:value`, letters' case ignored.
    pub fn is(&self, key: &str, value: &str) -> bool {
        self.text.split_once(':').is_some_and(|(k, v)| {
            k.eq_ignore_ascii_case(key) && v.trim().eq_ignore_ascii_case(value)
        })
    }

    /// The property on it.
    pub fn property(&self) -> Result<Property<'_>, Problem> {
        let bad = || Problem {
            line: self.number,
            message: format!("{} is no property; it is left out", quoted(&self.text)),
        };
        let property = Property::try_from(self.text.as_str()).map_err(|_| bad())?;
        if property.name.as_str().is_empty() || !self.text.contains(':') {
            Err(bad())
        } else {
            Ok(property)
        }
    }
}

/// A parameter's value without its quotes.
pub(super) fn parameter<'p>(property: &'p Property<'_>, key: &str) -> Option<&'p str> {
    let found = property.params.iter().find(|p| p.key.as_str().eq_ignore_ascii_case(key))?;
    Some(found.val.as_ref()?.as_str().trim_matches('"'))
}
