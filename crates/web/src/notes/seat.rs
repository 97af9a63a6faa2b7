//! One editor in a room: who sits there, and the way to them.

use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::presence::There;
use crate::rooms::{Ending, Told};
use crate::trains::Who;

/// Who sits in a room.
pub(super) struct Seat {
    pub who: Who,
    /// The name that is shown; none of somebody who only reads.
    pub name: Option<String>,
    pub to: mpsc::Sender<Told>,
    pub there: There,
    /// How many of its updates are kept.
    pub kept: u64,
    /// When it last asked for what may be large.
    pub asked: Option<Instant>,
}

/// How often an editor may ask for all that there is: each does once, when it comes.
const ASKS_EVERY: Duration = Duration::from_secs(5);

impl Seat {
    /// Tells the connection; whether it could take it.
    pub fn tell(&self, bytes: Bytes) -> bool {
        self.to.try_send(Told::Bytes(bytes)).is_ok()
    }

    /// Whether it may ask for what may be large, now.
    pub fn may_ask(&mut self) -> bool {
        let now = Instant::now();
        let soon = self.asked.is_some_and(|asked| now.duration_since(asked) < ASKS_EVERY);
        self.asked = Some(now);
        !soon
    }

    /// Ends it. One that takes nothing ends by its room's letting go of it.
    pub fn end(&self, ending: Ending) {
        let _ = self.to.try_send(Told::End(ending));
    }
}
