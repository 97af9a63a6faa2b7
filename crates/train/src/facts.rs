//! What was observed, dated: the only knowledge of the world that the rules have.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::Oid;

/// A ref as seen on a remote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeenRef {
    /// What the ref names: a tag object, or the commit itself.
    pub object: Oid,
    /// The commit it comes to (equal to `object` for a lightweight tag or a branch).
    pub commit: Oid,
}

/// One look at upstream: everything the rules ask of a remote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Look {
    /// When the remote was asked.
    pub observed_at: Timestamp,
    /// The branch that ships, without `refs/heads/`.
    pub branch: String,
    /// Its tip; none in an empty repository.
    pub main: Option<Oid>,
    /// Every tag on the remote, by its name without `refs/tags/`.
    pub tags: BTreeMap<String, SeenRef>,
    /// Tags of it that somebody moved or deleted since this machine first saw them (P2).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<String, MovedTag>,
    /// The fence of this train, where there is one.
    pub fence: Option<SeenFence>,
}

impl Look {
    /// The same look with these tags only.
    #[must_use]
    pub fn with_tags(&self, tags: BTreeMap<String, SeenRef>) -> Self {
        let Self { observed_at, branch, main, tags: _, moved, fence } = self;
        let (branch, main) = (branch.clone(), main.clone());
        let (moved, fence) = (moved.clone(), fence.clone());
        Self { observed_at: *observed_at, branch, main, tags, moved, fence }
    }
}

/// A tag that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MovedTag {
    /// What it named when it was first seen.
    pub first: SeenRef,
    /// What it names now; none: it is gone.
    pub now: Option<SeenRef>,
}

/// The fence as found: which ledger conducts the train, and how far it had come.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeenFence {
    /// The blob that the ref names.
    pub object: Oid,
    /// What the blob says; none when it is not ours to read (written by hand, or by a newer version).
    pub body: Option<Fence>,
}

/// The body of a fence: small JSON in a blob at `refs/pushduty/<train>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fence {
    /// The form's version; 1.
    pub schema: u32,
    /// The ledger that conducts the train.
    pub ledger: String,
    /// Where that ledger is served, if it is.
    pub url: Option<String>,
    /// The machine that moved the fence, for people.
    pub node: String,
    /// New with each move: an unchanged blob would not be sent, so nothing would be fenced.
    pub token: String,
    /// The intent it was moved for.
    pub intent: Option<String>,
    /// The chain's head when it was moved (P10).
    pub head: Anchor,
    /// The highest suffix given per push date (P3).
    pub suffixes: BTreeMap<String, u32>,
}

/// The end of a ledger's chain. Its number stays inside: what goes out is the [`Anchor`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// The last entry's number; 0 before the first.
    pub seq: u64,
    /// Its hash, 64 hexadecimal digits; zeros before the first.
    pub hash: String,
}

impl Head {
    /// What is told of it outside.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor { hash: self.hash.clone(), seq: None }
    }
}

/// A chain's head as written where the ledger's owner can't change it. It names the entry by its hash alone, which tells
/// nothing: from numbers it could be reckoned how many entries are withheld (P9).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    /// The entry's hash, 64 hexadecimal digits.
    pub hash: String,
    /// The entry's number, in an anchor by a version that told it. None is written any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

impl Anchor {
    /// Whether it was made before the first entry.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.hash.bytes().all(|digit| digit == b'0')
    }
}

/// A commit as people are told of it. Text is as git holds it, lossily decoded; filter it before showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Commit {
    /// Its name.
    pub id: Oid,
    /// Its parents, first parent first.
    pub parents: Vec<Oid>,
    /// The first line of the message.
    pub subject: String,
    /// The author's name.
    pub author: String,
    /// The author's mail address.
    pub email: String,
    /// When it was committed.
    #[schemars(with = "crate::form::Instant")]
    pub committed_at: Timestamp,
}

impl Commit {
    /// Whether it is a merge: those are never picked (P5).
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}

/// A commit on a tag that is there by pick, revert or hand: in the tag, not in the main it was cut from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The commit on the tag.
    pub made: Commit,
    /// The commit it was picked from: recorded in the message, or of the same patch on main.
    pub origin: Option<Oid>,
    /// The commit it reverts, when its message says so.
    pub reverts: Option<Oid>,
}

impl Picked {
    /// Whether it is that commit, or was picked from it.
    #[must_use]
    pub fn is_of(&self, id: &Oid) -> bool {
        self.made.id == *id || self.origin.as_ref() == Some(id)
    }
}

/// A commit that a tag brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// The commit.
    pub commit: Oid,
    /// Whether it is a merge.
    pub merge: bool,
    /// The commit that its message says it was picked from.
    pub origin: Option<Oid>,
    /// When the commit was committed; of a pick the one it was picked from, where that is here.
    pub landed_at: Timestamp,
}

/// What lies between a base and a head.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Commits reachable from head and not from base, newest first; at most as many as asked for.
    pub commits: Vec<Commit>,
    /// How many there are in all, merges included.
    pub commit_count: usize,
    /// Commits of base that head does not contain: not zero where the chain is broken.
    pub behind_count: usize,
    /// Authors by number of commits, most first.
    pub authors: Vec<(String, usize)>,
    /// Pull requests named in subjects (`Merge pull request #12`, `… (#12)`, `!12`), in order.
    pub pull_requests: Vec<u64>,
    /// `Push-Task:` trailers with the commit that carries each.
    pub tasks: Vec<(Oid, String)>,
    /// Files that are migrations by the configured globs, added or changed.
    pub migrations: Vec<String>,
    /// Files changed.
    pub files: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
}
