//! What a page is read with: who there is, what is aboard, the template in force, the push's date and zone.

use std::collections::{HashMap, HashSet};

use crate::calendar::Zone;
use crate::id::{PersonName, PushDate, RepoName};
use crate::links::{Browsed, Target};
use crate::nearest::nearest;
use crate::people::{Person, Role};
use crate::settings::{Repo, Settings};

/// What the train knows when its notes are read.
#[derive(Debug, Clone)]
pub struct Context {
    people: HashMap<String, PersonName>,
    names: Vec<String>,
    repos: Vec<Repo>,
    browsed: Vec<Browsed>,
    /// Repositories by what they are called, dashes and case aside; none where several are.
    called: HashMap<String, Option<RepoName>>,
    environments: Vec<String>,
    prose: HashSet<String>,
    /// The push whose page it is.
    pub push: Option<PushDate>,
    /// The train's zone: times without one are its.
    pub zone: Zone,
}

/// Whom a name in the notes means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A person of the configuration.
    Person(PersonName),
    /// Whoever holds the role: *ops*, *QA*.
    Role(Role),
    /// Nobody known, as written.
    Unknown(String),
}

impl Context {
    /// For a train as configured. `template` is the one that its pages are made from.
    #[must_use]
    pub fn of(settings: &Settings, template: &str, push: Option<PushDate>) -> Self {
        let environments = settings.environments.iter().map(|e| e.name.clone()).collect();
        let zone = settings.timetable.zone.clone();
        Self::new(settings.people.values(), settings.repos.clone(), environments, zone)
            .with(template, push)
    }

    /// From its parts, without a template and for no push in particular.
    #[must_use]
    pub fn new<'a>(
        people: impl IntoIterator<Item = &'a Person>,
        repos: Vec<Repo>,
        environments: Vec<String>,
        zone: Zone,
    ) -> Self {
        let mut known = HashMap::new();
        let mut names = Vec::new();
        for person in people {
            let name = &person.name;
            for called in person.aliases.iter().map(String::as_str).chain([name.as_str()]) {
                known.insert(called.to_lowercase(), name.clone());
                names.push(called.to_owned());
            }
        }
        Self {
            people: known,
            names,
            browsed: repos.iter().map(Browsed::of).collect(),
            called: called(&repos),
            repos,
            environments,
            prose: HashSet::new(),
            push: None,
            zone,
        }
    }

    /// The same, with the template in force and the push whose page it is.
    #[must_use]
    pub fn with(mut self, template: &str, push: Option<PushDate>) -> Self {
        self.prose = template.lines().map(squeezed).filter(|line| !line.is_empty()).collect();
        self.push = push;
        self
    }

    /// Whether anybody is known at all: where people are not set up, no name is wrong.
    #[must_use]
    pub fn knows_people(&self) -> bool {
        !self.people.is_empty()
    }

    /// The person who goes by `name`, with or without `@`; letters' case is ignored.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&PersonName> {
        let name = name.trim().trim_start_matches('@');
        self.people.get(&name.to_lowercase())
    }

    /// Whom `name` means.
    #[must_use]
    pub fn who(&self, name: &str) -> Who {
        match (self.person(name), name.to_lowercase().as_str()) {
            (Some(person), _) => Who::Person(person.clone()),
            (None, "ops" | "@ops") => Who::Role(Role::Ops),
            (None, "qa" | "@qa") => Who::Role(Role::Qa),
            (None, _) => Who::Unknown(name.trim_start_matches('@').to_owned()),
        }
    }

    /// The known name most like `name`.
    #[must_use]
    pub fn nearest_person(&self, name: &str) -> Option<&str> {
        nearest(name, self.names.iter().map(String::as_str))
    }

    /// The repositories aboard.
    #[must_use]
    pub fn repos(&self) -> &[Repo] {
        &self.repos
    }

    /// The repository that a word means: its name, or the end of it after a dash that no other has (`frontend` or
    /// `front-end` for `addons-frontend`).
    #[must_use]
    pub fn repo(&self, word: &str) -> Option<&RepoName> {
        if word.is_empty() || word.len() > 110 {
            return None;
        }
        self.called.get(&bare(word))?.as_ref()
    }

    /// The repository aboard that a link is of, and what it shows.
    #[must_use]
    pub fn target(&self, link: &str) -> Option<(&RepoName, Target)> {
        let mut repos = self.repos.iter().zip(&self.browsed);
        repos.find_map(|(repo, browsed)| Some((&repo.name, browsed.target(link)?)))
    }

    /// The environment that a word means, as `prod` for `production`.
    #[must_use]
    pub fn environment(&self, word: &str) -> Option<&str> {
        let word = word.to_lowercase();
        let short = |name: &str| match name {
            "production" => word == "prod",
            "stage" => word == "staging" || word == "stg",
            "staging" => word == "stage",
            _ => false,
        };
        self.environments.iter().map(String::as_str).find(|name| *name == word || short(name))
    }

    /// Whether the template has this very line, spaces aside.
    #[must_use]
    pub(super) fn is_prose(&self, line: &str) -> bool {
        line.len() < 400 && self.prose.contains(&squeezed(line))
    }
}

/// What repositories are called: by name, and by the ends of it after a dash that no other has.
fn called(repos: &[Repo]) -> HashMap<String, Option<RepoName>> {
    let mut called: HashMap<String, Option<RepoName>> = HashMap::new();
    for repo in repos {
        let name = repo.name.as_str();
        for (at, _) in name.match_indices('-') {
            let end = called.entry(bare(&name[at..]));
            end.and_modify(|other| *other = None).or_insert_with(|| Some(repo.name.clone()));
        }
    }
    let whole = repos.iter().map(|repo| (bare(repo.name.as_str()), Some(repo.name.clone())));
    called.extend(whole);
    called
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
