//! `confirm --json`, `call --json`: what authors say of their own changes, and who of them is called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{Oid, PersonName, PushDate, RepoName};

use super::Moment;

/// The body of `confirm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmView {
    /// The push.
    pub push: PushDate,
    /// The plan's digest, for `--if`.
    pub digest: String,
    /// Whether it is recorded.
    pub done: bool,
    /// Why it is taken back; null where it is confirmed.
    pub withdraw: Option<String>,
    /// The repositories.
    pub repos: Vec<RepoToConfirm>,
    /// What of their own is not confirmed with it, a sentence each.
    pub remarks: Vec<String>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepoToConfirm {
    /// Its name.
    pub name: RepoName,
    /// The tag that stage shows; null of what is taken back.
    pub tag: Option<String>,
    /// The tag's commit.
    pub commit: Option<Oid>,
    /// The changes, newest first.
    pub changes: Vec<ChangeToConfirm>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeToConfirm {
    /// Its commit.
    pub commit: Oid,
    /// Its subject; empty where the push does not bring it any more.
    pub subject: String,
    /// Whether it is confirmed already.
    pub already: bool,
}

/// The body of `call`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallView {
    /// The push.
    pub push: PushDate,
    /// Whether it is recorded, or there is nothing to do; else it is a plan.
    pub done: bool,
    /// In a sentence.
    pub change: String,
    /// Who is called.
    pub whom: Vec<CalledView>,
    /// The message's first line; null where nobody is called.
    pub subject: Option<String>,
    /// The rest of it.
    pub text: Option<String>,
    /// The channels that are told, by name.
    pub channels: Vec<String>,
    /// How the authors stand; null where nobody is asked.
    pub authors: Option<AuthorsView>,
}

/// Somebody who is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalledView {
    /// Who.
    pub who: PersonName,
    /// What they are called in chat.
    pub nick: String,
    /// How many changes of theirs are not confirmed.
    pub waiting: usize,
}

/// How the authors of what a push brings stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorsView {
    /// Those who confirmed all of their changes on stage.
    pub confirmed: Vec<PersonName>,
    /// Those who have not.
    pub waiting: Vec<PersonName>,
    /// Authors that are nobody in the configuration, by git's names.
    pub unknown: Vec<String>,
    /// In a sentence without its full stop; null where nobody of the configuration wrote anything.
    pub says: Option<String>,
}

/// A change that a push's tag brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BroughtView {
    /// Its commit.
    pub commit: Oid,
    /// Its subject.
    pub subject: String,
    /// Its author, by git's name.
    pub author: String,
    /// Who that is; null where they are nobody in the configuration.
    pub who: Option<PersonName>,
    /// Their word for it; null where there is none.
    pub confirmed: Option<ConfirmedView>,
}

/// The word of its author for a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmedView {
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The tag that stage showed.
    pub tag: String,
}
