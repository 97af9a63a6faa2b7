//! What people say in a wish in their own words.

use super::{
    ApproveWish, CallWish, Command, ConfirmWish, FinishWish, NotesWish, PickWish, PromoteWish,
    RollbackWish, StartWish, TagWish, Writing,
};
use crate::notes::embargo::{MANY, hashes};

impl Command {
    /// Whether somebody says something in it in their own words: they are held against what is under embargo (P9).
    #[must_use]
    pub fn says_something(&self) -> bool {
        matches!(self, Self::Notes(_) | Self::Import(_)) || !self.said().is_empty()
    }

    /// What somebody says in it in their own words, which everybody will read in the record. Of notes it is their lines, which are
    /// looked at where they are written.
    #[must_use]
    pub fn said(&self) -> Vec<&str> {
        let because = match self {
            Self::Cancel { because, .. }
            | Self::Hold { because, .. }
            | Self::Clear { because, .. } => Some(because),
            Self::Adopt { because }
            | Self::Rollback(RollbackWish { because, .. })
            | Self::Tag(TagWish { because, .. })
            | Self::Pick(PickWish { because, .. })
            | Self::DeclineOffer { because, .. }
            | Self::Start(StartWish { because, .. })
            | Self::Promote(PromoteWish { because, .. })
            | Self::Finish(FinishWish { because, .. })
            | Self::Approve(ApproveWish { withdraw: because, .. })
            | Self::Confirm(ConfirmWish { withdraw: because, .. })
            | Self::Call(CallWish { text: because, .. }) => because.as_ref(),
            // What a merge is for is for those with the security role, and kept like it.
            Self::SecurityMerge(_)
            | Self::SecurityApprove { .. }
            | Self::SecuritySync { .. }
            | Self::SecurityRepair { .. }
            | Self::Move { .. }
            | Self::Swap { .. }
            | Self::Offer { .. }
            | Self::TakeOffer { .. }
            | Self::KeepOffer { .. }
            | Self::Away { .. }
            | Self::Back { .. }
            | Self::GiveRole { .. }
            | Self::TakeRole { .. }
            | Self::Resume { .. }
            | Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::StopDeploys { .. }
            | Self::Later { .. }
            | Self::Notes(_)
            | Self::Import(_) => None,
        };
        let issues = match self {
            Self::Finish(wish) => &wish.issues[..],
            _ => &[],
        };
        because.into_iter().chain(issues).map(|reason| &**reason).collect()
    }

    /// How many commits are looked at of those that it may name in what somebody says in it: so many guesses at one under embargo
    /// they could be (P9).
    #[must_use]
    pub fn guesses(&self) -> usize {
        let said = match self {
            Self::Notes(NotesWish { writing, .. }) => writing.said(),
            _ => self.said(),
        };
        hashes(said.into_iter()).min(MANY)
    }
}

impl Writing {
    /// What somebody says in it in their own words.
    fn said(&self) -> Vec<&str> {
        match self {
            Self::Text { text, .. } | Self::Item { text, .. } => vec![text],
            Self::Ask { commit, why } => {
                why.iter().map(String::as_str).chain([commit.commit.as_str()]).collect()
            }
            Self::Decline { because, .. } | Self::Done { because, .. } => {
                because.as_deref().into_iter().collect()
            }
            Self::PassOn { .. } => Vec::new(),
        }
    }
}
