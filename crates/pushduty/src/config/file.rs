//! The whole file: which table goes to which area.

use std::ops::Range;

use schemars::JsonSchema;
use toml::de::{DeTable, DeValue};

use super::at::At;
use super::calendars::Calendar;
use super::channels::Channel;
use super::components::Component;
use super::environments::Environment;
use super::freeze::Freeze;
use super::gates::Gate;
use super::monitors::Monitor;
use super::notes::Notes;
use super::people::{Person, Rotation};
use super::problem::Problems;
use super::repos::Repo;
use super::shape::{Named, Reading, Value, entries};
use super::sign_in::SignIn;
use super::train::Train;

/// What a file says, each value with its place, not yet checked for sense.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// `[train]`, with the place of its name.
    pub train: Option<At<Train>>,
    /// `[trains.NAME]`.
    pub trains: Named<(Train, Parts)>,
    /// Everybody, for all trains.
    pub people: Option<Named<Person>>,
    /// Who vouches for them.
    pub sign_in: Named<SignIn>,
    /// What all trains share.
    pub parts: Parts,
}

/// The tables that a train may have for itself.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// `[[freeze]]`.
    pub freeze: Option<Vec<Freeze>>,
    /// `[rotation]`.
    pub rotation: Option<Rotation>,
    /// `[gates]`.
    pub gates: Option<Named<Gate>>,
    /// `[repos.NAME]`.
    pub repos: Option<Named<Repo>>,
    /// `[components.NAME]`.
    pub components: Option<Named<Component>>,
    /// `[environments.NAME]`.
    pub environments: Option<Named<Environment>>,
    /// `[notes]`.
    pub notes: Option<Notes>,
    /// `[[monitor]]`.
    pub monitor: Option<Vec<Monitor>>,
    /// `[[calendar]]`.
    pub calendar: Option<Vec<Calendar>>,
    /// `[channels.NAME]`.
    pub channels: Option<Named<Channel>>,
}

/// What stands in a file once: whose it is, of one train or of several, and who vouches for people.
const WHOSE: [&str; 3] = ["train", "trains", "sign_in"];

/// The tables that trains share, or that each has for itself.
pub(super) const PARTS: [&str; 11] = [
    "freeze",
    "rotation",
    "people",
    "gates",
    "repos",
    "components",
    "environments",
    "notes",
    "monitor",
    "calendar",
    "channels",
];

/// Reads a file's text: pure, and total over every text.
pub fn parse(text: &str) -> Result<File, Problems> {
    let mut reading = Reading::new(text);
    let mut file = File::default();
    for (key, value) in reading.top() {
        match key.as_str() {
            "train" => file.train = one_train(&mut reading, value),
            "trains" => file.trains = several(&mut reading, value),
            "sign_in" => file.sign_in = reading.named("sign_in", value),
            "people" => file.people = Some(reading.named("people", value)),
            _ => {
                if file.parts.read(&mut reading, "", &key, value).is_some() {
                    reading.unknown("this file", &key, &[&WHOSE[..], &PARTS].concat());
                }
            }
        }
    }
    if reading.problems.is_empty() { Ok(file) } else { Err(reading.problems) }
}

fn one_train<'t>(reading: &mut Reading<'t>, value: Value<'t>) -> Option<At<Train>> {
    let span = value.span();
    let train: Train = reading.one("[train]", value)?;
    if train.name.is_none() {
        reading.problems.at(
            &span,
            "[train] lacks the key “name”",
            "add name = \"amo\": it becomes part of a ref's name",
        );
    }
    Some(At { value: train, span })
}

/// `[trains.NAME]`: the keys of `[train]` beside tables of its own.
fn several<'t>(reading: &mut Reading<'t>, value: Value<'t>) -> Named<(Train, Parts)> {
    let mut found = Vec::new();
    for (name, value) in reading.tables("trains", value) {
        let place = format!("trains.{}", super::plain::safe(&name));
        let span: Range<usize> = value.span();
        let mut parts = Parts::default();
        let mut own = DeTable::new();
        let DeValue::Table(table) = value.into_inner() else {
            reading.problems.at(&span, format!("{place} is a table"), format!("write [{place}]"));
            continue;
        };
        for (key, value) in entries(table) {
            if let Some(value) = parts.read(reading, &format!("{place}."), &key, value) {
                own.insert(toml::Spanned::new(key.span, key.value.into()), value);
            }
        }
        let own = toml::Spanned::new(span, DeValue::Table(own));
        let Some(train) = reading.one::<Train>(&format!("[{place}]"), own) else { continue };
        if let Some(at) = &train.name {
            let what = format!("[{place}] is named by its table");
            reading.problems.at(&at.span, what, "leave name out");
        }
        found.push((name, (train, parts)));
    }
    found
}

impl Parts {
    /// Reads the value if it is one of these tables; gives it back if not.
    fn read<'t>(
        &mut self,
        reading: &mut Reading<'t>,
        before: &str,
        key: &At<String>,
        value: Value<'t>,
    ) -> Option<Value<'t>> {
        let place = format!("{before}{}", key.value);
        let table = format!("[{place}]");
        match key.as_str() {
            "freeze" => self.freeze = Some(reading.list(&place, value)),
            "rotation" => self.rotation = reading.one(&table, value),
            "gates" => self.gates = Some(reading.named(&place, value)),
            "repos" => self.repos = Some(reading.named(&place, value)),
            "components" => self.components = Some(reading.named(&place, value)),
            "environments" => self.environments = Some(reading.named(&place, value)),
            "notes" => self.notes = reading.one(&table, value),
            "monitor" => self.monitor = Some(reading.list(&place, value)),
            "calendar" => self.calendar = Some(reading.list(&place, value)),
            "channels" => self.channels = Some(reading.named(&place, value)),
            _ => return Some(value),
        }
        None
    }

    /// These tables where set, else those shared by all trains.
    #[must_use]
    pub fn over(self, shared: &Self) -> Self {
        Self {
            freeze: self.freeze.or_else(|| shared.freeze.clone()),
            rotation: self.rotation.or_else(|| shared.rotation.clone()),
            gates: self.gates.or_else(|| shared.gates.clone()),
            repos: self.repos.or_else(|| shared.repos.clone()),
            components: self.components.or_else(|| shared.components.clone()),
            environments: self.environments.or_else(|| shared.environments.clone()),
            notes: self.notes.or_else(|| shared.notes.clone()),
            monitor: self.monitor.or_else(|| shared.monitor.clone()),
            calendar: self.calendar.or_else(|| shared.calendar.clone()),
            channels: self.channels.or_else(|| shared.channels.clone()),
        }
    }
}

/// The configuration of a release train.
#[derive(JsonSchema)]
#[schemars(rename = "pushduty.toml", deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "the schema's shape of the file; reading goes table by table, to report every mistake"
)]
pub(crate) struct FileSchema {
    /// The train; `[trains.NAME]` where one file has several.
    train: Option<Train>,
    /// Several trains in one file, by name; `--train NAME` picks one.
    trains: Option<std::collections::BTreeMap<String, TrainSchema>>,
    /// Everybody who may act; where nobody is set up, the rotation's names are heroes.
    people: Option<std::collections::BTreeMap<String, Person>>,
    /// Who vouches for people that come to the server, by name.
    sign_in: Option<std::collections::BTreeMap<String, SignIn>>,
    #[schemars(flatten)]
    parts: PartsSchema,
}

/// One of several trains: the keys of `[train]`, and tables of its own in place of the shared ones.
#[derive(JsonSchema)]
#[schemars(rename = "Trains", deny_unknown_fields)]
#[expect(dead_code, reason = "as above")]
pub(crate) struct TrainSchema {
    #[schemars(flatten)]
    train: Train,
    #[schemars(flatten)]
    parts: PartsSchema,
}

/// The tables that a train may have for itself.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "as above")]
pub(crate) struct PartsSchema {
    /// Times in which nothing departs.
    freeze: Option<Vec<Freeze>>,
    /// Who is on duty, in turn.
    rotation: Option<Rotation>,
    /// What must hold before production is started, beside what is built in.
    gates: Option<std::collections::BTreeMap<String, Gate>>,
    /// The repositories aboard, by name.
    repos: Option<std::collections::BTreeMap<String, Repo>>,
    /// Parts that are deployed with the push and have no repository here, by name.
    components: Option<std::collections::BTreeMap<String, Component>>,
    /// Where services run, by name.
    environments: Option<std::collections::BTreeMap<String, Environment>>,
    /// The push's notes.
    notes: Option<Notes>,
    /// Graphs to watch while production rolls.
    monitor: Option<Vec<Monitor>>,
    /// Calendars that are kept elsewhere.
    calendar: Option<Vec<Calendar>>,
    /// Where announcements go, by name.
    channels: Option<std::collections::BTreeMap<String, Channel>>,
}
