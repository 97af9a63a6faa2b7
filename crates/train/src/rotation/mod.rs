//! Who is on duty: turns that are fair over time, swaps, absences.
//!
//! The person whose last turn is longest ago is next; the configured order settles ties. So nobody's place depends on a
//! count, and people join and leave without shifting the others' order. A turn belongs to a person; who *serves* it may be
//! somebody else, by a swap.

#[cfg(test)]
mod tests;
mod turns;
mod wish;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate};

pub(crate) use turns::{Duty, Slot, Turns};
pub use wish::{away, swap};

/// Two people swap: `to` serves the push in place of `from`, and `from` serves the next one after it that `to` would have
/// served. Where one of them is not in the rotation, nothing is owed in return. A swap back is a swap like any other: it
/// exchanges the same two departures again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// The date the push was scheduled for.
    pub date: PushDate,
    /// Who is relieved.
    pub from: PersonName,
    /// Who serves instead.
    pub to: PersonName,
}

/// Somebody is away, whole days in the train's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub who: PersonName,
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
}

impl Absence {
    /// Whether this is an absence of `who` that holds the day.
    #[must_use]
    pub fn covers(&self, who: &PersonName, day: Date) -> bool {
        &self.who == who && self.from <= day && day <= self.to
    }
}
