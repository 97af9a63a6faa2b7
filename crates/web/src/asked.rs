//! What a request says, read; what can't be read is a no like every other.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::fields::Fields;
use crate::problem::Problem;

/// What an address names.
pub(crate) struct Path<T>(pub T);

/// What stands behind its question mark.
pub(crate) struct Query<T>(pub T);

/// A form.
pub(crate) struct Form(pub Fields);

fn unread(what: &str, why: &str) -> Problem {
    let hint = "the documentation of the interface has what is taken";
    Refusal::new(Code::Usage, format!("{what} can't be read: {}", quoted(why)), hint).into()
}

/// A body that is too large, or broke off.
pub(crate) fn body(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let hint = "a page of notes has 10 MB at most";
            Refusal::new(Code::TooLarge, "the request is too large", hint).into()
        }
        _ => unread("the request", &rejection.body_text()),
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|error| {
            let what = format!("there is nothing at this address: {}", quoted(&error.body_text()));
            Refusal::new(Code::NotFound, what, "the first page lists the trains").into()
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|e| unread("the question", &e.body_text()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|e| body(&e))?;
        Ok(Self(Fields::read(&bytes)))
    }
}
