//! Pages of one train: the push that matters now, its calendar for calendars, and its record.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use conductor::ports::ChainReport;
use conductor::view::LogView;
use conductor::{Conductor, LogWish, Reading};
use train::id::TrainName;

use super::words::{self, When};
use super::{Layout, NoPage, looked, push, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

/// How many entries of a ledger are shown on its page: the newest.
const SHOWN_ENTRIES: usize = 200;

/// `/trains/{train}`: the push that matters now.
pub(crate) async fn train(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    push::one(&house, &visitor, &train, None).await
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
        hash: entry.hash.unwrap_or_default(),
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
