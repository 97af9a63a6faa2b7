//! What is kept of an imported page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonName, PushDate, RepoName};
use crate::notes::Phase;

/// A past push as its notes tell of it. Texts are as people wrote them: filter them before showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The push, by the date in its file's name.
    pub push: PushDate,
    /// The file, as it is named below the folder that was imported.
    pub source: String,
    /// BLAKE3 of the file's bytes, 64 hexadecimal digits.
    pub digest: String,
    /// Who its hero's line names: one, as a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heroes: Vec<Told>,
    /// What stands in brackets behind the hero: *swapped with x*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Who was there for ops.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ops: Vec<Told>,
    /// Who was there for QA.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qa: Vec<Told>,
    /// Every compare link of a repository aboard, in the page's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Compared>,
    /// Repositories that it says were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<Stays>,
    /// Commits and pull requests under *To pick*.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picks: Vec<Asked>,
    /// The blockers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<Noted>,
    /// The tasks of all phases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskNoted>,
    /// The notable things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notable: Vec<String>,
    /// The issues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<String>,
    /// What was left for later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<String>,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
}

impl Imported {
    /// The hero, where the line names one.
    #[must_use]
    pub fn hero(&self) -> Option<&Told> {
        match &self.heroes[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Whether the same was read from the same text, wherever the file is by now.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let at = |source: &str| Self { source: source.to_owned(), ..self.clone() };
        at(&other.source) == *other
    }

    /// All that it says, for a search.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let people = self.heroes.iter().chain(&self.ops).chain(&self.qa);
        let people =
            people.flat_map(|t| [Some(t.written.as_str()), t.person.as_ref().map(|p| p.as_str())]);
        let links = self.links.iter().flat_map(|l| [l.repo.as_str(), &l.base, &l.head]);
        let picks = self.picks.iter().flat_map(|p| [p.commit.as_deref(), Some(p.words.as_str())]);
        let blockers = self.blockers.iter().map(|b| b.text.as_str());
        let tasks = self.tasks.iter().map(|t| t.text.as_str());
        let lists = [&self.notable, &self.issues, &self.later].into_iter().flatten();
        people
            .flatten()
            .chain(links)
            .chain(picks.flatten())
            .chain(blockers)
            .chain(tasks)
            .chain(lists.map(String::as_str))
            .chain(self.remark.as_deref())
    }
}

/// Somebody, as written and as matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "Written")]
pub struct Told {
    /// As written, without `@`, brackets and link.
    pub written: String,
    /// The person of the configuration who goes by that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonName>,
}

impl Told {
    /// The person's name, or what was written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.person.as_ref().map_or(&self.written, |person| person.as_str())
    }
}

/// A compare link, base and head as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Compared {
    /// The repository aboard that it is of.
    pub repo: RepoName,
    /// What is compared with.
    pub base: String,
    /// What is compared.
    pub head: String,
    /// Whether it is struck out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
}

/// A repository that the page says stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    /// The repository.
    pub repo: RepoName,
    /// Why, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// A pick that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Asked {
    /// The repository; none where a bare hash doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
    /// The commit's hash or the beginning of it, lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The pull request's number, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<u64>,
    /// Whether the page says that it was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// *do not pick …*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forbidden: bool,
    /// What follows it on its line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// A blocker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Its text on one line.
    pub text: String,
    /// Whose it was, by the person's name or as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether the page says that it was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// Whether its words held the push: *possible*, *nice to have* and the like do not.
    pub holds: bool,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TaskNoted {
    /// Its text on one line.
    pub text: String,
    /// When it was due.
    pub when: Phase,
    /// Whose it was, by the person's name or as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether the page says that it was done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// A time that the page notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Time {
    /// As written.
    pub written: String,
    /// What it means: without a zone it is the train's, without a date the push's day.
    #[schemars(with = "crate::form::Instant")]
    pub at: Timestamp,
    /// *about*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
}
