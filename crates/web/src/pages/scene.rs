//! What the words of a page are written by: the moment that it is of, and the people of its train.

use conductor::Conductor;
use conductor::view::Moment;
use train::id::PersonName;

use super::words::{self, When};

/// What the words of a page are written by.
pub(crate) struct Scene {
    /// The moment that the page is of, in the train's zone.
    pub now: Moment,
    /// Whose names stand in sentences as they are configured.
    pub people: Vec<PersonName>,
}

impl Scene {
    pub fn of(conductor: &Conductor) -> Self {
        let now = Moment(conductor.local(conductor.clock.now()));
        Self { now, people: conductor.settings.people.keys().cloned().collect() }
    }

    /// A time, with its date where that is not today's.
    pub fn near(&self, at: &Moment) -> When {
        When::near(at, self.now.0.timestamp())
    }

    /// A sentence, which may begin with a person's name.
    pub fn sentence(&self, words: &str) -> String {
        words::sentence_of(&self.people, words)
    }
}
