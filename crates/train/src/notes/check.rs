//! What people should look at again: each with its line, a kind, a sentence and, where there is one, what to write.

use serde::Serialize;

use super::Notes;
use super::context::{Context, Who};

/// Kinds of doubt, as stable words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// No line says who is the hero.
    NoHero,
    /// A name that nobody has.
    UnknownPerson,
}

/// Something to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What kind of doubt.
    pub kind: ProblemKind,
    /// What is doubtful.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

impl Notes {
    /// All doubts, in the page's order.
    #[must_use]
    pub fn check(&self, context: &Context) -> Vec<Problem> {
        let _ = (context, Who::Unknown(String::new()));
        Vec::new()
    }
}
