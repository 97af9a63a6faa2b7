//! What the notes of a push were: every version, who wrote it, what was different, and the way back to it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::failure::Result as Told;
use conductor::view::{NotesVersion, NotesView};
use conductor::{Conductor, ShownNotes};
use serde::Deserialize;
use train::command::WhichPush;
use train::id::{PushDate, TrainName};
use train::notes::page::What;
use train::notes::{ChangedLine, changed_lines};

use super::words::When;
use super::{Layout, NoPage, looked, shown};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::visitor::Visitor;

/// How many items a version names.
const NAMED: usize = 3;

/// Which version is asked for; else the newest.
#[derive(Debug, Deserialize)]
pub(crate) struct Sought {
    version: Option<u32>,
}

#[derive(Template)]
#[template(path = "notes_past.html")]
struct PastPage {
    layout: Layout,
    train: String,
    push: PushDate,
    newest: u32,
    versions: Vec<Version>,
    chosen: Option<Chosen>,
    /// Whether the reader may bring a version back.
    acts: bool,
}

/// A version in the list.
struct Version {
    number: u32,
    at: When,
    who: String,
    lines: String,
    what: Vec<String>,
    /// How many more items changed.
    more: usize,
}

/// The version that is looked at.
struct Chosen {
    number: u32,
    at: When,
    who: String,
    text: String,
    lines: Vec<ChangedLine>,
    opened: bool,
}

/// What was looked up.
struct Seen {
    now: NotesView,
    chosen: Option<Look>,
}

/// A version, and what was different from the one before.
struct Look {
    number: u32,
    text: String,
    lines: Vec<ChangedLine>,
}

/// `/trains/{train}/pushes/{push}/notes/history`.
pub(crate) async fn notes_past(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
    Query(sought): Query<Sought>,
) -> Result<Response, NoPage> {
    let look = async move |conductor: &Conductor| seen(conductor, push, sought.version).await;
    let (seen, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, &format!("Notes of {push}: history"));
    let layout = Layout { events: None, ..layout.about(&train).in_zone(&zone) };
    let history = seen.now.history.unwrap_or_default();
    let chosen = seen.chosen.and_then(|look| Chosen::of(look, &history));
    Ok(shown(&PastPage {
        layout,
        train: train.to_string(),
        push: seen.now.push,
        newest: seen.now.version,
        versions: history.iter().rev().map(Version::of).collect(),
        chosen,
        acts: visitor.may_act().is_ok(),
    }))
}

async fn seen(conductor: &Conductor, push: PushDate, version: Option<u32>) -> Told<Seen> {
    let which = WhichPush::On(push);
    let all = ShownNotes { history: true, ..ShownNotes::default() };
    let now = conductor.notes(which, all).await?;
    let number = version.unwrap_or(now.version);
    if number == 0 {
        return Ok(Seen { now, chosen: None });
    }
    let at = |version| ShownNotes { version: Some(version), ..ShownNotes::default() };
    let text = conductor.notes(which, at(number)).await?.text;
    let before = match number {
        1 => String::new(),
        _ => conductor.notes(which, at(number - 1)).await?.text,
    };
    let lines = changed_lines(&before, &text);
    Ok(Seen { now, chosen: Some(Look { number, text, lines }) })
}

impl Chosen {
    fn of(look: Look, history: &[NotesVersion]) -> Option<Self> {
        let version = history.iter().find(|one| one.version == look.number)?;
        Some(Self {
            number: look.number,
            at: When::date(&version.at),
            who: who(version),
            text: look.text,
            lines: look.lines,
            opened: version.opened,
        })
    }
}

impl Version {
    fn of(version: &NotesVersion) -> Self {
        let said = version.items.iter().take(NAMED);
        Self {
            number: version.version,
            at: When::date(&version.at),
            who: who(version),
            lines: lines(version),
            what: said
                .map(|one| format!("{} {}: {}", one.item, word(one.change), one.text))
                .collect(),
            more: version.items.len().saturating_sub(NAMED),
        }
    }
}

/// Who wrote; of the machine for whom.
fn who(version: &NotesVersion) -> String {
    match &version.actor {
        Some(actor) if *actor != version.by => format!("{} for {actor}", version.by),
        _ => version.by.clone(),
    }
}

fn lines(version: &NotesVersion) -> String {
    match (version.added, version.removed) {
        (0, 0) => "none".to_owned(),
        (added, 0) => format!("+{added}"),
        (0, removed) => format!("−{removed}"),
        (added, removed) => format!("+{added} −{removed}"),
    }
}

fn word(change: What) -> &'static str {
    match change {
        What::Raised => "new",
        What::Reworded => "reworded",
        What::Done => "done",
        What::Reopened => "open again",
        What::Removed => "removed",
        What::Back => "back",
        What::Moved => "moved",
    }
}
