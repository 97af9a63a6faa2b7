//! The fields of a form: flat, each a name and a text.

use std::collections::BTreeSet;
use std::str::FromStr;

use train::command::RepoCommit;
use train::id::BadName;
use train::reason::Reason;
use train::refusal::{Code, Refusal};

use crate::acts;

type Result<T> = std::result::Result<T, Refusal>;

/// The fields of a form, in their order; empty ones say nothing.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`; what is no UTF-8 is replaced.
    pub fn read(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes);
        let said = pairs.map(|(key, value)| (key.into_owned(), value.into_owned()));
        Self(said.filter(|(_, value)| !value.trim().is_empty()).collect())
    }

    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Every value of a name: given several times, or in several words.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(key, _)| key == name);
        values.flat_map(|(_, value)| value.split_whitespace())
    }

    /// Every value of a name, as it was filled in.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Reasons, each in a line of its own.
    pub fn reasons(&self, name: &str) -> Result<Vec<Reason>> {
        let lines = self.every(name).flat_map(str::lines).filter(|line| !line.trim().is_empty());
        lines.map(reason).collect()
    }

    /// A value with its spaces, its lines ended as everywhere but in forms.
    pub fn whole(&self, name: &str) -> String {
        let value = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        value.map(|value| value.replace("\r\n", "\n")).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.one(name).is_some()
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.one(name).map(str::to_owned)
    }

    pub fn needed(&self, name: &str) -> Result<String> {
        self.text(name).ok_or_else(|| self.missing(name))
    }

    /// Words that are kept in the record.
    pub fn reason(&self, name: &str) -> Result<Option<Reason>> {
        self.one(name).map(reason).transpose()
    }

    pub fn needed_reason(&self, name: &str) -> Result<Reason> {
        self.reason(name)?.ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> Refusal {
        let what = self.label(name).map_or_else(|| name.to_owned(), |label| format!("“{label}”"));
        bad(format!("the form does not say {what}"), "fill it in")
    }

    /// What people read before a field.
    fn label(&self, name: &str) -> Option<&'static str> {
        acts::label_of(self.one("command")?, name)
    }

    fn put<T: FromStr>(&self, name: &str, value: &str) -> Result<T> {
        let Some(label) = self.label(name) else { return parsed(name, value) };
        value.parse().map_err(|_| {
            let what = format!("{} does not go into “{label}”", train::id::quoted(value));
            bad(what, "go back and put it right")
        })
    }

    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        self.one(name).map(|value| self.put(name, value)).transpose()
    }

    pub fn set<T: FromStr + Ord>(&self, name: &str) -> Result<BTreeSet<T>> {
        self.all(name).map(|value| self.put(name, value)).collect()
    }

    pub fn commits(&self, name: &str) -> Result<Vec<RepoCommit>> {
        self.all(name).map(commit).collect()
    }
}

fn reason(said: &str) -> Result<Reason> {
    said.parse().map_err(|why: BadName| bad(why.to_string(), "go back and put it right"))
}

pub(crate) fn bad(what: String, hint: &str) -> Refusal {
    Refusal::new(Code::Usage, what, hint)
}

pub(crate) fn parsed<T: FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| {
        let what = format!("{} is no {name}", train::id::quoted(value));
        bad(what, "go back and put it right")
    })
}

pub(crate) fn word<T: serde::de::DeserializeOwned>(name: &str, value: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::from(value)).map_err(|_| {
        let what = format!("{} is no {name}", train::id::quoted(value));
        bad(what, "go back and put it right")
    })
}

/// `REPO:COMMIT`, or a commit alone.
pub(crate) fn commit(text: &str) -> Result<RepoCommit> {
    match text.split_once(':') {
        Some((repo, commit)) if !text.contains("//") => {
            Ok(RepoCommit { repo: Some(parsed("repository", repo)?), commit: commit.to_owned() })
        }
        _ => Ok(RepoCommit { repo: None, commit: text.to_owned() }),
    }
}
