//! Wishes about a push's notes.

use serde::{Deserialize, Serialize};

use super::tags::RepoCommit;
use crate::id::{PersonName, PushDate};
use crate::notes::SectionKind;
use crate::notes::follow::ItemId;
use crate::reason::Reason;

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
        /// Why not. An offer to say no lacks it.
        because: Option<Reason>,
    },
    /// An item is done, or a blocker settled.
    Done {
        /// Which.
        item: ItemId,
        /// Only for this environment of a task.
        #[serde(default)]
        on: Option<String>,
        /// Why.
        because: Option<Reason>,
    },
    /// An item goes on to the push after: it stands in that one's notes from then on, and is done here.
    PassOn {
        /// Which.
        item: ItemId,
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
