//! What the words of a page are written by: the moment that it is of.

use conductor::Conductor;
use conductor::view::Moment;

use super::words::When;

/// What the words of a page are written by.
pub(crate) struct Scene {
    /// The moment that the page is of, in the train's zone.
    pub now: Moment,
}

impl Scene {
    pub fn of(conductor: &Conductor) -> Self {
        Self { now: Moment(conductor.local(conductor.clock.now())) }
    }

    /// A time, with its date where that is not today's.
    pub fn near(&self, at: &Moment) -> When {
        When::near(at, self.now.0.timestamp())
    }
}
