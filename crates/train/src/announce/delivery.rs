//! One announcement on its way to one channel (P13). A fold of what happened to it, and when it is to be tried again.
//!
//! It is written down that a handing over begins, and how it ended. One that is found begun was cut off: nobody knows
//! whether it arrived, so it is handed over again, and said to be a repeat.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Announcement, Kind};

/// How often it is tried before it waits for a person.
pub const TRIES: u32 = 5;

/// How many minutes pass after each try that failed.
const PAUSES: [i64; 4] = [1, 5, 30, 120];

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stage {
    /// It is to be handed over, not before then.
    Due {
        /// The earliest time.
        from: Timestamp,
    },
    /// It is being handed over; of a process that is gone, nobody knows whether it was.
    Begun,
    /// It was tried as often as it may be, and waits for a person.
    Waits,
    /// The channel has it.
    Handed {
        /// Since then.
        at: Timestamp,
    },
    /// It came too late: nobody needs to hear it any more.
    Expired,
    /// A newer topic stands in its place.
    Superseded,
    /// What it reminds of is done.
    Moot,
    /// A person gave it up.
    Dropped,
}

/// An announcement on its way to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// What is told.
    pub announcement: Announcement,
    /// The channel, by its name.
    pub channel: String,
    /// Where it stands.
    pub stage: Stage,
    /// How often it was begun.
    pub tries: u32,
    /// Whether it may have arrived before: nobody knows how an earlier try ended.
    pub unsure: bool,
    /// Why the last try failed.
    pub why: Option<String>,
}

impl Delivery {
    /// A new one.
    #[must_use]
    pub fn new(announcement: Announcement, channel: &str) -> Self {
        let from = announcement.at;
        let stage = Stage::Due { from };
        let channel = channel.to_owned();
        Self { announcement, channel, stage, tries: 0, unsure: false, why: None }
    }

    /// Whether nothing more becomes of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(self.stage, Stage::Due { .. } | Stage::Begun | Stage::Waits)
    }

    /// Whether it is to be handed over at `now`.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.stage, Stage::Due { from } if from <= now)
    }

    /// Found where nobody is handing over: what was begun was cut off, what came too late is over.
    pub fn found(&mut self, now: Timestamp) {
        if self.stage == Stage::Begun {
            self.unsure = true;
            // At once: what cut it off was no fault of the channel's.
            let often = self.tries >= TRIES;
            self.stage = if often { Stage::Waits } else { Stage::Due { from: now } };
            self.why = Some("it was cut off".to_owned());
        }
        if !self.is_over() && self.announcement.expires_at <= now {
            self.stage = Stage::Expired;
        }
    }

    /// It is about to be handed over. Counted now: what kills the one who hands it over is not tried for ever.
    pub fn begin(&mut self) {
        self.tries += 1;
        self.stage = Stage::Begun;
    }

    /// The channel has it.
    pub fn handed(&mut self, now: Timestamp) {
        self.stage = Stage::Handed { at: now };
        self.why = None;
    }

    /// It did not arrive, or nobody knows.
    pub fn failed(&mut self, now: Timestamp, why: &str, unsure: bool) {
        self.unsure |= unsure;
        self.why = Some(why.to_owned());
        self.put_off(now);
    }

    fn put_off(&mut self, now: Timestamp) {
        let pause = usize::try_from(self.tries).ok().and_then(|n| n.checked_sub(1));
        self.stage = match pause.map(|n| PAUSES.get(n)) {
            Some(None) => Stage::Waits,
            Some(Some(minutes)) => {
                Stage::Due { from: now.checked_add(minutes.minutes()).unwrap_or(Timestamp::MAX) }
            }
            None => Stage::Due { from: now },
        };
    }

    /// A person wants it tried again, now and from the beginning.
    pub fn again(&mut self, now: Timestamp) {
        if !self.is_over() {
            self.tries = 0;
            self.stage = Stage::Due { from: now };
        }
    }

    /// What it reminds of is done, where it reminds of something.
    pub fn moot(&mut self) {
        if !self.is_over() {
            self.stage = Stage::Moot;
        }
    }

    /// A person gives it up.
    pub fn drop_it(&mut self) {
        if !self.is_over() {
            self.stage = Stage::Dropped;
        }
    }
}

/// Of the topics on their way to a channel only the last counts (P13). `all` in the order in which they were made.
pub fn supersede(all: &mut [Delivery]) {
    for at in 0..all.len() {
        let (before, rest) = all.split_at_mut(at);
        let newer = &rest[0];
        if newer.announcement.kind != Kind::Topic {
            continue;
        }
        let same = |old: &&mut Delivery| {
            old.announcement.kind == Kind::Topic && old.channel == newer.channel && !old.is_over()
        };
        before.iter_mut().filter(same).for_each(|old| old.stage = Stage::Superseded);
    }
}
