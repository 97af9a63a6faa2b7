//! Whom a server lets in at its first start, and the links by which.

use conductor::failure::Failure;
use conductor::ports::{Accounts, Clock};
use serde_json::{Value, json};
use train::id::{PersonName, quoted};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::settings::Settings;
use url::Url;
use web::Secret;

use crate::actor;
use crate::screen::{Line, Tone};
use crate::session::Session;

/// What the first start lets people in by.
pub struct Welcome {
    /// Each with the address of a link: whoever sets the server up goes before an admin.
    links: Vec<(PersonName, String)>,
    /// Whether anybody is an admin.
    admin: bool,
}

/// Makes the links of the first start: for whoever sets the server up, where they are a person of the configuration, and for an
/// admin where they are none. Where nobody is set up they hold every role.
///
/// # Errors
/// `usage` where they have no name that a person could have; as the keys' store fails.
pub async fn welcome(
    session: &Session,
    accounts: &dyn Accounts,
    settings: &Settings,
    base: &Url,
) -> Result<Welcome, Failure> {
    let user = actor::git_user(&session.global, &session.environment).await;
    let who = actor::who(settings, &session.global, &session.environment, user).actor;
    let alone = settings.people.is_empty();
    let own = match alone {
        true => Some(named(&who.name)?),
        false => settings.person(&who.name).map(|person| person.name.clone()),
    };
    let people = settings.people.values();
    let admins = people.filter(|person| person.roles.contains(&Role::Admin));
    let admins: Vec<PersonName> = admins.map(|person| person.name.clone()).collect();
    let is_one = own.as_ref().is_some_and(|own| admins.contains(own));
    let other = admins.first().filter(|_| !is_one).cloned();
    let mut links = Vec::new();
    for person in own.into_iter().chain(other) {
        let address = link(session, accounts, person.clone(), base).await?;
        links.push((person, address));
    }
    Ok(Welcome { links, admin: alone || !admins.is_empty() })
}

impl Welcome {
    /// What is said of it.
    #[must_use]
    pub fn words(&self) -> Vec<Line> {
        let (mut lines, mut begins) = (Vec::new(), "The first start: this");
        for (person, address) in &self.links {
            lines.push(Line::plain(format!("{begins} link lets {person} in, once, within a day.")));
            lines.push(Line::plain("  ").put(Tone::Link, address));
            begins = "For an admin: this";
        }
        if !self.admin {
            let what = "Nobody is an admin: write roles = [\"admin\"] for somebody under [people].";
            let hint = "Then `pushduty serve --link NAME` makes a link for them.";
            lines.extend([Line::of(Tone::Odd, what), Line::plain(hint)]);
        }
        lines
    }

    /// The links, for programs.
    #[must_use]
    pub fn documents(&self) -> Vec<Value> {
        let one = |(person, link): &(PersonName, String)| json!({ "person": person, "link": link });
        self.links.iter().map(one).collect()
    }
}

fn named(name: &str) -> Result<PersonName, Failure> {
    name.parse().map_err(|_| {
        let what = format!("{} can't be a person's name", quoted(name));
        Refusal::new(Code::Usage, what, "say who you are with --as NAME")
    })
}

/// A link that lets somebody in.
///
/// # Errors
/// `io` where the system has no randomness to give; as the keys' store fails.
pub async fn link(
    session: &Session,
    accounts: &dyn Accounts,
    person: PersonName,
    base: &Url,
) -> Result<String, Failure> {
    let secret = Secret::new()?;
    let now = session.clock().now();
    accounts.add(web::link_key(&secret, person, "serve", now)?).await?;
    Ok(format!("{}/sign-in/{}", base.as_str().trim_end_matches('/'), secret.shown()))
}
