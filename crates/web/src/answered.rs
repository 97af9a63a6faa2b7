//! Each request by its name: counted, and told to whoever runs the server.

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::HeaderName;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

use crate::house::House;
use crate::log::{Answered, Name};
use crate::secret;

/// The header in which a request's name comes and goes.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the addresses of security fixes have in them, and what answers are counted as that could tell of them.
const SECURITY: &str = "/security";
const OTHER: &str = "other";

/// Gives each request its name, and counts and tells its answer.
pub(crate) async fn answered(
    State(house): State<House>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let id = match given.filter(|id| is_name(id)) {
        Some(id) => id.to_owned(),
        None => secret::key_id().unwrap_or_default(),
    };
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    request.extensions_mut().insert(Name(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    // Whether and when somebody looks at security fixes, or has a wish about them, is not to be seen in counts (P9): all that is
    // sent is one with them, however it was answered.
    let hidden = !method.is_safe() || route.contains(SECURITY);
    let counted = if hidden { (OTHER, None) } else { (&*route, Some(status)) };
    house.meters.answered(counted, took);
    let answered = Answered { id: &id, method: method.as_str(), route: &route, status, took };
    house.open.log.answered(&answered);
    response
}

/// Whether a name from outside is one: short, and of letters that no log reads as more.
fn is_name(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}
