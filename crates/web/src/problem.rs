//! A no as an answer: a page for people, problem details for programs (RFC 9457). Statuses come from the codes' own table.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use conductor::view::{FailureView, RepoOutcome};
use serde::Serialize;
use train::refusal::{Code, Refusal};

/// Why a request is answered with no.
#[derive(Debug)]
pub(crate) struct Problem {
    pub refusal: Refusal,
    /// What was planned or done all the same.
    pub repos: Vec<RepoOutcome>,
    /// After how many seconds it may be tried again, where that is known.
    pub wait: Option<i64>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, repos: Vec::new(), wait: None }
    }
}

/// Problem details: RFC 9457, with what the command line's `error` has.
#[derive(Serialize)]
struct Details<'a> {
    /// The code, as an address relative to the documentation's list.
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    error: FailureView,
    repos: &'a [RepoOutcome],
}

impl Problem {
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.refusal.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let error = FailureView::from(&self.refusal);
        let word = serde_json::to_value(error.code).ok();
        let details = Details {
            kind: format!("/docs/codes#{}", word.as_ref().and_then(|w| w.as_str()).unwrap_or("")),
            title: &self.refusal.message,
            status: status.as_u16(),
            detail: &self.refusal.hint,
            error,
            repos: &self.repos,
        };
        let mut response = (status, Json(details)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(wait) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.refusal.code == Code::NotSignedIn {
            let scheme = HeaderValue::from_static("Bearer realm=\"pushduty\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
