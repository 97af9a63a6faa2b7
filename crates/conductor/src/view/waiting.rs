//! `waiting --json`: what needs one person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::command::Command;
use train::id::{PushDate, RepoName};
use train::key::{Key, Kind};
use train::waiting::Word;

use super::Moment;

/// What waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaitingView {
    /// The train.
    pub train: String,
    /// For whom.
    pub person: String,
    /// What waits now: what is due first comes first.
    pub things: Vec<ThingView>,
    /// What they put off, and until when.
    pub later: Vec<ThingView>,
    /// When they are on duty next; null where they are not to come.
    pub next_turn: Option<TurnView>,
}

/// A thing that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThingView {
    /// Its name: the same as long as the thing is.
    pub key: Key,
    /// Its kind.
    pub kind: Kind,
    /// The push it is of; null where it is of the train.
    pub push: Option<PushDate>,
    /// The repository it is of; null where it is of none or several.
    pub repo: Option<RepoName>,
    /// What waits, in a sentence without its full stop.
    pub says: String,
    /// Since when; null where that is not known.
    pub since: Option<Moment>,
    /// Until when it should be done; null where it has no date.
    pub due: Option<Moment>,
    /// Whether that is past.
    pub late: bool,
    /// Until when they put it off; null where they did not.
    pub until: Option<Moment>,
    /// Who else put it off.
    pub put_off: Vec<PutOffView>,
    /// What can be answered.
    pub answers: Vec<AnswerView>,
}

/// An answer to a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerView {
    /// What it says.
    pub answer: Word,
    /// The deed.
    pub label: String,
    /// The wish, as it is sent; null where it takes a terminal.
    pub wish: Option<Command>,
    /// Whether the wish lacks its reason: `because` is to be filled in.
    pub needs_reason: bool,
    /// The same as a command line.
    pub command: String,
}

/// Somebody wants to be asked later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PutOffView {
    /// Who.
    pub by: String,
    /// Until when.
    pub until: Moment,
}

/// A turn of duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TurnView {
    /// The push.
    pub push: PushDate,
    /// When it is cut.
    pub cut_at: Moment,
    /// When it leaves.
    pub push_at: Moment,
}
