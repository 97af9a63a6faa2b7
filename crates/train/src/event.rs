//! Every fact the ledger keeps. Facts are acts: what was decided, intended, done. Observations are not events.

mod kind;
mod said;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::attempt::{DeployEnd, DeployRun, Finish, Rollback, Start};
use crate::changes::PushMove;
use crate::changes::{Absence, Offer, Swap};
use crate::confirm::{Call, Confirmation};
use crate::facts::{Anchor, SeenRef};
use crate::gate::Gate;
use crate::hold::Hold;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::import::Imported;
use crate::intent::{Intent, IntentId};
use crate::key::Key;
use crate::notes::follow::ItemId;
use crate::people::Role;
use crate::settings::Settings;
use crate::signoff::Word;

pub use written::{Bytes, Hand, Written};

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
    /// A hero offers a push to somebody else.
    Offered(Offer),
    /// Somebody does not take what was offered to them, or to all heroes.
    OfferDeclined {
        /// Which offer.
        offer: Offer,
        /// Why, where that was said.
        because: Option<String>,
    },
    /// Whoever offered a push keeps it after all.
    OfferKept(Offer),
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
    /// An author confirmed that changes of theirs do on stage what they should.
    Confirmed {
        /// The push.
        push: PushDate,
        /// What they confirmed of one repository.
        confirmation: Box<Confirmation>,
    },
    /// An author took that back.
    ConfirmationWithdrawn {
        /// The push.
        push: PushDate,
        /// The repository.
        repo: RepoName,
        /// Of which changes.
        changes: Vec<Oid>,
        /// Why.
        because: String,
    },
    /// Everybody aboard whose change is not confirmed was called.
    Called {
        /// The push.
        push: PushDate,
        /// Whom, and what for.
        call: Call,
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
        /// What closed it then, and may pass: nothing that closes it later does. Entries of before have none, and let all pass.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        closed_by: Vec<String>,
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
        /// Of one that failed or was stopped, whether production was seen without its tag then: what shows it later was brought
        /// there by other means.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        without: bool,
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
    /// Somebody wants to be asked again at another time.
    PutOff {
        /// What waits for them.
        what: Key,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody gave up an announcement that had not arrived: nobody hears it there.
    GivenUp {
        /// The push that it is about, where it is about one.
        push: Option<PushDate>,
        /// Its name.
        announcement: String,
        /// The word of its kind.
        what: String,
        /// The channel.
        channel: String,
    },
    /// An admin gave somebody a role.
    RoleGiven {
        /// Whom.
        who: PersonName,
        /// Which.
        role: Role,
    },
    /// An admin took a role from somebody that was given.
    RoleTaken {
        /// From whom.
        who: PersonName,
        /// Which.
        role: Role,
    },
    /// Somebody came in to a server: the entry says how it is known who they are.
    SignedIn {
        /// Whether with a browser.
        browser: bool,
    },
    /// Somebody signed out.
    SignedOut {
        /// Of the browser that they sat at alone, and not of every one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        here: bool,
    },
    /// Somebody took away what let them in.
    KeyRevoked {
        /// What it was.
        key: KeyWord,
    },
    /// Somebody made a token for a program.
    TokenMade {
        /// Whether it may act, or only look.
        acts: bool,
        /// Whether it may write in notes too, where it only looks.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        notes: bool,
        /// Whether it reads calendars alone, by their address.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        calendar: bool,
    },
    /// An admin made a link that lets somebody in.
    LinkMade {
        /// Whom.
        who: PersonName,
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

/// What lets somebody in to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyWord {
    /// A link that was not used yet.
    Link,
    /// A browser that was signed in.
    Session,
    /// A program's token.
    Token,
    /// The key in an address that calendars are read by.
    Calendar,
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
