//! What holds for every request: where it may come from, and what a browser may do with the answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use train::refusal::{Code, Refusal};

use crate::house::House;
use crate::problem::Problem;

/// Nothing but what this server itself sends is run or shown; nobody frames it; forms post to it alone.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
     connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses a change that another site's page asks a browser for, and puts the headers on every answer.
pub(crate) async fn guard(State(house): State<House>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = if harmless || is_own(&house, request.headers()) {
        next.run(request).await
    } else {
        foreign().into_response()
    };
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if house.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The no to another site's page.
pub(crate) fn foreign() -> Problem {
    let what = "this request comes from the page of another site";
    Refusal::new(Code::NotAllowed, what, "open the page here and do it there").into()
}

/// Whether a socket may come from where it comes. Browsers open sockets to anywhere, with the cookies of there, and say in
/// `Origin` for whom (RFC 6455, section 10.2).
pub(crate) fn is_own_socket(house: &House, headers: &HeaderMap) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => is_our_origin(house, headers, origin.as_bytes()),
        None => true,
    }
}

fn is_our_origin(house: &House, headers: &HeaderMap, origin: &[u8]) -> bool {
    let own = house.open.base.origin().ascii_serialization();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = host.map(|host| format!("{}://{host}", house.open.base.scheme()));
    origin == own.as_bytes() || asked.is_some_and(|asked| origin == asked.as_bytes())
}

/// Whether a change may come from where it comes: browsers say so themselves, in `Sec-Fetch-Site` or at least in `Origin`;
/// what says neither is no browser, and has no cookies but its own.
fn is_own(house: &House, headers: &HeaderMap) -> bool {
    let said = |name| headers.get(name).map(|value: &HeaderValue| value.as_bytes());
    match (said(header::HeaderName::from_static("sec-fetch-site")), said(header::ORIGIN)) {
        (Some(site), _) => matches!(site, b"same-origin" | b"none"),
        (None, Some(origin)) => is_our_origin(house, headers, origin),
        (None, None) => true,
    }
}
