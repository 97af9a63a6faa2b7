//! Wishes for tags: a cut, and commits on top of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{PushDate, RepoName};
use crate::reason::Reason;

/// What `tag` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct TagWish {
    /// The push; the next uncut one if not said.
    pub push: Option<PushDate>,
    /// Only these repositories.
    pub repos: BTreeSet<RepoName>,
    /// The commit to tag, by repository; the key is none for "the only one that can be meant", and empty in a document.
    #[serde(with = "by_repo")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub at: BTreeMap<Option<RepoName>, String>,
    /// The tag to start from when main can't go, by repository.
    #[serde(with = "by_repo")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub from: BTreeMap<Option<RepoName>, String>,
    /// Commits to put on it.
    pub picks: Vec<RepoCommit>,
    /// Repositories that keep their production tag.
    pub stay: BTreeSet<RepoName>,
    /// Another tag though there is one.
    pub again: bool,
    /// The date may be off the schedule.
    pub off_cycle: bool,
    /// Reviewed security branches may be left out.
    pub without_security: bool,
    /// Merge reviewed security branches first: the same-day path.
    pub with_security: bool,
    /// Picks and reverts of production that may be dropped (P6).
    pub leave: Vec<RepoCommit>,
    /// Why.
    pub because: Option<Reason>,
}

impl TagWish {
    /// The same for the same wish.
    #[must_use]
    pub fn digest(&self) -> String {
        crate::digest::of(&(
            ("tag", self.push, &self.repos, &self.stay, &self.picks, &self.leave, &self.because),
            (self.at.iter().collect::<Vec<_>>(), self.from.iter().collect::<Vec<_>>()),
            (self.again, self.off_cycle, self.without_security, self.with_security),
        ))
    }
}

/// A commit as a person named it, perhaps with its repository.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct RepoCommit {
    /// The repository, when said or read from a link.
    pub repo: Option<RepoName>,
    /// A full or abbreviated hash, a tag, or a range `A..B`.
    pub commit: String,
}

/// What `pick` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct PickWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Commits to add.
    pub picks: Vec<RepoCommit>,
    /// Only what is asked for in the notes: those of `picks`, or all that can be picked where it names none.
    #[serde(default)]
    pub asked: bool,
    /// Picks to leave out: the tag is rebuilt from the push's first.
    pub drop: Vec<RepoCommit>,
    /// Commits to take back on the tag only.
    pub revert: Vec<RepoCommit>,
    /// Commits that are on upstream but not on main may be picked.
    pub off_main: bool,
    /// Onto what production runs: a hot-fix.
    pub onto_production: bool,
    /// Why.
    pub because: Option<Reason>,
}

/// By repository, where none is named under an empty name.
mod by_repo {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::id::RepoName;

    type ByRepo = BTreeMap<Option<RepoName>, String>;

    pub(super) fn serialize<S: Serializer>(of: &ByRepo, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            of.iter().map(|(repo, what)| (repo.as_ref().map_or("", |r| r.as_str()), what)),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ByRepo, D::Error> {
        let named = BTreeMap::<String, String>::deserialize(from)?.into_iter();
        let one = |(repo, what): (String, String)| match repo.as_str() {
            "" => Ok((None, what)),
            _ => Ok((Some(repo.parse().map_err(D::Error::custom)?), what)),
        };
        named.map(one).collect()
    }
}
