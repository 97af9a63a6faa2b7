//! The stream that says when a train is another.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use train::id::{TrainName, quoted};
use train::refusal::{Code, Refusal};

use crate::asked::Path;
use crate::house::House;
use crate::problem::Problem;
use crate::visitor::{Visitor, unknown};

/// `/waiting/events`: the same of all trains of whoever asks.
pub(crate) async fn all_events(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if visitor.name().is_none() {
        return Err(unknown("what waits is told to people who are signed in").into());
    }
    let trains = house.open.trains.of(&visitor.who());
    Ok(any_of(&house, &visitor, trains).await)
}

/// `/events`: the same of all trains of this server, for whoever may look.
pub(crate) async fn every_train(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    visitor.may_look(&house)?;
    let trains = house.open.trains.names();
    Ok(any_of(&house, &visitor, trains).await)
}

async fn any_of(house: &House, visitor: &Visitor, trains: Vec<TrainName>) -> Response {
    let mut followed = Vec::new();
    for train in trains {
        let of = house.followed_by(&visitor.who(), &train).await;
        followed.push((train, of));
    }
    let gone = visitor.clone().gone(house.clone());
    house.live.follow_any(&followed, gone).into_response()
}

/// `events`: what to ask again, as it changes. `Last-Event-ID` says what was seen.
pub(crate) async fn events(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    visitor.may_look(&house)?;
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let nowhere = || {
        let what = format!("there is no train {}", quoted(train.as_str()));
        Refusal::new(Code::NotFound, what, "the first page lists them")
    };
    let of = house.followed_by(&visitor.who(), &train).await;
    let gone = visitor.gone(house.clone());
    Ok(house.live.follow(&train, of, seen, gone).ok_or_else(nowhere)?.into_response())
}
