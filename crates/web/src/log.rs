//! What a server tells whoever runs it: each answer, and what fails while nobody asks.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::HeaderName;
use axum::middleware::Next;
use axum::response::Response;
use conductor::failure::Failure;
use tokio::time::Instant;

use crate::house::House;
use crate::secret;

/// The header in which a request's name comes and goes.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where it is told.
pub trait Log: Send + Sync {
    /// A request was answered.
    fn answered(&self, answered: &Answered<'_>);

    /// Something failed while nobody asked for it: what it was about.
    fn failed(&self, about: &str, failure: &Failure);

    /// Somebody who tried to come in was turned away: by which way they came, and from which address; never with what.
    fn turned_away(&self, way: &str, from: &str, refusal: &Failure);
}

/// An answer. What an address names is not in it, since a link's secret may be: only which of our addresses it is.
#[derive(Debug)]
pub struct Answered<'a> {
    /// The request's name: what a proxy gave it, or a new one.
    pub id: &'a str,
    /// The method.
    pub method: &'a str,
    /// The address with names in place of what it names: `/trains/{train}`.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

/// Gives each request its name, and counts and tells its answer.
pub(crate) async fn log(State(house): State<House>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let id = match given.filter(|id| is_name(id)) {
        Some(id) => id.to_owned(),
        None => secret::key_id().unwrap_or_default(),
    };
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    house.meters.answered(&route, status, took);
    let answered = Answered { id: &id, method: method.as_str(), route: &route, status, took };
    house.open.log.answered(&answered);
    response
}

/// Whether a name from outside is one: short, and of letters that no log reads as more.
fn is_name(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}
