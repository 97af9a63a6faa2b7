//! Every wish, from wherever it comes: the command line, a form, the chat, the schedule.

mod notes;
mod push_day;
mod said;
mod security;
mod tags;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate, RepoName};
use crate::import::Folder;
use crate::key::Key;
use crate::people::Role;
use crate::reason::Reason;

pub use notes::{AskName, NotesWish, WhichPush, Writing};
pub use push_day::{
    ApproveWish, CallWish, ConfirmWish, FinishWish, PromoteWish, RollbackWish, StartWish,
};
pub use security::{MergeWish, RepairWay};
pub use tags::{PickWish, RepoCommit, TagWish};

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
        /// Why; a plan takes none.
        because: Option<Reason>,
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
        /// How; without it there is a plan to read, and nothing to carry out.
        way: Option<RepairWay>,
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
        because: Reason,
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
        because: Option<Reason>,
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
        because: Reason,
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
        because: Reason,
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
