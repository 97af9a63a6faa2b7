//! Doubts about imported pages: each with its file, its line where it is about one, and what to do.

use serde::{Deserialize, Serialize};

use crate::notes::{self, ProblemKind};

/// Kinds of doubt that only an import has, as stable words.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OwnKind {
    /// A base that is no tag of its repository.
    BaseNoTag,
    /// A head that is no tag of its repository.
    HeadNoTag,
    /// A tag of another year than is meant.
    YearTypo,
    /// A tag compared with itself.
    EmptyLink,
    /// A base that is older than what was pushed last.
    SkipsPush,
    /// A base that no page tells of.
    UnknownBase,
    /// A compare link that can't be read, or of no repository aboard.
    UnreadLink,
    /// A commit that is not among those to pick, and counted as none.
    CommitAside,
    /// A line among those to pick that names no commit.
    NoCommit,
    /// A file without a date in its name.
    NoDate,
    /// A file with several dates in its name.
    SeveralDates,
    /// Another page of the same push.
    SecondPage,
    /// No text in UTF-8.
    NotText,
    /// Longer than a page of notes.
    TooLong,
    /// A link to another file.
    Link,
    /// A file that can't be read.
    Unreadable,
    /// Files of other kinds.
    OtherFiles,
    /// A page that tells of what is not public yet (P9).
    Embargoed,
}

/// A kind of doubt: one that any page may have, or one of imports.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(untagged)]
#[schemars(rename = "ImportDoubt")]
pub enum Kind {
    /// Of any page.
    Page(ProblemKind),
    /// Of imports.
    Import(OwnKind),
}

/// Something to look at again.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[schemars(rename = "ImportProblem")]
pub struct Problem {
    /// The file, as it is named below the folder that is imported.
    pub file: String,
    /// The line, from 1; none where it is about the file.
    pub line: Option<usize>,
    /// What kind of doubt.
    pub kind: Kind,
    /// What is doubtful.
    pub message: String,
    /// What to do.
    pub suggestion: Option<String>,
}

impl Problem {
    /// About a line.
    pub(super) fn at(
        file: &str,
        line: usize,
        kind: OwnKind,
        message: String,
        hint: impl Into<String>,
    ) -> Self {
        Self { line: Some(line), ..Self::of(file, kind, message, hint) }
    }

    /// About a file.
    pub(super) fn of(file: &str, kind: OwnKind, message: String, hint: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            kind: Kind::Import(kind),
            message,
            suggestion: Some(hint.into()),
        }
    }

    /// A doubt that any page may have.
    pub(super) fn page(file: &str, problem: notes::Problem) -> Self {
        let usual = usual(problem.kind).map(str::to_owned);
        Self {
            file: file.to_owned(),
            line: Some(problem.line),
            kind: Kind::Page(problem.kind),
            message: problem.message,
            suggestion: problem.suggestion.or(usual),
        }
    }

    pub(super) fn is_typo(&self) -> bool {
        self.kind == Kind::Import(OwnKind::YearTypo)
    }

    pub(super) fn is_other_push(&self) -> bool {
        self.kind == Kind::Page(ProblemKind::OtherPush)
    }
}

/// What to do about a page that lies in the past, where its own check has nothing better.
fn usual(kind: ProblemKind) -> Option<&'static str> {
    Some(match kind {
        ProblemKind::NoHero => "This week's push hero is NAME",
        ProblemKind::UnknownPerson => "an alias of somebody under [people], or somebody more there",
        ProblemKind::BadTime => "9:02am PT",
        ProblemKind::EndBeforeStart => "the end's own time, with its date if that is another",
        ProblemKind::OtherPush => {
            "leave it if the push slipped after its cut; else the push's own tag"
        }
        ProblemKind::HeadBeforeBase => "the older tag first, then the newer",
        ProblemKind::UnknownRepository => "the repository under [repos], or the address mended",
        ProblemKind::OpenFence => "``` on a line of its own where it ends",
        ProblemKind::OpenComment => "--> where it ends",
        ProblemKind::TooMany => "a page of its own for each push",
        _ => return None,
    })
}
