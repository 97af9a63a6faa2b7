//! Every fact the ledger keeps. Facts are acts: what was decided, intended, done. Observations are not events.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attempt::{DeployEnd, DeployRun, Finish, Rollback, Start};
use crate::changes::PushMove;
use crate::changes::{Absence, Swap};
use crate::facts::{Anchor, SeenRef};
use crate::gate::Gate;
use crate::hold::Hold;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::import::Imported;
use crate::intent::{Intent, IntentId, Purpose};
use crate::notes::follow::ItemId;
use crate::notes::page::{CarriedItem, ItemChange};
use crate::people::Role;
use crate::settings::Settings;
use crate::signoff::Word;

/// A fact. Its serialized form is the ledger's payload: add variants and optional fields, never change one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The ledger's first entry.
    Began {
        /// The day, in the train's zone: the rotation starts here.
        on: Date,
        /// Whether its clock may be set: a rehearsal for ever.
        rehearsal: bool,
    },
    /// The configuration in force changed.
    Configured {
        /// The digest of the new one.
        digest: String,
        /// What changed, a line each.
        changes: Vec<String>,
        /// All of it.
        settings: Box<Settings>,
    },
    /// This ledger took the train over from another, or from none.
    Adopted {
        /// The ledger that the fences named.
        from: Option<String>,
        /// How far that one had come.
        head: Option<Anchor>,
        /// Tag objects made by this ledger of which this copy has no entry: they are known to be lost.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lost: Vec<Oid>,
        /// Why.
        because: String,
    },
    /// A push's cut began: its date is frozen from here on (P4).
    Opened {
        /// The push.
        push: PushDate,
        /// The date it was scheduled for, where it was moved before.
        scheduled: PushDate,
        /// Who is on duty.
        hero: Option<PersonName>,
        /// Whose turn it is.
        turn: Option<PersonName>,
        /// Whether the date is off the schedule.
        off_cycle: bool,
    },
    /// A repository keeps its production tag this time.
    Stayed {
        /// The push.
        push: PushDate,
        /// The repository.
        repo: RepoName,
        /// The tag it stays on, where it has one.
        tag: Option<String>,
        /// Why.
        because: String,
    },
    /// A rule was overridden by name.
    Overridden {
        /// The push.
        push: PushDate,
        /// Which rule: the option's name.
        rule: String,
        /// Why.
        because: String,
    },
    /// A command that makes something new each time was begun: run again before its end was told, it is the same one (P11).
    Wished {
        /// The digest of the wish.
        wish: String,
        /// The intents that carry it out.
        intents: Vec<IntentId>,
    },
    /// What came of it was told to whoever wished it.
    Told,
    /// A change to a remote is about to be made.
    Intended(Box<Intent>),
    /// What became of it.
    Settled {
        /// The intent.
        intent: IntentId,
        /// What became of it.
        outcome: Outcome,
    },
    /// A remote shows something else than the record; told, never papered over (P15).
    Noticed {
        /// The repository.
        repo: RepoName,
        /// The ref's full name.
        name: String,
        /// What we had recorded, or had seen first.
        recorded: Oid,
        /// What is there now; none: it is gone.
        found: Option<Oid>,
        /// The commit of what was recorded, of a tag that this ledger never gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<Oid>,
    },
    /// Tags were taken into the record as the remotes show them: from here on they are to stay so.
    TagsTaken {
        /// By repository and name; none: it is gone.
        tags: BTreeMap<RepoName, BTreeMap<String, Option<SeenRef>>>,
        /// Why.
        because: String,
    },
    /// Security's main was found to have what a merge of ours made public: somebody else brought it.
    Synced {
        /// The repository.
        repo: RepoName,
    },
    /// A push departs on another day.
    Moved {
        /// The date it was scheduled for.
        push: PushDate,
        /// Where to.
        change: PushMove,
    },
    /// A push does not run; the hero keeps the turn.
    Cancelled {
        /// The push.
        push: PushDate,
        /// Why.
        because: String,
    },
    /// A push off the schedule was declared.
    OffCycle {
        /// Its date.
        push: PushDate,
    },
    /// Two heroes swapped.
    Swapped(Swap),
    /// Somebody is away.
    Away(Absence),
    /// Somebody is not away after all: what was noted is taken back.
    Back(Absence),
    /// Security branches are about to be merged without a review.
    Unreviewed {
        /// The repository.
        repo: RepoName,
        /// The branches' numbers.
        branches: Vec<u32>,
        /// Why.
        because: String,
    },
    /// A security branch was reviewed at a commit.
    Approved {
        /// The repository.
        repo: RepoName,
        /// The branch's number.
        branch: u32,
        /// The commit that was reviewed: what merge will take.
        commit: Oid,
        /// Whether the reviewer wrote it, which only a team of one may.
        own: bool,
    },
    /// Somebody signed one repository's tag off.
    SignedOff {
        /// The push.
        push: PushDate,
        /// What they put their name to.
        word: Box<Word>,
    },
    /// Somebody took their sign-offs of one repository back.
    Withdrawn {
        /// The push.
        push: PushDate,
        /// The repository.
        repo: RepoName,
        /// The role they were given in.
        role: Role,
        /// Why.
        because: String,
    },
    /// Somebody holds the push.
    Held {
        /// The push.
        push: PushDate,
        /// What of it, until when and why.
        hold: Hold,
    },
    /// Holds were lifted: all of them, or those of one repository.
    Resumed {
        /// The push.
        push: PushDate,
        /// The repository.
        repo: Option<RepoName>,
    },
    /// Somebody will take the push to production.
    Claimed {
        /// The push.
        push: PushDate,
    },
    /// They won't after all.
    Unclaimed {
        /// The push.
        push: PushDate,
    },
    /// A gate that does not pass was let go by name, for these very tags (P8).
    GateOverridden {
        /// The push.
        push: PushDate,
        /// The gate.
        gate: String,
        /// Why.
        because: String,
        /// The digest of the tags that it was given for: with others it is over.
        tagset: String,
        /// The part of the push that it was given for; all of it if empty.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        only: BTreeSet<RepoName>,
    },
    /// The way to production was opened.
    Started {
        /// The push.
        push: PushDate,
        /// What leaves.
        start: Box<Start>,
        /// How every gate stood.
        gates: Vec<Gate>,
    },
    /// A program that deploys is about to be begun: it is never begun a second time by itself (P13).
    DeployBegan {
        /// The push.
        push: PushDate,
        /// What it deploys.
        deploy: Box<DeployRun>,
    },
    /// How it ended.
    DeployEnded {
        /// The push.
        push: PushDate,
        /// Its key.
        key: String,
        /// How.
        end: DeployEnd,
    },
    /// What was deployed takes over: all users get it.
    Promoted {
        /// The push.
        push: PushDate,
    },
    /// Production goes back to what ran before: the attempt is over, the push is held and the tags are marked as bad.
    RolledBack {
        /// The push.
        push: PushDate,
        /// What goes back, and why.
        rollback: Box<Rollback>,
    },
    /// A tag that was taken back from production may leave again.
    Cleared {
        /// The push.
        push: PushDate,
        /// The repository.
        repo: RepoName,
        /// The tag.
        tag: String,
        /// Why.
        because: String,
    },
    /// The push is over: its hero has handed over.
    Finished {
        /// The push.
        push: PushDate,
        /// Its times, and what there was to tell.
        finish: Box<Finish>,
    },
    /// A push's notes were written in.
    NotesWritten(Box<Written>),
    /// A past push was taken in from the notes that a team has of it; a later one of the same push stands in its place.
    Imported(Box<Imported>),
    /// A blocker whose line is gone, or was marked by somebody without the right to, is settled.
    BlockerSettled {
        /// The push.
        push: PushDate,
        /// The page: the date the push was scheduled for.
        page: PushDate,
        /// The blocker.
        item: ItemId,
        /// Its text.
        text: String,
        /// Why, where that was said.
        because: Option<String>,
    },
    /// Somebody said no to an ask.
    AskDeclined {
        /// The push.
        push: PushDate,
        /// The page: the date the push was scheduled for.
        page: PushDate,
        /// The item that it stands in.
        item: ItemId,
        /// Its repository, where it says one.
        repo: Option<RepoName>,
        /// What was asked for: a hash as it is written, or `#12`; empty where the whole item is meant.
        commit: String,
        /// Why not.
        because: String,
    },
    /// What was left of a push's notes was written into those of a later one.
    CarriedOver {
        /// The push.
        push: PushDate,
        /// The page: the date the push was scheduled for.
        page: PushDate,
        /// The later push.
        to: PushDate,
        /// The items.
        items: Vec<ItemId>,
    },
}

/// What was written in a push's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The push.
    pub push: PushDate,
    /// The page: the date the push was scheduled for, which stays when the push is moved.
    pub page: PushDate,
    /// The version that came of it, from 1.
    pub version: u32,
    /// Whose hand it was; the entry says for whom the machine wrote.
    pub hand: Hand,
    /// Whether the writer may settle blockers that others raised.
    pub settles: bool,
    /// The template, where the page was made with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What was written, as the shared document has it: an update of Yjs, version 1.
    pub update: Bytes,
    /// What became of the page's items.
    pub items: Vec<ItemChange>,
    /// Items that come from an earlier push, with who raised them there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<CarriedItem>,
    /// What the machine puts in once for all, by its key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once: Vec<String>,
}

/// Whose hand wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// The person who acted.
    Person,
    /// The machine: templates, links, marks, times.
    Machine,
}

/// Bytes, as base64 where they are written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        BASE64.decode(String::deserialize(d)?).map(Self).map_err(serde::de::Error::custom)
    }
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// The remote has our objects.
    Published,
    /// Someone else had done the same.
    Already,
    /// The remote refused; nothing of it is there.
    Refused {
        /// In the remote's words, filtered.
        why: String,
    },
    /// Someone else's push stands in its place; nothing of it is there.
    Overtaken {
        /// The ref, or for the fence the remote's own words.
        name: String,
        /// The commit found; none where it was the fence that had moved.
        found: Option<Oid>,
    },
}

impl Event {
    /// The stream the event belongs to: its push's, or the train's.
    #[must_use]
    pub fn stream(&self) -> String {
        let push = match self {
            Self::Opened { push, .. }
            | Self::Stayed { push, .. }
            | Self::Overridden { push, .. }
            | Self::SignedOff { push, .. }
            | Self::Withdrawn { push, .. }
            | Self::Held { push, .. }
            | Self::Resumed { push, .. }
            | Self::Claimed { push }
            | Self::Unclaimed { push }
            | Self::GateOverridden { push, .. }
            | Self::Started { push, .. }
            | Self::DeployBegan { push, .. }
            | Self::DeployEnded { push, .. }
            | Self::Promoted { push }
            | Self::RolledBack { push, .. }
            | Self::Cleared { push, .. }
            | Self::Finished { push, .. } => Some(*push),
            Self::Intended(intent) => intent.push,
            Self::NotesWritten(written) => Some(written.page),
            Self::Imported(imported) => Some(imported.push),
            Self::BlockerSettled { page, .. }
            | Self::AskDeclined { page, .. }
            | Self::CarriedOver { page, .. } => Some(*page),
            _ => None,
        };
        push.map_or_else(|| "train".to_owned(), |p| format!("push/{p}"))
    }

    /// The word that names its kind, as in its serialized form.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Began { .. } => "began",
            Self::Configured { .. } => "configured",
            Self::Adopted { .. } => "adopted",
            Self::Opened { .. } => "opened",
            Self::Stayed { .. } => "stayed",
            Self::Overridden { .. } => "overridden",
            Self::Wished { .. } => "wished",
            Self::Told => "told",
            Self::Intended(_) => "intended",
            Self::Settled { .. } => "settled",
            Self::Noticed { .. } => "noticed",
            Self::TagsTaken { .. } => "tags_taken",
            Self::Synced { .. } => "synced",
            Self::Moved { .. } => "moved",
            Self::Cancelled { .. } => "cancelled",
            Self::OffCycle { .. } => "off_cycle",
            Self::Swapped(_) => "swapped",
            Self::Away(_) => "away",
            Self::Back(_) => "back",
            Self::Unreviewed { .. } => "unreviewed",
            Self::Approved { .. } => "approved",
            Self::NotesWritten(_) => "notes_written",
            Self::BlockerSettled { .. } => "blocker_settled",
            Self::AskDeclined { .. } => "ask_declined",
            Self::CarriedOver { .. } => "carried_over",
            Self::Imported(_) => "imported",
            Self::SignedOff { .. } => "signed_off",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Held { .. } => "held",
            Self::Resumed { .. } => "resumed",
            Self::Claimed { .. } => "claimed",
            Self::Unclaimed { .. } => "unclaimed",
            Self::GateOverridden { .. } => "gate_overridden",
            Self::Started { .. } => "started",
            Self::DeployBegan { .. } => "deploy_began",
            Self::DeployEnded { .. } => "deploy_ended",
            Self::Promoted { .. } => "promoted",
            Self::RolledBack { .. } => "rolled_back",
            Self::Cleared { .. } => "cleared",
            Self::Finished { .. } => "finished",
        }
    }

    /// Whether only the security role may read it: names of commits that are not on upstream yet (P9).
    #[must_use]
    pub fn embargoed(&self) -> bool {
        match self {
            Self::Approved { .. } | Self::Unreviewed { .. } => true,
            Self::GateOverridden { gate, .. } => gate == crate::gate::SECURITY,
            Self::Intended(intent) => {
                matches!(intent.purpose, Purpose::Merge { .. } | Purpose::SetAside)
            }
            _ => false,
        }
    }
}
