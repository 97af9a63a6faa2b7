//! A train at its own address: the push that matters now, and its calendar for calendars.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use train::id::TrainName;

use super::{NoPage, looked, push};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

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
        let (departures, changes) = conductor.told_departures(None, None).await?;
        Ok(trains.calendar(conductor, &departures, changes))
    };
    let (text, _) = looked(&house, &visitor, &train, write).await?;
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}
