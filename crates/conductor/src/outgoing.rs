//! The channels of a train, and the outbox before them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use train::announce::Kind;

use crate::ports::{Channel, Outbox};

/// A channel with its name, and what it is told.
#[derive(Clone)]
pub struct Named {
    /// Its name in the configuration.
    pub name: String,
    /// What it is told; everything if none.
    pub tells: Option<BTreeSet<Kind>>,
    /// The channel.
    pub channel: Arc<dyn Channel>,
}

impl Named {
    /// Whether it is told of that.
    #[must_use]
    pub fn tells(&self, kind: Kind) -> bool {
        self.tells.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }
}

/// Where announcements go.
pub struct Outgoing {
    /// What is on its way.
    pub outbox: Arc<dyn Outbox>,
    /// The channels, in the order of the configuration; without one nothing is announced.
    pub channels: Vec<Named>,
    written: AtomicBool,
}

impl Outgoing {
    /// The channels of a train before its outbox.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, channels: Vec<Named>) -> Self {
        Self { outbox, channels, written: AtomicBool::new(false) }
    }

    /// The ledger was opened for writing: there may be something to tell.
    pub(crate) fn written(&self) {
        self.written.store(true, Ordering::Relaxed);
    }

    /// Whether this run may have written something that channels are to be told.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.channels.is_empty() && self.written.load(Ordering::Relaxed)
    }

    /// The channel of that name, where it is still configured.
    pub(crate) fn channel(&self, name: &str) -> Option<&Named> {
        self.channels.iter().find(|channel| channel.name == name)
    }
}
