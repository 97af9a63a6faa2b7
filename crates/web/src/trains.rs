//! The trains that a server shows, and who acts on them.

use std::sync::Arc;

use async_trait::async_trait;
use conductor::Conductor;
use conductor::carry::Shown;
use conductor::failure::Result;
use conductor::ports::{Identity, Issuer, Ledger};
use train::calendar::Departure;
use train::command::Command;
use train::id::{PersonName, TrainName};
use train::people::Proof;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody in particular, who may only look.
    Anybody,
    /// A person who signed in, and how we know.
    Person(PersonName, Proof),
    /// The server itself: what nobody has to ask for.
    Itself,
}

/// A line of words for people, in parts, each with how it looks: a class of the pages.
pub type Words = Vec<(&'static str, String)>;

/// The trains that a server shows, put together by whoever runs it.
#[async_trait]
pub trait Trains: Send + Sync {
    /// Their names.
    fn names(&self) -> Vec<TrainName>;

    /// The record of one of them; `not_found` where there is none of that name.
    fn ledger(&self, train: &TrainName) -> Result<Arc<dyn Ledger>>;

    /// The parts of one of them, for somebody who acts; `not_found` where there is none of that name. They tell nobody what goes
    /// on: whoever follows it is given to them by [`Conductor::telling`].
    async fn conductor(&self, train: &TrainName, who: &Who) -> Result<Conductor>;

    /// Departures as a calendar (RFC 5545), after so many changes of it.
    fn calendar(&self, conductor: &Conductor, departures: &[Departure], changes: usize) -> String;

    /// What a wish comes to, or came to where it is `done`: in the words of its command.
    fn words(&self, wish: &Command, shown: &Shown, done: bool) -> Vec<Words>;

    /// The trains that know somebody.
    fn of(&self, who: &Who) -> Vec<TrainName>;

    /// Who vouches for people, by their names.
    fn issuers(&self) -> Vec<(String, Arc<dyn Issuer>)>;

    /// Which person it is that an issuer vouches for; none where it is none of the configuration.
    fn whose(&self, issuer: &str, identity: &Identity) -> Option<PersonName>;

    /// Whom a name means: a person of a train's configuration, by name or alias.
    async fn person(&self, name: &str) -> Result<Option<PersonName>>;
}
