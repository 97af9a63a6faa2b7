//! `[people.NAME]` and `[rotation]`: everybody who may act, and who is on duty in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::{PersonName, quoted};
use train::letter::is_harmful;
use train::people::Person as Somebody;
use train::people::Role as Holds;

use super::at::At;
use super::nearest::suggest;
use super::problem::Problems;
use super::shape::Entry;

/// A person who may act.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What the person may do; one person may hold all.
    #[serde(default = "developer")]
    #[schemars(extend("default" = ["developer"]))]
    pub roles: BTreeSet<Role>,
    /// Other names the person goes by, in notes, calendars and git.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub aliases: Vec<At<String>>,
    /// The mail address, also matched with git's user.
    pub email: Option<At<String>>,
    /// The nick on IRC.
    pub irc: Option<At<String>>,
    /// The account on GitHub.
    pub github: Option<At<String>>,
    /// An issuer's own name for the person, by the issuer's under `[sign_in]`: nothing else counts there then.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub sign_in: BTreeMap<String, At<String>>,
}

fn developer() -> BTreeSet<Role> {
    BTreeSet::from([Role::Developer])
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cuts, picks, merges, follows the push.
    Hero,
    /// Asks for picks, raises blockers.
    Developer,
    /// Signs off.
    Qa,
    /// Starts production, sets holds.
    Ops,
    /// Sees and reviews embargoed branches.
    Security,
    /// Takes a train over.
    Admin,
}

impl From<Role> for Holds {
    fn from(role: Role) -> Self {
        match role {
            Role::Hero => Self::Hero,
            Role::Developer => Self::Developer,
            Role::Qa => Self::Qa,
            Role::Ops => Self::Ops,
            Role::Security => Self::Security,
            Role::Admin => Self::Admin,
        }
    }
}

/// Where else a person is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The nick on IRC.
    pub irc: Option<String>,
    /// The account on GitHub.
    pub github: Option<String>,
    /// Issuers' own names for them.
    pub subjects: BTreeMap<String, String>,
}

/// Everybody, checked.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// By their key.
    pub people: BTreeMap<PersonName, Somebody>,
    /// Where else they are found.
    pub contacts: BTreeMap<PersonName, Contact>,
    /// The issuers that they are named by, each with its place.
    pub subjects: Vec<(String, Range<usize>)>,
}

impl People {
    /// Checks each person, and that no name means two.
    pub fn check(raw: &[Entry<Person>], problems: &mut Problems) -> Self {
        let mut all = Self::default();
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        for (key, person) in raw {
            let help = "use a short name without control characters, as [people.mat]";
            let Some(name) = problems.take(&key.span, key.parse::<PersonName>(), help) else {
                continue;
            };
            let texts = [&person.irc, &person.github];
            for text in texts.into_iter().flatten().filter(|t| !is_alias(t)) {
                let what = format!("{} is no account's name", quoted(text));
                problems.at(&text.span, what, "write the account's name as it is shown there");
            }
            if let Some(email) = person.email.as_ref().filter(|e| !is_email(e)) {
                let what = format!("{} is no mail address", quoted(email));
                problems.at(&email.span, what, "write one address alone, as mat@example.org");
            }
            person.claim(key, &mut taken, problems);
            all.known_to(person, problems);
            all.add(name, person);
        }
        all
    }

    /// The names of a rotation, where no people are set up: their turns make them heroes.
    pub fn of_rotation(raw: &Rotation, problems: &mut Problems) -> Self {
        let mut all = Self::default();
        for name in &raw.order {
            let help = "use a short name without control characters, as “mat”";
            if let Some(name) = problems.take(&name.span, name.parse::<PersonName>(), help) {
                let roles = BTreeSet::new();
                all.add(name, &Person { roles, ..Person::default() });
            }
        }
        all
    }

    fn add(&mut self, name: PersonName, raw: &Person) {
        let somebody = Somebody {
            name: name.clone(),
            roles: raw.roles.iter().map(|r| Holds::from(*r)).collect(),
            aliases: raw.aliases.iter().map(|a| a.value.clone()).collect(),
            email: raw.email.as_ref().map(|e| e.value.clone()),
            irc: raw.irc.as_ref().map(|nick| nick.value.clone()),
            github: raw.github.as_ref().map(|account| account.value.clone()),
        };
        let text = |at: &Option<At<String>>| at.as_ref().map(|at| at.value.clone());
        let named = |(issuer, name): (&String, &At<String>)| (issuer.clone(), name.value.clone());
        let subjects = raw.sign_in.iter().map(named).collect();
        let contact = Contact { irc: text(&raw.irc), github: text(&raw.github), subjects };
        self.people.insert(name.clone(), somebody);
        self.contacts.insert(name, contact);
    }

    /// Notes who vouches for a person, and that none names two by one name.
    fn known_to(&mut self, person: &Person, problems: &mut Problems) {
        for (issuer, subject) in &person.sign_in {
            let taken = |contact: &Contact| contact.subjects.get(issuer) == Some(&subject.value);
            if !is_alias(subject) {
                let what = format!("{} is nobody's name", quoted(subject));
                problems.at(&subject.span, what, "write what the issuer calls “sub”");
            } else if self.contacts.values().any(taken) {
                let what = format!("{} already means somebody else there", quoted(subject));
                problems.at(&subject.span, what, "each name of an issuer belongs to one person");
            }
            self.subjects.push((issuer.clone(), subject.span.clone()));
        }
    }

    /// The person meant: a key before an alias or an address.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&PersonName> {
        let exact = self.people.keys().find(|key| key.as_str() == name);
        exact.or_else(|| self.people.values().find(|p| p.goes_by(name)).map(|p| &p.name))
    }
}

impl Person {
    /// Notes each name that already means somebody else.
    fn claim(
        &self,
        key: &At<String>,
        taken: &mut BTreeMap<String, String>,
        problems: &mut Problems,
    ) {
        for name in std::iter::once(key).chain(&self.aliases).chain(&self.email) {
            if !is_alias(name) {
                let what = format!("{} is no name", quoted(name));
                problems.at(&name.span, what, "a name has 1 to 200 characters on one line");
                continue;
            }
            let owner = taken.entry(name.to_lowercase()).or_insert_with(|| key.value.clone());
            if owner != &key.value {
                let what = format!("{} already means {}", quoted(name), quoted(owner));
                problems.at(
                    &name.span,
                    what,
                    "each name, alias and address belongs to one person; letters' case is ignored",
                );
            }
        }
    }
}

/// Whether a person can go by it.
#[must_use]
pub fn is_alias(text: &str) -> bool {
    let length = text.chars().count();
    (1..=200).contains(&length) && text == text.trim() && !text.chars().any(is_harmful)
}

/// Whether it has the form of one mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let odd = |c: char| c.is_whitespace() || is_harmful(c) || "<>,;\"@".contains(c);
    is_alias(text)
        && !text.starts_with('-')
        && parts.is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !user.contains(odd) && !host.contains(odd)
        })
}

/// Who is on duty, in turn.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The heroes in the order of their turns, by their names in `[people]` or an alias; a turn gives the role `hero`.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub order: Vec<At<String>>,
}

impl Rotation {
    /// The order by the people's keys. Whoever has a turn gets the role that goes with it.
    pub fn check(&self, people: &mut People, problems: &mut Problems) -> Vec<PersonName> {
        let mut order = Vec::new();
        for name in &self.order {
            match people.find(name) {
                None => {
                    let known: Vec<&str> = people.people.keys().map(PersonName::as_str).collect();
                    let what = format!("{} in the rotation is nobody in [people]", quoted(name));
                    problems.at(&name.span, what, suggest(name, &known, "people"));
                }
                Some(person) if order.contains(person) => {
                    let what = format!("{} is twice in the rotation", quoted(person.as_str()));
                    problems.at(
                        &name.span,
                        what,
                        "name each hero once: the turns are kept fair over time",
                    );
                }
                Some(person) => order.push(person.clone()),
            }
        }
        for name in &order {
            if let Some(person) = people.people.get_mut(name) {
                person.roles.insert(Holds::Hero);
            }
        }
        order
    }
}
