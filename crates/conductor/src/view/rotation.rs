//! `rotation --json`: the order of turns, what falls on whom, and who is away.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{PersonName, PushDate};

use super::Moment;
use super::calendar::OfferView;

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RotationView {
    /// Who takes turns, in the order of the configuration.
    pub order: Vec<PersonName>,
    /// The departures of the next ten weeks that run, each with its hero.
    pub duty: Vec<DutyView>,
    /// What falls on each of the order.
    pub turns: Vec<PlaceView>,
    /// Who is away, now or later, the earliest first.
    pub absences: Vec<AbsenceView>,
}

/// Who is on duty for a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DutyView {
    /// The push.
    pub push: PushDate,
    /// When production starts.
    pub push_at: Moment,
    /// Who serves it.
    pub hero: Option<PersonName>,
    /// Their offer to have somebody else serve it.
    pub offer: Option<OfferView>,
}

/// Somebody's place in the rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceView {
    /// Who.
    pub who: PersonName,
    /// The push that they served last, by the record; null where there is none.
    pub last: Option<PushDate>,
    /// The next one that falls on them; null where there is none in the next ten weeks.
    pub next: Option<PushDate>,
    /// The pushes to come for which they are passed over.
    pub passed_over: Vec<PassedOverView>,
}

/// Somebody is passed over, and keeps their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PassedOverView {
    /// The push that another serves.
    pub push: PushDate,
    /// Why.
    pub because: String,
}

/// Somebody is away, whole days in the train's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AbsenceView {
    /// Who.
    pub who: PersonName,
    /// The first day.
    #[schemars(with = "train::form::Day")]
    pub from: Date,
    /// The last day, included.
    #[schemars(with = "train::form::Day")]
    pub to: Date,
    /// Whether that is today.
    pub now: bool,
    /// Whether an external calendar says so: then it is taken back there, and not here.
    pub external: bool,
    /// Whether whoever asks may take it back.
    pub may_undo: bool,
}
