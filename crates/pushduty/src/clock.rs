//! The clock: the machine's, or the one set by hand for rehearsals (`PUSHDUTY_NOW`). Nothing else reads it.

use std::sync::{PoisonError, RwLock};

use conductor::failure::Failure;
use conductor::ports::Clock;
use jiff::Timestamp;
use train::id::quoted;
use train::refusal::{Code, Refusal};

/// A clock that stands where it was set, or follows the machine's.
#[derive(Debug)]
pub struct Wall {
    set: Option<RwLock<Timestamp>>,
}

impl Wall {
    /// Reads `PUSHDUTY_NOW`, if given (RFC 3339).
    pub fn new(now: Option<&str>) -> Result<Self, Failure> {
        let read = |text: &str| {
            text.parse().map_err(|_| {
                let what = format!("PUSHDUTY_NOW is {}, which is no time", quoted(text));
                Refusal::new(
                    Code::Usage,
                    what,
                    "write RFC 3339 with an offset: 2026-11-24T09:00:00-08:00",
                )
            })
        };
        Ok(Self { set: now.map(read).transpose()?.map(RwLock::new) })
    }

    /// The machine's clock.
    #[must_use]
    pub fn machines() -> Self {
        Self { set: None }
    }

    /// The time it was set to, if it was.
    #[must_use]
    pub fn set_by_hand(&self) -> Option<Timestamp> {
        self.set.as_ref().map(|set| *set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A clock that stands at this time, until it is set on.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self { set: Some(RwLock::new(at)) }
    }

    /// Sets a clock that stands on to a later time. Time never runs backwards, and the machine's clock is not ours to set.
    pub fn set_on(&self, to: Timestamp) {
        if let Some(set) = &self.set {
            let mut set = set.write().unwrap_or_else(PoisonError::into_inner);
            *set = to.max(*set);
        }
    }
}

impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that others are given")]
    fn now(&self) -> Timestamp {
        self.set_by_hand().unwrap_or_else(Timestamp::now)
    }
}
