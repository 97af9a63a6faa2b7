//! One editor in a room: who sits there, and the way to them.

use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use train::id::PersonName;

use super::presence::There;
use crate::allowance::Whose;
use crate::rooms::{Ending, Told};
use crate::trains::Who;

/// Who sits in a room.
pub(super) struct Seat {
    pub who: Who,
    /// Out of whose allowance: of a person however they came in, and of strangers by their address.
    pub whose: Whose,
    /// The name that is shown; none of somebody who only reads.
    pub name: Option<String>,
    pub to: mpsc::Sender<Told>,
    pub there: There,
    /// How many of its updates are kept.
    pub kept: u64,
    /// When it last asked for all of the text, and for everybody who is there.
    pub asked: [Option<Instant>; 2],
}

/// What an editor may ask for that may be large.
#[derive(Debug, Clone, Copy)]
pub(super) enum All {
    Text,
    People,
}

/// How often an editor may ask for all that there is: each does once, when it comes.
const ASKS_EVERY: Duration = Duration::from_secs(5);

impl Seat {
    /// Tells the connection; whether it could take it.
    pub fn tell(&self, bytes: Bytes) -> bool {
        self.to.try_send(Told::Bytes(bytes)).is_ok()
    }

    /// Whether it may ask for what may be large, now.
    pub fn may_ask(&mut self, what: All) -> bool {
        let now = Instant::now();
        let before = self.asked[what as usize].replace(now);
        before.is_none_or(|before| now.duration_since(before) >= ASKS_EVERY)
    }

    /// Which person sits there; none who is not known.
    pub fn person(&self) -> Option<&PersonName> {
        match &self.who {
            Who::Person(name, _) => Some(name),
            Who::Anybody | Who::Itself => None,
        }
    }

    /// Ends it. One that takes nothing ends by its room's letting go of it.
    pub fn end(&self, ending: Ending) {
        let _ = self.to.try_send(Told::End(ending));
    }
}
