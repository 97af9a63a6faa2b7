//! A configuration for a rehearsal, made from the one that is in force: the same train with its people, calendar, gates and
//! names, and nothing in it that reaches beyond the sandbox. Remotes are the copies; services are the pretend crew's; no
//! program and no key of the team's is left, channels are files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ::train::id::RepoName;
use ::train::links;
use ::train::settings::{Opens, Settings, Tagging};
use conductor::failure::{self, Failure};
use toml::{Table, Value};

use super::calendars::Source;
use super::channels::Outlet;
use super::file::PARTS;
use super::{FILE, Loaded};

/// What the sandbox has in the place of the real things.
pub struct Standing<'a> {
    /// The repositories whose private twin is copied.
    pub twins: &'a BTreeSet<RepoName>,
    /// The address at which a service of an environment tells its version.
    pub version: &'a dyn Fn(&str, &str) -> String,
    /// Where nothing answers: for links that people would follow.
    pub nowhere: &'a str,
}

/// A file of the team's that the sandbox gets a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Borrowed {
    /// Where it is.
    pub from: PathBuf,
    /// Its name in the sandbox.
    pub to: String,
}

/// The remote of a repository's copy, relative to the sandbox.
#[must_use]
pub fn upstream(repo: &RepoName) -> String {
    format!("remotes/{repo}.git")
}

/// The copy of its private twin.
#[must_use]
pub fn twin(repo: &RepoName) -> String {
    format!("security/{repo}.git")
}

/// The files that the sandbox needs: the template of the notes, and calendars.
#[must_use]
pub fn borrowed(loaded: &Loaded) -> Vec<Borrowed> {
    let template = loaded.later.notes.template.iter();
    let template = template.map(|from| Borrowed { from: from.clone(), to: "template.md".into() });
    let path = |source: &Source| match source {
        Source::Path(path) => Some(path.clone()),
        Source::Url(_) | Source::Secret(_) => None,
    };
    let calendars = loaded.calendars.iter().enumerate().filter_map(|(n, calendar)| {
        Some(Borrowed { from: path(&calendar.source)?, to: calendar_name(n) })
    });
    template.chain(calendars).collect()
}

fn calendar_name(n: usize) -> String {
    format!("calendar-{}.ics", n + 1)
}

/// What of the configuration no rehearsal does, a sentence each.
#[must_use]
pub fn left_out(loaded: &Loaded) -> Vec<String> {
    let settings = &loaded.settings;
    let mut told = Vec::new();
    for environment in &settings.environments {
        let name = &environment.name;
        if environment.deploy.is_some() {
            told.push(format!(
                "the program that deploys to {name} is not run: the crew only pretends"
            ));
        }
        if environment.promote.is_some() {
            told.push(format!("the program that promotes on {name} is not run"));
        }
    }
    for repo in settings.repos.iter().filter(|repo| repo.artifact.is_some()) {
        told.push(format!("what is built from {} is not asked for", repo.name));
    }
    for gate in settings.gates.iter().filter(|gate| matches!(gate.opens, Opens::Command { .. })) {
        told.push(format!("the gate {} is left out: its program is not run", gate.name));
    }
    if !loaded.later.monitors.is_empty() {
        told.push("monitors are named on the run sheet, and lead nowhere".to_owned());
    }
    let far = |source: &Source| !matches!(source, Source::Path(_));
    if loaded.calendars.iter().any(|calendar| far(&calendar.source)) {
        told.push("calendars at an address are not asked".to_owned());
    }
    let channels = &loaded.later.channels;
    if !channels.is_empty() {
        let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
        told.push(format!("what is announced goes to files alone: {}", names.join(", ")));
    }
    if settings.tagging == Tagging::Signed {
        told.push("tags are not signed: no key is used".to_owned());
    }
    told
}

/// The text of the rehearsal's configuration.
///
/// # Errors
/// `Io` where the text in force is none any more; it was read before.
pub fn derived(loaded: &Loaded, standing: &Standing<'_>) -> Result<String, Failure> {
    let broken =
        |why: String| failure::io("the configuration can't be copied", &std::io::Error::other(why));
    let whole: Table = toml::from_str(&loaded.text).map_err(|e| broken(e.to_string()))?;
    let settings = &loaded.settings;
    let (train, mut tables) = apart(whole, settings);
    let making = Making { loaded, settings, standing };
    let mut parts: Vec<Table> = vec![one("train", Value::Table(train))];
    for name in PARTS {
        let Some(value) = tables.remove(name) else { continue };
        match (name, value) {
            ("repos", Value::Table(repos)) => parts.extend(making.repos(repos)),
            ("environments", Value::Table(of)) => parts.extend(making.environments(of)),
            ("gates", Value::Table(gates)) => parts.push(one(name, making.gates(gates))),
            ("notes", Value::Table(notes)) => parts.push(one(name, making.notes(notes))),
            ("monitor", Value::Array(all)) => parts.push(one(name, making.monitors(all))),
            ("calendar", Value::Array(all)) => parts.push(one(name, making.calendars(all))),
            ("channels", Value::Table(all)) => parts.push(one(name, making.channels(all))),
            (_, value) => parts.push(one(name, value)),
        }
    }
    let mut text =
        format!("# A rehearsal of {}: made from {FILE}, for this folder alone.\n", settings.train);
    for part in parts {
        text += "\n";
        text += &toml::to_string(&part).map_err(|e| broken(e.to_string()))?;
    }
    Ok(text)
}

/// The train's own keys, and its tables, each its own or the one that all trains share.
fn apart(mut whole: Table, settings: &Settings) -> (Table, Table) {
    let name = settings.train.as_str();
    let own = match whole.remove("train") {
        Some(Value::Table(train)) => train,
        _ => match whole.remove("trains").and_then(|trains| trains.get(name).cloned()) {
            Some(Value::Table(train)) => train,
            _ => Table::new(),
        },
    };
    let (mut train, mut tables) = (Table::new(), Table::new());
    for (key, value) in own {
        let place = if PARTS.contains(&key.as_str()) { &mut tables } else { &mut train };
        place.insert(key, value);
    }
    for (key, value) in whole.into_iter().filter(|(key, _)| PARTS.contains(&key.as_str())) {
        tables.entry(key).or_insert(value);
    }
    train.insert("name".into(), name.into());
    if settings.tagging == Tagging::Signed {
        train.insert("tags".into(), "annotated".into());
    }
    (train, tables)
}

struct Making<'a> {
    loaded: &'a Loaded,
    settings: &'a Settings,
    standing: &'a Standing<'a>,
}

impl Making<'_> {
    /// One document for each, in the order of the run sheet.
    fn repos(&self, mut all: Table) -> Vec<Table> {
        let mut made = Vec::new();
        for repo in &self.settings.repos {
            let Some(Value::Table(mut table)) = all.remove(repo.name.as_str()) else { continue };
            table.insert("upstream".into(), upstream(&repo.name).into());
            table.remove("security");
            table.remove("artifact");
            if self.standing.twins.contains(&repo.name) {
                table.insert("security".into(), twin(&repo.name).into());
            }
            // The links are those of the real remote: a path has none of its own.
            if let Some(compare) = links::compare(repo, "{base}", "{head}") {
                table.insert("compare".into(), compare.into());
            }
            made.push(one("repos", Value::Table(one(repo.name.as_str(), Value::Table(table)))));
        }
        made
    }

    fn environments(&self, mut all: Table) -> Vec<Table> {
        let mut made = Vec::new();
        for environment in &self.settings.environments {
            let name = &environment.name;
            let Some(Value::Table(mut table)) = all.remove(name) else { continue };
            table.remove("deploy");
            table.remove("promote");
            if let Some(Value::Array(services)) = table.get_mut("services") {
                for service in services.iter_mut().filter_map(Value::as_table_mut) {
                    let called = service.get("name").and_then(Value::as_str).unwrap_or_default();
                    let address = (self.standing.version)(name, called);
                    service.insert("version".into(), address.into());
                }
            }
            made.push(one("environments", Value::Table(one(name, Value::Table(table)))));
        }
        made
    }

    fn gates(&self, all: Table) -> Value {
        let by_program = |gate: &Value| gate.get("command").is_some();
        Value::Table(all.into_iter().filter(|(_, gate)| !by_program(gate)).collect())
    }

    fn notes(&self, mut notes: Table) -> Value {
        if notes.contains_key("template") {
            notes.insert("template".into(), "template.md".into());
        }
        Value::Table(notes)
    }

    fn monitors(&self, mut all: Vec<Value>) -> Value {
        for monitor in all.iter_mut().filter_map(Value::as_table_mut) {
            monitor.insert("url".into(), self.standing.nowhere.into());
        }
        Value::Array(all)
    }

    /// Those that are files of the team's.
    fn calendars(&self, all: Vec<Value>) -> Value {
        let numbered = all.into_iter().enumerate();
        let kept = numbered.filter_map(|(n, mut calendar)| {
            let table = calendar.as_table_mut()?;
            let file = table.get_mut("file")?;
            *file = calendar_name(n).into();
            Some(calendar)
        });
        Value::Array(kept.collect())
    }

    fn channels(&self, mut all: Table) -> Value {
        for channel in &self.loaded.later.channels {
            let Some(Value::Table(table)) = all.get_mut(&channel.name) else { continue };
            if channel.outlet == Outlet::Terminal {
                table.remove("terminal");
            }
            table.insert("file".into(), told(&channel.name).into());
        }
        Value::Table(all)
    }
}

/// The file that a channel is in a rehearsal.
#[must_use]
pub fn told(channel: &str) -> String {
    format!("told-{channel}.jsonl")
}

fn one(key: &str, value: Value) -> Table {
    Table::from_iter([(key.to_owned(), value)])
}

/// Whether a file can be borrowed; why not, in a sentence.
pub fn lend(file: &Borrowed, sandbox: &Path) -> Result<(), Failure> {
    let copied = std::fs::copy(&file.from, sandbox.join(&file.to));
    copied
        .map(|_| ())
        .map_err(|e| failure::io(&format!("{} can't be read", file.from.display()), &e))
}
