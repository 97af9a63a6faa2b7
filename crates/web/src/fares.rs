//! How what the trains lean on fares: what the last round over each found. It is found anew in every round, so that nothing of
//! it is kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use conductor::view::{HealthLine, HealthView, Moment};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use train::id::TrainName;

/// What a round found.
#[derive(Clone)]
struct Found {
    at: Timestamp,
    took: Duration,
    lines: Vec<HealthLine>,
}

/// What the last round over each train found.
#[derive(Default)]
pub(crate) struct Fares(Mutex<BTreeMap<TrainName, Found>>);

impl Fares {
    /// A round is over.
    pub fn found(&self, train: &TrainName, at: Timestamp, took: Duration, lines: Vec<HealthLine>) {
        self.all().insert(train.clone(), Found { at, took, lines });
    }

    /// How a train's things fare, with times in its zone.
    pub fn of(&self, train: &TrainName, zone: TimeZone) -> HealthView {
        let Some(Found { at, took, lines }) = self.all().get(train).cloned() else {
            return HealthView::default();
        };
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        HealthView { looked_at: Some(Moment::new(at, zone)), took_ms, lines }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<TrainName, Found>> {
        // Whoever held it did nothing that can be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
