//! The two truths side by side: the notes, what people ask, and the log, what was done.

use super::Seen;
use super::typed::Line;
use crate::pages::words::When;
use conductor::view::EntryView;

/// The side.
pub(crate) struct Side {
    pub notes: Option<Notes>,
    /// What an editor of them is opened with.
    pub live: Option<String>,
    pub days: Vec<(String, Vec<Entry>)>,
}

/// The notes of a push, a line each.
pub(crate) struct Notes {
    pub version: u32,
    pub lines: Vec<Line>,
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
    pub fn of(seen: &Seen, lines: Vec<Line>) -> Self {
        let notes = seen.notes.as_ref().map(|notes| Notes { version: notes.version, lines });
        let mut days: Vec<(String, Vec<Entry>)> = Vec::new();
        for entry in seen.log.entries.iter().rev() {
            let day = entry.at.0.strftime("%A %-d %B").to_string();
            match days.last_mut() {
                Some((last, entries)) if *last == day => entries.push(shown(entry)),
                _ => days.push((day, vec![shown(entry)])),
            }
        }
        Self { notes, live: seen.live.clone(), days }
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
