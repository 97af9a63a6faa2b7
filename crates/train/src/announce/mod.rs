//! Announcements: what is told to whom at each event, and who is reminded of what (P13). Values, made from entries of the
//! ledger; what hands them over is elsewhere.
//!
//! An announcement has a stable name: the same entry gives the same one whenever it is asked, so that a channel can tell a
//! repeat. Nothing that is under embargo gets into one: whatever people or git wrote is left out where it tells of it (P9).

mod alarm;
mod delivery;
mod duty;
mod handover;
mod made;
mod remind;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::confirm::Call;
use crate::id::{PushDate, TrainName};
use crate::intent::Intent;
use crate::letter::is_harmful;
use crate::notes::embargo::Embargoed;
use crate::settings::Settings;
use crate::state::State;

pub use alarm::{Stranger, strangers};
pub use delivery::{Delivery, Stage, TRIES, supersede};
pub use handover::{Handover, Next, handover, mail, notes_address, topic};
pub use made::of;
pub use remind::{Duty, Standing, gates_are_due, reminders};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $word:literal),+ $(,)?) => {
        /// What an announcement is about; a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its word, in configuration and documents.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

kinds! {
    /// A push got its tags.
    Cut "cut",
    /// It got further tags of main, or of the same commits.
    Retagged "retagged",
    /// Picks were put on top of its tags.
    Picked "picked",
    /// The same for what production runs.
    HotFix "hot_fix",
    /// A gate was let go by name.
    Overridden "overridden",
    /// The way to production was opened.
    Started "started",
    /// A program deployed a tag.
    Deployed "deployed",
    /// It failed, or nobody knows how it ended.
    DeployFailed "deploy_failed",
    /// What was deployed takes over.
    Promoted "promoted",
    /// Production goes back.
    RolledBack "rolled_back",
    /// A blocker was raised though the push has started.
    LateBlocker "late_blocker",
    /// Production shows a tag that no start allowed.
    PastUs "past_us",
    /// Everybody aboard whose change is not confirmed is called.
    Called "called",
    /// Somebody holds the push.
    Held "held",
    /// A hold was lifted.
    Resumed "resumed",
    /// The push leaves on another day.
    Moved "moved",
    /// It does not run.
    Cancelled "cancelled",
    /// A hero offers it to somebody else.
    Offered "offered",
    /// Somebody does not take it.
    OfferDeclined "offer_declined",
    /// Somebody else serves it.
    Swapped "swapped",
    /// It is over: the mail to the list.
    Finished "finished",
    /// The channel's topic: the new notes and the next hero.
    Topic "topic",
    /// The next hero has it from here on.
    HeroHandover "hero_handover",
    /// The cut is near, or due.
    ReminderCut "reminder_cut",
    /// Somebody still holds a gate two hours before the push.
    GateReminder "gate_reminder",
    /// The push is due and has not left.
    ReminderPush "reminder_push",
    /// The push has left and nobody finished it.
    ReminderFinish "reminder_finish",
}

impl Kind {
    /// Whether it reminds of something: it is told only as long as that is still to be done.
    #[must_use]
    pub fn reminds(self) -> bool {
        matches!(
            self,
            Self::PastUs
                | Self::ReminderCut
                | Self::GateReminder
                | Self::ReminderPush
                | Self::ReminderFinish
        )
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// To whom it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who is there.
    Channel,
    /// The mailing list.
    List,
    /// One person.
    Person {
        /// By name.
        name: String,
        /// What they are called in chat.
        nick: String,
    },
}

impl Audience {
    /// A person, by the nick of the configuration.
    #[must_use]
    pub fn person(settings: &Settings, name: &str) -> Self {
        Self::Person { name: name.to_owned(), nick: nick(settings, name) }
    }
}

/// What a person is called in chat: the nick, or else the name.
#[must_use]
pub fn nick(settings: &Settings, name: &str) -> String {
    let irc = settings.person(name).and_then(|person| person.irc.clone());
    irc.unwrap_or_else(|| name.to_owned())
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its name: the same whenever it is made, and no other's.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// The train.
    pub train: TrainName,
    /// The push.
    pub push: Option<PushDate>,
    /// To whom.
    pub audience: Audience,
    /// In a line.
    pub subject: String,
    /// The rest, in lines; of a topic, all of it. May be empty.
    pub text: String,
    /// When what it tells of happened, or was due.
    pub at: Timestamp,
    /// From when on nobody needs to hear it any more.
    pub expires_at: Timestamp,
    /// Whether it is of a rehearsal.
    pub rehearsal: bool,
}

/// A call as the channel reads it: a line for the subject, and the rest.
#[must_use]
pub fn call_words(facts: Facts<'_>, push: PushDate, by: &str, call: &Call) -> (String, String) {
    words::called(facts, push, by, call)
}

/// An entry of the ledger, as announcements are made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Its hash: what its announcements are named by. Numbers would tell how many entries lie between (P9).
    pub hash: String,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What happened.
    pub event: crate::event::Event,
    /// Of a result: what it is the result of.
    pub intent: Option<Intent>,
}

/// What announcements are made with, beside the entries themselves.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What was configured.
    pub settings: &'a Settings,
    /// The train after the last of the entries.
    pub state: &'a State,
    /// Whether the ledger is a rehearsal's: known before it has begun.
    pub rehearsal: bool,
    /// The notes' address with `{push}` and `{train}`, where one is configured.
    pub notes: Option<&'a str>,
    /// What is not public yet. None where that could not be found out: then nothing that people wrote is quoted.
    pub embargoed: Option<&'a Embargoed>,
}

impl Facts<'_> {
    /// What somebody wrote, as one harmless line; none where it tells of what is not public, or has nothing to read.
    #[must_use]
    pub fn quotable(&self, text: &str) -> Option<String> {
        let embargoed = self.embargoed?;
        if embargoed.told_by(text) {
            return None;
        }
        let spaced = |c: char| if is_harmful(c) { ' ' } else { c };
        let line: String = text.chars().map(spaced).collect();
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(line).filter(|line| !line.is_empty())
    }

    /// `: the reason`, or a full stop.
    fn because(&self, text: &str) -> String {
        match self.quotable(text) {
            Some(why) if why.ends_with(['.', '!', '?']) => format!(": {why}"),
            Some(why) => format!(": {why}."),
            None => ".".to_owned(),
        }
    }
}
