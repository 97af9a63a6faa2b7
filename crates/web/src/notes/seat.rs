//! One editor in a room: who sits there, and the way to them.

use axum::body::Bytes;
use tokio::sync::mpsc;

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
}

impl Seat {
    /// Tells the connection; whether it could take it.
    pub fn tell(&self, bytes: Bytes) -> bool {
        self.to.try_send(Told::Bytes(bytes)).is_ok()
    }

    /// Ends it. One that takes nothing ends by its room's letting go of it.
    pub fn end(&self, ending: Ending) {
        let _ = self.to.try_send(Told::End(ending));
    }
}
