//! What needs the reader, on all trains: each with a sentence, a time, and what can be answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{AnswerView, Moment, PutOffView, ThingView};
use jiff::Timestamp;
use train::id::TrainName;
use train::waiting::Word;

use super::words::{self, When};
use super::{Layout, NoPage, shown};
use crate::gathered::gathered;
use crate::house::House;
use crate::visitor::Visitor;
use crate::waits::Waits;

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    layout: Layout,
    says: String,
    /// The one that comes first.
    first: Option<Row>,
    groups: Vec<Group>,
    later: Vec<Row>,
    turns: Vec<Turn>,
    /// Whether there are several trains: then each thing says of which it is.
    several: bool,
}

/// What else waits, of a train.
struct Group {
    train: String,
    rows: Vec<Row>,
}

/// A thing.
struct Row {
    train: String,
    key: String,
    push: Option<String>,
    says: String,
    due: Option<When>,
    late: Option<String>,
    since: Option<When>,
    until: Option<When>,
    /// Who else put it off, each with until when.
    put_off: Vec<(String, When)>,
    answers: Vec<AnswerForm>,
}

/// How a time is written on a page of a moment.
type Written = fn(&Moment, Timestamp) -> When;

/// An answer as a form.
struct AnswerForm {
    label: String,
    /// The wish; none where it takes a terminal.
    wish: Option<String>,
    needs_reason: bool,
    declines: bool,
    command: String,
}

/// When the reader is on duty next.
struct Turn {
    train: String,
    push: String,
    cut: When,
}

impl Row {
    /// `written` writes a time: with its zone where trains of several are on the page.
    fn of(
        of: &(TrainName, Arc<Waits>),
        thing: &ThingView,
        now: Timestamp,
        written: Written,
    ) -> Self {
        let (train, waits) = of;
        let when = |at: &Moment| written(at, now);
        let ago = |at: &Moment| format!("due {} ago", words::span(at.0.timestamp(), now));
        let other = |other: &PutOffView| (other.by.clone(), when(&other.until));
        let answers = thing.answers.iter().filter(|answer| answer.answer != Word::Later);
        Self {
            train: train.to_string(),
            key: thing.key.to_string(),
            push: thing.push.map(|push| push.to_string()),
            says: words::sentence_of(&waits.names, &thing.says),
            due: thing.due.as_ref().map(when),
            late: thing.due.as_ref().filter(|_| thing.late).map(ago),
            since: thing.since.as_ref().map(when),
            until: thing.until.as_ref().map(when),
            put_off: thing.put_off.iter().map(other).collect(),
            answers: answers.map(AnswerForm::of).collect(),
        }
    }
}

impl AnswerForm {
    fn of(answer: &AnswerView) -> Self {
        let wish = answer.wish.as_ref().and_then(|wish| serde_json::to_string(wish).ok());
        Self {
            label: answer.label.clone(),
            wish,
            needs_reason: answer.needs_reason,
            declines: answer.answer == Word::Decline,
            command: answer.command.clone(),
        }
    }
}

/// What waits, in a sentence.
fn says(count: usize, later: usize) -> String {
    let now = match count {
        0 => "Nothing waits for you.".to_owned(),
        1 => "1 thing waits for you.".to_owned(),
        n => format!("{n} things wait for you."),
    };
    match later {
        0 => now,
        n => format!("{now} {n} put off."),
    }
}

/// `/waiting`.
pub(crate) async fn waiting(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    let all = gathered(&house, &visitor)
        .await
        .map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    // Trains of several zones: each time says its own.
    let mut zones = all.iter().map(|(_, waits)| &waits.zone);
    let first = zones.next();
    let zone = first.filter(|first| zones.all(|zone| zone == *first)).cloned();
    let written: Written = if zone.is_some() { When::near } else { When::zoned };
    let now = house.open.clock.now();
    let count: usize = all.iter().map(|(_, waits)| waits.view.things.len()).sum();
    let rows = |of: fn(&Waits) -> &[ThingView]| {
        let of_train = |one: &(TrainName, Arc<Waits>)| {
            let row = |thing: &ThingView| (sooner(thing), Row::of(one, thing, now, written));
            of(&one.1).iter().map(row).collect::<Vec<_>>()
        };
        let mut rows: Vec<(i64, Row)> = all.iter().flat_map(of_train).collect();
        rows.sort_by_key(|(due, _)| *due);
        rows.into_iter().map(|(_, row)| row)
    };
    let mut things = rows(|waits| &waits.view.things);
    let first = things.next();
    let mut groups: Vec<Group> = Vec::new();
    for row in things {
        match groups.iter_mut().find(|group| group.train == row.train) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { train: row.train.clone(), rows: vec![row] }),
        }
    }
    let later: Vec<Row> = rows(|waits| &waits.view.later).collect();
    let turns = all.iter().filter_map(turn).collect();
    let title = match count {
        0 => "Waiting for you".to_owned(),
        n => format!("({n}) Waiting for you"),
    };
    let events = Some(house.path("/waiting/events"));
    // Whoever rides on one train alone keeps its pages at hand.
    let train = match all.as_slice() {
        [(only, _)] => Some(only.to_string()),
        _ => None,
    };
    let layout = Layout::of(&house, &visitor, &title);
    let layout = Layout { events, page: "waiting", zone, train, ..layout };
    let (says, several) = (says(count, later.len()), all.len() > 1);
    Ok(shown(&WaitingPage { layout, says, first, groups, later, turns, several }))
}

/// By when it is due, across trains.
fn sooner(thing: &ThingView) -> i64 {
    thing.due.as_ref().map_or(i64::MAX, |due| due.0.timestamp().as_second())
}

fn turn((train, waits): &(TrainName, Arc<Waits>)) -> Option<Turn> {
    let turn = waits.view.next_turn.as_ref()?;
    let (train, push) = (train.to_string(), turn.push.to_string());
    Some(Turn { train, push, cut: When::date(&turn.cut_at) })
}
