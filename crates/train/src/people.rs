//! Who may do what: people, their roles, and how we know it was them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::PersonName;
use crate::refusal::{Code, Refusal};

/// What a person may do. One person may hold all.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
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

impl Role {
    /// The word of the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hero => "hero",
            Self::Developer => "developer",
            Self::Qa => "qa",
            Self::Ops => "ops",
            Self::Security => "security",
            Self::Admin => "admin",
        }
    }
}

/// A person of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The key in `[people]`.
    pub name: PersonName,
    /// Roles held.
    pub roles: BTreeSet<Role>,
    /// Other names the person goes by, in notes and in git.
    pub aliases: Vec<String>,
    /// Mail address, also matched with git's user.
    pub email: Option<String>,
    /// The nick on IRC: what the person is called in chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irc: Option<String>,
    /// The account on GitHub: whose commits made there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github: Option<String>,
}

impl Person {
    /// Whether `name` (of git's user, a note, a calendar) means this person; letters' case is ignored.
    #[must_use]
    pub fn goes_by(&self, name: &str) -> bool {
        let is_plain = name.is_ascii();
        let same = |other: &str| {
            let in_other_letters = || other.to_lowercase() == name.to_lowercase();
            other.eq_ignore_ascii_case(name)
                || (!(is_plain && other.is_ascii()) && in_other_letters())
        };
        same(self.name.as_str())
            || self.aliases.iter().any(|a| same(a))
            || self.email.as_deref().is_some_and(same)
    }

    /// Whether an author's mail address is one that GitHub makes for this person's account: `12+NAME@users.noreply.github.com`.
    #[must_use]
    pub fn is_of_github(&self, email: &str) -> bool {
        let account = email
            .split_once('@')
            .filter(|(_, host)| host.eq_ignore_ascii_case("users.noreply.github.com"));
        let account = account.map(|(user, _)| user.split_once('+').map_or(user, |(_, name)| name));
        let own = self.github.as_deref();
        account.zip(own).is_some_and(|(account, own)| account.eq_ignore_ascii_case(own))
    }
}

/// How we know who acts: kept with every entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The user of the machine, by number.
    Local(u32),
    /// An API token, by its public number.
    Token(String),
    /// A link that was good once, made by the one named.
    Link(String),
    /// A sign-in with the named issuer.
    Oidc(String),
    /// A sign-in with the named GitHub.
    Github(String),
    /// An account on the named chat network.
    IrcAccount(String),
}

/// Who acts, with what right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person, or the name the machine knows a stranger by.
    pub name: String,
    /// Roles held at this moment; empty for a stranger, who may only look.
    pub roles: BTreeSet<Role>,
    /// How we know.
    pub proof: Proof,
}

impl Actor {
    /// Whether the actor holds one of `roles`. An admin holds them all but security, which is given by name.
    #[must_use]
    pub fn holds(&self, roles: &[Role]) -> bool {
        roles.iter().any(|r| self.roles.contains(r))
            || (self.roles.contains(&Role::Admin) && roles.iter().any(|r| *r != Role::Security))
    }

    /// Refuses with a sentence unless the actor holds one of `roles`.
    pub fn must_hold(&self, roles: &[Role], to: &str) -> Result<(), Refusal> {
        if self.holds(roles) {
            return Ok(());
        }
        let hint = match roles {
            [Role::Hero] if self.holds(&[Role::Ops]) => {
                "the role ops does so in a freeze, for a hot-fix; outside of one ask the hero, or act as somebody else with --as NAME"
            }
            _ => {
                "an admin gives roles, by `pushduty people give` or in the configuration; --as NAME acts as somebody else"
            }
        };
        let words: Vec<&str> = roles.iter().map(|r| r.word()).collect();
        Err(Refusal::new(
            Code::NotAllowed,
            format!(
                "{} may not {to}: that takes the role {}",
                crate::id::quoted(&self.name),
                words.join(" or ")
            ),
            hint,
        ))
    }
}
