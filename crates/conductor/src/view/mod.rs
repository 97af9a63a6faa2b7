//! Everything shown, as types that serialize to the documents of `--json`. People's text is made of these too.

mod asks;
mod calendar;
mod change;
mod compare;
mod cut;
mod history;
mod log;
mod notes;
mod outcome;
mod people;
mod push;
mod security;
mod signoff;
mod status;
mod tell;
mod whereis;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Serialize, Serializer};

pub use asks::{AskView, AsksView};
pub use calendar::{DepartureView, ScheduleView};
pub use change::{AdoptView, ChangeView, FencedView, PromoteView, ReviewView, StoppedView};
pub use compare::{CommitView, CompareView, ComparedRepo};
pub use cut::{CutView, RepoOutcome};
pub use history::{
    HistoryView, ImportView, ImportedPush, PastAsk, PastBlockerView, PastHoldView, PastItem,
    PastPushView, PastRepo, PastTime, PushDetail, StatsView,
};
pub use log::{EntryView, LogView, VerifyView};
pub use notes::{
    BlockerView, ItemView, LineView, NotesCheckView, NotesVersion, NotesView, ProposeView,
    SectionWord, TaskView, WritingView,
};
pub use outcome::{FailureView, OutcomeWord};
pub use people::{GivenRole, PeopleView, PersonView};
pub use push::{
    BackView, ComponentView, FinishView, MonitorView, RollbackView, RunSheetView, StepView,
    StepWord,
};
pub use security::{
    BranchView, InProduction, MergeView, MergedRepo, ProductionWord, SecurityRepoView, SecurityView,
};
pub use signoff::{ApproveView, ToSignView, WithdrawView, WithdrawnView};
pub use status::{
    ClaimView, EnvironmentView, HoldView, LastShownView, NextView, PickView, PushState, ReadyView,
    RepoStatus, ServiceView, SignoffView, StatusView, VersionView,
};
pub use tell::{DeliveryView, DeliveryWord, TellView};
pub use whereis::{OnEnvironment, OnTag, WhereRepo, WhereView};

/// The form of every document; it grows by adding keys.
pub const SCHEMA: u32 = 1;

/// A document: what it is of, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document<T> {
    /// The form's version.
    pub schema: u32,
    /// When it was made.
    pub as_of: Moment,
    /// Whether its ledger is a rehearsal.
    pub rehearsal: bool,
    /// What it says.
    #[serde(flatten)]
    pub body: T,
}

/// A time with its offset, in the train's zone: RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(pub ZonedDateTime);

impl Moment {
    /// An instant in a zone.
    #[must_use]
    pub fn new(at: Timestamp, zone: TimeZone) -> Self {
        Self(at.to_zoned_datetime(zone))
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let offset = self.0.offset();
        write!(f, "{}", self.0.timestamp().display_with_offset(offset))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
