//! Where an event belongs, by what word it goes, and who may read it.

use std::borrow::Cow;

use super::{Event, Outcome};
use crate::intent::{Intent, Purpose};

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
            | Self::Confirmed { push, .. }
            | Self::ConfirmationWithdrawn { push, .. }
            | Self::Called { push, .. }
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
            Self::GivenUp { push, .. } => *push,
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
            Self::Offered(_) => "offered",
            Self::OfferDeclined { .. } => "offer_declined",
            Self::OfferKept(_) => "offer_kept",
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
            Self::Confirmed { .. } => "confirmed",
            Self::ConfirmationWithdrawn { .. } => "confirmation_withdrawn",
            Self::Called { .. } => "called",
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
            Self::PutOff { .. } => "put_off",
            Self::GivenUp { .. } => "given_up",
            Self::RoleGiven { .. } => "role_given",
            Self::RoleTaken { .. } => "role_taken",
            Self::SignedIn { .. } => "signed_in",
            Self::SignedOut { .. } => "signed_out",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::TokenMade { .. } => "token_made",
            Self::LinkMade { .. } => "link_made",
        }
    }

    /// Whether only the security role may read it: names of commits that are not on upstream yet (P9).
    #[must_use]
    pub fn embargoed(&self) -> bool {
        match self {
            Self::Approved { .. } | Self::Unreviewed { .. } => true,
            Self::GateOverridden { gate, .. } => gate == crate::gate::SECURITY,
            Self::PutOff { what, .. } => what.is_embargoed(),
            Self::Intended(intent) => {
                matches!(intent.purpose, Purpose::Merge { .. } | Purpose::SetAside)
            }
            _ => false,
        }
    }

    /// Whether it is about who comes in to a server, and by what.
    #[must_use]
    pub fn is_at_the_door(&self) -> bool {
        matches!(
            self,
            Self::SignedIn { .. }
                | Self::SignedOut { .. }
                | Self::KeyRevoked { .. }
                | Self::TokenMade { .. }
                | Self::LinkMade { .. }
        )
    }

    /// The same as those without the security role read it. The branches of a merge that is public by now are numbered in the
    /// order in which they came: a number would tell of those between, which are not (P9).
    #[must_use]
    pub fn public(&self) -> Cow<'_, Self> {
        match self {
            Self::Intended(intent) if matches!(intent.purpose, Purpose::Merge { .. }) => {
                let purpose = Purpose::Merge { branches: Vec::new() };
                Cow::Owned(Self::Intended(Box::new(Intent { purpose, ..(**intent).clone() })))
            }
            other => Cow::Borrowed(other),
        }
    }

    /// The same without what a remote or a program said, where it quotes that: as whoever is not of the train reads it.
    #[must_use]
    pub fn unquoted(&self) -> Option<Self> {
        match self {
            Self::Settled { intent, outcome } => {
                let outcome = outcome.unquoted()?;
                Some(Self::Settled { intent: intent.clone(), outcome })
            }
            Self::DeployEnded { push, key, end, without } => {
                let (key, end) = (key.clone(), end.unquoted()?);
                Some(Self::DeployEnded { push: *push, key, end, without: *without })
            }
            _ => None,
        }
    }
}

impl Outcome {
    /// The same without what the remote said.
    fn unquoted(&self) -> Option<Self> {
        match self {
            Self::Refused { .. } => Some(Self::Refused { why: String::new() }),
            Self::Overtaken { found: None, .. } => {
                Some(Self::Overtaken { name: String::new(), found: None })
            }
            Self::Published | Self::Already | Self::Overtaken { found: Some(_), .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_out_of_every_browser_is_written_as_it_ever_was() {
        let (ever, event) = (r#"{"kind":"signed_out"}"#, Event::SignedOut { here: false });
        assert_eq!(serde_json::to_string(&event).expect("it is written"), ever);
        assert_eq!(serde_json::from_str::<Event>(ever).expect("it is read"), event);
    }
}
