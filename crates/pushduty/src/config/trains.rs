//! `[trains.NAME]`: each train of a file, put together from its own tables and the shared ones, and checked.

use std::collections::BTreeMap;
use std::path::Path;

use train::id::{PersonName, TrainName, quoted};
use train::settings::{Monitor, Settings};
use train::tag::TagScheme;

use super::at::At;
use super::calendars::{self, ExternalCalendar};
use super::channels::{self, CheckedChannel};
use super::components;
use super::environments;
use super::file::{File, Parts};
use super::gates;
use super::monitors;
use super::notes::CheckedNotes;
use super::people::{Contact, People};
use super::problem::Problems;
use super::remote;
use super::repos::{self, Repo};
use super::shape::Entry;
use super::sign_in::{self, CheckedSignIn};
use super::train::Train;

/// What the rules don't need: it acts outside of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Later {
    /// Where the notes are found, and what they begin as.
    pub notes: CheckedNotes,
    /// Graphs to watch.
    pub monitors: Vec<Monitor>,
    /// Where else people are found.
    pub contacts: BTreeMap<PersonName, Contact>,
    /// Where announcements go.
    pub channels: Vec<CheckedChannel>,
}

/// One train of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// What the rules need.
    pub settings: Settings,
    /// What they don't.
    pub later: Later,
    /// Calendars that are kept elsewhere.
    pub calendars: Vec<ExternalCalendar>,
    /// Who vouches for people, for all trains.
    pub sign_in: Vec<CheckedSignIn>,
}

/// A repository of some train, as it is told from others.
struct Aboard<'a> {
    train: &'a str,
    name: String,
    identity: String,
    scheme: TagScheme,
}

/// Checks every train of the file; `folder` is where the file is.
pub fn check(file: File, folder: &Path) -> Result<Vec<Configured>, Problems> {
    let mut problems = Problems::default();
    let people = file.people.as_ref().map(|raw| People::check(raw, &mut problems));
    let sign_in = sign_in::check(&file.sign_in, people.as_ref(), folder, &mut problems);
    let trains = list(file, &mut problems);
    let mut found = Vec::new();
    let mut seen: Vec<Aboard<'_>> = Vec::new();
    for (name, train, parts) in &trains {
        let configured = one(name, train, parts, people.as_ref(), folder, &mut problems);
        apart(
            &name.value,
            parts.repos.as_deref().unwrap_or_default(),
            folder,
            &mut seen,
            &mut problems,
        );
        found.extend(configured.map(|one| Configured { sign_in: sign_in.clone(), ..one }));
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn list(file: File, problems: &mut Problems) -> Vec<(At<String>, Train, Parts)> {
    let mut trains = Vec::new();
    if let Some(At { value: mut train, span }) = file.train {
        if !file.trains.is_empty() {
            let help = "move the keys of [train] to a [trains.NAME] of its own";
            problems.at(&span, "[train] and [trains.NAME] don't go together", help);
        }
        let name = train.name.take().unwrap_or(At { value: String::new(), span });
        trains.push((name, train, file.parts.clone()));
    }
    for (name, (train, parts)) in file.trains {
        trains.push((name, train, parts.over(&file.parts)));
    }
    if trains.is_empty() {
        problems.at(
            &(0..0),
            "this file has no [train]",
            "add [train] with name = \"amo\"; pushduty init writes a whole file",
        );
    }
    trains
}

fn one(
    name: &At<String>,
    train: &Train,
    parts: &Parts,
    people: Option<&People>,
    folder: &Path,
    problems: &mut Problems,
) -> Option<Configured> {
    let help = "letters, digits, “.”, “_” and “-”, as “amo”";
    let name = problems.take(&name.span, name.parse::<TrainName>(), help);
    let timetable = train.timetable(parts.freeze.as_deref().unwrap_or_default(), problems);
    let rotation = parts.rotation.clone().unwrap_or_default();
    let mut people = match people {
        Some(people) => people.clone(),
        None => People::of_rotation(&rotation, problems),
    };
    let order = rotation.check(&mut people, problems);
    let raw = parts.repos.as_deref().unwrap_or_default();
    let repos = repos::check(raw, folder, problems);
    let repo_names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
    let raw = parts.environments.as_deref().unwrap_or_default();
    let environments = environments::check(raw, &repo_names, problems);
    let environment_names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
    let components = parts.components.as_deref().unwrap_or_default();
    let components = components::check(components, &repo_names, &environment_names, problems);
    let later = Later {
        notes: parts.notes.clone().unwrap_or_default().check(folder, problems),
        monitors: monitors::check(parts.monitor.as_deref().unwrap_or_default(), problems),
        contacts: people.contacts,
        channels: channels::check(parts.channels.as_deref().unwrap_or_default(), folder, problems),
    };
    let calendars =
        calendars::check(parts.calendar.as_deref().unwrap_or_default(), folder, problems);
    let gates = gates::check(parts.gates.as_deref().unwrap_or_default(), problems);
    let settings = Settings {
        train: name?,
        timetable: timetable?,
        rotation: order,
        people: people.people,
        repos,
        environments,
        tagging: train.tags.into(),
        gates,
        components,
    };
    Some(Configured { settings, later, calendars, sign_in: Vec::new() })
}

/// Two trains, or two names, on one remote must not make the same tags.
fn apart<'a>(
    train: &'a str,
    repos: &[Entry<Repo>],
    folder: &Path,
    seen: &mut Vec<Aboard<'a>>,
    problems: &mut Problems,
) {
    for (name, repo) in repos {
        let Ok(upstream) = remote::read(&repo.upstream, folder) else { continue };
        let template = repo.tag.as_ref().map_or("{date}", |tag| tag.as_str());
        let Ok(scheme) = TagScheme::new(template, 1) else { continue };
        let identity = remote::identity(&upstream);
        let same = |other: &&Aboard<'_>| other.identity == identity && other.scheme == scheme;
        if let Some(other) = seen.iter().find(same) {
            let both = if other.train == train {
                String::new()
            } else {
                format!(" of the train {}", quoted(other.train))
            };
            let what = format!(
                "{} and {}{both} are one remote and would make the same tags",
                quoted(name),
                quoted(&other.name)
            );
            problems.at(
                &repo.tag_place(),
                what,
                "give one of them another tag template, as tag = \"v{date}\"",
            );
        }
        seen.push(Aboard { train, name: name.value.clone(), identity, scheme });
    }
}
