//! What people say in a wish in their own words.

use super::{
    ApproveWish, CallWish, Command, ConfirmWish, FinishWish, PickWish, PromoteWish, RollbackWish,
    StartWish, TagWish,
};

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
}
