//! What is another now: numbers of each train that are others after every change of its record or of what is seen, whoever made
//! it, and a stream of them (server-sent events). A page that follows asks again for what it shows. One number is of everything,
//! and one of what everybody may know of: by the other they would count what is under embargo (P9).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use futures_util::{Stream, StreamExt};
use tokio::sync::watch;
use train::id::TrainName;

use crate::secret;

/// How often a stream says that it is alive, so that no proxy ends it.
const ALIVE: Duration = Duration::from_secs(20);

/// How long a stream lasts: whoever follows comes again, and shows anew that they may.
const LASTS: Duration = Duration::from_mins(15);

/// The trains and how far each is.
#[derive(Debug)]
pub(crate) struct Live {
    trains: BTreeMap<TrainName, Numbers>,
    /// Where the numbers of this process begin: nowhere near those of another, so that nobody who comes back after it takes what
    /// changed meanwhile for what they have seen.
    first: u64,
    over: watch::Sender<bool>,
}

/// How far a train is; none until it was looked at for the first time.
#[derive(Debug, Default)]
struct Numbers {
    whole: watch::Sender<Option<u64>>,
    open: watch::Sender<Option<u64>>,
}

/// Of what a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Of everything: for those who are told of what is under embargo.
    Whole,
    /// Of what everybody may know of.
    Open,
}

impl Of {
    /// The number for somebody, by whether they are told of what is under embargo.
    pub fn those_who(hear: bool) -> Self {
        if hear { Self::Whole } else { Self::Open }
    }
}

impl Live {
    pub fn of(names: &[TrainName]) -> Self {
        Self {
            trains: names.iter().map(|name| (name.clone(), Numbers::default())).collect(),
            first: secret::beginning(),
            over: watch::Sender::new(false),
        }
    }

    /// How many follow a train.
    pub fn followers(&self) -> usize {
        let following = |of: &Numbers| of.whole.receiver_count() + of.open.receiver_count();
        self.trains.values().map(following).sum()
    }

    /// A train's numbers, as they change.
    pub fn changes(&self, train: &TrainName, of: Of) -> Option<watch::Receiver<Option<u64>>> {
        Some(self.number(train, of)?.subscribe())
    }

    fn number(&self, train: &TrainName, of: Of) -> Option<&watch::Sender<Option<u64>>> {
        let numbers = self.trains.get(train)?;
        Some(match of {
            Of::Whole => &numbers.whole,
            Of::Open => &numbers.open,
        })
    }

    /// Whether it is over.
    pub fn over(&self) -> watch::Receiver<bool> {
        self.over.subscribe()
    }

    /// Lets everybody go.
    pub fn close(&self) {
        self.over.send_replace(true);
    }

    /// A train is another.
    pub fn moved(&self, train: &TrainName, of: Of) {
        let Some(number) = self.number(train, of) else { return };
        number.send_modify(|now| *now = Some(now.map_or(self.first, |now| now.wrapping_add(1))));
    }

    /// A train is another by what no record has: a wish that began to be carried out, or ended. Nobody has to be told who has not
    /// looked yet.
    pub fn tell(&self, train: &TrainName) {
        for number in [Of::Whole, Of::Open].into_iter().filter_map(|of| self.number(train, of)) {
            number.send_if_modified(|now| {
                *now = now.map(|now| now.wrapping_add(1));
                now.is_some()
            });
        }
    }

    /// A stream that says that one of these trains is another: once at its begin, so that nothing is lost between a page and
    /// its stream, and then as they change, until whoever follows is gone.
    pub fn follow_any<G: Future<Output = ()> + Send + 'static>(
        &self,
        trains: &[(TrainName, Of)],
        gone: G,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<G>> {
        let changes: Vec<_> =
            trains.iter().filter_map(|(train, of)| self.changes(train, *of)).collect();
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
        let events = events.take_until(tokio::time::timeout(LASTS, gone));
        Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
    }

    /// The stream of a train's numbers, from the one after `seen` on, until whoever follows is gone; none where there is no such
    /// train. It begins with the number as it is, so that nothing is lost between a page and its stream.
    pub fn follow<G: Future<Output = ()> + Send + 'static>(
        &self,
        train: &TrainName,
        of: Of,
        seen: Option<u64>,
        gone: G,
    ) -> Option<Sse<impl Stream<Item = Result<Event, Infallible>> + use<G>>> {
        let changes = self.changes(train, of)?;
        let over = self.over.subscribe();
        let next = async |(mut changes, mut over, seen): Following| {
            loop {
                let now = *changes.borrow_and_update();
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
        let events = events.take_until(tokio::time::timeout(LASTS, gone));
        Some(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)))
    }
}

/// Waits until one of them is another.
async fn any_changed(changes: &mut [watch::Receiver<Option<u64>>]) {
    if changes.is_empty() {
        return std::future::pending().await;
    }
    let each = changes.iter_mut().map(|one| Box::pin(one.changed()));
    // One whose sender is gone changes no more; the server ends then.
    let _ = futures_util::future::select_all(each).await;
}

type Following = (watch::Receiver<Option<u64>>, watch::Receiver<bool>, Option<u64>);
type FollowingAny = (Vec<watch::Receiver<Option<u64>>>, watch::Receiver<bool>, bool);
