//! The trains that a server runs: put together from the configuration, and anew whenever that changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use conductor::Conductor;
use conductor::carry::Shown;
use conductor::failure::{Failure, Result};
use conductor::ports::Ledger;
use train::calendar::Departure;
use train::id::{PersonName, TrainName, quoted};
use train::people::{Actor, Proof, Role};
use train::refusal::Code;
use web::{Trains, Who, Words};

use crate::actor;
use crate::config::Loaded;
use crate::screen::{Line, Tone};
use crate::session::{Ending, Session};
use crate::words;

/// How often the configuration is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The trains of a configuration, each with its parts.
pub struct Depot {
    trains: RwLock<BTreeMap<TrainName, Conductor>>,
    names: Vec<TrainName>,
}

impl Depot {
    /// Puts the trains together: the one that `session` names, or all of the file.
    pub async fn open(session: &Session) -> std::result::Result<(Arc<Self>, Arc<Loaded>), Ending> {
        let loaded = session.loaded().await?;
        let names = match session.global.train.is_some() || session.environment.train.is_some() {
            true => vec![loaded.settings.train.clone()],
            false => loaded.trains.clone(),
        };
        let trains = RwLock::new(assembled(session, &names).await?);
        Ok((Arc::new(Self { trains, names }), loaded))
    }

    /// Follows the configuration as long as the server runs: what makes no sense is told, and the last that did goes on.
    pub async fn follow(&self, session: &Session, first: &Loaded) -> ! {
        let (file, mut text) = (first.file.clone(), first.text.clone());
        loop {
            tokio::time::sleep(EVERY).await;
            let read = tokio::fs::read_to_string(&file).await;
            let Some(now) = read.ok().filter(|now| *now != text) else { continue };
            text = now;
            match assembled(session, &self.names).await {
                Ok(trains) => {
                    *self.trains.write().unwrap_or_else(PoisonError::into_inner) = trains;
                    let line = Line::of(Tone::Dim, "the configuration was read anew");
                    session.screen.tell(&line);
                }
                Err(ending) => {
                    session.fail(&ending);
                    let hint = "the server goes on with the configuration as it was";
                    session.screen.tell(&Line::of(Tone::Odd, hint));
                }
            }
        }
    }

    /// What is taken of a train's parts; `not_found` where there is none of that name.
    fn of<T>(&self, train: &TrainName, take: impl FnOnce(&Conductor) -> T) -> Result<T> {
        let trains = self.trains.read().unwrap_or_else(PoisonError::into_inner);
        trains.get(train).map(take).ok_or_else(|| {
            let what = format!("there is no train {} here", quoted(train.as_str()));
            Failure::new(Code::NotFound, what, "the first page lists the trains of this server")
        })
    }
}

/// Every train's parts, from the configuration as it is now.
async fn assembled(
    session: &Session,
    names: &[TrainName],
) -> std::result::Result<BTreeMap<TrainName, Conductor>, Ending> {
    let mut trains = BTreeMap::new();
    for name in names {
        let conductor = session.of_train(name)?.conductor().await?.clone();
        trains.insert(name.clone(), conductor);
    }
    Ok(trains)
}

#[async_trait]
impl Trains for Depot {
    fn names(&self) -> Vec<TrainName> {
        self.names.clone()
    }

    fn ledger(&self, train: &TrainName) -> Result<Arc<dyn Ledger>> {
        self.of(train, |conductor| Arc::clone(&conductor.ledger))
    }

    async fn conductor(&self, train: &TrainName, who: &Who) -> Result<Conductor> {
        let conductor = self.of(train, Conductor::clone)?;
        let nobody = |name: &str| Actor {
            name: name.to_owned(),
            roles: std::collections::BTreeSet::new(),
            proof: Proof::Local(rustix::process::getuid().as_raw()),
        };
        let (name, proof) = match who {
            Who::Anybody => return Ok(Conductor { actor: nobody(ANYBODY), ..conductor }),
            // The security remote follows upstream without anybody's word.
            Who::Itself => {
                let roles = [Role::Security].into();
                let actor = Actor { roles, ..nobody(conductor::MACHINE) };
                return Ok(Conductor { actor, ..conductor });
            }
            Who::Person(name, proof) => (name, proof.clone()),
        };
        let actor::Who { actor, ident } = actor::of_person(&conductor.settings, name, proof);
        Ok(Conductor { actor, ident, ..conductor })
    }

    fn calendar(&self, conductor: &Conductor, departures: &[Departure], changes: usize) -> String {
        adapters::calendars::write_ics(
            &conductor.settings.train,
            departures,
            changes,
            conductor.clock.now(),
            conductor.addresses.notes.as_deref(),
        )
    }

    fn words(&self, shown: &Shown, done: bool) -> Vec<Words> {
        let lines = if done { words::shown::after(shown) } else { words::shown::before(shown) };
        let part = |(tone, text): (Tone, &str)| (class(tone), text.to_owned());
        lines.iter().map(|line| line.parts().map(part).collect()).collect()
    }

    async fn person(&self, name: &str) -> Result<Option<PersonName>> {
        let trains = self.trains.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = trains.values().filter_map(|c| c.settings.person(name));
        Ok(found.next().map(|person| person.name.clone()))
    }
}

/// How a part of a line looks on a page.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Good => "good",
        Tone::Odd => "odd",
        Tone::Bad => "bad",
        Tone::Tag => "tag",
        Tone::Link => "link",
    }
}

/// Whom the record would name for somebody who is not known. They may only look.
const ANYBODY: &str = "anybody";
