//! Who came in to a server, and what they made that lets them in: noted in the record.

use train::event::Event;

use crate::conductor::Conductor;
use crate::failure::Result;

impl Conductor {
    /// Notes what somebody did at the door. Nothing else is noted beside it: whoever comes in did not change the configuration,
    /// nor see what remotes show.
    pub async fn note_at_the_door(&self, event: Event) -> Result<()> {
        let mut journal = self.journal_alone().await?;
        let at = self.now(journal.state());
        journal.append(at, vec![event]).await
    }
}
