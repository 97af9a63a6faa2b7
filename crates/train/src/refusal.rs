//! Every way to say no: what happened, what to do, and the exit code that goes with it.
//!
//! One table maps codes to exit codes ([`Code::exit`]); nothing else decides an exit status.

use serde::{Deserialize, Serialize};

use crate::id::RepoName;

/// A stable word for each failure, part of the JSON contract (`error.code`) and listed in the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The command line could not be understood.
    Usage,
    /// More was sent than a server takes.
    TooLarge,
    /// What was sent to a server came too slowly, and was given up.
    TooSlow,
    /// Too many tries to come in to a server have failed.
    TooMany,
    /// A key that stands for another wish of the same person (`Idempotency-Key`).
    KeyReused,
    /// The configuration could not be read or contradicts itself.
    Configuration,
    /// The clock of a rehearsal was asked of a ledger or a remote that is none.
    NotARehearsal,
    /// A yes was needed and there is no terminal to ask on.
    NeedsYes,
    /// The person said no.
    Declined,
    /// A server does not know who it is.
    NotSignedIn,
    /// Nobody by that name in the configuration, or not in the role this takes.
    NotAllowed,
    /// A date that is past, off the schedule, skipped or frozen.
    BadDate,
    /// The push is in no state for this.
    WrongState,
    /// Nothing is configured by that name, or no push has that date.
    NotFound,
    /// No such commit among those reachable from upstream's branches.
    NoSuchCommit,
    /// An abbreviation or a name that could mean several.
    Ambiguous,
    /// A merge commit where only its own commits can be taken.
    MergeCommit,
    /// A rule of the train refused (P1 to P8); the message says which.
    Refused,
    /// The commits do not apply.
    Conflict,
    /// Security's main has commits that upstream's lacks (P1).
    Diverged,
    /// The record differs from the remotes (P15).
    Differs,
    /// Another ledger conducts this train (the fence says so).
    OtherLedger,
    /// The ledger is older than the fence: cut short or restored (P10).
    LedgerBehind,
    /// The ledger's chain does not hold (P10).
    BrokenChain,
    /// The ledger could not be opened, read or written.
    Ledger,
    /// Another process holds the train.
    Busy,
    /// What the person saw is not what would be done now (`--if`).
    PlanChanged,
    /// Somebody else's push arrived between ours and our look.
    LostRace,
    /// The remote can't be reached, or made no progress in time.
    Unreachable,
    /// The remote refused the push: a hook, a protected branch, missing rights.
    RemoteRefused,
    /// The remote can't do what is asked (atomic pushes, this object format).
    Unsupported,
    /// Some effects are done and others are not, or are unknown.
    Incomplete,
    /// A server ended while it was at this wish, or could not keep what came of it: the record has that.
    LeftOpen,
    /// git itself failed in a way that has no better name.
    Git,
    /// Reading or writing on this machine failed: a full disk, a missing right.
    Io,
    /// Ended by the person, or told to end.
    Interrupted,
}

impl Code {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Usage,
        Self::TooLarge,
        Self::TooSlow,
        Self::TooMany,
        Self::KeyReused,
        Self::Configuration,
        Self::NotARehearsal,
        Self::NeedsYes,
        Self::Declined,
        Self::NotSignedIn,
        Self::NotAllowed,
        Self::BadDate,
        Self::WrongState,
        Self::NotFound,
        Self::NoSuchCommit,
        Self::Ambiguous,
        Self::MergeCommit,
        Self::Refused,
        Self::Conflict,
        Self::Diverged,
        Self::Differs,
        Self::OtherLedger,
        Self::LedgerBehind,
        Self::BrokenChain,
        Self::Ledger,
        Self::Busy,
        Self::PlanChanged,
        Self::LostRace,
        Self::Unreachable,
        Self::RemoteRefused,
        Self::Unsupported,
        Self::Incomplete,
        Self::LeftOpen,
        Self::Git,
        Self::Io,
        Self::Interrupted,
    ];

    /// The exit code: the table of `docs/src/commands.md`.
    #[must_use]
    pub fn exit(self) -> u8 {
        match self {
            Self::Usage
            | Self::TooLarge
            | Self::TooSlow
            | Self::TooMany
            | Self::KeyReused
            | Self::Configuration
            | Self::NotARehearsal
            | Self::NeedsYes
            | Self::NotSignedIn
            | Self::NotFound
            | Self::NoSuchCommit
            | Self::Ambiguous => 2,
            Self::NotAllowed
            | Self::WrongState
            | Self::BadDate
            | Self::Refused
            | Self::MergeCommit
            | Self::OtherLedger => 3,
            Self::Conflict | Self::Diverged | Self::Differs => 4,
            Self::PlanChanged | Self::LostRace => 5,
            Self::Incomplete | Self::LeftOpen => 6,
            Self::Interrupted => 130,
            Self::Declined
            | Self::LedgerBehind
            | Self::BrokenChain
            | Self::Ledger
            | Self::Busy
            | Self::Unreachable
            | Self::RemoteRefused
            | Self::Unsupported
            | Self::Git
            | Self::Io => 1,
        }
    }

    /// The status of an HTTP answer (RFC 9110, section 15).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Usage | Self::Configuration | Self::NotARehearsal | Self::BadDate => 400,
            Self::NotSignedIn => 401,
            Self::NotAllowed => 403,
            Self::NotFound | Self::NoSuchCommit => 404,
            Self::WrongState
            | Self::Refused
            | Self::MergeCommit
            | Self::Ambiguous
            | Self::Conflict
            | Self::Diverged
            | Self::Differs
            | Self::OtherLedger
            | Self::LostRace
            | Self::LeftOpen
            | Self::Declined => 409,
            Self::TooSlow => 408,
            Self::PlanChanged => 412,
            Self::TooLarge => 413,
            Self::KeyReused => 422,
            Self::NeedsYes => 428,
            Self::TooMany => 429,
            Self::LedgerBehind
            | Self::BrokenChain
            | Self::Ledger
            | Self::Git
            | Self::Io
            | Self::Incomplete => 500,
            Self::Unsupported => 501,
            Self::Unreachable | Self::RemoteRefused => 502,
            Self::Busy | Self::Interrupted => 503,
        }
    }

    /// Whether the same command may succeed later with nothing else changed.
    #[must_use]
    pub fn retry(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::TooMany
                | Self::TooSlow
                | Self::Unreachable
                | Self::LostRace
                | Self::PlanChanged
                | Self::Incomplete
        )
    }
}

/// A no with its reason: one sentence what happened, one what to do.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
    schemars::JsonSchema,
)]
#[error("{message}")]
pub struct Refusal {
    /// The stable word.
    pub code: Code,
    /// What happened, as a sentence without its full stop; never holds raw text from outside.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The repository it is about, where there is one.
    pub repo: Option<RepoName>,
    /// The message without what a program or a remote said, where it quotes that: for whoever is not of the train. Nothing of it
    /// is in any document.
    #[serde(skip)]
    pub unquoted: Option<String>,
}

impl Refusal {
    /// A refusal about no repository in particular.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into(), repo: None, unquoted: None }
    }

    /// The same, about one repository.
    #[must_use]
    pub fn in_repo(mut self, repo: &RepoName) -> Self {
        self.repo = Some(repo.clone());
        self
    }

    /// The same, where its message quotes what a program or a remote said; `message` does not.
    #[must_use]
    pub fn unquoted(mut self, message: impl Into<String>) -> Self {
        self.unquoted = Some(message.into());
        self
    }

    /// The same with its message as a part of a longer one.
    #[must_use]
    pub fn within(self, longer: impl Fn(&str) -> String) -> Self {
        let (message, unquoted) = (longer(&self.message), self.unquoted.as_deref().map(&longer));
        Self { message, unquoted, ..self }
    }

    /// The same as whoever is not of the train reads it: without what a program or a remote said.
    #[must_use]
    pub fn for_strangers(self) -> Self {
        let message = self.unquoted.unwrap_or(self.message);
        Self { message, unquoted: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_refusal_quotes_is_left_out_for_strangers_however_long_it_grew() {
        let no = Refusal::new(Code::RemoteRefused, "it refused: ask kaliningrad", "mend it");
        assert_eq!(no.clone().for_strangers(), no, "nothing is quoted as far as is known");
        let no = no.unquoted("it refused").within(|what| format!("1 of 2 done: {what}"));
        assert_eq!(no.message, "1 of 2 done: it refused: ask kaliningrad");
        let written = serde_json::to_string(&no).expect("it is written");
        assert!(!written.contains("unquoted"), "{written}");
        let told = no.for_strangers();
        assert_eq!((told.message.as_str(), told.unquoted), ("1 of 2 done: it refused", None));
    }
}
