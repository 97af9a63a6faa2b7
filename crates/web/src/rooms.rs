//! The rooms that are open, one for each page that somebody has before them, and what is said to a room and by it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use conductor::ports::Message;
use tokio::sync::{mpsc, watch};
use tokio_util::task::LocalPoolHandle;
use train::id::{PushDate, TrainName};
use train::refusal::{Code, Refusal};

use crate::allowance::Whose;
use crate::places::{Place, Places};
use crate::trains::Who;

/// On how many threads rooms run. A new one goes where the fewest are; up to so many share nothing but the processor.
const THREADS: usize = 8;
/// How many messages wait for a room: whoever sends more waits.
const HEARD: usize = 1_024;
/// How many messages wait for one connection; whoever takes them more slowly is let go, and comes again.
pub(crate) const WAITING: usize = 256;
/// How many connections there are in all rooms, how many of them of those who are not known, and how many of one person, or of one
/// address of those.
const MOST: usize = 1_000;
const MOST_STRANGERS: usize = 500;
const MOST_OF_ONE: usize = 50;

/// What a connection is told.
#[derive(Debug)]
pub(crate) enum Told {
    Bytes(Bytes),
    End(Ending),
}

/// Why a connection ends: a code of the socket protocol's private range (RFC 6455, section 7.4.2) and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub code: u16,
    pub reason: String,
}

impl Ending {
    pub fn new(code: u16, reason: &str) -> Self {
        // The reason has 123 bytes at most.
        let reason = reason.char_indices().take_while(|(at, c)| at + c.len_utf8() <= 123);
        Self { code, reason: reason.map(|(_, c)| c).collect() }
    }

    /// The end for a no.
    pub fn of(refusal: &Refusal) -> Self {
        let code = match refusal.code {
            Code::NotSignedIn => 4401,
            Code::NotFound => 4404,
            Code::TooLarge => 4413,
            Code::Refused | Code::NotAllowed | Code::TooMany => 4403,
            Code::Usage => 4400,
            _ => 1011,
        };
        Self::new(code, &refusal.message)
    }
}

/// What a room hears.
pub(crate) enum Heard {
    /// Somebody comes in.
    Came { id: u64, who: Who, whose: Whose, writes: bool, to: mpsc::Sender<Told> },
    /// An editor says something.
    Said { id: u64, message: Message },
    /// Somebody goes.
    Left { id: u64 },
}

/// A room to be.
pub(crate) trait Run: Send + 'static {
    /// Until nobody is left in it.
    async fn run(self);
}

/// The rooms.
pub(crate) struct Rooms {
    open: Mutex<BTreeMap<(TrainName, PushDate), mpsc::Sender<Heard>>>,
    /// Threads of their own: nobody who types waits for what else the server does, and one who pastes a whole page into one
    /// room not the others.
    stage: LocalPoolHandle,
    running: watch::Sender<usize>,
    numbers: AtomicU64,
    places: Arc<Places<Whose>>,
    /// Those of them that strangers may have: the rest is left to those who are known.
    strangers: Arc<Places<Whose>>,
}

/// A room that is open, however it ends.
struct Running(Arc<Rooms>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.send_modify(|running| *running -= 1);
    }
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            stage: LocalPoolHandle::new(THREADS),
            running: watch::Sender::new(0),
            numbers: AtomicU64::new(1),
            places: Places::new(MOST, MOST_OF_ONE),
            strangers: Places::new(MOST_STRANGERS, MOST_OF_ONE),
        }
    }
}

impl Rooms {
    /// A number for a connection.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A place for a connection in whatever room; none where there is none left for them.
    pub fn place(&self, whose: &Whose) -> Option<Vec<Place<Whose>>> {
        let of = match whose {
            Whose::Person(_) => vec![&self.places],
            Whose::Address(_) => vec![&self.strangers, &self.places],
        };
        of.into_iter().map(|places| places.take(Some(whose.clone()))).collect()
    }

    /// Brings somebody into the room of a page; none where it is being closed, and the next one too.
    pub async fn enter<R: Run>(
        self: &Arc<Self>,
        train: &TrainName,
        push: PushDate,
        came: Heard,
        open: impl Fn(mpsc::Receiver<Heard>) -> R,
    ) -> Option<mpsc::Sender<Heard>> {
        let mut came = came;
        for _ in 0..2 {
            let room = self.of(train, push, &open);
            match room.send(came).await {
                Ok(()) => return Some(room),
                Err(mpsc::error::SendError(back)) => came = back,
            }
        }
        None
    }

    /// The way into the room of a page; it is opened where it is not.
    fn of<R: Run>(
        self: &Arc<Self>,
        train: &TrainName,
        push: PushDate,
        begin: impl Fn(mpsc::Receiver<Heard>) -> R,
    ) -> mpsc::Sender<Heard> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, room| !room.is_closed());
        let enter = || {
            let (to, heard) = mpsc::channel(HEARD);
            let room = begin(heard);
            let rooms = Arc::clone(self);
            rooms.running.send_modify(|running| *running += 1);
            let running = Running(rooms);
            self.stage.spawn_pinned(async move || {
                room.run().await;
                drop(running);
            });
            to
        };
        open.entry((train.clone(), push)).or_insert_with(enter).clone()
    }

    /// Waits until all are closed, or for so long.
    pub async fn closed(&self, patience: Duration) -> bool {
        let mut running = self.running.subscribe();
        let none = running.wait_for(|running| *running == 0);
        tokio::time::timeout(patience, none).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempts::From;

    #[tokio::test]
    async fn strangers_from_however_many_addresses_leave_places_to_those_who_are_known() {
        let rooms = Rooms::default();
        let stranger = |n: usize| {
            Whose::Address(From::of(format!("192.0.2.{n}").parse().expect("an address")))
        };
        let mut taken: Vec<_> = (0..2_000).map_while(|n| rooms.place(&stranger(n % 200))).collect();
        assert_eq!(taken.len(), MOST_STRANGERS);
        let person = |n: usize| Whose::Person(format!("person-{}", n / MOST_OF_ONE));
        let known: Vec<_> = (0..2_000).map_while(|n| rooms.place(&person(n))).collect();
        assert_eq!(known.len(), MOST - MOST_STRANGERS);
        taken.pop();
        assert!(rooms.place(&person(1_999)).is_some(), "whoever goes makes room");
        drop((taken, known));
        assert!(rooms.place(&stranger(1)).is_some());
    }

    /// A room that holds its thread until it is let go, or one that tells that it runs.
    enum Stage {
        Held(mpsc::Receiver<Heard>, std::sync::mpsc::Receiver<()>),
        Runs(mpsc::Receiver<Heard>, std::sync::mpsc::Sender<()>),
    }

    impl Run for Stage {
        async fn run(self) {
            match self {
                Self::Held(mut heard, until) => {
                    heard.recv().await;
                    let _ = until.recv_timeout(Duration::from_secs(20));
                }
                Self::Runs(mut heard, tell) => {
                    heard.recv().await;
                    let _ = tell.send(());
                }
            }
        }
    }

    #[tokio::test]
    async fn a_room_that_is_at_work_holds_up_no_other() {
        let rooms = Arc::new(Rooms::default());
        let (train, push) = ("amo".parse().unwrap(), "2026.11.26".parse().unwrap());
        let other = "mail".parse().unwrap();
        let (let_go, until) = std::sync::mpsc::channel();
        let until = Mutex::new(Some(until));
        let left = || Heard::Left { id: 1 };
        let held = |heard| Stage::Held(heard, until.lock().unwrap().take().unwrap());
        rooms.enter(&train, push, left(), held).await.expect("it is open");
        let (tell, told) = std::sync::mpsc::channel();
        let runs = |heard| Stage::Runs(heard, tell.clone());
        rooms.enter(&other, push, left(), runs).await.expect("it is open");
        told.recv_timeout(Duration::from_secs(10)).expect("the other runs meanwhile");
        let_go.send(()).expect("the first is held until now");
        assert!(rooms.closed(Duration::from_secs(10)).await);
    }
}
