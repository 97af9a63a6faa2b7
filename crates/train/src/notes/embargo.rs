//! What may not be written where everybody reads, until it is public (P9): names of security branches, their commits, and
//! links to them.

use crate::id::Oid;
use crate::links::Browsed;

/// The shortest hash that names a commit, and the longest that there is.
const SHORTEST: usize = 7;
const LONGEST: usize = 64;
/// How many commits one change of the notes, or one wish, may name: more than any push of the real notes asks for.
const MANY: usize = 100;

/// What is not public yet.
#[derive(Default)]
pub struct Embargoed {
    /// Names of branches. One of letters alone is a word as any other, and tells nothing by itself.
    pub names: Vec<String>,
    /// Their commits.
    pub commits: Vec<Oid>,
    /// Where they are browsed.
    pub places: Vec<Browsed>,
}

impl Embargoed {
    /// Whether everything is public.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.commits.is_empty() && self.places.is_empty()
    }

    /// Whether a text tells of any of it.
    #[must_use]
    pub fn told_by(&self, text: &str) -> bool {
        text.split_whitespace().any(|word| self.link(word))
            || parts(text).any(|part| self.part(part))
    }

    /// Whether lines name so many commits at once that somebody seems to search for one: a no to them would tell that it is
    /// among them, and no answer would tell that it is not.
    #[must_use]
    pub fn sought_by<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
        hashes(lines).count() > MANY
    }

    fn link(&self, word: &str) -> bool {
        let Some(at) = word.find("http") else { return false };
        let link = word[at..].trim_end_matches([')', ']', '>', '.', ',', ';', ':', '"', '\'']);
        self.places.iter().any(|place| place.target(link).is_some())
    }

    /// A word as it stands between spaces and marks: a hash, or a name.
    fn part(&self, part: &str) -> bool {
        let part = part.to_lowercase();
        if is_hash(&part) && self.commits.iter().any(|commit| commit.as_str().starts_with(&part)) {
            return true;
        }
        let bare = part.trim_matches(['.', '-', '/', '_']);
        self.names.iter().filter(|name| !name.chars().all(char::is_alphabetic)).any(|name| {
            let name = name.to_lowercase();
            bare == name || bare.strip_suffix(&name).is_some_and(|before| before.ends_with('/'))
        })
    }
}

/// The words of lines that may be hashes of commits. A number of seven digits is one too: of thirty hashes one begins so.
pub fn hashes<'t>(lines: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    lines.flat_map(parts).filter(|part| is_hash(part))
}

/// Whether a word may be the hash of a commit.
fn is_hash(part: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit())
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '#' | '+')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Repo;

    #[test]
    fn names_hashes_and_links_are_found_and_words_are_not() {
        let twin =
            Repo::new("s".parse().unwrap(), "https://github.com/mozilla/server-security.git");
        let embargoed = Embargoed {
            names: vec!["fix-session-7".into(), "fix".into()],
            commits: vec!["0a675a178c0a675a178c0a675a178c0a675a178c".parse().unwrap()],
            places: vec![Browsed::of(&twin)],
        };
        for told in [
            "* take Fix-Session-7, please",
            "security/fix-session-7.",
            "server@0a675a1",
            "(0A675A178C0A675A178C0A675A178C0A675A178C)",
            "[x](https://github.com/mozilla/server-security/pull/12)",
            "https://github.com/mozilla/server-security/commit/1234567",
        ] {
            assert!(embargoed.told_by(told), "{told}");
        }
        for fine in [
            "fix the form",
            "fix-session-71",
            "0a675a",
            "https://github.com/mozilla/server/pull/12",
            "",
        ] {
            assert!(!embargoed.told_by(fine), "{fine}");
        }
    }

    #[test]
    fn so_many_commits_at_once_are_a_search() {
        let line = |n: u32| format!("* web@{n:07x} and some words");
        let lines = |n: u32| (0..n).map(line).collect::<Vec<_>>();
        assert!(!Embargoed::sought_by(lines(100).iter().map(String::as_str)));
        assert!(Embargoed::sought_by(lines(101).iter().map(String::as_str)));
        let one_line: String = (0..200).map(|n: u32| format!("{n:08x} ")).collect();
        assert!(Embargoed::sought_by([one_line.as_str()].into_iter()));
        let longest = "a".repeat(64);
        let too_long = format!("{longest}a 0a675a");
        let lines = ["web@abcdef0, bug 1800042", longest.as_str(), too_long.as_str()];
        let found: Vec<&str> = hashes(lines.into_iter()).collect();
        assert_eq!(found, ["abcdef0", "1800042", longest.as_str()]);
    }
}
