//! Wishes from programs.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use conductor::carry::{Beside, Plan};
use conductor::view::FailureView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::asked::Path;
use crate::house::House;
use crate::keyed::Key;
use crate::problem::Problem;
use crate::sent::WishDocument;
use crate::steps::{Open, Step};
use crate::telling::{Wants, followed, told};
use crate::visitor::Visitor;
use crate::wishes::{Yes, begin, heard, may_wish, readable, reads_less};

/// How long an answer is held back for the end of a step.
const PATIENCE: Duration = Duration::from_secs(25);

/// A wish, and how it is meant.
#[derive(Debug, Deserialize, JsonSchema)]
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

/// What a wish comes to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Planned")]
pub(super) struct Planned<T> {
    /// What a yes is bound to with `if`; null where there is nothing to bind.
    digest: Option<String>,
    /// Whether a yes changes anything.
    changes: bool,
    /// Whether something runs that a yes follows to its end, though it changes nothing.
    follows: bool,
    /// What could not be looked at; a yes goes on with the rest.
    unknown: Option<FailureView>,
    /// What people are shown beside the document.
    beside: Beside,
    /// The document that the command of that name has with `--dry-run --json`.
    plan: T,
}

/// A wish that goes on.
#[derive(Debug, Serialize, JsonSchema)]
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
    wants: Wants,
    WishDocument { visitor, train, headers, bytes }: WishDocument,
) -> Result<Response, Problem> {
    let Wished { wish, dry_run, saw } = serde_json::from_slice(&bytes).map_err(|e| unread(&e))?;
    let key = Key::of(&headers)?;
    if dry_run {
        let look = may_wish(&house, &visitor.may_wish(&wish)?.person, &wish)?;
        let (inside, about, open) = (house.clone(), train.clone(), visitor.reads(&house, &train));
        let plan = async move |c: &Conductor| {
            let plan = c.clone().counting(look.clone()).plan(&wish).await;
            heard(look.as_deref(), &inside, &about, &plan);
            let plan = plan.map(|plan| open.plan(plan))?;
            let Plan { shown, digest, changes, follows, refusal, unknown, beside } = plan;
            let repos = shown.repos().to_vec();
            let unknown = unknown.as_ref().map(FailureView::from);
            let planned = Planned { digest, changes, follows, unknown, beside, plan: shown };
            match refusal {
                Some(refusal) => Err(Problem::about(refusal, repos, &planned)),
                None => Ok(planned),
            }
        };
        return told(&house, &visitor.who(), &train, wants, plan).await;
    }
    let yes = Yes { wish, saw, key };
    let open = visitor.reads(&house, &train);
    let step = begin(&house, &visitor, &train, yes).await?;
    if wants.stream {
        return Ok(follow(house, visitor, step, open));
    }
    Ok(answer(&house, &step, open, PATIENCE).await)
}

/// `GET steps/{step}`: how far it is, or what became of it.
pub(super) async fn step(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
    wants: Wants,
) -> Result<Response, Problem> {
    let (step, open) = readable(&house, &visitor, &train, &id).await?;
    if wants.stream {
        return Ok(follow(house, visitor, step, open));
    }
    Ok(answer(&house, &step, open, Duration::ZERO).await)
}

/// What it says, for as long as whoever reads it may.
fn follow(house: House, visitor: Visitor, step: Arc<Step>, open: Open) -> Response {
    let gone = reads_less(house, visitor, Arc::clone(&step), open);
    followed(step, open, gone)
}

async fn answer(house: &House, step: &Step, open: Open, patience: Duration) -> Response {
    step.ended(patience).await;
    match step.answer(open) {
        Some(answer) => answer.clone().into_response(),
        None => {
            let address = house.path(&format!("/api/v1/trains/{}/steps/{}", step.train, step.id));
            let body = Going { step: step.id.clone(), address, lines: step.lines(open) };
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
    }
}

fn unread(error: &serde_json::Error) -> Problem {
    let what = format!("the body is no wish: {}", train::id::quoted(&error.to_string()));
    Refusal::new(Code::Usage, what, "send {\"wish\":{\"command\":…}} as JSON").into()
}
