//! Every wish by one way, wherever it comes from: planned to be read, and carried out after a yes.
//!
//! The command line has a file for each wish, with its words and its questions; what is planned and done goes through here,
//! in its process or in a server's, as do forms, programs, and whatever else wishes.

mod done;
mod plan;
mod strangers;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use train::attempt::DeployRun;
use train::command::Command;
use train::id::PushDate;
use train::refusal::{Code, Refusal};

use crate::failure::Result;
use crate::view::{
    AdoptView, ApproveView, CallView, ChangeView, CommitView, ConfirmView, CutView, DivergedView,
    FinishView, ImportView, MergeView, PromoteView, RepoOutcome, ReviewView, RollbackView,
    RunSheetView, StoppedView, WithdrawView, WritingView, read,
};

/// What a wish comes to, before the yes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// To be read.
    pub shown: Shown,
    /// What a yes is bound to; none where there is nothing to bind.
    pub digest: Option<String>,
    /// Whether a yes changes anything.
    pub changes: bool,
    /// Whether something runs that a yes follows to its end, though it changes nothing.
    pub follows: bool,
    /// The rule that forbids what is shown.
    pub refusal: Option<Refusal>,
    /// What could not be looked at: a yes goes on with the rest.
    pub unknown: Option<Refusal>,
    /// What people are shown beside the document.
    pub beside: Beside,
}

/// What people are shown of a plan beside its document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Beside {
    /// Who is on duty, of a cut.
    pub hero: Option<String>,
    /// What security branches change, a text for each repository: for the security role only.
    pub diffs: Vec<String>,
    /// Whether branches are merged, of a merge; else security only follows.
    pub merges: bool,
    /// Whether repositories leave with it, of a start; else it goes on with what left.
    pub leaves: bool,
    /// The deploys that run, each with its push, of their end.
    pub runs: Vec<(PushDate, DeployRun)>,
    /// What a branch that is reviewed is about: for the security role only.
    pub subject: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its name: for the security role only.
    #[serde(default)]
    pub branch: Option<String>,
    /// Its commits that upstream lacks, newest first: for the security role only.
    #[serde(default)]
    pub commits: Vec<CommitView>,
    /// How two mains have diverged, of a repair: for the security role only.
    #[serde(default)]
    pub diverged: Option<DivergedView>,
}

/// What became of a wish.
#[derive(Debug, Clone)]
pub struct Done {
    /// To be read.
    pub shown: Shown,
    /// Why it was not done, or not all of it.
    pub refusal: Option<Refusal>,
    /// What went beside it, a sentence each.
    pub remarks: Vec<String>,
}

/// What is shown of a wish: the document that the command of that name has with `--json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Shown {
    /// `tag`, `pick`.
    Cut(CutView),
    /// `adopt`.
    Adopt(AdoptView),
    /// `security approve`.
    Review(ReviewView),
    /// `security merge`, `sync`, `repair`.
    Merge(MergeView),
    /// The calendar, holds, claims.
    Change(ChangeView),
    /// `approve`.
    Approve(ApproveView),
    /// `approve --withdraw`.
    Withdraw(WithdrawView),
    /// `confirm`.
    Confirm(ConfirmView),
    /// `call`.
    Call(CallView),
    /// `start`.
    RunSheet(Box<RunSheetView>),
    /// `start --stop`.
    Stopped(StoppedView),
    /// `promote`.
    Promote(PromoteView),
    /// `rollback`.
    Rollback(RollbackView),
    /// `finish`.
    Finish(Box<FinishView>),
    /// The notes, blockers, tasks, asks.
    Writing(WritingView),
    /// `import`.
    Import(ImportView),
}

impl Shown {
    /// Reads what is shown of a wish out of its document, with times in the train's zone.
    ///
    /// # Errors
    /// Where it is another document.
    pub fn read(wish: &Command, value: Value, zone: &TimeZone) -> serde_json::Result<Self> {
        Ok(match wish {
            Command::Tag(_) | Command::Pick(_) => Self::Cut(read(value, zone)?),
            Command::Adopt { .. } => Self::Adopt(read(value, zone)?),
            Command::SecurityApprove { .. } => Self::Review(read(value, zone)?),
            Command::SecurityMerge(_)
            | Command::SecuritySync { .. }
            | Command::SecurityRepair { .. } => Self::Merge(read(value, zone)?),
            Command::Approve(wish) if wish.withdraw.is_some() => Self::Withdraw(read(value, zone)?),
            Command::Approve(_) => Self::Approve(read(value, zone)?),
            Command::Confirm(_) => Self::Confirm(read(value, zone)?),
            Command::Call(_) => Self::Call(read(value, zone)?),
            Command::Start(_) => Self::RunSheet(Box::new(read(value, zone)?)),
            Command::StopDeploys { .. } => Self::Stopped(read(value, zone)?),
            Command::Promote(_) => Self::Promote(read(value, zone)?),
            Command::Rollback(_) => Self::Rollback(read(value, zone)?),
            Command::Finish(_) => Self::Finish(Box::new(read(value, zone)?)),
            Command::Notes(_) => Self::Writing(read(value, zone)?),
            Command::Import(_) => Self::Import(read(value, zone)?),
            Command::Move { .. }
            | Command::Cancel { .. }
            | Command::Swap { .. }
            | Command::Offer { .. }
            | Command::TakeOffer { .. }
            | Command::DeclineOffer { .. }
            | Command::KeepOffer { .. }
            | Command::Away { .. }
            | Command::Back { .. }
            | Command::Hold { .. }
            | Command::Resume { .. }
            | Command::Claim { .. }
            | Command::Unclaim { .. }
            | Command::Clear { .. }
            | Command::Later { .. }
            | Command::GiveRole { .. }
            | Command::TakeRole { .. } => Self::Change(read(value, zone)?),
        })
    }

    /// What was planned or done in each repository, of a cut or a pick.
    #[must_use]
    pub fn repos(&self) -> &[RepoOutcome] {
        match self {
            Self::Cut(view) => &view.repos,
            _ => &[],
        }
    }
}

/// Refuses a yes to what nobody read, where it has to be read: a sign-off and a start are for what was seen.
pub fn must_be_read(wish: &Command, saw: Option<&str>) -> Result<()> {
    let words = match wish {
        Command::Approve(wish) if wish.withdraw.is_none() => "a sign-off is for what was seen",
        Command::Start(_) => "production is not started unread",
        _ => return Ok(()),
    };
    match saw {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            Code::NeedsYes,
            format!("{words}: the yes takes the digest of the plan with it"),
            "ask for the plan first, and give its digest back",
        )),
    }
}

impl Plan {
    fn new(shown: Shown, digest: Option<String>, changes: bool) -> Self {
        let (refusal, unknown, beside) = (None, None, Beside::default());
        Self { shown, digest, changes, follows: false, refusal, unknown, beside }
    }
}

impl Done {
    fn new(shown: Shown) -> Self {
        Self { shown, refusal: None, remarks: Vec::new() }
    }

    fn with(shown: Shown, refusal: Option<Refusal>) -> Self {
        Self { shown, refusal, remarks: Vec::new() }
    }
}
