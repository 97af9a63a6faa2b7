//! The trains that a server runs: put together from the configuration, and anew whenever that changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use async_trait::async_trait;
use conductor::Conductor;
use conductor::carry::Shown;
use conductor::failure::{Failure, Result};
use conductor::ports::{Clock, Identity, Issuer, Ledger, Silent};
use train::calendar::Departure;
use train::command::Command;
use train::id::{PersonName, TrainName, quoted};
use train::people::{Actor, Proof, Role};
use train::refusal::Code;
use web::{Log, Trains, Who, Words};

use crate::actor;
use crate::calendars;
use crate::config::{Loaded, sign_in};
use crate::door::Door;
use crate::screen::Tone;
use crate::server_log::{LogForm, ServerLog};
use crate::session::{Ending, Session};
use crate::words;

/// How often the configuration is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The trains of a configuration, each with its parts.
pub struct Depot {
    now: RwLock<Now>,
    names: Vec<TrainName>,
    log: Arc<ServerLog>,
}

/// What follows from the configuration as it is now.
struct Now {
    trains: BTreeMap<TrainName, Conductor>,
    door: Door,
}

impl Depot {
    /// Puts these trains together, for a server with this log.
    pub async fn open(
        session: &Session,
        names: Vec<TrainName>,
        log: Arc<ServerLog>,
    ) -> std::result::Result<Arc<Self>, Ending> {
        let now = RwLock::new(assembled(session, &names, &log).await?);
        Ok(Arc::new(Self { now, names, log }))
    }

    /// Follows the configuration as long as the server runs: what makes no sense is told, and the last that did goes on.
    pub async fn follow(&self, session: &Session, first: &Loaded) -> ! {
        let (file, mut text) = (first.file.clone(), first.text.clone());
        loop {
            tokio::time::sleep(EVERY).await;
            let read = tokio::fs::read_to_string(&file).await;
            let Some(now) = read.ok().filter(|now| *now != text) else { continue };
            text = now;
            match assembled(session, &self.names, &self.log).await {
                Ok(now) => {
                    *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
                    self.log.says(Tone::Dim, "the configuration was read anew");
                }
                Err(ending) => {
                    match self.log.form {
                        LogForm::Json => self.log.failed("the configuration", &ending.refusal),
                        LogForm::Short => session.fail(&ending),
                    }
                    self.log.says(Tone::Odd, "the server goes on with the configuration as it was");
                }
            }
        }
    }

    fn now(&self) -> RwLockReadGuard<'_, Now> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is taken of a train's parts; `not_found` where there is none of that name.
    fn part<T>(&self, train: &TrainName, take: impl FnOnce(&Conductor) -> T) -> Result<T> {
        self.now().trains.get(train).map(take).ok_or_else(|| {
            let what = format!("there is no train {} here", quoted(train.as_str()));
            Failure::new(Code::NotFound, what, "the first page lists the trains of this server")
        })
    }
}

/// Every train's parts, from the configuration as it is now.
async fn assembled(
    session: &Session,
    names: &[TrainName],
    log: &ServerLog,
) -> std::result::Result<Now, Ending> {
    let (mut trains, mut door) = (BTreeMap::new(), Door::default());
    for name in names {
        let session = session.of_train(name);
        // What goes on is told to whoever follows it, and to no screen or log: some of it is not for everybody (P9).
        let conductor = session.assemble().await?.telling(Arc::new(Silent)).serving();
        session.calendar_remarks().iter().for_each(|remark| log.says(Tone::Odd, remark));
        door = Door::of(&*session.loaded().await?, &(session.clock() as Arc<dyn Clock>))?;
        trains.insert(name.clone(), conductor);
    }
    Ok(Now { trains, door })
}

#[async_trait]
impl Trains for Depot {
    fn names(&self) -> Vec<TrainName> {
        self.names.clone()
    }

    fn ledger(&self, train: &TrainName) -> Result<Arc<dyn Ledger>> {
        self.part(train, |conductor| Arc::clone(&conductor.ledger))
    }

    async fn conductor(&self, train: &TrainName, who: &Who) -> Result<Conductor> {
        let conductor = self.part(train, Conductor::clone)?;
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
        calendars::write(conductor, departures, changes)
    }

    fn words(&self, wish: &Command, shown: &Shown, done: bool) -> Vec<Words> {
        let lines = match done {
            true => words::shown::after(wish, shown),
            false => words::shown::before(wish, shown),
        };
        let part = |(tone, text): (Tone, &str)| (class(tone), text.to_owned());
        lines.iter().map(|line| line.parts().map(part).collect()).collect()
    }

    async fn person(&self, name: &str) -> Result<Option<PersonName>> {
        let now = self.now();
        let mut found = now.trains.values().filter_map(|c| c.settings.person(name));
        Ok(found.next().map(|person| person.name.clone()))
    }

    fn of(&self, who: &Who) -> Vec<TrainName> {
        let Who::Person(name, _) = who else { return Vec::new() };
        let knows = |conductor: &Conductor| {
            let settings = &conductor.settings;
            // By the name alone: an alias is how others write somebody, and may be another's tomorrow.
            settings.people.is_empty() || settings.people.contains_key(name)
        };
        let now = self.now();
        let knowing = now.trains.iter().filter(|(_, conductor)| knows(conductor));
        knowing.map(|(train, _)| train.clone()).collect()
    }

    fn issuers(&self) -> Vec<(String, Arc<dyn Issuer>)> {
        self.now().door.issuers.clone()
    }

    fn whose(&self, issuer: &str, identity: &Identity) -> Option<PersonName> {
        sign_in::whose(&self.now().door.people, issuer, identity).cloned()
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
