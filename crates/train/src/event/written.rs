//! What was written in a push's notes, as the ledger keeps it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::PushDate;
use crate::notes::page::{CarriedItem, ItemChange};

/// What was written in a push's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The push.
    pub push: PushDate,
    /// The page: the date the push was scheduled for, which stays when the push is moved.
    pub page: PushDate,
    /// The version that came of it, from 1.
    pub version: u32,
    /// Whose hand it was; the entry says for whom the machine wrote.
    pub hand: Hand,
    /// Whether the writer may settle blockers that others raised.
    pub settles: bool,
    /// The template, where the page was made with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What was written, as the shared document has it: an update of Yjs, version 1.
    pub update: Bytes,
    /// What became of the page's items.
    pub items: Vec<ItemChange>,
    /// Items that come from an earlier push, with who raised them there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<CarriedItem>,
    /// What the machine puts in once for all, by its key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once: Vec<String>,
}

/// Whose hand wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// The person who acted.
    Person,
    /// The machine: templates, links, marks, times.
    Machine,
}

/// Bytes, as base64 where they are written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        BASE64.decode(String::deserialize(d)?).map(Self).map_err(serde::de::Error::custom)
    }
}
