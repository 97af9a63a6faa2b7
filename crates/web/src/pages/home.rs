//! The first page: every train as a line of a departures board.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use conductor::Conductor;
use train::id::TrainName;

use super::push::Board;
use super::scene::Scene;
use super::words::When;
use super::{Layout, NoPage, looked_at, shown};
use crate::gathered::counted;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "trains.html")]
struct TrainsPage {
    layout: Layout,
    says: String,
    rows: Vec<Row>,
}

/// A train, or why nothing can be told of it.
struct Row {
    train: String,
    stands: Result<Stands, String>,
}

/// How the push stands that matters now.
struct Stands {
    board: Board,
    leaves: Option<When>,
    rest: String,
    hero: String,
}

/// `/`: the trains; where there is one alone, that one.
pub(crate) async fn home(State(house): State<House>, visitor: Visitor) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_look(&house).map_err(no)?;
    let names = house.open.trains.names();
    if let [only] = names.as_slice() {
        return Ok(Redirect::to(&house.path(&format!("/trains/{only}"))).into_response());
    }
    let each = names.iter().map(|train| row(&house, &visitor, train));
    let rows = futures_util::future::join_all(each).await;
    counted(&house, &visitor).await;
    let events = Some(house.path("/events"));
    let layout = Layout { events, ..Layout::of(&house, &visitor, "Trains") };
    Ok(shown(&TrainsPage { layout, says: says(&rows), rows }))
}

/// A train that can't be read now keeps no other off the board.
async fn row(house: &House, visitor: &Visitor, train: &TrainName) -> Row {
    let look = async |conductor: &Conductor| {
        let scene = Scene::of(conductor);
        Ok((conductor.status(None).await?, scene))
    };
    let stands = looked_at(house, visitor, train, look).await;
    let stands = stands.map(|((status, scene), _)| Stands {
        leaves: status.push_at.as_ref().map(When::date),
        rest: status
            .push_at
            .as_ref()
            .map(|at| super::words::leaves(at, &scene.now))
            .unwrap_or_default(),
        hero: status.hero.as_ref().map(ToString::to_string).unwrap_or_default(),
        board: Board::of(&status, &scene, visitor.name()),
    });
    Row { train: train.to_string(), stands: stands.map_err(|refusal| refusal.message) }
}

/// What whoever comes has to know of all of them at once.
fn says(rows: &[Row]) -> String {
    let mine = |row: &&Row| row.stands.as_ref().is_ok_and(|stands| !stands.board.next.calm);
    match (rows.len(), rows.iter().filter(mine).count()) {
        (0, _) => "No train is set up.".to_owned(),
        (all, 0) => format!("{all} trains."),
        (all, 1) => format!("{all} trains. One waits for you."),
        (all, mine) => format!("{all} trains. {mine} wait for you."),
    }
}
