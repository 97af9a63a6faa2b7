//! What is answered about a wish once it is over: the document that its command has with `--json`, or problem details. It can
//! be kept, and given once more to whoever comes with the same key.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use conductor::carry::{Done, Shown};
use conductor::view::{Document, FailureView, Moment, SCHEMA};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use train::command::Command;
use train::refusal::Refusal;

use crate::caught::fault;
use crate::problem::Problem;

/// A status and a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Value,
}

/// What became of a wish.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Became")]
pub(crate) struct Became<S> {
    #[serde(flatten)]
    shown: S,
    /// What went beside it, a sentence each.
    beside: Vec<String>,
}

impl Answer {
    /// What is answered about a wish that ended so.
    pub fn of(conductor: &Conductor, end: &Result<Done, Refusal>) -> Self {
        match end {
            Ok(Done { shown, refusal: None, remarks }) => {
                let became: Became<&Shown> = Became { shown, beside: remarks.clone() };
                Self::yes(conductor, &became)
            }
            Ok(Done { shown, refusal: Some(refusal), .. }) => {
                Self::no(&Problem::about(refusal.clone(), shown.repos().to_vec(), shown))
            }
            Err(refusal) => Self::no(&refusal.clone().into()),
        }
    }

    /// A no.
    pub fn no(problem: &Problem) -> Self {
        Self::written(problem.status(), &problem.details())
    }

    /// A document.
    pub fn yes(conductor: &Conductor, body: &impl Serialize) -> Self {
        Self::written(StatusCode::OK, &document(conductor, body))
    }

    /// The server itself failed.
    pub fn fault() -> Self {
        Self::no(&fault().into())
    }

    /// The no that it is, where it is one.
    pub fn refusal(&self) -> Option<Refusal> {
        if (200..300).contains(&self.status) {
            return None;
        }
        let error = serde_json::from_value::<FailureView>(self.body["error"].clone());
        Some(error.map_or_else(|_| fault(), Refusal::from))
    }

    /// What was done of `wish`, with times in the train's zone; none where nothing was.
    pub fn shown(&self, wish: &Command, zone: &TimeZone) -> Option<Shown> {
        let body = if self.refusal().is_some() { &self.body["shown"] } else { &self.body };
        Shown::read(wish, body.clone(), zone).ok()
    }

    /// What went beside it, a sentence each.
    pub fn beside(&self) -> Vec<String> {
        serde_json::from_value(self.body["beside"].clone()).unwrap_or_default()
    }

    fn written(status: StatusCode, body: &impl Serialize) -> Self {
        Self { status: status.as_u16(), body: serde_json::to_value(body).unwrap_or_default() }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.body)).into_response();
        if !status.is_success() {
            let kind = HeaderValue::from_static("application/problem+json");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    }
}

/// A document around what is shown.
pub(crate) fn document<T>(conductor: &Conductor, body: T) -> Document<T> {
    let as_of = Moment(conductor.local(conductor.clock.now()));
    let rehearsal = conductor.ledger.identity().rehearsal;
    Document { schema: SCHEMA, as_of, rehearsal, body }
}
