//! What a page tells its script to open an editor with.

use std::collections::{BTreeMap, BTreeSet};

use conductor::failure::Result;
use conductor::{Conductor, MACHINE};
use serde::Serialize;
use train::id::PushDate;

use crate::secret;

/// An editor of a page.
#[derive(Debug, Serialize)]
pub(crate) struct Opening<'c> {
    /// Where its socket is.
    socket: String,
    /// The number that it writes by, as text: JavaScript's own are for smaller ones.
    client: String,
    /// Who writes; none of somebody who reads.
    name: Option<String>,
    /// The names of people, by the high bits of their numbers.
    people: BTreeMap<String, String>,
    /// What somebody is called behind an `@`, in small letters.
    called: &'c BTreeSet<String>,
    /// Whether they may write.
    write: bool,
    push: PushDate,
    version: u32,
}

impl<'c> Opening<'c> {
    /// The editor of the notes of a push, in that version, for whoever acts, at this path; with what people are called.
    pub async fn of(
        conductor: &Conductor,
        push: PushDate,
        version: u32,
        socket: String,
        called: &'c BTreeSet<String>,
    ) -> Result<Self> {
        let write = may_write(conductor).await;
        let name = write.then(|| conductor.actor.name.clone());
        let mark = |name: &str| conductor.texts.mark(name);
        let configured = conductor.settings.people.values().map(|person| person.name.as_str());
        let names = configured.chain([MACHINE]).chain(name.as_deref());
        let people = names.map(|name| (mark(name).to_string(), name.to_owned())).collect();
        let own = u64::from(name.as_deref().map_or(0, mark));
        let client = ((own << 32) | u64::from(secret::editor()?)).to_string();
        Ok(Self { socket, client, name, people, called, write, push, version })
    }

    /// As an attribute's value.
    pub fn shown(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

async fn may_write(conductor: &Conductor) -> bool {
    conductor.may_write_notes().await.is_ok()
}

/// What somebody of a train is called behind an `@`, in small letters: people by their names, and whoever holds a role that
/// the notes know. What people go by beside their names is for those who write.
pub(crate) async fn called(conductor: &Conductor) -> BTreeSet<String> {
    let write = may_write(conductor).await;
    let people = conductor.settings.people.values();
    let aliases = people.clone().filter(|_| write).flat_map(|one| &one.aliases);
    let names = people.map(|one| one.name.as_str()).chain(aliases.map(String::as_str));
    let is_word = |name: &&str| !name.contains(|c: char| c.is_whitespace() || c == '@');
    names.filter(is_word).chain(["ops", "qa"]).map(str::to_lowercase).collect()
}
