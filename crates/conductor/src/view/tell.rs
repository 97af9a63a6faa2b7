//! `tell --json`: what is told, what waits, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::announce::{Audience, Kind};
use train::id::PushDate;

use super::Moment;

/// What became of an announcement on its way to a channel; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryWord {
    /// It is handed over now; with `--dry-run`, it would be.
    Due,
    /// The channel has it.
    Handed,
    /// The channel had it before.
    Already,
    /// It did not arrive, or nobody knows, and is tried again by itself.
    PutOff,
    /// It was tried as often as it may be: a person is to say what becomes of it.
    Waits,
    /// Nobody needs to hear it any more.
    Expired,
    /// A newer topic stands in its place.
    Superseded,
    /// What it reminds of is done.
    Moot,
    /// A person gave it up.
    Dropped,
}

/// `tell`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TellView {
    /// Whether channels are set up at all.
    pub set_up: bool,
    /// Announcements on their way, in the order in which they came.
    pub announcements: Vec<DeliveryView>,
}

/// An announcement and a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryView {
    /// The announcement's name.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// The push.
    pub push: Option<PushDate>,
    /// The channel.
    pub channel: String,
    /// To whom it is told.
    pub audience: Audience,
    /// In a line.
    pub subject: String,
    /// The rest.
    pub text: String,
    /// What became of it.
    pub state: DeliveryWord,
    /// Whether it may have arrived before.
    pub repeat: bool,
    /// How often it was tried.
    pub tries: u32,
    /// Why it did not arrive.
    pub why: Option<String>,
    /// When it is tried again by itself.
    pub next_try_at: Option<Moment>,
    /// From when on nobody needs to hear it any more.
    pub expires_at: Moment,
}

impl TellView {
    /// How many of them stand so.
    #[must_use]
    pub fn count(&self, state: DeliveryWord) -> usize {
        self.announcements.iter().filter(|one| one.state == state).count()
    }
}
