//! A service like those it watches: `/__version__` (Dockerflow), `/__heartbeat__`, `/__lbheartbeat__`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::House;

/// What runs (<https://github.com/mozilla-services/Dockerflow>).
pub(crate) async fn version(State(house): State<House>) -> Json<Value> {
    Json(json!({
        "source": "", "version": house.open.version, "commit": "", "build": "", "service": "pushduty",
    }))
}

/// Whether it can do its work: every train's record can be read.
pub(crate) async fn heartbeat(State(house): State<House>) -> (StatusCode, Json<Value>) {
    let mut checks = serde_json::Map::new();
    let mut well = true;
    for train in house.open.trains.names() {
        let read = async { house.open.trains.ledger(&train)?.head().await };
        let ok = read.await.is_ok();
        well &= ok;
        checks.insert(train.to_string(), Value::from(if ok { "ok" } else { "error" }));
    }
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "status": if well { "ok" } else { "error" }, "checks": checks })))
}

/// Whether it answers at all.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::OK
}
