//! What an address says, read; what can't be read is a no like every other.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use conductor::Wait;
use serde::de::DeserializeOwned;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::problem::Problem;

/// The longest address that one is brought back to.
const LONGEST_PAGE: usize = 1_000;

/// What an address names.
pub(crate) struct Path<T>(pub T);

/// What stands behind its question mark.
pub(crate) struct Query<T>(pub T);

fn unread(what: &str, why: &str) -> Problem {
    let hint = "the documentation of the interface has what is taken";
    Refusal::new(Code::Usage, format!("{what} can't be read: {}", quoted(why)), hint).into()
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

/// A page of ours, by its path; whatever else an address may say leads to the first one.
pub(crate) fn own_page(next: &str) -> &str {
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    let own = next.starts_with('/') && !next.starts_with("//") && next.len() <= LONGEST_PAGE;
    if own && !next.contains(odd) && !next.starts_with("/sign-in") { next } else { "/" }
}

/// `BASE..HEAD`.
pub(crate) fn revisions(text: &str) -> Result<(String, String), Refusal> {
    let (base, head) = text.split_once("...").or_else(|| text.split_once("..")).unwrap_or(("", ""));
    if base.is_empty() || head.is_empty() {
        let what = format!("{} is no BASE..HEAD", quoted(text));
        return Err(Refusal::new(Code::Usage, what, "name two revisions of the repository"));
    }
    Ok((base.to_owned(), head.to_owned()))
}

/// So many seconds of waiting; as long as it takes where none are said.
pub(crate) fn wait(at_most: Option<f64>, else_kept: bool) -> Result<Wait, Refusal> {
    let at_most = at_most.map_or(Ok(Duration::MAX), Duration::try_from_secs_f64);
    let at_most = at_most.map_err(|_| {
        Refusal::new(Code::Usage, "nothing can be waited for so long", "give seconds from 0 on")
    })?;
    Ok(Wait { at_most, else_kept })
}

/// The page of ours that somebody came from, by its path without what stands before every one: none where a browser does not tell,
/// and where it is an address that forms are sent to.
pub(crate) fn came_from(prefix: &str, headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::REFERER)?.to_str().ok()?;
    let said = url::Url::parse(said).ok()?;
    let path = said.path().strip_prefix(prefix)?;
    let sent = ["/plan", "/do", "/later"].iter().any(|end| path.ends_with(end));
    let whole = said.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    (!sent && own_page(&whole) == whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn somebody_is_led_back_to_a_page_of_ours_alone() {
        let from = |referer: &'static str, prefix: &str| {
            let value = HeaderValue::from_static(referer);
            came_from(prefix, &[(header::REFERER, value)].into_iter().collect())
        };
        for (referer, prefix, back) in [
            ("https://push.example/trains/amo", "", Some("/trains/amo")),
            ("https://push.example/push/trains/amo?a=b", "/push", Some("/trains/amo?a=b")),
            ("https://push.example//elsewhere.example/", "", None),
            ("https://push.example/trains/amo/plan", "", None),
            ("https://push.example/other", "/push", None),
            ("nonsense", "", None),
        ] {
            assert_eq!(from(referer, prefix).as_deref(), back, "{referer}");
        }
    }
}
