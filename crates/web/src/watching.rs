//! The server watches its trains: whatever process changes one, everybody who follows it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use conductor::failure::Result;
use conductor::ports::Pulse;
use conductor::{LogWish, Reading};
use train::id::TrainName;

use crate::house::House;
use crate::live::Of;
use crate::trains::Who;

/// How often a record is asked whether it is another: within the 200 ms in which everybody sees a change.
const EVERY: Duration = Duration::from_millis(80);

/// A train as it was when it was looked at last.
#[derive(Default)]
struct Watched {
    pulse: Option<Pulse>,
    /// How far its record was read as everybody may read it.
    reading: Reading,
}

impl House {
    /// Watches the trains until the server ends.
    pub async fn watch(&self) {
        let mut over = self.live.over();
        let names = self.open.trains.names();
        let mut all: BTreeMap<&TrainName, Watched> =
            names.iter().map(|name| (name, Watched::default())).collect();
        loop {
            for (train, watched) in &mut all {
                // What can't be read now shows no change now.
                let _ = self.looked_at(train, watched).await;
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = over.wait_for(|over| *over) => return,
            }
        }
    }

    async fn looked_at(&self, train: &TrainName, watched: &mut Watched) -> Result<()> {
        let pulse = self.open.trains.ledger(train)?.pulse().await?;
        let before = watched.pulse.replace(pulse);
        if before == Some(pulse) {
            return Ok(());
        }
        self.live.moved(train, Of::Whole);
        let entries = before.map(|before| before.entries) != Some(pulse.entries);
        let told = entries && self.tells_everybody(train, watched).await?;
        if told || before.map(|before| before.seen) != Some(pulse.seen) {
            self.live.moved(train, Of::Open);
        }
        Ok(())
    }

    /// Whether there is an entry since that everybody may know of (P9): of the others not even that there is one.
    async fn tells_everybody(&self, train: &TrainName, watched: &mut Watched) -> Result<bool> {
        let mut reading = std::mem::take(&mut watched.reading);
        let read = async move |conductor: conductor::Conductor| {
            if !conductor.has_twins() {
                return Ok((true, reading));
            }
            let log = conductor.log(&LogWish::default(), &mut reading).await?;
            Ok((!log.entries.is_empty(), reading))
        };
        let (told, reading) = self.story(&Who::Anybody, train, read).await?;
        watched.reading = reading;
        Ok(told)
    }

    /// Of what somebody follows a train.
    pub(crate) async fn followed_by(&self, who: &Who, train: &TrainName) -> Of {
        let hears = async |conductor: conductor::Conductor| conductor.hears_of_embargoed().await;
        Of::those_who(self.story(who, train, hears).await.unwrap_or(false))
    }
}
