//! What a train is: what programs need to read what people name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::attempt::DeployFor;
use train::id::{PersonName, RepoName};
use train::people::Role;

/// A train, as whoever may look is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AboutView {
    /// Its name.
    pub train: String,
    /// Its zone, by the name of the tz database.
    pub zone: String,
    /// When it departs, as it is configured.
    pub timetable: serde_json::Value,
    /// Who is on duty in turn.
    pub rotation: Vec<PersonName>,
    /// Everybody who may act.
    pub people: Vec<KnownView>,
    /// The repositories aboard, in their order.
    pub repos: Vec<AboardView>,
    /// What programs do in production; what is not here people do.
    pub programs: Vec<DeployFor>,
    /// Who asks; null of somebody who is not signed in.
    pub you: Option<YouView>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownView {
    /// Their name.
    pub name: PersonName,
    /// Other names that they go by.
    pub aliases: Vec<String>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AboardView {
    /// Its name.
    pub name: RepoName,
    /// Where it is browsed; null where its remote does not tell.
    pub home: Option<String>,
    /// The form of its compare links, where it has one of its own.
    pub compare: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct YouView {
    /// Their name.
    pub name: String,
    /// Their roles now.
    pub roles: Vec<Role>,
}
