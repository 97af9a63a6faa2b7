//! What goes on while somebody waits, as a program is told of it: the same words that a terminal shows.

use std::sync::Arc;

use conductor::ports::Progress;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;
use train::attempt::DeployEnd;
use train::id::RepoName;
use train::refusal::Refusal;

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Said {
    /// A repository's work begins or goes on.
    Step {
        /// The repository.
        repo: RepoName,
        /// In a few words.
        words: String,
    },
    /// A repository's work is over.
    Done {
        /// The repository.
        repo: RepoName,
        /// In a few words.
        words: String,
        /// The same without what a program said, where the words quote that: as whoever is not of the train reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unquoted: Option<String>,
    },
    /// A line that a program put out while it worked for a repository, or a remote said to git.
    Output {
        /// The repository.
        repo: RepoName,
        /// The line.
        line: String,
    },
    /// A remark about no repository in particular.
    Remark {
        /// In words.
        words: String,
        /// The same as whoever is not of the train reads it, where that is less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unquoted: Option<String>,
    },
}

impl Said {
    /// Something failed that stops nothing else.
    pub(crate) fn failed(failure: Refusal) -> Self {
        Self::Remark { words: failure.message, unquoted: failure.unquoted }
    }

    /// Tells somebody of it.
    pub fn tell(&self, progress: &dyn Progress) {
        match self {
            Self::Step { repo, words } => progress.step(repo, words),
            Self::Done { repo, words, .. } => progress.done(repo, words),
            Self::Output { repo, line } => progress.output(repo, line),
            Self::Remark { words, .. } => progress.remark(words),
        }
    }

    /// The same as whoever is not of the train reads it; none where nothing of it is for them.
    pub(crate) fn for_strangers(self) -> Option<Self> {
        match self {
            Self::Output { .. } => None,
            Self::Done { repo, words, unquoted } => {
                Some(Self::Done { repo, words: unquoted.unwrap_or(words), unquoted: None })
            }
            Self::Remark { words, unquoted } => {
                Some(Self::Remark { words: unquoted.unwrap_or(words), unquoted: None })
            }
            Self::Step { .. } => Some(self),
        }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Step { repo, words } | Self::Done { repo, words, .. } => {
                write!(f, "{repo}  {words}")
            }
            Self::Output { repo, line } => write!(f, "{repo} │ {line}"),
            Self::Remark { words, .. } => f.write_str(words),
        }
    }
}

/// Takes what is said.
pub(crate) trait Hears: Send + Sync {
    fn hear(&self, said: Said);
}

/// A progress that is heard by somebody.
pub(crate) struct Heard<H: ?Sized>(pub Arc<H>);

impl<H: Hears + ?Sized> Progress for Heard<H> {
    fn step(&self, repo: &RepoName, words: &str) {
        self.0.hear(Said::Step { repo: repo.clone(), words: words.to_owned() });
    }

    fn done(&self, repo: &RepoName, words: &str) {
        self.0.hear(Said::Done { repo: repo.clone(), words: words.to_owned(), unquoted: None });
    }

    fn ended(&self, repo: &RepoName, end: &DeployEnd) {
        let unquoted = end.unquoted().map(|end| end.words());
        self.0.hear(Said::Done { repo: repo.clone(), words: end.words(), unquoted });
    }

    fn output(&self, repo: &RepoName, line: &str) {
        self.0.hear(Said::Output { repo: repo.clone(), line: line.to_owned() });
    }

    fn remark(&self, words: &str) {
        self.0.hear(Said::Remark { words: words.to_owned(), unquoted: None });
    }

    fn failed(&self, failure: &Refusal) {
        self.0.hear(Said::failed(failure.clone()));
    }
}

impl Hears for UnboundedSender<Said> {
    fn hear(&self, said: Said) {
        // Whoever waited may be gone.
        let _ = self.send(said);
    }
}
