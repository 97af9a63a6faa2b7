//! One push: what ships, where it is, what holds it, and what to do next.

mod board;
mod facts;
mod hands;
mod line;
mod running;
mod security;
mod side;
mod typed;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{LogView, MonitorView, PushState, SecurityView, StatusView};
use conductor::{Conductor, LogWish, Reading};
use train::command::WhichPush;
use train::id::{PushDate, TrainName};

use super::deploy::Deploy;
use super::scene::Scene;
use super::{Layout, NoPage, looked, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;
pub(super) use board::Board;
use facts::Facts;
pub(super) use facts::{GateRow, Picked, gate};
use running::{Running, running};
use security::Twins;
use side::{Notes, Side};

/// How many entries of the log stand beside a push.
const SHOWN_ENTRIES: usize = 30;

#[derive(Template)]
#[template(path = "push.html")]
struct PushPage {
    layout: Layout,
    board: Board,
    facts: Facts,
    side: Side,
    /// The private twins, for whoever may know of them.
    security: Option<Twins>,
    running: Vec<Running>,
    /// What goes with the settling of each task.
    fields: Vec<(&'static str, String)>,
    deploys: Vec<Deploy>,
}

/// All that a push's page shows, looked up at one moment.
struct Seen {
    status: StatusView,
    notes: Option<Notes>,
    log: LogView,
    /// What is to be watched, once it has left.
    monitors: Vec<MonitorView>,
    running: Vec<Running>,
    /// None for whoever is not of the train: what deploys put out is not for everybody.
    deploys: Vec<Deploy>,
    scene: Scene,
    /// None for whoever lacks the security role, where there is nothing to be kept, and where all is over.
    security: Option<SecurityView>,
}

/// `/trains/{train}/pushes/{push}`.
pub(crate) async fn push(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
) -> Result<Response, NoPage> {
    one(&house, &visitor, &train, Some(push)).await
}

/// The page of a push; of the one that matters now where none is named.
pub(crate) async fn one(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    push: Option<PushDate>,
) -> Result<Response, NoPage> {
    let (there, named) = (house.clone(), train.clone());
    let reader = visitor.name().cloned();
    let aboard = visitor.aboard(house, train).is_some();
    let look = async move |conductor: &Conductor| {
        let status = conductor.status(push).await?;
        let which = status.push.map_or(WhichPush::Shown, WhichPush::On);
        // A push whose notes are not open yet has none to show.
        let notes = match conductor.notes_as_read(which).await {
            Ok(read) => Some(Notes::of(conductor, &read, &there, &named).await?),
            Err(_) => None,
        };
        let wish = LogWish { push: status.push, last: Some(SHOWN_ENTRIES) };
        let log = conductor.log(&wish, &mut Reading::default()).await?;
        let monitors = match status.push.filter(|_| line::is_out(&status)) {
            Some(push) => conductor.monitors_of(push).await?,
            None => Vec::new(),
        };
        let running = running(&there, conductor, &named, reader.as_ref()).await?;
        let scene = Scene::of(conductor);
        let deploys = deploys(conductor, status.push.filter(|_| aboard), &scene).await?;
        let security = twins(conductor, status.state).await?;
        Ok(Seen { status, notes, log, monitors, running, deploys, scene, security })
    };
    let (mut seen, zone) = looked(house, visitor, train, look).await?;
    let title = match seen.status.push {
        Some(push) => format!("{train} {push}"),
        None => train.to_string(),
    };
    let layout = Layout::of(house, visitor, &title).about(train).at("push").in_zone(&zone);
    let layout = layout.standing(seen.status.state);
    let mut board = Board::of(&seen.status, &seen.scene, visitor.name());
    board.monitors = seen.monitors.iter().map(|one| (one.name.clone(), one.url.clone())).collect();
    let facts = Facts::of(&seen.status, &seen.scene);
    let side = Side::of(seen.notes.take(), &seen.log);
    let security = seen.security.as_ref().map(Twins::of);
    let fields = facts.push.iter().map(|push| ("push", push.clone())).collect();
    let (running, deploys) = (seen.running, seen.deploys);
    Ok(shown(&PushPage { layout, board, facts, side, security, running, fields, deploys }))
}

/// The deploys of a push, whoever began them; the newest first.
async fn deploys(
    conductor: &Conductor,
    push: Option<PushDate>,
    scene: &Scene,
) -> conductor::failure::Result<Vec<Deploy>> {
    let Some(push) = push else { return Ok(Vec::new()) };
    let all = conductor.deploys_of(push).await?;
    Ok(all.iter().rev().map(|one| Deploy::of(one, conductor, scene)).collect())
}

/// The private twins as last fetched. Nobody else is told whether there is anything, and nothing is looked up for them (P9).
async fn twins(
    conductor: &Conductor,
    state: PushState,
) -> conductor::failure::Result<Option<SecurityView>> {
    let over = matches!(state, PushState::Done | PushState::Cancelled);
    match !over && conductor.hears_of_embargoed().await? {
        true => conductor.security_remembered().await.map(Some),
        false => Ok(None),
    }
}
