//! `people --json`: who is aboard, and what they may do.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::PersonName;
use train::people::Role;

use super::Moment;

/// `people`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeopleView {
    /// Everybody of the configuration, by name.
    pub people: Vec<PersonView>,
    /// Whether the reader may give and take roles.
    #[serde(skip)]
    pub may: bool,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonView {
    /// The name.
    pub name: PersonName,
    /// Roles of the configuration.
    pub roles: BTreeSet<Role>,
    /// Roles that an admin gave.
    pub given: Vec<GivenRole>,
}

/// A role that an admin gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GivenRole {
    /// Which.
    pub role: Role,
    /// The admin.
    pub by: String,
    /// When.
    pub at: Moment,
}
