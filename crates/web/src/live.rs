//! What is another now: a number per train that is another one after every change of its record or of what is seen, whoever made
//! it, and a stream of these numbers (server-sent events). A page that follows asks again for what it shows.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use futures_util::{Stream, StreamExt};
use tokio::sync::watch;
use train::id::TrainName;

use crate::secret;
use crate::trains::Trains;

/// How often a record is asked whether it is another: within the 200 ms in which everybody sees a change.
const EVERY: Duration = Duration::from_millis(80);
/// How often a stream says that it is alive, so that no proxy ends it.
const ALIVE: Duration = Duration::from_secs(20);

/// How long a stream lasts: whoever follows comes again, and shows anew that they may.
const LASTS: Duration = Duration::from_mins(15);

/// The trains and how far each is.
#[derive(Debug)]
pub(crate) struct Live {
    /// None until a train was looked at for the first time.
    trains: BTreeMap<TrainName, watch::Sender<Option<Change>>>,
    /// Where the numbers of this process begin: nowhere near those of another, so that nobody who comes back after it takes what
    /// changed meanwhile for what they have seen.
    first: u64,
    over: watch::Sender<bool>,
}

/// A train as it is since its last change: the number that says so, and the record's pulse by which that was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    number: u64,
    pulse: u64,
}

impl Live {
    pub fn of(names: &[TrainName]) -> Self {
        let begun = |name: &TrainName| (name.clone(), watch::Sender::new(None));
        Self {
            trains: names.iter().map(begun).collect(),
            first: secret::beginning(),
            over: watch::Sender::new(false),
        }
    }

    /// How many follow a train.
    pub fn followers(&self) -> usize {
        self.trains.values().map(watch::Sender::receiver_count).sum()
    }

    /// A train's numbers, as they change.
    pub fn changes(&self, train: &TrainName) -> Option<watch::Receiver<Option<Change>>> {
        self.trains.get(train).map(watch::Sender::subscribe)
    }

    /// Whether it is over.
    pub fn over(&self) -> watch::Receiver<bool> {
        self.over.subscribe()
    }

    /// Lets everybody go.
    pub fn close(&self) {
        self.over.send_replace(true);
    }

    /// Watches the records until it is over.
    pub async fn watch(&self, trains: &dyn Trains) {
        let mut over = self.over.subscribe();
        loop {
            for (name, sender) in &self.trains {
                // What can't be read now shows no change now.
                let Ok(ledger) = trains.ledger(name) else { continue };
                if let Ok(pulse) = ledger.pulse().await {
                    sender.send_if_modified(|now| self.changed(now, pulse));
                }
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = over.wait_for(|over| *over) => return,
            }
        }
    }

    /// Takes in a pulse; whether it is another.
    fn changed(&self, now: &mut Option<Change>, pulse: u64) -> bool {
        let number = match *now {
            Some(before) if before.pulse == pulse => return false,
            Some(before) => before.number.wrapping_add(1),
            None => self.first,
        };
        *now = Some(Change { number, pulse });
        true
    }

    /// A train is another by what no record has: a wish that began to be carried out, or ended. Nobody has to be told who has not
    /// looked yet.
    pub fn tell(&self, train: &TrainName) {
        let Some(sender) = self.trains.get(train) else { return };
        sender.send_if_modified(|now| {
            if let Some(change) = now {
                change.number = change.number.wrapping_add(1);
            }
            now.is_some()
        });
    }

    /// A stream that says that one of these trains is another: once at its begin, so that nothing is lost between a page and
    /// its stream, and then as they change.
    pub fn follow_any(
        &self,
        trains: &[TrainName],
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        let changes: Vec<_> = trains.iter().filter_map(|train| self.changes(train)).collect();
        let next = async |(mut changes, mut over, begins): FollowingAny| {
            if !begins {
                tokio::select! {
                    () = any_changed(&mut changes) => {}
                    _ = over.wait_for(|over| *over) => return None,
                }
            }
            for one in &mut changes {
                one.borrow_and_update();
            }
            // A browser drops an event without data (HTML, section 9.2.6).
            let event = Event::default().event("change").data("one");
            Some((Ok(event), (changes, over, false)))
        };
        let events = stream::unfold((changes, self.over.subscribe(), true), next);
        let events = events.take_until(tokio::time::sleep(LASTS));
        Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
    }

    /// The stream of a train's numbers, from the one after `seen` on; none where there is no such train. It begins with the
    /// number as it is, so that nothing is lost between a page and its stream.
    pub fn follow(
        &self,
        train: &TrainName,
        seen: Option<u64>,
    ) -> Option<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
        let changes = self.trains.get(train)?.subscribe();
        let over = self.over.subscribe();
        let next = async |(mut changes, mut over, seen): Following| {
            loop {
                let now = changes.borrow_and_update().map(|change| change.number);
                if let Some(id) = now.filter(|_| seen != now) {
                    // Browsers drop an event that has no data.
                    let id = id.to_string();
                    let event = Event::default().id(&id).event("change").data(&id);
                    return Some((Ok(event), (changes, over, now)));
                }
                tokio::select! {
                    changed = changes.changed() => changed.ok()?,
                    _ = over.wait_for(|over| *over) => return None,
                }
            }
        };
        let events = stream::unfold((changes, over, seen), next);
        let events = events.take_until(tokio::time::sleep(LASTS));
        Some(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)))
    }
}

/// Waits until one of them is another.
async fn any_changed(changes: &mut [watch::Receiver<Option<Change>>]) {
    if changes.is_empty() {
        return std::future::pending().await;
    }
    let each = changes.iter_mut().map(|one| Box::pin(one.changed()));
    // One whose sender is gone changes no more; the server ends then.
    let _ = futures_util::future::select_all(each).await;
}

type Following = (watch::Receiver<Option<Change>>, watch::Receiver<bool>, Option<u64>);
type FollowingAny = (Vec<watch::Receiver<Option<Change>>>, watch::Receiver<bool>, bool);
