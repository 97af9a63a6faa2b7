//! Whoever looks at a server's pages and is not of the train: what programs and remotes said is not for them. It may name
//! hosts, files and people, and nobody wrote it for everybody to read.

use std::sync::Arc;

use train::people::Actor;
use train::state::State;

use crate::conductor::Conductor;

impl Conductor {
    /// The same for a server, to which anybody may come. Whoever runs a command has the record itself, and reads all of it.
    #[must_use]
    pub fn serving(self) -> Self {
        Self { serves: true, ..self }
    }

    /// Whether somebody is of this train: a person of its configuration, or whoever has a role. Where no people are set up,
    /// whoever is let in has every role.
    pub(crate) fn is_ours(&self, actor: &Actor) -> bool {
        let mut people = self.settings.people.keys();
        people.any(|name| name.as_str() == actor.name) || !actor.roles.is_empty()
    }

    /// Whether somebody reads the sentences of the train alone, without what they quote.
    pub(crate) fn reads_unquoted(&self, actor: &Actor) -> bool {
        self.serves && !self.is_ours(actor)
    }

    /// The state as whoever acts reads it.
    pub(crate) fn as_read(&self, state: Arc<State>) -> Arc<State> {
        // Whoever is of the train by its configuration is asked for no more: this is asked for all the time.
        match self.reads_unquoted(&self.actor) && self.reads_unquoted(&self.acting(&state)) {
            true => self.remembered.unquoted(state),
            false => state,
        }
    }
}
