//! The rooms that are open: one for each page that somebody has before them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::task::LocalPoolHandle;
use train::id::{PushDate, TrainName};

use super::room::{Heard, Room};
use crate::house::House;

/// How many messages wait for a room: whoever sends more waits.
const WAITING: usize = 1_024;

/// The rooms.
pub(crate) struct Rooms {
    open: Mutex<BTreeMap<(TrainName, PushDate), mpsc::Sender<Heard>>>,
    /// A thread of their own: nobody who types waits for what else the server does.
    stage: LocalPoolHandle,
    running: watch::Sender<usize>,
    numbers: AtomicU64,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            stage: LocalPoolHandle::new(1),
            running: watch::Sender::new(0),
            numbers: AtomicU64::new(1),
        }
    }
}

impl Rooms {
    /// A number for a connection.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Brings somebody into the room of a page; none where it is being closed, and the next one too.
    pub async fn enter(
        self: &Arc<Self>,
        house: &House,
        train: &TrainName,
        push: PushDate,
        came: Heard,
    ) -> Option<mpsc::Sender<Heard>> {
        let mut came = came;
        for _ in 0..2 {
            let room = self.of(house, train, push);
            match room.send(came).await {
                Ok(()) => return Some(room),
                Err(mpsc::error::SendError(back)) => came = back,
            }
        }
        None
    }

    /// The way into the room of a page; it is opened where it is not.
    fn of(
        self: &Arc<Self>,
        house: &House,
        train: &TrainName,
        push: PushDate,
    ) -> mpsc::Sender<Heard> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, room| !room.is_closed());
        let enter = || {
            let (to, heard) = mpsc::channel(WAITING);
            let room = Room::new(house.clone(), train.clone(), push, heard);
            let rooms = Arc::clone(self);
            rooms.running.send_modify(|running| *running += 1);
            self.stage.spawn_pinned(async move || {
                room.run().await;
                rooms.running.send_modify(|running| *running -= 1);
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
