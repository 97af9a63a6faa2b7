//! The trains, and the pages of one train: its calendar, its past, its record, and where a commit is.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use conductor::ports::ChainReport;
use conductor::view::{DepartureView, HistoryView, LogView, OfferView, WhereView};
use conductor::{Conductor, HistoryWish, LogWish, Reading};
use serde::Deserialize;
use train::command::RepoCommit;
use train::id::{PersonName, TrainName};

use super::words::{self, When};
use super::{Layout, NoPage, looked, push, shown};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::visitor::Visitor;

/// How many entries of a ledger are shown on its page: the newest.
const SHOWN_ENTRIES: usize = 200;

#[derive(Template)]
#[template(path = "trains.html")]
struct TrainsPage {
    layout: Layout,
    names: Vec<String>,
}

/// `/`: the trains; where there is one alone, that one.
pub(crate) async fn home(State(house): State<House>, visitor: Visitor) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_look(&house).map_err(no)?;
    let names: Vec<String> = house.open.trains.names().iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [only] => Ok(Redirect::to(&house.path(&format!("/trains/{only}"))).into_response()),
        _ => Ok(shown(&TrainsPage { layout: Layout::of(&house, &visitor, "Trains"), names })),
    }
}

/// `/trains/{train}`: the push that matters now.
pub(crate) async fn train(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    push::one(&house, &visitor, &train, None).await
}

#[derive(Template)]
#[template(path = "schedule.html")]
struct SchedulePage {
    layout: Layout,
    departures: Vec<Row>,
}

/// A departure of the timetable.
struct Row {
    push: String,
    runs: bool,
    cut: When,
    leaves: When,
    hero: Option<String>,
    turn: Option<String>,
    says: String,
    answers: Vec<Answer>,
}

/// What the reader can say to an offer.
struct Answer {
    command: &'static str,
    label: &'static str,
}

/// What `reader` can say to the offer of a departure: keep what is their own, or take or decline what is made to them.
fn answers(offer: Option<&OfferView>, reader: Option<&PersonName>) -> Vec<Answer> {
    let Some((offer, reader)) = offer.filter(|offer| offer.stands).zip(reader) else {
        return Vec::new();
    };
    let answer = |command, label| Answer { command, label };
    if &offer.by == reader {
        return vec![answer("keep_offer", "Keep it…")];
    }
    match &offer.to {
        Some(to) if to != reader => Vec::new(),
        _ => vec![answer("take_offer", "Take it…"), answer("decline_offer", "Decline…")],
    }
}

impl Row {
    fn of(departure: DepartureView, reader: Option<&PersonName>) -> Self {
        let runs = !matches!(departure.state.as_str(), "cancelled" | "skipped" | "frozen");
        let state = if runs { departure.state.as_str() } else { "does not run" };
        let note = departure.note.map(|note| format!("; {note}")).unwrap_or_default();
        let offer = departure.offer.as_ref();
        let offered = offer.map(|offer| format!("; {}", offer.words())).unwrap_or_default();
        let answers = answers(offer, reader);
        Self {
            push: departure.push.to_string(),
            runs,
            cut: When::date(&departure.cut_at),
            leaves: When::date(&departure.push_at),
            hero: departure.hero.map(|hero| hero.to_string()),
            turn: departure.turn.map(|turn| turn.to_string()),
            says: format!("{state}{offered}{note}"),
            answers,
        }
    }
}

/// `/trains/{train}/schedule`: departures, and who is on duty when.
pub(crate) async fn schedule(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let look = async |conductor: &Conductor| Ok(conductor.schedule(None, None).await?.0);
    let (view, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "Train").about(&train).at("train").in_zone(&zone);
    let departures = view.departures.into_iter().map(|d| Row::of(d, visitor.name())).collect();
    Ok(shown(&SchedulePage { layout, departures }))
}

/// `/trains/{train}/calendar.ics`: the same, for calendars (RFC 5545).
pub(crate) async fn calendar(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let trains = std::sync::Arc::clone(&house.open.trains);
    let write = async move |conductor: &Conductor| {
        let from = conductor.first_told().await?;
        let (_, departures) = conductor.schedule(Some(from), None).await?;
        let changes = conductor.calendar_changes().await?;
        Ok(trains.calendar(conductor, &departures, changes))
    };
    let (text, _) = looked(&house, &visitor, &train, write).await?;
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Sought {
    commit: Option<String>,
    search: Option<String>,
}

impl Sought {
    fn said(text: Option<String>) -> Option<String> {
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

#[derive(Template)]
#[template(path = "where.html")]
struct WherePage {
    layout: Layout,
    commit: Option<String>,
    found: Option<WhereView>,
}

/// `/trains/{train}/where`: is it out yet?
pub(crate) async fn whereis(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(sought): Query<Sought>,
) -> Result<Response, NoPage> {
    let commit = Sought::said(sought.commit);
    let named = commit.clone();
    let look = async move |conductor: &Conductor| {
        let Some(commit) = named else { return Ok(None) };
        Ok(Some(conductor.find_commit(&RepoCommit { repo: None, commit }).await?.0))
    };
    let (found, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "Where is…").about(&train).at("where").in_zone(&zone);
    Ok(shown(&WherePage { layout, commit, found }))
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    layout: Layout,
    search: String,
    view: HistoryView,
}

/// `/trains/{train}/history`: the pushes that are over.
pub(crate) async fn history(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(sought): Query<Sought>,
) -> Result<Response, NoPage> {
    let search = Sought::said(sought.search);
    let wish = HistoryWish { push: None, search: search.clone(), from: None, to: None };
    let look = async move |conductor: &Conductor| conductor.past_pushes(&wish).await;
    let (view, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "History").about(&train).at("history").in_zone(&zone);
    Ok(shown(&HistoryPage { layout, search: search.unwrap_or_default(), view }))
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    layout: Layout,
    proof: ChainReport,
    entries: Vec<Entry>,
}

/// An entry, with what proves it.
struct Entry {
    seq: Option<u64>,
    at: When,
    who: String,
    what: String,
    hash: String,
}

fn entries(log: LogView) -> Vec<Entry> {
    let entry = |entry: conductor::view::EntryView| Entry {
        seq: entry.seq,
        at: When::date(&entry.at),
        who: entry.actor.unwrap_or_default(),
        what: words::sentence(&entry.words),
        hash: entry.hash,
    };
    log.entries.into_iter().rev().map(entry).collect()
}

/// `/trains/{train}/ledger`: what was done, and that the record holds. The remotes are not asked for it.
pub(crate) async fn ledger(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let look = async |conductor: &Conductor| {
        let wish = LogWish { push: None, last: Some(SHOWN_ENTRIES) };
        let log = conductor.log(&wish, &mut Reading::default()).await?;
        Ok((conductor.ledger.verify().await?, log))
    };
    let ((proof, log), zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "Ledger").about(&train).at("ledger").in_zone(&zone);
    Ok(shown(&LedgerPage { layout, proof, entries: entries(log) }))
}
