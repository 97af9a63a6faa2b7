//! A train at its own address: the push that matters now, and its calendar for calendars.

use axum::extract::{FromRequestParts, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use serde::Deserialize;
use train::id::TrainName;

use super::{NoPage, looked, push};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::problem::Problem;
use crate::visitor::Visitor;

/// `/trains/{train}`: the push that matters now.
pub(crate) async fn train(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    push::one(&house, &visitor, &train, None).await
}

/// Whoever reads a calendar. Calendar programs sign in nowhere: what lets them in stands in the address.
pub(crate) struct Subscriber(Visitor);

/// What stands behind the address of a calendar.
#[derive(Deserialize)]
struct Keyed {
    key: Option<String>,
}

impl FromRequestParts<House> for Subscriber {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        let Query(asked) = Query::<Keyed>::from_request_parts(parts, house).await?;
        Ok(Self(match asked.key {
            Some(key) => Visitor::with_calendar(house, parts, &key).await?,
            None => Visitor::from_request_parts(parts, house).await?,
        }))
    }
}

/// `/trains/{train}/calendar.ics`: the departures, for calendars (RFC 5545).
pub(crate) async fn calendar(
    State(house): State<House>,
    Subscriber(visitor): Subscriber,
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
