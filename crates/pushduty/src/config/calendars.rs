//! `[[calendar]]`: holidays and absences that are kept elsewhere, as iCalendar (RFC 5545).

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use train::id::quoted;

use super::at::At;
use super::notes::is_file_name;
use super::problem::Problems;
use super::remote;
use super::secret::{Secret, SecretVisitor};

/// A calendar that is kept elsewhere, as iCalendar.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The calendar's file, relative to this file; either this or `url`.
    pub file: Option<At<String>>,
    /// The calendar's address; `{ env = "NAME" }` or `{ file = "PATH" }` where the address itself is private.
    pub url: Option<At<Address>>,
    /// What its events are: holidays, told beside the departures they fall on, or people who are away (their name in the event's title).
    pub holds: At<Holds>,
}

/// What a calendar's events are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Days on which nothing departs.
    Holidays,
    /// People who are away.
    Absences,
}

/// An address, or where a private one is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Everybody may know it.
    Public(String),
    /// Whoever knows it can read the calendar.
    Private(Secret),
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct AddressVisitor;
        impl<'de> Visitor<'de> for AddressVisitor {
            type Value = Address;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Address, E> {
                Ok(Address::Public(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Address, A::Error> {
                SecretVisitor.visit_map(map).map(Address::Private)
            }
        }
        d.deserialize_any(AddressVisitor)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let secret = generator.subschema_for::<Secret>();
        json_schema!({ "anyOf": [{ "type": "string" }, secret] })
    }
}

/// Where a calendar is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, with its folder.
    Path(PathBuf),
    /// An address.
    Url(String),
    /// A private address: whoever knows it can read the calendar.
    Secret(Secret),
}

/// A calendar that is kept elsewhere, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalCalendar {
    /// Where it is read from.
    pub source: Source,
    /// What its events are.
    pub holds: Holds,
}

/// Checks all calendars.
pub fn check(raw: &[Calendar], folder: &Path, problems: &mut Problems) -> Vec<ExternalCalendar> {
    raw.iter().filter_map(|calendar| calendar.check(folder, problems)).collect()
}

impl Calendar {
    fn check(&self, folder: &Path, problems: &mut Problems) -> Option<ExternalCalendar> {
        let source = match (&self.file, &self.url) {
            (Some(at), None) if is_file_name(at) => Source::Path(folder.join(&at.value)),
            (Some(at), None) => {
                let what = format!("{} is no file's name", quoted(at));
                problems.at(&at.span, what, "write a path, as “holidays.ics”");
                return None;
            }
            (None, Some(at)) => match &at.value {
                Address::Public(text) => {
                    Source::Url(problems.address(&at.span, remote::page(text))?)
                }
                Address::Private(secret) => Source::Secret(secret.clone()),
            },
            (Some(_), Some(url)) => {
                problems.at(
                    &url.span,
                    "a calendar has a file or a url, not both",
                    "leave one out, or write two [[calendar]]",
                );
                return None;
            }
            (None, None) => {
                problems.at(
                    &self.holds.span,
                    "a calendar needs a file or a url",
                    "add file = \"holidays.ics\", or url = \"https://…\"",
                );
                return None;
            }
        };
        Some(ExternalCalendar { source, holds: self.holds.value })
    }
}
