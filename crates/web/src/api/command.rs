//! Wishes from programs.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use super::document;
use crate::asked::{Path, body};
use crate::commands::{begin, planned};
use crate::house::House;
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

/// `POST commands`: plans, or carries out. A step that takes long is answered with 202 and its address.
pub(super) async fn post(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wished: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let bytes = wished.map_err(|error| body(&error))?;
    let Wished { wish, dry_run, saw } = serde_json::from_slice(&bytes).map_err(|e| unread(&e))?;
    if dry_run {
        let plan = planned(&house, &visitor, &train, &wish).await?;
        if let Some(refusal) = plan.refusal {
            return Err(refusal.into());
        }
        let conductor = house.open.trains.conductor(&train, &visitor.who()).await?;
        let body = Planned { digest: plan.digest, changes: plan.changes, plan: plan.shown };
        return Ok(Json(document(&conductor, body)).into_response());
    }
    let step = begin(&house, &visitor, &train, wish, saw).await?;
    answer(&house, &visitor, &train, &step, PATIENCE).await
}

/// `GET steps/{step}`: how far it is, or what became of it.
pub(super) async fn step(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
) -> Result<Response, Problem> {
    visitor.may_look(&house)?;
    let step = house.steps.get(&id).filter(|step| step.train == train).ok_or_else(|| {
        let what = "that step is not, or no longer, here";
        Refusal::new(Code::NotFound, what, "the log has what came of it")
    })?;
    answer(&house, &visitor, &train, &step, Duration::ZERO).await
}

async fn answer(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    step: &Step,
    patience: Duration,
) -> Result<Response, Problem> {
    match step.ended(patience).await {
        None => {
            let at = house.path(&format!("/api/v1/trains/{train}/steps/{}", step.id));
            let body = json!({ "step": step.id, "address": at, "lines": step.lines() });
            Ok((StatusCode::ACCEPTED, Json(body)).into_response())
        }
        Some(Err(refusal)) => Err(refusal.clone().into()),
        Some(Ok(done)) => match &done.refusal {
            Some(refusal) => Err(refusal.clone().into()),
            None => {
                let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
                Ok(Json(document(&conductor, &done.shown)).into_response())
            }
        },
    }
}

fn unread(error: &serde_json::Error) -> Problem {
    let what = format!("the body is no wish: {}", train::id::quoted(&error.to_string()));
    Refusal::new(Code::Usage, what, "send {\"wish\":{\"command\":…}} as JSON").into()
}
