//! A service like those it watches: `/__version__` (Dockerflow), `/__heartbeat__`, `/__lbheartbeat__`, `/metrics`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::attempts::From;
use crate::built::Built;
use crate::house::House;
use crate::problem::Problem;
use crate::trains::Who;
use crate::visitor::Visitor;

/// What runs (<https://github.com/mozilla-services/Dockerflow>); null is what its build did not say.
pub(crate) async fn version(State(house): State<House>) -> Json<Value> {
    let Built { source, version, commit, build } = house.open.built;
    Json(json!({
        "source": source, "version": version, "commit": commit, "build": build, "service": "pushduty",
    }))
}

/// Whether it can do its work: every train's record can be read. Which trains there are is for this machine, and for whoever may
/// look.
pub(crate) async fn heartbeat(
    State(house): State<House>,
    visitor: Result<Visitor, Problem>,
    from: From,
) -> (StatusCode, Json<Value>) {
    let mut checks = serde_json::Map::new();
    let mut well = true;
    for train in house.open.trains.names() {
        let read = async { house.open.trains.ledger(&train)?.head().await };
        let ok = read.await.is_ok();
        well &= ok;
        checks.insert(train.to_string(), Value::from(if ok { "ok" } else { "error" }));
    }
    let may_look = visitor.is_ok_and(|visitor| visitor.may_look(&house).is_ok());
    if !from.is_this_machine() && !may_look {
        checks.clear();
    }
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "status": if well { "ok" } else { "error" }, "checks": checks })))
}

/// Whether it answers at all.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::OK
}

/// `/metrics`: how the server fares, in Prometheus' text (OpenMetrics 1.0). For this machine, and for whoever brings a token: how
/// often people ask for what is not the business of strangers.
pub(crate) async fn metrics(
    State(house): State<House>,
    from: From,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if !from.is_this_machine() {
        visitor.is_known()?;
    }
    Ok(fares(&house).await)
}

async fn fares(house: &House) -> Response {
    house.meters.now(house.live.followers(), house.steps.told_running());
    for train in house.open.trains.names() {
        // A train that can't be read now keeps its last figures.
        let read = async {
            let conductor = house.open.trains.conductor(&train, &Who::Itself).await?;
            conductor.waiting().await
        };
        if let Ok(waiting) = read.await {
            house.meters.of_train(&train, waiting);
        }
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match house.meters.text() {
        Ok(text) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
