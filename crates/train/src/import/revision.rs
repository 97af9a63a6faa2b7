//! Tags as notes name them, of whatever template: a date, and perhaps a suffix.

use crate::id::PushDate;

/// What a tag's name says; they are ordered as they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// The date in it.
    pub push: PushDate,
    /// 0 without a suffix.
    pub suffix: u32,
}

impl Revision {
    /// Reads `2017.01.05`, `v2017.01.05-2`, `rel/2017.01.05-prod`. None for what is no such tag.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let (_, date, after) = parts(tag)?;
        let push = date.parse().ok()?;
        let suffix = after.rsplit_once('-').map_or(after, |(_, suffix)| suffix);
        let number = !suffix.is_empty() && suffix.bytes().all(|byte| byte.is_ascii_digit());
        let suffix = if number { suffix.parse().ok()? } else { 0 };
        Some(Self { push, suffix })
    }
}

/// What stands before the date, the date, and what follows it.
fn parts(tag: &str) -> Option<(&str, &str, &str)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let at = tag.find(|c: char| c.is_ascii_digit()).filter(|_| tag.chars().all(plain))?;
    let (date, after) = (tag.get(at..at + 10)?, tag.get(at + 10..)?);
    // Dates are written with dots; what goes on in digits is none.
    let ends = after.is_empty() || after.starts_with('-') || after.starts_with('_');
    (date.contains('.') && ends).then_some((&tag[..at], date, after))
}

/// The same tag with another year.
pub(super) fn in_year(tag: &str, year: i16) -> Option<String> {
    let (before, date, after) = parts(tag)?;
    Some(format!("{before}{year:04}{}{after}", date.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_many_templates() {
        let of = |tag| Revision::of(tag).map(|r| (r.push.to_string(), r.suffix));
        let told = |suffix| Some(("2017.01.05".to_owned(), suffix));
        assert_eq!(of("2017.01.05"), told(0));
        assert_eq!(of("v2017.01.05-12"), told(12));
        assert_eq!(of("rel/2017.01.05-prod"), told(0));
        assert_eq!(of("2017.01.05-prod-2"), told(2));
        for none in
            ["master", "2017.01.055", "2017.13.05", "2017-01-05", "é2017.01.05", "1.2.3", ""]
        {
            assert_eq!(of(none), None, "{none}");
        }
        assert!(Revision::of("2017.01.05-2") > Revision::of("2017.01.05"));
        assert_eq!(in_year("v2020.01.21-1", 2021).as_deref(), Some("v2021.01.21-1"));
    }
}
