//! `schedule --json`: departures; and the same as a file.

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

/// `schedule --ics`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarView {
    /// The file (RFC 5545).
    pub ics: String,
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
    /// Its hero's offer to have somebody else serve it.
    pub offer: Option<OfferView>,
}

/// A hero's offer of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfferView {
    /// The hero.
    pub by: PersonName,
    /// To whom; null where it is to whoever of the heroes takes it.
    pub to: Option<PersonName>,
    /// Since when.
    pub at: Moment,
    /// Whether it can be taken: not once the one it was made to declined.
    pub stands: bool,
    /// Who does not take it.
    pub declined: Vec<DeclinedView>,
}

/// Somebody does not take a push that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeclinedView {
    /// Who.
    pub by: String,
    /// Why, where they said so.
    pub because: Option<String>,
}

impl OfferView {
    /// In words, without who offers it: `offered to kumar`.
    #[must_use]
    pub fn words(&self) -> String {
        let to = match &self.to {
            Some(to) => format!("offered to {to}"),
            None => "offered to whoever of the heroes takes it".to_owned(),
        };
        let declined = self.declined.iter().map(|declined| match &declined.because {
            Some(because) => format!("{} declined: {because}", declined.by),
            None => format!("{} declined", declined.by),
        });
        std::iter::once(to).chain(declined).collect::<Vec<_>>().join("; ")
    }
}
