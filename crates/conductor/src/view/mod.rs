//! Everything shown, as types that serialize to the documents of `--json`. People's text is made of these too.

mod about;
mod asks;
mod calendar;
mod change;
mod compare;
mod confirm;
mod cut;
mod health;
mod history;
mod log;
mod notes;
mod outcome;
mod people;
mod push;
mod rotation;
mod security;
mod signoff;
mod status;
mod tell;
mod waiting;
mod watch;
mod whereis;

use std::borrow::Cow;
use std::cell::RefCell;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use about::{AboardView, AboutView, KnownView, YouView};
pub use asks::{AskView, AsksView};
pub use calendar::{CalendarView, DeclinedView, DepartureView, OfferView, ScheduleView};
pub use change::{
    AdoptView, ChangeView, DeployOutputView, FencedView, PromoteView, ReviewView, StoppedView,
};
pub use compare::{CommitView, CompareView, ComparedRepo};
pub use confirm::{
    AuthorsView, BroughtView, CallView, CalledView, ChangeToConfirm, ConfirmView, ConfirmedView,
    RepoToConfirm,
};
pub use cut::{CutView, RepoOutcome};
pub use health::{HealthLine, HealthView, LeansOn};
pub use history::{
    HistoryView, ImportView, ImportedPush, PastAsk, PastBlockerView, PastHoldView, PastItem,
    PastPushView, PastRepo, PastTime, PushDetail, StatsView,
};
pub use log::{ChainWord, EntryView, LogView, VerifyView};
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
pub use rotation::{AbsenceView, DutyView, PassedOverView, PlaceView, RotationView};
pub use security::{
    BranchView, DivergedView, InProduction, MergeView, MergedRepo, ProductionWord,
    SecurityRepoView, SecurityView,
};
pub use signoff::{ApproveView, ToSignView, WithdrawView, WithdrawnView};
pub use status::{
    ClaimView, EnvironmentView, HoldView, LastShownView, NextView, PickView, ProofWord, PushState,
    ReadyView, RepoStatus, ServiceView, SignoffView, StatusView, VersionView,
};
pub use tell::{DeliveryView, DeliveryWord, TellView};
pub use waiting::{AnswerView, PutOffView, ThingView, TurnView, WaitingView};
pub use watch::WatchView;
pub use whereis::{OnEnvironment, OnTag, UnclearEnvironment, WhereRepo, WhereView};

/// The form of every document; it grows by adding keys.
pub const SCHEMA: u32 = 1;

/// A document: what it is of, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

    /// As it stands in a sentence: `Tue 24 Nov 09:00 CET`.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.strftime("%a %d %b %H:%M %Z").to_string()
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

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let at: Timestamp = String::deserialize(d)?.parse().map_err(serde::de::Error::custom)?;
        let zone = ZONE.with_borrow(Clone::clone);
        Ok(Self::new(at, zone.unwrap_or(TimeZone::UTC)))
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Moment")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A time with its offset, in the train's zone (RFC 3339).",
            "type": "string", "format": "date-time", "examples": ["2026-11-26T09:00:00-08:00"],
        })
    }
}

thread_local! {
    /// The zone of what is being read: a document has its times with their offsets, which name no zone.
    static ZONE: RefCell<Option<TimeZone>> = const { RefCell::new(None) };
}

/// Reads a view of a document, with its times in the train's zone.
///
/// # Errors
/// Where it is no such view.
pub fn read<T: DeserializeOwned>(value: Value, zone: &TimeZone) -> serde_json::Result<T> {
    ZONE.set(Some(zone.clone()));
    let view = serde_json::from_value(value);
    ZONE.set(None);
    view
}
