//! What the ledger recorded about the calendar: moves, cancellations, pushes off the schedule, duty.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate};

/// Everything people changed in the calendar, and what the cuts recorded: read as [`Noted`], changed by [`Changes::edit`]
/// alone, so that the departures that came of it are remembered until then.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes {
    noted: Noted,
    #[serde(skip)]
    pub(crate) worked_out: WorkedOut,
}

impl From<Noted> for Changes {
    fn from(noted: Noted) -> Self {
        Self { noted, worked_out: WorkedOut::default() }
    }
}

impl Deref for Changes {
    type Target = Noted;

    fn deref(&self) -> &Noted {
        &self.noted
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.noted == other.noted
    }
}

impl Eq for Changes {}

impl Changes {
    /// None since that day, when the ledger began.
    #[must_use]
    pub fn since(began: Date) -> Self {
        Noted { began, ..Noted::default() }.into()
    }

    /// What is changed from here on: the departures that came of it are walked anew.
    pub fn edit(&mut self) -> &mut Noted {
        self.worked_out = WorkedOut::default();
        &mut self.noted
    }
}

/// What was worked out of the changes last, for whoever asks again: it goes with every change. A clone remembers the same.
#[derive(Debug, Default)]
pub(crate) struct WorkedOut(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

impl WorkedOut {
    /// What was kept last, if it is of that kind.
    pub fn last<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.kept().and_then(|kept| kept.downcast().ok())
    }

    /// Keeps it in place of the last.
    pub fn keep<T: Any + Send + Sync>(&self, found: Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }

    fn kept(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Clone for WorkedOut {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.kept()))
    }
}

/// What the ledger recorded about the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noted {
    /// Pushes that depart on another day, by the date they were scheduled for; the newest move counts.
    #[serde(default)]
    pub moved: BTreeMap<PushDate, PushMove>,
    /// Pushes that don't run, by name, with the reason.
    #[serde(default)]
    pub cancelled: BTreeMap<PushDate, String>,
    /// Pushes off the schedule, with the instant they were declared: that is their cut.
    #[serde(default)]
    pub off_cycle: BTreeMap<PushDate, Timestamp>,
    /// Swaps of duty, oldest first.
    #[serde(default)]
    pub swaps: Vec<Swap>,
    /// Who is away.
    #[serde(default)]
    pub absences: Vec<Absence>,
    /// What each cut recorded: the date the push was scheduled for, whose turn it was, and who served. It wins over what
    /// would be computed today.
    #[serde(default)]
    pub served: Vec<(PushDate, PersonName, PersonName)>,
    /// The day the ledger began: the rotation starts here where the timetable has no `starting`.
    pub began: Date,
}

/// A push on another day than scheduled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushMove {
    /// The day it departs.
    pub to: PushDate,
    /// The date it goes by: the new one when moved before its first tag, the one its tags carry after that (P4).
    pub name: PushDate,
}

impl PushMove {
    /// Whether the push takes the date it departs on as its name.
    #[must_use]
    pub fn renamed(&self) -> bool {
        self.name == self.to
    }
}

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

/// A hero would have somebody else serve a push: taken, it becomes a [`Swap`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The date the push was scheduled for.
    pub date: PushDate,
    /// Who offers it: its hero.
    pub from: PersonName,
    /// To whom; to whoever of the heroes takes it if none.
    pub to: Option<PersonName>,
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
