//! What a team configured, as the rules need it: checked, with every name resolved and every default filled in.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::Timetable;
use crate::id::{PersonName, RepoName, TrainName};
use crate::people::{Person, Role};
use crate::tag::TagScheme;

/// One train's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The train's name.
    pub train: TrainName,
    /// When it departs.
    pub timetable: Timetable,
    /// Who is on duty in turn; empty where no rotation is set up.
    pub rotation: Vec<PersonName>,
    /// Everybody who may act; empty where people are not set up (then the local user holds every role).
    pub people: BTreeMap<PersonName, Person>,
    /// The repositories aboard, in the order of the run sheet.
    pub repos: Vec<Repo>,
    /// Environments by name, in the order configured.
    pub environments: Vec<Environment>,
    /// How tags are made.
    pub tagging: Tagging,
    /// What must hold before production is started, beside what is built in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateRule>,
    /// What is deployed with a push and has no repository here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

impl Settings {
    /// Whether a repository has a private twin, so that there is anything to be kept from anybody (P9).
    #[must_use]
    pub fn has_twins(&self) -> bool {
        self.repos.iter().any(|repo| repo.security.is_some())
    }

    /// Who must sign off in `role`: how many, and whether the hero may be one; none where that is not set up.
    #[must_use]
    pub fn signoffs(&self, role: Role) -> Option<(u32, bool)> {
        self.gates.iter().find_map(|gate| match gate.opens {
            Opens::Signoffs { role: of, need, own } if of == role => Some((need, own)),
            _ => None,
        })
    }

    /// The environment of that name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The repository of that name.
    #[must_use]
    pub fn repo(&self, name: &RepoName) -> Option<&Repo> {
        self.repos.iter().find(|r| &r.name == name)
    }

    /// The person meant by `name`: a key of `[people]`, an alias or a mail address.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.values().find(|p| p.goes_by(name))
    }

    /// The person who wrote a commit, by what git has of its author: the mail address before the name.
    #[must_use]
    pub fn author(&self, name: &str, email: &str) -> Option<&Person> {
        let of_github = || self.people.values().find(|person| person.is_of_github(email));
        self.person(email).or_else(of_github).or_else(|| self.person(name))
    }

    /// The names of people, repositories and services, as they are written here.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let people = self.people.keys().map(ToString::to_string);
        let repos = self.repos.iter().map(|repo| repo.name.to_string());
        let services = self.environments.iter().flat_map(|environment| &environment.services);
        let services = services.map(|service| service.name.clone());
        people.chain(repos).chain(services).collect()
    }

    /// A digest of everything in force: it binds plans and intents to the configuration they were made under.
    #[must_use]
    pub fn digest(&self) -> String {
        crate::digest::of(self)
    }

    /// What is different from `before`, a line per key: `repos.web.upstream: "a" → "b"`.
    #[must_use]
    pub fn differences(&self, before: Option<&Self>) -> Vec<String> {
        let flat = |settings: &Self| {
            let mut lines = BTreeMap::new();
            if let Ok(value) = serde_json::to_value(settings) {
                flatten("", &value, &mut lines);
            }
            lines
        };
        let (new, old) = (flat(self), before.map(flat).unwrap_or_default());
        if before.is_none() {
            return Vec::new();
        }
        let keys: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
        let nothing = "nothing".to_owned();
        keys.into_iter()
            .filter(|key| new.get(*key) != old.get(*key))
            .map(|key| {
                format!(
                    "{key}: {} → {}",
                    old.get(key).unwrap_or(&nothing),
                    new.get(key).unwrap_or(&nothing)
                )
            })
            .collect()
    }
}

/// A repository aboard the train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repo {
    /// Its name here.
    pub name: RepoName,
    /// The URL or path of upstream.
    pub upstream: String,
    /// The URL or path of the private twin, where there is one.
    pub security: Option<String>,
    /// The branch that ships; the remote's HEAD where not configured.
    pub branch: Option<String>,
    /// How its tags are named.
    pub scheme: TagScheme,
    /// The compare link with `{base}` and `{head}`; made from upstream's host where not configured.
    pub compare: Option<String>,
    /// Globs of files that are migrations.
    pub migrations: Vec<String>,
    /// Whether publishes move the fence (P12).
    pub fence: bool,
    /// The repository this one is deployed after.
    pub after: Option<RepoName>,
    /// How it is found out whether what is built from its tags is there; none where nobody watches that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
}

impl Repo {
    /// A repository with what is taken where nothing else is configured.
    #[must_use]
    pub fn new(name: RepoName, upstream: impl Into<String>) -> Self {
        Self {
            name,
            upstream: upstream.into(),
            security: None,
            branch: None,
            scheme: TagScheme::default(),
            compare: None,
            migrations: Vec::new(),
            fence: true,
            after: None,
            artifact: None,
        }
    }
}

/// How it is found out whether what is built from a tag is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Artifact {
    /// An address that is asked whether there is anything.
    Url(String),
    /// A program that exits with 0 where it is, and with 3 where it is still to come.
    Command(Vec<String>),
}

/// A gate that a team set up: people who sign off, or a program of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRule {
    /// Its name.
    pub name: String,
    /// What opens it.
    #[serde(flatten)]
    pub opens: Opens,
}

/// What opens a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Opens {
    /// Sign-offs.
    Signoffs {
        /// By people with this role.
        role: Role,
        /// How many.
        need: u32,
        /// Whether the hero's own counts.
        own: bool,
    },
    /// Services of dev that were seen with every pick: without it a pick never seen there is only said.
    SeenOnDev,
    /// A program that exits with 0.
    Command {
        /// The program with its arguments.
        command: Vec<String>,
    },
}

/// How tags are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tagging {
    /// A tag object that names train, push and ledger head.
    #[default]
    Annotated,
    /// A bare ref to the commit: no anchor for the chain.
    Lightweight,
    /// A tag object signed with the user's git signing configuration.
    Signed,
}

/// Somewhere that services run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// `dev`, `stage`, `production` or a name of the team's own.
    pub name: String,
    /// What runs there.
    pub services: Vec<Service>,
    /// The program that brings a tag there; without one people do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy: Option<DeployProgram>,
    /// The program that lets what was brought there take over, where that is a step of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promote: Option<DeployProgram>,
}

/// A program that deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployProgram {
    /// The program with its arguments; `{repo}`, `{tag}` and the like are filled in.
    pub command: Vec<String>,
    /// How long it may take, in seconds.
    pub seconds: u64,
}

/// What is deployed with a push and has no repository here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Where it is deployed.
    pub environments: Vec<String>,
}

/// What people are shown beside a push: no rule hangs on it, so no sign-off is bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// The graphs to watch while production rolls.
    pub monitors: Vec<Monitor>,
    /// The notes' address with `{push}` and `{train}`, where there is one.
    pub notes: Option<String>,
}

/// A graph to watch while production rolls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// What it shows.
    pub name: String,
    /// Its address; `{start}` and `{end}` stand for times in milliseconds since 1970.
    pub url: String,
}

/// Something with a `/__version__`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The repository it is built from.
    pub repo: RepoName,
    /// The address that tells what it runs (Dockerflow's `/__version__`).
    pub version: String,
    /// How often it is asked per look, so that a half-rolled fleet shows; at least 1.
    pub samples: u32,
}

fn flatten(path: &str, value: &serde_json::Value, into: &mut BTreeMap<String, String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, v)| flatten(&below(key), v, into))
        }
        serde_json::Value::Array(list) if list.iter().any(serde_json::Value::is_object) => {
            for (at, v) in list.iter().enumerate() {
                let key = v
                    .get("name")
                    .and_then(serde_json::Value::as_str)
                    .map_or_else(|| at.to_string(), str::to_owned);
                flatten(&below(&key), v, into);
            }
        }
        leaf => {
            into.insert(path.to_owned(), leaf.to_string());
        }
    }
}

/// The name of the environment whose versions are what users run.
pub const PRODUCTION: &str = "production";

/// Repositories named on a command line, or all of them.
#[must_use]
pub fn chosen<'a>(settings: &'a Settings, only: &BTreeSet<RepoName>) -> Vec<&'a Repo> {
    settings.repos.iter().filter(|r| only.is_empty() || only.contains(&r.name)).collect()
}
