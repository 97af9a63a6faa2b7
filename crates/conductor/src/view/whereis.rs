//! `where --json`: is it out yet?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{Oid, PushDate, RepoName};

use super::{FailureView, Moment};

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WhereView {
    /// The commit, in every repository that has it; and the repositories that were not reached.
    pub repos: Vec<WhereRepo>,
}

/// A commit in one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WhereRepo {
    /// The repository.
    pub name: RepoName,
    /// The commit; null where the remote was not reached.
    pub commit: Option<Oid>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// Whether it is on main.
    pub on_main: Option<bool>,
    /// Since when: when the commit that brought it to main was committed.
    pub on_main_since: Option<Moment>,
    /// Where it is there as another commit, what it was picked from or as: that one.
    #[serde(default)]
    pub on_main_as: Option<Oid>,
    /// Of each push whose newest tag has it, the tag that has it since; oldest push first.
    pub tags: Vec<OnTag>,
    /// The newest tag of a push that had it and has it no more: dropped, or reverted there.
    pub taken_off: Option<String>,
    /// Environments whose every service of this repository shows a version with it, or showed it before it failed.
    pub environments: Vec<OnEnvironment>,
    /// Environments of which that is not clear: their samples differ, and some show a version with it; or nothing is known.
    #[serde(default)]
    pub unclear: Vec<UnclearEnvironment>,
    /// The push that will carry it, or does.
    pub push: Option<PushDate>,
    /// When the push of its newest tag leaves, where the answer says so.
    #[serde(default)]
    pub leaves_at: Option<Moment>,
    /// One sentence: the answer.
    pub answer: String,
    /// What to do next, where there is something.
    pub command: Option<String>,
    /// Why nothing is known of it.
    pub error: Option<FailureView>,
    /// Where nobody was asked for this answer: when its remote was last seen.
    #[serde(default)]
    pub seen_at: Option<Moment>,
}

impl WhereRepo {
    /// A repository of which nothing is known.
    #[must_use]
    pub fn unknown(name: RepoName) -> Self {
        Self {
            name,
            commit: None,
            subject: None,
            author: None,
            on_main: None,
            on_main_since: None,
            on_main_as: None,
            tags: Vec::new(),
            taken_off: None,
            environments: Vec::new(),
            unclear: Vec::new(),
            push: None,
            leaves_at: None,
            answer: "not known".to_owned(),
            command: None,
            error: None,
            seen_at: None,
        }
    }

    /// What a pick of it names: the commit that main has.
    #[must_use]
    pub fn to_pick(&self) -> Option<&Oid> {
        self.on_main_as.as_ref().or(self.commit.as_ref())
    }
}

/// A tag that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnTag {
    /// The tag that has it since.
    pub tag: String,
    /// The newest tag of that push, which has it too.
    pub newest: String,
    /// The push.
    pub push: PushDate,
    /// The pick that brought it, where it was picked.
    pub picked_as: Option<Oid>,
}

/// An environment that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OnEnvironment {
    /// The environment.
    pub name: String,
    /// The version shown.
    pub version: String,
    /// When that version was first seen there.
    pub since: Option<Moment>,
    /// When it was last seen there.
    pub observed_at: Moment,
    /// Why a service gives no good answer now; null while all do.
    pub failing: Option<String>,
}

/// An environment of which it is not clear whether it has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnclearEnvironment {
    /// The environment.
    pub name: String,
    /// How many samples show a version with it; null where nothing is known.
    pub with: Option<usize>,
    /// Of how many; null where nothing is known.
    pub of: Option<usize>,
}

impl UnclearEnvironment {
    /// An environment of which nothing is known.
    #[must_use]
    pub fn not_known(name: String) -> Self {
        Self { name, with: None, of: None }
    }

    /// What is known, in words: `on 3 of 5 samples`.
    #[must_use]
    pub fn says(&self) -> String {
        match self.with.zip(self.of) {
            Some((with, of)) => format!("on {with} of {of} samples"),
            None => "not known".to_owned(),
        }
    }
}
