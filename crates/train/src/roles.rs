//! Roles that admins give, beside those of the configuration. This is the one place that knows both.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{PersonName, quoted};
use crate::people::{Person, Role};
use crate::refusal::{Code, Refusal};
use crate::settings::Settings;

/// The roles that admins gave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GivenRoles(BTreeMap<PersonName, BTreeMap<Role, By>>);

/// Who gave one, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The admin.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl GivenRoles {
    /// With one more event.
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        match event {
            Event::RoleGiven { who, role } => {
                let by = By { by: actor.to_owned(), at };
                self.0.entry(who.clone()).or_default().insert(*role, by);
            }
            Event::RoleTaken { who, role } => {
                if let Some(roles) = self.0.get_mut(who) {
                    roles.remove(role);
                }
                self.0.retain(|_, roles| !roles.is_empty());
            }
            _ => {}
        }
    }

    /// What somebody was given, and by whom.
    pub fn to<'a>(&'a self, who: &PersonName) -> impl Iterator<Item = (Role, &'a By)> {
        self.0.get(who).into_iter().flatten().map(|(role, by)| (*role, by))
    }

    /// Whether a person of the configuration holds a role, from there or given.
    #[must_use]
    pub fn holds(&self, person: &Person, role: Role) -> bool {
        person.roles.contains(&role) || self.to(&person.name).any(|(given, _)| given == role)
    }

    /// All that a person of the configuration holds. Whoever is none has nothing, whatever they were given once.
    #[must_use]
    pub fn of(&self, settings: &Settings, name: &str) -> BTreeSet<Role> {
        let person = settings.people.values().find(|person| person.name.as_str() == name);
        let roles = person.map(|person| {
            person.roles.iter().copied().chain(self.to(&person.name).map(|(role, _)| role))
        });
        roles.into_iter().flatten().collect()
    }
}

/// Judges the wish that somebody be given a role: what is to be recorded; nothing where they hold it.
pub fn give(
    settings: &Settings,
    given: &GivenRoles,
    who: &PersonName,
    role: Role,
) -> Result<Option<Event>, Refusal> {
    let person = known(settings, who)?;
    let holds = given.holds(person, role);
    Ok((!holds).then(|| Event::RoleGiven { who: person.name.clone(), role }))
}

/// Judges the wish that a role be taken from somebody: what is to be recorded; nothing where they don't hold it. What the
/// configuration says is changed there: the record would say otherwise than the file that everybody reads.
pub fn take(
    settings: &Settings,
    given: &GivenRoles,
    who: &PersonName,
    role: Role,
) -> Result<Option<Event>, Refusal> {
    let person = known(settings, who)?;
    if person.roles.contains(&role) {
        let what = format!("{who} has the role {} from the configuration", role.word());
        let hint = match role {
            Role::Hero if settings.rotation.contains(who) => {
                format!("take {who} out of [rotation], and out of roles under [people.{who}]")
            }
            _ => format!("take it out of roles under [people.{who}]"),
        };
        return Err(Refusal::new(Code::Refused, what, hint));
    }
    let holds = given.holds(person, role);
    Ok(holds.then(|| Event::RoleTaken { who: person.name.clone(), role }))
}

fn known<'a>(settings: &'a Settings, who: &PersonName) -> Result<&'a Person, Refusal> {
    settings.people.get(who).ok_or_else(|| {
        let known: Vec<&str> = settings.people.keys().map(PersonName::as_str).collect();
        let hint = match known.is_empty() {
            true => "add them under [people] in the configuration".to_owned(),
            false => format!("[people] has {}", known.join(", ")),
        };
        let what = format!("{} is nobody in the configuration", quoted(who.as_str()));
        Refusal::new(Code::NotFound, what, hint)
    })
}
