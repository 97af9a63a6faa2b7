//! What the words of a page are written by: the moment that it is of, and the names of its train.

use conductor::Conductor;
use conductor::view::Moment;

use super::words::{self, When};

/// What the words of a page are written by.
pub(crate) struct Scene {
    /// The moment that the page is of, in the train's zone.
    pub now: Moment,
    /// What stands in sentences as it is configured.
    pub names: Vec<String>,
}

impl Scene {
    pub fn of(conductor: &Conductor) -> Self {
        let now = Moment(conductor.local(conductor.clock.now()));
        Self { now, names: conductor.settings.names() }
    }

    /// A time, with its date where that is not today's.
    pub fn near(&self, at: &Moment) -> When {
        When::near(at, self.now.0.timestamp())
    }

    /// A sentence, which may begin with a name.
    pub fn sentence(&self, words: &str) -> String {
        words::sentence_of(&self.names, words)
    }
}
