//! Wishes from programs.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::answer::document;
use crate::asked::{Path, body};
use crate::commands::{Begun, Yes, begin, planned, readable};
use crate::house::House;
use crate::keyed::Key;
use crate::problem::Problem;
use crate::steps::Step;
use crate::visitor::Visitor;

/// How long an answer is held back for the end of a step.
const PATIENCE: Duration = Duration::from_secs(25);

/// A wish, and how it is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wished {
    /// What.
    wish: Command,
    /// Only what it comes to.
    #[serde(default)]
    dry_run: bool,
    /// The digest of the plan that was read.
    #[serde(default, rename = "if")]
    saw: Option<String>,
}

#[derive(Serialize)]
struct Planned<T> {
    digest: Option<String>,
    changes: bool,
    plan: T,
}

/// A wish that goes on.
#[derive(Debug, Serialize)]
pub(super) struct Going {
    /// Its step.
    step: String,
    /// Where to ask again.
    address: String,
    /// What it said so far.
    lines: Vec<String>,
}

/// `POST commands`: plans, or carries out. A step that takes long is answered with 202 and its address.
pub(super) async fn post(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    headers: HeaderMap,
    wished: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let bytes = wished.map_err(|error| body(&error))?;
    let Wished { wish, dry_run, saw } = serde_json::from_slice(&bytes).map_err(|e| unread(&e))?;
    let key = Key::of(&headers)?;
    if dry_run {
        let plan = planned(&house, &visitor, &train, &wish).await?;
        if let Some(refusal) = plan.refusal {
            return Err(Problem::about(refusal, plan.shown));
        }
        let conductor = house.open.trains.conductor(&train, &visitor.who()).await?;
        let body = Planned { digest: plan.digest, changes: plan.changes, plan: plan.shown };
        return Ok(Json(document(&conductor, body)).into_response());
    }
    let yes = Yes { wish, saw, key };
    Ok(match begin(&house, &visitor, &train, yes).await? {
        Begun::Step(step) => answer(&house, &step, PATIENCE).await,
        Begun::Over(answer) => answer.into_response(),
    })
}

/// `GET steps/{step}`: how far it is, or what became of it.
pub(super) async fn step(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
) -> Result<Response, Problem> {
    let step = readable(&house, &visitor, &train, &id).await?;
    Ok(answer(&house, &step, Duration::ZERO).await)
}

async fn answer(house: &House, step: &Step, patience: Duration) -> Response {
    match step.ended(patience).await {
        Some(answer) => answer.clone().into_response(),
        None => {
            let address = house.path(&format!("/api/v1/trains/{}/steps/{}", step.train, step.id));
            let body = Going { step: step.id.clone(), address, lines: step.lines() };
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
    }
}

fn unread(error: &serde_json::Error) -> Problem {
    let what = format!("the body is no wish: {}", train::id::quoted(&error.to_string()));
    Refusal::new(Code::Usage, what, "send {\"wish\":{\"command\":…}} as JSON").into()
}
