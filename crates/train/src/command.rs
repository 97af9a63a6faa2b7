//! Every wish, from wherever it comes: the command line, a form, the chat, the schedule.

mod said;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate, RepoName};
use crate::import::Folder;
use crate::key::Key;
use crate::notes::SectionKind;
use crate::notes::follow::ItemId;
use crate::people::Role;

/// A wish to change something. Looking needs none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Cut a push.
    Tag(TagWish),
    /// Put commits on a push's tags.
    Pick(PickWish),
    /// Take the train over.
    Adopt {
        /// Why.
        because: String,
    },
    /// Review a security branch.
    SecurityApprove {
        /// The repository, where several have a security remote.
        repo: Option<RepoName>,
        /// The branch's number.
        branch: u32,
    },
    /// Merge reviewed security branches.
    SecurityMerge(MergeWish),
    /// Let security follow upstream.
    SecuritySync {
        /// Only this repository.
        repo: Option<RepoName>,
    },
    /// Bring two diverged repositories together again.
    SecurityRepair {
        /// The repository.
        repo: Option<RepoName>,
        /// How.
        way: RepairWay,
    },
    /// Let a push depart on another day.
    Move {
        /// Which; the next one if not said.
        push: Option<PushDate>,
        /// Where to.
        to: PushDate,
    },
    /// Let a push not run.
    Cancel {
        /// Which; the next one if not said.
        push: Option<PushDate>,
        /// Why.
        because: String,
    },
    /// Swap duty.
    Swap {
        /// The push whose hero is replaced.
        push: PushDate,
        /// By whom.
        with: PersonName,
    },
    /// Offer one's push to another hero.
    Offer {
        /// The push.
        push: PushDate,
        /// To whom; to whoever of the heroes takes it if none.
        to: Option<PersonName>,
    },
    /// Take a push that somebody offers.
    TakeOffer {
        /// The push.
        push: PushDate,
    },
    /// Not take it.
    DeclineOffer {
        /// The push.
        push: PushDate,
        /// Why.
        because: Option<String>,
    },
    /// Keep a push that one had offered.
    KeepOffer {
        /// The push.
        push: PushDate,
    },
    /// Be away.
    Away {
        /// Who.
        who: PersonName,
        /// First day, in the train's zone.
        #[schemars(with = "crate::form::Day")]
        from: Date,
        /// Last day.
        #[schemars(with = "crate::form::Day")]
        to: Date,
    },
    /// Not be away after all.
    Back {
        /// Who.
        who: PersonName,
        /// The first day that was noted.
        #[schemars(with = "crate::form::Day")]
        from: Date,
        /// The last.
        #[schemars(with = "crate::form::Day")]
        to: Date,
    },
    /// Give somebody a role, as an admin.
    GiveRole {
        /// Whom.
        who: PersonName,
        /// Which.
        role: Role,
    },
    /// Take a role from somebody that an admin gave them.
    TakeRole {
        /// From whom.
        who: PersonName,
        /// Which.
        role: Role,
    },
    /// Sign tags off, or take that back.
    Approve(ApproveWish),
    /// Confirm one's own changes on stage, or take that back.
    Confirm(ConfirmWish),
    /// Call everybody aboard whose change is not confirmed.
    Call(CallWish),
    /// Keep a push from leaving.
    Hold {
        /// Which; the one that is cut, or the next, if not said.
        push: Option<PushDate>,
        /// Only this repository.
        repo: Option<RepoName>,
        /// Until when; without an end if none.
        #[schemars(with = "Option<crate::form::Instant>")]
        until: Option<Timestamp>,
        /// Why.
        because: String,
    },
    /// Lift holds.
    Resume {
        /// Of which push; the one that is cut, or the next, if not said.
        push: Option<PushDate>,
        /// Only those of this repository.
        repo: Option<RepoName>,
    },
    /// Take a push to production oneself.
    Claim {
        /// Which; the one that is cut if not said.
        push: Option<PushDate>,
    },
    /// Not take it there after all.
    Unclaim {
        /// Which; the one that is cut if not said.
        push: Option<PushDate>,
    },
    /// Open the way to production.
    Start(StartWish),
    /// Stop the programs that deploy a push.
    StopDeploys {
        /// Which; the one that is cut if not said.
        push: Option<PushDate>,
    },
    /// Let what was deployed take over.
    Promote(PromoteWish),
    /// Bring production back to what it ran before.
    Rollback(RollbackWish),
    /// Let a tag that was rolled back leave again.
    Clear {
        /// Of which push; the one that is cut if not said.
        push: Option<PushDate>,
        /// The repositories; all that were rolled back if empty.
        repos: BTreeSet<RepoName>,
        /// Why.
        because: String,
    },
    /// End a push and hand over.
    Finish(FinishWish),
    /// Be asked again at another time about something that waits for whoever acts.
    Later {
        /// Its name; what it is about is enough where that is plain.
        key: Key,
        /// Until when, in words, by the train's clock: `2h`, `14:30`, `tomorrow`, `Friday`, or an instant; an hour if not said.
        #[serde(default)]
        until: Option<String>,
    },
    /// Write in a push's notes.
    Notes(NotesWish),
    /// Take past pushes in from the notes that a team has of them.
    Import(Box<Folder>),
}

impl Command {
    /// Whether it is about security branches.
    #[must_use]
    pub fn is_security(&self) -> bool {
        matches!(
            self,
            Self::SecurityApprove { .. }
                | Self::SecurityMerge(_)
                | Self::SecuritySync { .. }
                | Self::SecurityRepair { .. }
        )
    }
}

/// What `start` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct StartWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories: a part of the push.
    pub repos: BTreeSet<RepoName>,
    /// Gates to let go.
    pub overrides: BTreeSet<String>,
    /// Why.
    pub because: Option<String>,
    /// Repositories whose deploy is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `promote` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct PromoteWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Why its own tasks may be left, where they may.
    pub because: Option<String>,
    /// Repositories whose promotion is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `rollback` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct RollbackWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories.
    pub repos: BTreeSet<RepoName>,
    /// Why.
    pub because: String,
    /// Repositories whose way back is tried again.
    pub retry: BTreeSet<RepoName>,
}

/// What `finish` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct FinishWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// What there is to tell of it in the mail, beside the notes' *Issues*.
    pub issues: Vec<String>,
    /// Why it is over though production does not show its tags.
    pub because: Option<String>,
}

/// What `approve` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ApproveWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these repositories.
    pub repos: BTreeSet<RepoName>,
    /// In which role; the one that a gate wants of the actor if not said.
    pub role: Option<Role>,
    /// Take back what was signed off, for this reason.
    pub withdraw: Option<String>,
}

/// What `confirm` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ConfirmWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// Only these commits; all of one's own if empty.
    pub commits: Vec<RepoCommit>,
    /// Only of these repositories.
    pub repos: BTreeSet<RepoName>,
    /// Take back what was confirmed, for this reason.
    pub withdraw: Option<String>,
}

/// What `call` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct CallWish {
    /// The push; the one that is cut if not said.
    pub push: Option<PushDate>,
    /// What for, in a line.
    pub text: Option<String>,
    /// Those too who have confirmed all of their changes.
    pub all: bool,
    /// Though somebody called a moment ago.
    pub again: bool,
}

/// What is to be written in a push's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NotesWish {
    /// Which push's.
    pub push: WhichPush,
    /// What.
    pub writing: Writing,
}

/// Which push a wish about notes means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhichPush {
    /// The one that matters now.
    Shown,
    /// The one that is cut.
    Cut,
    /// The next that is not cut.
    Uncut,
    /// This one.
    On(PushDate),
}

/// Something to write in notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// The whole page.
    Text {
        /// What it is to be.
        text: String,
        /// The version it was made from: what others wrote since is merged. Without it, it replaces what is there.
        base: Option<u32>,
    },
    /// One more item.
    Item {
        /// Its section.
        kind: SectionKind,
        /// What it says.
        text: String,
        /// Whose it is.
        owner: Option<PersonName>,
    },
    /// A pick that somebody wants.
    Ask {
        /// The commit.
        commit: RepoCommit,
        /// Why, in a line.
        why: Option<String>,
    },
    /// No to a pick that somebody wants.
    Decline {
        /// Which.
        ask: AskName,
        /// Why not.
        because: String,
    },
    /// An item is done, or a blocker settled.
    Done {
        /// Which.
        item: ItemId,
        /// Only for this environment of a task.
        #[serde(default)]
        on: Option<String>,
        /// Why.
        because: Option<String>,
    },
}

/// How somebody names an ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskName {
    /// By the item that it stands in: `a3`.
    Item(ItemId),
    /// By its commit, or `#12`.
    Commit(RepoCommit),
}

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
    pub because: Option<String>,
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
    pub because: Option<String>,
}

/// What `security merge` is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct MergeWish {
    /// The repository, where several have a security remote.
    pub repo: Option<RepoName>,
    /// The branches by number; all reviewed ones if empty.
    pub branches: BTreeSet<u32>,
    /// Named branches need no review.
    pub unreviewed: bool,
    /// Why.
    pub because: Option<String>,
}

/// How two diverged repositories come together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepairWay {
    /// Security's own commits go into upstream first.
    Publish,
    /// They are kept as a branch, and an admin resets main.
    SetAside(String),
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
