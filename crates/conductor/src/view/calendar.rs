//! `schedule --json`: departures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{PersonName, PushDate};

use super::Moment;

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleView {
    /// The train.
    pub train: String,
    /// Departures, in the order of leaving.
    pub departures: Vec<DepartureView>,
}

/// One departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DepartureView {
    /// Its name.
    pub push: PushDate,
    /// When it is cut.
    pub cut_at: Moment,
    /// When production starts.
    pub push_at: Moment,
    /// Who is on duty.
    pub hero: Option<PersonName>,
    /// `planned`, `open`, `cut`, `cancelled`, `skipped`, `frozen`.
    pub state: String,
    /// The date it was scheduled for, where it was moved.
    pub scheduled: PushDate,
    /// Whose turn it is, where another serves.
    pub turn: Option<PersonName>,
    /// Whether it is off the schedule.
    pub off_cycle: bool,
    /// Why it does not run, who is away, what holiday it is.
    pub note: Option<String>,
}
