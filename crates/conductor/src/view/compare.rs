//! `compare --json`: what a push brings, repository by repository.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::base::BaseFrom;
use train::id::{Oid, PersonName, PushDate, RepoName};

use super::confirm::ConfirmedView;
use super::{FailureView, Moment};

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompareView {
    /// The push compared; null where two revisions were named.
    pub push: Option<PushDate>,
    /// The repositories.
    pub repos: Vec<ComparedRepo>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedRepo {
    /// Its name.
    pub name: RepoName,
    /// The base, as a tag or a hash.
    pub base: Option<String>,
    /// Where it was read from; null where it was named.
    pub base_from: Option<BaseFrom>,
    /// The head: the push's newest tag, or main.
    pub head: Option<String>,
    /// The head's commit; null where there is none yet, or the remote was not reached.
    pub commit: Option<Oid>,
    /// The link that compares them.
    pub compare_url: Option<String>,
    /// Commits, newest first; as many as asked for.
    pub commits: Vec<CommitView>,
    /// How many there are.
    pub commit_count: Option<usize>,
    /// Commits of the base that the head lacks.
    pub behind_count: Option<usize>,
    /// Authors, most commits first.
    pub authors: Vec<(String, usize)>,
    /// Pull requests.
    pub pull_requests: Vec<u64>,
    /// `Push-Task:` trailers.
    pub tasks: Vec<String>,
    /// Migrations.
    pub migrations: Vec<String>,
    /// Files changed.
    pub files: Option<usize>,
    /// Lines added.
    pub insertions: Option<usize>,
    /// Lines removed.
    pub deletions: Option<usize>,
    /// When the remote was asked.
    pub observed_at: Option<Moment>,
    /// Why nothing is known of it.
    pub error: Option<FailureView>,
}

impl ComparedRepo {
    /// A repository of which nothing is known.
    #[must_use]
    pub fn unknown(name: RepoName) -> Self {
        Self {
            name,
            base: None,
            base_from: None,
            head: None,
            commit: None,
            compare_url: None,
            commits: Vec::new(),
            commit_count: None,
            behind_count: None,
            authors: Vec::new(),
            pull_requests: Vec::new(),
            tasks: Vec::new(),
            migrations: Vec::new(),
            files: None,
            insertions: None,
            deletions: None,
            observed_at: None,
            error: None,
        }
    }
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommitView {
    /// Its name.
    pub commit: Oid,
    /// Its subject.
    pub subject: String,
    /// Its author.
    pub author: String,
    /// When it was committed.
    pub committed_at: Moment,
    /// Whether it is a merge.
    pub merge: bool,
    /// Who its author is; null where they are nobody in the configuration.
    pub who: Option<PersonName>,
    /// The word of its author that it does on stage what it should, in the comparison of a push; null where there is none.
    pub confirmed: Option<ConfirmedView>,
}
