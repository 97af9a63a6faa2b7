//! What waits for people, remembered as long as it can be no other: every page says how much it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conductor::ports::Pulse;
use conductor::view::WaitingView;
use train::id::{PersonName, TrainName};

/// What it was made of: the train's number, and the minute, in which things become due and come again.
pub(crate) type Moment = (Pulse, i64);

/// What waits for somebody on a train.
#[derive(Debug)]
pub(crate) struct Waits {
    pub view: WaitingView,
    /// The train's zone, by its name.
    pub zone: String,
    /// What stands in its sentences as it is configured.
    pub names: Vec<String>,
}

/// By person and train.
#[derive(Debug, Default)]
pub(crate) struct AllWaits(Mutex<BTreeMap<PersonName, BTreeMap<TrainName, Kept>>>);

#[derive(Debug)]
struct Kept {
    of: Moment,
    waits: Arc<Waits>,
}

impl AllWaits {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<PersonName, BTreeMap<TrainName, Kept>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was then, where it was asked for.
    pub fn get(&self, who: &PersonName, train: &TrainName, of: Moment) -> Option<Arc<Waits>> {
        let all = self.locked();
        let kept = all.get(who)?.get(train).filter(|kept| kept.of == of)?;
        Some(Arc::clone(&kept.waits))
    }

    /// Remembers it.
    pub fn keep(&self, who: &PersonName, train: &TrainName, of: Moment, waits: &Arc<Waits>) {
        let kept = Kept { of, waits: Arc::clone(waits) };
        self.locked().entry(who.clone()).or_default().insert(train.clone(), kept);
    }

    /// How many things waited for somebody when it was asked last; none where it never was.
    pub fn count(&self, who: &PersonName) -> Option<usize> {
        let all = self.locked();
        all.get(who).map(|trains| trains.values().map(|kept| kept.waits.view.things.len()).sum())
    }
}
