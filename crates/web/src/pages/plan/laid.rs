//! What plans have in common: ladders, commits, and what to look at before the yes.

use conductor::view::{CommitView, StepWord};
use train::base::BaseFrom;
use train::id::RepoName;

use crate::pages::hints;
use crate::pages::lines::is_web;
use crate::pages::push::{GateRow, Picked};
use crate::pages::words::{self, Mark};

/// A plan laid out; what a wish has none of is empty.
#[derive(Default)]
pub(crate) struct Laid {
    /// In a sentence.
    pub says: String,
    /// Who does what.
    pub crew: Vec<(&'static str, String)>,
    /// What deserves a word before the yes.
    pub looks: Vec<Look>,
    /// The name of the section with the ladders.
    pub name: &'static str,
    pub ladders: Vec<Ladder>,
    /// The form of a cut in which others stay.
    pub stays: Option<Stays>,
    pub conflicts: Vec<Conflict>,
    pub brought: Vec<Brought>,
    pub gates: Vec<GateRow>,
    /// Where production goes back to.
    pub back: Vec<BackRow>,
    /// Lines of people, by what they are.
    pub lists: Vec<(&'static str, Vec<String>)>,
    pub monitors: Vec<Monitor>,
}

/// Something to look at.
pub(crate) struct Look {
    pub mark: Mark,
    pub words: String,
}

/// A repository: from where, to where.
#[derive(Default)]
pub(crate) struct Ladder {
    pub name: String,
    pub from: Option<(String, String)>,
    pub to: Option<Rung>,
    /// The program that does it.
    pub command: Option<String>,
    pub compare: Option<Compare>,
}

/// Where it comes to.
pub(crate) struct Rung {
    pub tag: String,
    pub mark: &'static str,
    /// Whether it is not there yet.
    pub planned: bool,
    pub says: String,
    pub picks: Vec<Picked>,
}

/// The form of the same wish with other repositories that stay.
pub(crate) struct Stays {
    /// What else was said, as the form of a cut has it.
    pub fields: Vec<(&'static str, String)>,
    /// The repositories that may stay, each with whether it does by this wish.
    pub repos: Vec<(String, bool)>,
}

/// A link that compares two tags.
pub(crate) struct Compare {
    pub url: String,
    pub base: String,
    pub head: String,
}

/// What a tag brings to a repository.
pub(crate) struct Brought {
    pub repo: String,
    pub says: String,
    pub commits: Vec<Commit>,
    /// How many more there are than are shown, in words; empty where none are.
    pub more: String,
}

pub(crate) struct Commit {
    pub short: String,
    pub subject: String,
    pub author: String,
    pub merge: bool,
}

/// A commit that does not apply.
pub(crate) struct Conflict {
    pub repo: String,
    pub commit: String,
    pub subject: String,
    pub onto: String,
    pub files: Vec<ConflictFile>,
    pub texts: Vec<ConflictText>,
    /// Places whose text is not shown, in words; empty where none are.
    pub more: String,
    /// What to do about it.
    pub then: &'static str,
    /// What is likely needed first, the oldest first.
    pub first: Vec<Commit>,
    /// The form with these before it.
    pub with: Option<String>,
}

pub(crate) struct ConflictFile {
    pub path: String,
    /// Its lines in conflict.
    pub lines: String,
    pub what: String,
}

/// What stands at a place in conflict.
pub(crate) struct ConflictText {
    pub at: String,
    pub lines: Vec<String>,
    /// How many lines more there are, in words; empty where none are.
    pub more: String,
}

pub(crate) struct BackRow {
    pub repo: String,
    pub to: String,
    pub mark: Mark,
}

/// A graph to watch.
pub(crate) struct Monitor {
    pub name: String,
    pub url: String,
    /// Whether it can be followed.
    pub link: bool,
}

pub(super) const ODD: Mark = Mark { shape: "odd", word: "look at it" };
pub(super) const FAIL: Mark = Mark { shape: "fail", word: "not safe" };
pub(super) const SKIP: Mark = Mark { shape: "skip", word: "nothing to do" };

impl Look {
    /// A sentence of the rules, in the words of the pages.
    pub fn of(mark: Mark, said: &str) -> Self {
        Self { mark, words: stopped(&hints::said(said)) }
    }
}

/// A migration that a tag brings.
pub(super) fn migration(repo: &RepoName, path: &str) -> Look {
    Look { mark: ODD, words: format!("{repo}: migration {path}") }
}

impl Compare {
    /// Of a link, where a browser may follow it.
    pub fn of(url: Option<&str>, base: Option<&str>, head: Option<&str>) -> Option<Self> {
        let url = url.filter(|url| is_web(url))?;
        Some(Self { url: url.to_owned(), base: base?.to_owned(), head: head?.to_owned() })
    }
}

impl From<&CommitView> for Commit {
    fn from(view: &CommitView) -> Self {
        Self {
            short: view.commit.short().to_owned(),
            subject: view.subject.clone(),
            author: view.author.clone(),
            merge: view.merge,
        }
    }
}

impl Brought {
    /// Of the commits that are shown, and how many there are; none where a tag brings nothing.
    pub fn of(repo: &str, shown: &[CommitView], all: usize, says: String) -> Option<Self> {
        let more = match all.saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!("and {more} more"),
        };
        let commits: Vec<Commit> = shown.iter().map(Commit::from).collect();
        (!commits.is_empty()).then(|| Self { repo: repo.to_owned(), says, commits, more })
    }
}

/// A sentence with its full stop, and its first letter as it is: names keep theirs.
pub(super) fn stopped(text: &str) -> String {
    let stop =
        if text.is_empty() || text.ends_with(['.', '?', '!', ':', '…']) { "" } else { "." };
    format!("{text}{stop}")
}

/// What is said of a tag, a comma between each.
pub(super) fn listed(said: impl IntoIterator<Item = String>) -> String {
    said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Where a base was read from.
pub(super) fn whence(from: BaseFrom) -> &'static str {
    match from {
        BaseFrom::Production => "what production runs",
        BaseFrom::LastPush => "what the last push left",
        BaseFrom::OlderTag => "the newest older tag",
        BaseFrom::Nothing => "nothing before",
    }
}

/// How far a step is: a mark and a word.
pub(super) fn how_far(state: StepWord) -> (&'static str, &'static str) {
    match state {
        StepWord::Planned => ("plan", "planned"),
        StepWord::Started => ("here", "on its way"),
        StepWord::Deploying => ("here", "being deployed"),
        StepWord::Deployed => ("here", "deployed, not seen in production yet"),
        StepWord::Live => ("pass", "in production"),
        StepWord::Failed => ("fail", "failed"),
    }
}

/// A number of commits in words; empty where it is not known.
pub(super) fn commits(n: Option<usize>) -> String {
    n.map(|n| words::count(n, "commit")).unwrap_or_default()
}
