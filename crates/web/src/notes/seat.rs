//! One editor in a room: who sits there, and the way to them.

use axum::body::Bytes;
use tokio::sync::mpsc;
use train::refusal::{Code, Refusal};

use super::presence::There;
use crate::trains::Who;

/// How many messages wait for one connection; whoever takes them more slowly is let go, and comes again.
pub(super) const WAITING: usize = 256;

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
            Code::Refused | Code::NotAllowed => 4403,
            Code::Usage => 4400,
            _ => 1011,
        };
        Self::new(code, &refusal.message)
    }
}

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
