//! The files that an import is given, as they were found; and those that are no pages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::date::{DateTrouble, date_below, date_of};
use super::problem::{OwnKind, Problem};
use crate::id::{PushDate, quoted};

/// The longest page that is taken, in bytes: ten times the longest of eight years of real ones.
pub const LONGEST: u64 = 1_000_000;

/// What was found in a folder or a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Folder {
    /// Files that may be pages, by name.
    pub files: Vec<Source>,
    /// How many there are of other kinds, by the end of their names.
    pub others: BTreeMap<String, usize>,
    /// The names of the folders above, with slashes: where the files' own names have no date.
    pub above: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Source {
    /// Its name below the folder, with slashes.
    pub file: String,
    /// Its date, or why it tells none.
    pub date: Option<PushDate>,
    /// Its text, or why there is none.
    pub text: Result<String, Unread>,
}

/// Why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// It is not UTF-8.
    NotText,
    /// It has this many bytes.
    TooLong(u64),
    /// It is a link to another file, in the folder or elsewhere.
    Link,
    /// It can't be read, in the system's words.
    Failed(String),
}

impl Folder {
    /// Whether a file by that name may be a page: by the end of its name.
    #[must_use]
    pub fn may_be_a_page(file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
        match name.rsplit_once('.') {
            Some((_, "md" | "markdown" | "mdown" | "txt" | "text" | "etherpad")) => true,
            // What follows the last dot of a bare date is no kind of file.
            Some((_, end)) => end.starts_with(|c: char| c.is_ascii_digit()),
            None => true,
        }
    }

    /// Takes a file in: as one that may be a page, or as one of another kind.
    pub fn add(&mut self, file: String, text: impl FnOnce() -> Result<String, Unread>) {
        if Self::may_be_a_page(&file) {
            let date = date_below(&self.above, &file).ok();
            self.files.push(Source { date, text: text(), file });
        } else {
            let end = file.rsplit_once('.').map_or("", |(_, end)| end);
            *self.others.entry(end.to_owned()).or_default() += 1;
        }
    }
}

/// What is said of files of other kinds.
pub(super) fn left_out(folder: &Folder) -> Vec<Problem> {
    let all: usize = folder.others.values().sum();
    if all == 0 {
        return Vec::new();
    }
    let kinds: Vec<String> =
        folder.others.iter().take(6).map(|(end, n)| format!("{n} of .{}", short(end))).collect();
    let more = if folder.others.len() > 6 { " and others" } else { "" };
    let verb = if all == 1 { "file of another kind is" } else { "files of other kinds are" };
    let what = format!("{all} {verb} left out: {}{more}", kinds.join(", "));
    let hint = "pages end in .md, .markdown, .txt or .text, or in nothing";
    vec![Problem::of(".", OwnKind::OtherFiles, what, hint)]
}

fn short(end: &str) -> String {
    end.chars().take(20).collect()
}

impl Source {
    /// The push and the text, or what to look at.
    pub(super) fn page(&self) -> Result<(PushDate, &str), Problem> {
        if self.text == Err(Unread::Link) {
            return Err(self.unread(&Unread::Link));
        }
        let push = self.date.ok_or_else(|| self.undated())?;
        match &self.text {
            Ok(text) => Ok((push, text)),
            Err(unread) => Err(self.unread(unread)),
        }
    }

    fn undated(&self) -> Problem {
        let (kind, what) = match date_of(&self.file) {
            Err(DateTrouble::Several(dates)) => {
                let all: Vec<String> = dates.iter().map(ToString::to_string).collect();
                (OwnKind::SeveralDates, format!("its name has several dates: {}", all.join(", ")))
            }
            Err(DateTrouble::NotInCalendar(written)) => {
                (OwnKind::NoDate, format!("{} is in no calendar", quoted(&written)))
            }
            _ => (OwnKind::NoDate, "its name has no date, so that it is of no push".to_owned()),
        };
        Problem::of(&self.file, kind, what, "name it by the push's date, as in 2026-11-26.md")
    }

    fn unread(&self, unread: &Unread) -> Problem {
        let (kind, what, hint) = match unread {
            Unread::NotText => {
                (OwnKind::NotText, "this is no text in UTF-8".to_owned(), "save it as UTF-8")
            }
            Unread::TooLong(size) => (
                OwnKind::TooLong,
                format!("it has {size} bytes; a page of notes takes at most {LONGEST}"),
                "keep logs and data elsewhere",
            ),
            Unread::Link => (
                OwnKind::Link,
                "this is a link to another file, which is not followed".to_owned(),
                "put the file itself there",
            ),
            Unread::Failed(why) => (
                OwnKind::Unreadable,
                format!("it can't be read: {why}"),
                "see to its rights, and import it again",
            ),
        };
        Problem::of(&self.file, kind, what, hint)
    }

    /// What is said of a second page of the same push.
    pub(super) fn second_of(&self, push: PushDate, first: &str) -> Problem {
        let what = format!("{push} has its page in {}: this one is left out", quoted(first));
        let hint = "put both in one file, or name this one by its own push";
        Problem::of(&self.file, OwnKind::SecondPage, what, hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_page_is_told_by_its_name() {
        for page in ["2017/01/05.md", "amo-2017.01.05", "NOTES.TXT", "2017.01.05-2", "a.etherpad"] {
            assert!(Folder::may_be_a_page(page), "{page}");
        }
        for other in ["2017.01.05.png", "x.rs", "a.b/c.html"] {
            assert!(!Folder::may_be_a_page(other), "{other}");
        }
    }

    #[test]
    fn folders_above_help_where_a_name_has_no_date() {
        let mut folder = Folder { above: "notes/2017".to_owned(), ..Folder::default() };
        folder.add("01/05.md".to_owned(), || Ok(String::new()));
        folder.add("picture.png".to_owned(), || panic!("it is not read"));
        assert_eq!(folder.files[0].date, "2017.01.05".parse().ok());
        let told = left_out(&folder);
        assert_eq!(told[0].message, "1 file of another kind is left out: 1 of .png");
    }
}
