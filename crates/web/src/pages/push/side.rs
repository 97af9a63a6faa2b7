//! The two truths side by side: the notes, what people ask, and the log, what was done.

use conductor::failure::Result;
use conductor::view::{EntryView, LogView};
use conductor::{Conductor, ReadPage};
use train::id::TrainName;

use super::typed::{self, Line};
use crate::house::House;
use crate::notes::{Opening, called};
use crate::pages::words::When;

/// The side.
pub(crate) struct Side {
    pub notes: Option<Notes>,
    pub days: Vec<(String, Vec<Entry>)>,
}

/// The notes of a push, a line each.
pub(crate) struct Notes {
    pub version: u32,
    pub lines: Vec<Line>,
    /// What an editor of them is opened with; looking opens no page.
    pub live: Option<String>,
}

impl Notes {
    pub async fn of(
        conductor: &Conductor,
        read: &ReadPage,
        house: &House,
        train: &TrainName,
    ) -> Result<Self> {
        let (push, version, called) = (read.push, read.page.version, called(conductor).await);
        let live = match read.opened {
            true => {
                let socket = crate::pages::notes::socket(house, train, push);
                let opening = Opening::of(conductor, push, version, socket, &called).await?;
                Some(opening.shown())
            }
            false => None,
        };
        let place = house.path(&format!("/trains/{train}/where"));
        let lines = typed::lines(&read.notes, &read.machine, &called, &place);
        Ok(Self { version, lines, live })
    }
}

/// An entry of the log.
pub(crate) struct Entry {
    pub at: When,
    pub who: String,
    pub what: String,
    pub seq: Option<u64>,
    pub hash: String,
}

impl Side {
    pub fn of(notes: Option<Notes>, log: &LogView) -> Self {
        let mut days: Vec<(String, Vec<Entry>)> = Vec::new();
        for entry in log.entries.iter().rev() {
            let day = entry.at.0.strftime("%A %-d %B").to_string();
            match days.last_mut() {
                Some((last, entries)) if *last == day => entries.push(shown(entry)),
                _ => days.push((day, vec![shown(entry)])),
            }
        }
        Self { notes, days }
    }

    /// What an editor of the notes is opened with.
    pub fn live(&self) -> Option<&str> {
        self.notes.as_ref()?.live.as_deref()
    }
}

fn shown(entry: &EntryView) -> Entry {
    Entry {
        at: When::of(&entry.at),
        who: entry.actor.clone().unwrap_or_default(),
        what: entry.words.clone(),
        seq: entry.seq,
        hash: entry.hash.iter().flat_map(|hash| hash.chars()).take(12).collect(),
    }
}
