//! Who came in to a server, and what they made that lets them in: noted in the record.

use std::sync::Arc;

use train::event::Event;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::{self, Journal};

impl Conductor {
    /// Notes what somebody did at the door. Nothing else is noted beside it: whoever comes in did not change the configuration,
    /// nor see what remotes show.
    pub async fn note_at_the_door(&self, event: Event) -> Result<()> {
        let rehearsal = self.ledger.identity().rehearsal;
        journal::check_clock(self.clock_set, rehearsal, self.all_local)?;
        let mut journal =
            Journal::open(Arc::clone(&self.ledger), self.actor.clone(), self.patience).await?;
        let at = self.now(journal.state());
        journal::begin(&mut journal, at, self.local(at).date(), rehearsal).await?;
        journal.append(at, vec![event]).await
    }
}
