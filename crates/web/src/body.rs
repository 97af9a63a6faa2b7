//! What a request brings, read once it is known who sends it: of the kind that is taken here, no more than its address takes, and
//! within a time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout, timeout_at};
use train::id::quoted;
use train::refusal::{Code, Refusal};

/// What a request may bring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takes {
    /// The most bytes.
    most: usize,
    /// How long all of it may take to come.
    within: Duration,
    /// Its media type.
    kind: &'static str,
}

/// A form of a few short fields.
pub(crate) const SMALL_FORM: Takes = Takes { most: 8_000, within: PAUSE, kind: FORM };
/// A form that is a wish.
pub(crate) const WISH_FORM: Takes = Takes { most: WISH, within: LARGE, kind: FORM };
/// A document that is a wish.
pub(crate) const WISH_DOCUMENT: Takes = Takes { most: WISH, within: LARGE, kind: JSON };

/// The most bytes of what is read anywhere else.
pub(crate) const ELSEWHERE: usize = SMALL_FORM.most;
/// The most bytes of a wish: the longest page of notes, each byte of which may take four in a form, and what is around it.
const WISH: usize = 4 * conductor::LONGEST_PAGE + 64_000;
/// How long a wish may take to come.
const LARGE: Duration = Duration::from_secs(60);
/// How long nothing may come.
const PAUSE: Duration = Duration::from_secs(10);

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Reads it.
pub(crate) async fn read(takes: Takes, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    of_kind(takes.kind, headers)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > takes.most) {
        return Err(too_large(takes.most));
    }
    let until = Instant::now() + takes.within;
    let (mut pieces, mut read) = (body.into_data_stream(), Vec::new());
    loop {
        let next = timeout_at(until, timeout(PAUSE, pieces.next())).await;
        let Some(piece) = next.ok().and_then(Result::ok).ok_or_else(too_slow)? else {
            return Ok(read.into());
        };
        let piece = piece.map_err(|_| {
            let what = "the request broke off before its end";
            Refusal::new(Code::Usage, what, "send it once more")
        })?;
        if read.len() + piece.len() > takes.most {
            return Err(too_large(takes.most));
        }
        read.extend_from_slice(&piece);
    }
}

/// Refuses what says that it is something else. What does not say is taken for what is asked for.
fn of_kind(kind: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(said) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let said = said.to_str().unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(kind) {
        return Ok(());
    }
    let what = format!("a request of the kind {} is not taken here", quoted(essence));
    Err(Refusal::new(Code::Usage, what, format!("send it as {kind}")))
}

fn too_large(most: usize) -> Refusal {
    let what = format!("the request is too large: {most} bytes are taken here at most");
    let hint = format!("send less; a page of notes has {} bytes at most", conductor::LONGEST_PAGE);
    Refusal::new(Code::TooLarge, what, hint)
}

fn too_slow() -> Refusal {
    let what = "the request came too slowly, and was given up before its end";
    Refusal::new(Code::TooSlow, what, "send it once more, over a better line")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(kind: &'static str) -> HeaderMap {
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind))].into_iter().collect()
    }

    #[tokio::test]
    async fn a_request_is_of_the_kind_that_is_taken_or_does_not_say() {
        for kind in [FORM, "Application/X-WWW-Form-Urlencoded; charset=utf-8"] {
            read(SMALL_FORM, &of(kind), Body::from("a=b")).await.expect("a form is taken");
        }
        read(SMALL_FORM, &HeaderMap::new(), Body::from("a=b")).await.expect("so is what is silent");
        for kind in ["text/plain", "multipart/form-data", JSON, ""] {
            let no = read(SMALL_FORM, &of(kind), Body::from("a=b")).await.unwrap_err();
            assert_eq!(no.code, Code::Usage, "{kind}");
        }
    }

    #[tokio::test]
    async fn what_does_not_say_its_length_has_a_bound_too() {
        let bytes = |n| Body::from("x".repeat(n));
        let none = HeaderMap::new();
        assert_eq!(read(SMALL_FORM, &none, bytes(8_000)).await.unwrap().len(), 8_000);
        let no = read(SMALL_FORM, &none, bytes(8_001)).await.unwrap_err();
        assert_eq!(no.code, Code::TooLarge);
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_drop_by_drop_is_given_up() {
        let drops = futures_util::stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
        });
        let begun = Instant::now();
        let no = read(WISH_FORM, &HeaderMap::new(), Body::from_stream(drops)).await.unwrap_err();
        assert_eq!((no.code, begun.elapsed()), (Code::TooSlow, LARGE));
    }
}
