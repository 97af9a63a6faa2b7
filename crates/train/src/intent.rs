//! What we are about to do to a remote, written down before it is done; and how to tell afterwards whether it was.
//!
//! An [`Intent`] carries every object's name, so that nothing is rebuilt on a second try (P11). [`settle`] is the
//! whole decision about an intent without a result: it looks at what the remote shows and at nothing else (P15).
//! `docs/src/intents.md` has its table, with the test that shows each row.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facts::Head;
use crate::id::{Oid, PushDate, RepoName};

/// The name of an intent: the same for the same repository after the same ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IntentId(String);

impl IntentId {
    /// The intent for `repo`'s `remote` that follows the ledger entry `head`; a train has at most one.
    #[must_use]
    pub fn after(head: &Head, repo: &RepoName, remote: Remote) -> Self {
        // Of the hash alone: the name goes out with the fence, and a number that it covers could be tried out (P9).
        Self(crate::digest::of(&("intent", &head.hash, repo, remote)))
    }

    /// As text: 16 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a repository's two remotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// The public one.
    Upstream,
    /// The private twin.
    Security,
}

/// A change to the refs of one remote, to be made by one push.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Intent {
    /// Its name.
    pub id: IntentId,
    /// The push it is for; none for a sync and for a merge outside a push.
    pub push: Option<PushDate>,
    /// The repository.
    pub repo: RepoName,
    /// Which of its remotes.
    pub remote: Remote,
    /// What it means.
    pub purpose: Purpose,
    /// The refs, all or nothing.
    pub updates: Vec<Update>,
    /// The fence that moves with them.
    pub fence: Option<FenceMove>,
    /// The digest of the configuration it was planned under.
    pub settings: String,
}

/// What an intent means to people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Purpose {
    /// A tag on a commit of main.
    Tag(Tagged),
    /// A tag with picks, reverts or drops over another tag.
    Pick(Tagged),
    /// Security branches into upstream's main.
    Merge {
        /// The branches' numbers.
        branches: Vec<u32>,
    },
    /// Security's main follows upstream's.
    Sync,
    /// Commits that only security's main has are kept as a branch there.
    SetAside,
}

/// A tag given to a push.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tagged {
    /// Its name.
    pub tag: String,
    /// The tag object, or the commit for a lightweight tag.
    pub object: Oid,
    /// The commit.
    pub commit: Oid,
    /// The tag it is compared with; none on a first push.
    pub base: Option<String>,
    /// Where the base was read from.
    pub base_from: crate::base::BaseFrom,
    /// What it has over the push's first tag.
    pub picks: Vec<PickRecord>,
    /// Who resolved a conflict by hand on the way here.
    pub resolved_by: Option<String>,
    /// Why, where a reason was given (`--because`).
    pub because: Option<String>,
}

/// One pick on a tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PickRecord {
    /// The commit asked for (for a revert: the commit reverted).
    pub commit: Oid,
    /// The commit made.
    #[serde(rename = "as")]
    pub made: Oid,
    /// Its subject.
    pub subject: String,
    /// Its author; of a revert who takes the commit back.
    pub author: String,
    /// Of a revert the author of the commit that is taken back, where that is known.
    #[serde(default)]
    pub whose: Option<String>,
    /// Whether it takes the commit back instead of adding it.
    pub reverted: bool,
    /// The tag that first had it.
    pub tag: String,
}

/// One ref's change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Update {
    /// The ref's full name.
    pub name: String,
    /// What the remote must show for it to be made.
    pub expect: Expect,
    /// The object it will name.
    pub new: Oid,
    /// The commit that object comes to.
    pub commit: Oid,
}

impl Update {
    /// A tag that must be new (P2).
    #[must_use]
    pub fn new_tag(tag: &str, object: Oid, commit: Oid) -> Self {
        Self { name: format!("refs/tags/{tag}"), expect: Expect::Absent, new: object, commit }
    }

    /// A branch that moves forward to `to` from where it was seen; none: it must be new.
    #[must_use]
    pub fn forward(branch: &str, from: Option<Oid>, to: Oid) -> Self {
        Self {
            name: format!("refs/heads/{branch}"),
            expect: from.map_or(Expect::Absent, Expect::FastForward),
            new: to.clone(),
            commit: to,
        }
    }
}

/// What the remote must show before an update.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// No such ref (P2: a tag is made once).
    Absent,
    /// The branch at this commit or an ancestor of the new one: the server's own fast-forward check.
    FastForward(Oid),
}

/// The fence's change, in the same push.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FenceMove {
    /// The ref's full name.
    pub name: String,
    /// The blob it must name now; none: it must not exist.
    pub from: Option<Oid>,
    /// The blob it will name.
    pub to: Oid,
}

/// What a remote shows of an intent's refs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Seen {
    /// It could not be asked.
    Unreachable,
    /// What each ref of the intent was at; refs that do not exist are left out.
    Refs(BTreeMap<String, SeenAt>),
}

/// One ref, as seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeenAt {
    /// The object named.
    pub object: Oid,
    /// The commit it comes to.
    pub commit: Oid,
    /// Whether that commit has the intended one in its history.
    pub contains_ours: bool,
}

/// What to make of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The remote has our objects: record it.
    Published,
    /// The remote has the same commit under another object, by someone else: record that.
    Already,
    /// Nothing of it is there: push the same objects.
    Absent,
    /// A ref names something else, or a branch moved on without us: stop and say so.
    Different {
        /// The ref.
        name: String,
        /// The commit found there.
        found: Oid,
    },
    /// The remote can't be asked: leave it open.
    Unknown,
}

/// Decides about an intent from what the remote shows. Pure, and the same function after a push, after a crash,
/// and in the model that is checked exhaustively.
#[must_use]
pub fn settle(intent: &Intent, seen: &Seen) -> Settlement {
    let Seen::Refs(refs) = seen else { return Settlement::Unknown };
    let mut whole = Settlement::Published;
    for update in &intent.updates {
        match settle_one(update, refs.get(&update.name)) {
            Settlement::Published => {}
            Settlement::Already if whole == Settlement::Published => whole = Settlement::Already,
            Settlement::Already => {}
            Settlement::Absent => whole = Settlement::Absent,
            stop @ (Settlement::Different { .. } | Settlement::Unknown) => return stop,
        }
    }
    whole
}

fn settle_one(update: &Update, seen: Option<&SeenAt>) -> Settlement {
    let Some(at) = seen else {
        return match &update.expect {
            Expect::Absent => Settlement::Absent,
            // A branch that is gone: nothing of ours is there, and nothing to fast-forward from.
            Expect::FastForward(from) => {
                Settlement::Different { name: update.name.clone(), found: from.clone() }
            }
        };
    };
    let different =
        || Settlement::Different { name: update.name.clone(), found: at.commit.clone() };
    match &update.expect {
        _ if at.object == update.new => Settlement::Published,
        Expect::Absent if at.commit == update.commit => Settlement::Already,
        // A branch goes on after it was made; a tag does not.
        Expect::Absent if at.contains_ours && update.name.starts_with("refs/heads/") => {
            Settlement::Published
        }
        Expect::Absent => different(),
        Expect::FastForward(_) if at.contains_ours => Settlement::Published,
        Expect::FastForward(from) if &at.commit == from => Settlement::Absent,
        Expect::FastForward(_) => different(),
    }
}
