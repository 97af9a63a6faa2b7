//! A departure, and what became of it.

use jiff::ZonedDateTime;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate};

/// One departure of the train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Its name (P4).
    pub push: PushDate,
    /// The date it was scheduled for; another than the name when it was moved before its cut.
    pub scheduled: PushDate,
    /// When it is cut, in the train's zone.
    pub cut_at: ZonedDateTime,
    /// When production is to start, in the train's zone.
    pub push_at: ZonedDateTime,
    /// What became of it.
    pub standing: Standing,
    /// Who is on duty; nobody where no rotation is set up, everybody is away, or it does not run.
    pub hero: Option<PersonName>,
    /// Whose turn it is, also when it is the hero's own; none for a push off the schedule, which takes no turn.
    pub turn: Option<PersonName>,
    /// Whose turn it would have been before, had they not been away, in the order of their turns; not once its cut is recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PersonName>,
    /// What there is to say about the duty: who is away, who serves for whom.
    pub note: Option<String>,
}

/// What became of a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// It runs, on its day.
    Scheduled,
    /// It runs, on another day.
    Moved,
    /// It runs, off the schedule.
    OffCycle,
    /// Somebody cancelled it.
    Cancelled {
        /// Why.
        because: String,
    },
    /// Its date is skipped in the configuration.
    Skipped,
    /// It would leave in a freeze.
    Frozen {
        /// Why.
        because: String,
    },
}

impl Departure {
    /// Whether it runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(self.standing, Standing::Scheduled | Standing::Moved | Standing::OffCycle)
    }

    /// The day it leaves, in the train's zone.
    #[must_use]
    pub fn departs(&self) -> Date {
        self.push_at.date()
    }
}
