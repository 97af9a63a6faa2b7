//! What people write in their own words into the record.

use super::Event;
use crate::intent::{Intent, Purpose, Tagged};

impl Event {
    /// Reasons and remarks in a person's own words, which everybody reads who reads the record: nothing under embargo may stand
    /// in them (P9). What is itself kept from whoever may not know of it is none of them, nor are notes: their lines are held
    /// against the embargo where they are written.
    #[must_use]
    pub fn said(&self) -> Vec<&str> {
        match self {
            Self::Adopted { because, .. }
            | Self::Stayed { because, .. }
            | Self::Overridden { because, .. }
            | Self::TagsTaken { because, .. }
            | Self::Cancelled { because, .. }
            | Self::Withdrawn { because, .. }
            | Self::ConfirmationWithdrawn { because, .. }
            | Self::GateOverridden { because, .. }
            | Self::Cleared { because, .. }
            | Self::AskDeclined { because, .. } => vec![because],
            Self::OfferDeclined { because, .. } | Self::BlockerSettled { because, .. } => {
                because.as_deref().into_iter().collect()
            }
            Self::Held { hold, .. } => vec![&hold.because],
            Self::Called { call, .. } => call.text.as_deref().into_iter().collect(),
            Self::RolledBack { rollback, .. } => vec![&rollback.because],
            Self::Finished { finish, .. } => {
                let issues = finish.issues.iter().map(String::as_str);
                issues.chain(finish.because.as_deref()).collect()
            }
            Self::Intended(intent) => {
                tagged(intent).and_then(|t| t.because.as_deref()).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

fn tagged(intent: &Intent) -> Option<&Tagged> {
    match &intent.purpose {
        Purpose::Tag(tagged) | Purpose::Pick(tagged) => Some(tagged),
        Purpose::Merge { .. } | Purpose::Sync | Purpose::SetAside => None,
    }
}
