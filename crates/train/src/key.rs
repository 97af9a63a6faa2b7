//! The name of a thing that waits for somebody. It is the same as long as the thing is: whoever put it off or was told of it
//! is not asked again until it is another one.

use std::fmt;
use std::str::FromStr;

use schemars::json_schema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::gate::SECURITY;
use crate::id::{BadName, PushDate, quoted, written_as};

/// The longest key, in bytes.
const LONGEST: usize = 160;

/// What kind of thing waits; a closed list.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something is wrong since the push has started.
    Alarm,
    /// Security's main and upstream's have diverged.
    Repair,
    /// Another ledger runs the train.
    Adopt,
    /// The cut is due.
    Cut,
    /// A gate is closed that they can open.
    Gate,
    /// Nothing holds the push: it may be started.
    Start,
    /// It may take over.
    Promote,
    /// It is in production, and not finished.
    Finish,
    /// Whatever else is the push's next step.
    Step,
    /// A hold of theirs keeps the push.
    Hold,
    /// Tags wait for their sign-off.
    SignOff,
    /// Somebody with the security role has to answer for the tags.
    AnswerFor,
    /// Nobody has claimed the push.
    Claim,
    /// A security branch waits for a review.
    Review,
    /// Reviewed security branches wait to be merged.
    Merge,
    /// Somebody wants a pick.
    Ask,
    /// Their own ask can't be picked as it is.
    AskToMend,
    /// A push is offered to them.
    Offer,
    /// Somebody calls them.
    Call,
    /// Stage shows changes of theirs, to be confirmed.
    Confirm,
    /// A blocker is theirs, or nobody's.
    Blocker,
    /// A task is theirs, or nobody's.
    Task,
}

impl Kind {
    /// Its word, as in documents.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Repair => "repair",
            Self::Adopt => "adopt",
            Self::Cut => "cut",
            Self::Gate => "gate",
            Self::Start => "start",
            Self::Promote => "promote",
            Self::Finish => "finish",
            Self::Step => "step",
            Self::Hold => "hold",
            Self::SignOff => "sign_off",
            Self::AnswerFor => "answer_for",
            Self::Claim => "claim",
            Self::Review => "review",
            Self::Merge => "merge",
            Self::Ask => "ask",
            Self::AskToMend => "ask_to_mend",
            Self::Offer => "offer",
            Self::Call => "call",
            Self::Confirm => "confirm",
            Self::Blocker => "blocker",
            Self::Task => "task",
        }
    }

    /// Whether that there is such a thing is for the security role alone (P9).
    #[must_use]
    pub fn is_embargoed(self) -> bool {
        matches!(self, Self::Repair | Self::Review | Self::Merge | Self::AnswerFor)
    }
}

/// The name of a thing: its kind, its push, and what of it, such as `ask:2026.11.26:a3.5f2a`. A letter of the last part is
/// a letter, a digit, or one of `.`, `_`, `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Key(String);

impl Key {
    /// Of a thing of a push, or of the train.
    #[must_use]
    pub fn new(kind: Kind, push: Option<PushDate>, about: &str) -> Self {
        let push = push.map_or_else(|| "train".to_owned(), |push| push.to_string());
        Self(format!("{}:{push}:{about}", kind.word()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is about: the last part.
    #[must_use]
    pub fn about(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    /// Whether it is of something that only the security role may know of (P9).
    #[must_use]
    pub fn is_embargoed(&self) -> bool {
        let kind = self.0.split(':').next().unwrap_or_default();
        let secret = [Kind::Repair, Kind::Review, Kind::Merge, Kind::AnswerFor];
        let gate = kind == Kind::Gate.word() && self.bare() == SECURITY;
        gate || secret.iter().any(|one| one.word() == kind)
    }

    /// What it is about, without what tells it from what it was before.
    fn bare(&self) -> &str {
        self.about().split_once('.').map_or(self.about(), |(bare, _)| bare)
    }

    /// Whether somebody means it by `said`: the whole, or what it is about with or without what tells it from others.
    #[must_use]
    pub fn is_meant(&self, said: &str) -> bool {
        self.0 == said || self.about() == said || self.bare() == said
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Key {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-');
        match !text.is_empty() && text.len() <= LONGEST && text.chars().all(fine) {
            true => Ok(Self(text.to_owned())),
            false => {
                let what = format!("{} is no name of a thing that waits", quoted(text));
                Err(BadName(format!("{what}; `pushduty waiting` shows them")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

written_as!(
    Key,
    json_schema!({
        "description": "The name of a thing that waits for somebody: its kind, its push, and what of it.",
        "pattern": "^[A-Za-z0-9:._-]+$",
        "minLength": 1, "maxLength": 160, "examples": ["ask:2026.11.26:a3.5f2a"],
    })
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_meant_by_the_whole_or_by_what_it_is_about() {
        let key: Key = "ask:2026.11.26:a3.5f2a".parse().unwrap();
        assert!(["ask:2026.11.26:a3.5f2a", "a3.5f2a", "a3"].iter().all(|said| key.is_meant(said)));
        assert!(["", "a", "ask", "2026.11.26", "a3.5f"].iter().all(|said| !key.is_meant(said)));
        for bad in ["", "a b", "a\n", "é", "<b>", &"x".repeat(161)] {
            assert!(bad.parse::<Key>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_only_the_security_role_may_know_of_is_told_by_the_key() {
        let push = Some("2026.11.26".parse().unwrap());
        assert!(Key::new(Kind::Review, None, "web.3").is_embargoed());
        assert!(Key::new(Kind::Gate, push, "security.12ab").is_embargoed());
        assert!(!Key::new(Kind::Gate, push, "window.12ab").is_embargoed());
        let kinds = [Kind::Repair, Kind::Review, Kind::Merge, Kind::AnswerFor, Kind::Ask];
        for kind in kinds {
            assert_eq!(Key::new(kind, push, "x").is_embargoed(), kind.is_embargoed(), "{kind:?}");
        }
    }
}
