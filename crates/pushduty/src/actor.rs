//! Who acts on a local run: `--as`, `PUSHDUTY_ACTOR`, or git's user matched to a person of the configuration.

use std::collections::BTreeSet;

use conductor::failure::Failure;
use conductor::ports::Ident;
use train::id::{PersonName, quoted};
use train::letter::is_harmful;
use train::people::{Actor, Person, Proof, Role};
use train::refusal::Code;
use train::settings::Settings;

use crate::environment::Environment;
use crate::options::Global;

/// The actor, and how objects they make are signed.
pub struct Who {
    /// With roles as configured.
    pub actor: Actor,
    /// Name and mail address for commits and tags.
    pub ident: Ident,
}

/// The local user where neither git nor the machine has a name for them.
const NAMELESS: &str = "somebody";

/// The name that the machine knows the local user by.
#[must_use]
pub fn local_user(environment: &Environment) -> &str {
    environment.user.as_deref().unwrap_or(NAMELESS)
}

/// Refuses a name that no person could have: it would be shown, and kept in the record.
pub fn check(global: &Global, environment: &Environment) -> Result<(), Failure> {
    let given = [("--as", &global.actor), ("PUSHDUTY_ACTOR", &environment.actor)];
    let (how, name) = match given.into_iter().find_map(|(how, name)| Some((how, name.as_ref()?))) {
        Some((how, name)) if name.trim().is_empty() || name.chars().any(is_harmful) => (how, name),
        _ => return Ok(()),
    };
    Err(Failure::new(
        Code::Usage,
        format!("{how} names nobody: {} is empty or has control characters", quoted(name)),
        "give the name of a person under [people], such as --as mat",
    ))
}

fn asked(global: &Global, environment: &Environment) -> Option<String> {
    global.actor.clone().or_else(|| environment.actor.clone())
}

/// Asks git who the user is, beside whatever else is done at the start. Where a name was given it has nothing to add.
pub async fn git_user(global: &Global, environment: &Environment) -> Option<(String, String)> {
    match asked(global, environment) {
        Some(_) => None,
        None => tokio::task::spawn_blocking(git::user).await.unwrap_or_default(),
    }
}

/// Finds out who acts; `git` says who the user is. Somebody who is no person in the configuration has no role; where no
/// people are set up at all, the local user holds every role.
#[must_use]
pub fn who(
    settings: &Settings,
    global: &Global,
    environment: &Environment,
    git: Option<(String, String)>,
) -> Who {
    let asked = asked(global, environment);
    let person = match &asked {
        Some(name) => settings.person(name),
        None => git
            .as_ref()
            .and_then(|(name, email)| settings.person(email).or_else(|| settings.person(name))),
    };
    let person = person
        .or_else(|| if asked.is_none() { settings.person(local_user(environment)) } else { None });
    let proof = Proof::Local(rustix::process::getuid().as_raw());
    let name = match (&person, &asked, &git) {
        (Some(person), ..) => person.name.to_string(),
        (None, Some(asked), _) => asked.clone(),
        (None, None, Some((name, _))) => name.clone(),
        (None, None, None) => local_user(environment).to_owned(),
    };
    let roles = person.map_or_else(
        || if settings.people.is_empty() { all_roles() } else { BTreeSet::new() },
        |p| p.roles.clone(),
    );
    Who { ident: ident(person, asked.is_none(), git, &name), actor: Actor { name, roles, proof } }
}

/// Somebody who signed in to a server. Where no people are set up at all, whoever is let in holds every role.
#[must_use]
pub fn of_person(settings: &Settings, name: &PersonName, proof: Proof) -> Who {
    // By the name alone: an alias may be another's tomorrow, and a key is good for years.
    let person = settings.people.get(name);
    let name = name.to_string();
    let roles = match person {
        Some(person) => person.roles.clone(),
        None if settings.people.is_empty() => all_roles(),
        None => BTreeSet::new(),
    };
    Who { ident: ident(person, false, None, &name), actor: Actor { name, roles, proof } }
}

fn ident(person: Option<&Person>, own: bool, git: Option<(String, String)>, name: &str) -> Ident {
    match (git, person) {
        (Some((name, email)), _) if own => Ident { name, email },
        (_, Some(person)) => {
            let email = person.email.clone().unwrap_or_else(|| {
                format!("{}@pushduty.invalid", address_part(person.name.as_str()))
            });
            Ident { name: person.name.to_string(), email }
        }
        _ => Ident {
            name: name.to_owned(),
            email: format!("{}@pushduty.invalid", address_part(name)),
        },
    }
}

fn address_part(name: &str) -> String {
    let part: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        .collect();
    if part.is_empty() { NAMELESS.to_owned() } else { part.to_lowercase() }
}

fn all_roles() -> BTreeSet<Role> {
    [Role::Hero, Role::Developer, Role::Qa, Role::Ops, Role::Security, Role::Admin].into()
}
