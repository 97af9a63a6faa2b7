//! `[channels.NAME]`: where announcements go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use train::announce::Kind;
use train::id::quoted;

use super::at::At;
use super::nearest::suggest;
use super::notes::is_file_name;
use super::problem::Problems;
use super::shape::Entry;

/// A channel: one of the keys `file` and `terminal`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// A file that gets one JSON document on a line for each announcement, relative to this file.
    pub file: Option<At<String>>,
    /// The terminal of the command that has something to tell: its standard error.
    pub terminal: Option<At<bool>>,
    /// The kinds of announcements that it is told; all of them by default.
    #[schemars(extend("items" = {"type": "string", "enum": Kind::ALL}))]
    pub tells: Option<At<Vec<At<String>>>>,
}

/// What a channel writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// A file, with its folder.
    File(PathBuf),
    /// The terminal.
    Terminal,
}

/// A channel, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedChannel {
    /// Its name.
    pub name: String,
    /// What it writes to.
    pub outlet: Outlet,
    /// What it is told; everything if none.
    pub tells: Option<BTreeSet<Kind>>,
}

/// Checks all channels.
pub fn check(
    raw: &[Entry<Channel>],
    folder: &Path,
    problems: &mut Problems,
) -> Vec<CheckedChannel> {
    let mut all: Vec<CheckedChannel> = Vec::new();
    for (name, channel) in raw {
        let Some(checked) = channel.check(name, folder, problems) else { continue };
        if let Some(other) = all.iter().find(|other| other.outlet == checked.outlet) {
            let what =
                format!("{} and {} write to the same place", quoted(name), quoted(&other.name));
            problems.at(&name.span, what, "leave one of them out, or name another file");
            continue;
        }
        all.push(checked);
    }
    all
}

impl Channel {
    fn check(
        &self,
        name: &At<String>,
        folder: &Path,
        problems: &mut Problems,
    ) -> Option<CheckedChannel> {
        let slug = name.parse::<train::id::RepoName>();
        problems.take(&name.span, slug, "give the channel a plain name, as [channels.team]")?;
        let outlet = self.outlet(name, folder, problems)?;
        let tells = match &self.tells {
            Some(words) => Some(kinds(words, problems)?),
            None => None,
        };
        Some(CheckedChannel { name: name.value.clone(), outlet, tells })
    }

    fn outlet(&self, name: &At<String>, folder: &Path, problems: &mut Problems) -> Option<Outlet> {
        match (&self.file, &self.terminal) {
            (Some(file), None) if is_file_name(file) => {
                Some(Outlet::File(folder.join(&file.value)))
            }
            (Some(file), None) => {
                let what = format!("{} is no file's name", quoted(file));
                problems.at(&file.span, what, "write a path, as “told.jsonl”");
                None
            }
            (None, Some(At { value: true, .. })) => Some(Outlet::Terminal),
            (None, Some(off)) => {
                let help = "leave the channel out where it is not wanted";
                problems.at(&off.span, "a terminal that is told nothing is no channel", help);
                None
            }
            (Some(_), Some(terminal)) => {
                let what = format!("the channel {} is a file and a terminal", quoted(name));
                problems.at(&terminal.span, what, "make two channels of it");
                None
            }
            (None, None) => {
                let what = format!("the channel {} goes nowhere", quoted(name));
                problems.at(&name.span, what, "add file = \"told.jsonl\", or terminal = true");
                None
            }
        }
    }
}

fn kinds(words: &At<Vec<At<String>>>, problems: &mut Problems) -> Option<BTreeSet<Kind>> {
    if words.is_empty() {
        let help = "leave tells out for everything, or leave the channel out";
        problems.at(&words.span, "a channel that is told nothing is none", help);
        return None;
    }
    let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    let mut kinds = BTreeSet::new();
    let mut whole = true;
    for word in words.iter() {
        match Kind::ALL.iter().find(|kind| kind.word() == word.as_str()) {
            Some(kind) => {
                kinds.insert(*kind);
            }
            None => {
                let what = format!("{} is nothing that is announced", quoted(word));
                problems.at(&word.span, what, suggest(word, &known, "kinds"));
                whole = false;
            }
        }
    }
    whole.then_some(kinds)
}
