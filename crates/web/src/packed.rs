//! Answers made smaller on their way (gzip, RFC 1952).
//!
//! How small an answer becomes says something of what is in it. Whoever sees only sizes, and can make a browser ask with words of
//! their choice, finds out by and by what else is on a page that repeats them (BREACH). So only what is asked for by a bare address
//! is made smaller: no answer that has words of its question in it, none to a form, none that shows a secret. No token stands in
//! a page (ADR 13), and cookies don't come with the questions of other sites' pages. What somebody wrote on the page itself is left:
//! to it each answer gets a few bytes more, how many is left to chance. Streams go as they come.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use zlib_rs::{DeflateConfig, ReturnCode, compress_bound, compress_slice};

use crate::secret;

/// What is smaller than this goes in one packet anyway, in bytes.
const LEAST: u64 = 1_000;
/// How hard it is tried: with each answer, and once for all with what never changes.
const EACH: i32 = 4;
pub(crate) const ONCE: i32 = 9;
/// Raw, with a window of 2^15 bytes: what gzip has around it is made here.
const RAW: i32 = -15;
/// What begins a gzip stream with an extra field, of no time and no system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255];
/// The name of our extra field, which readers pass over.
const FIELD: [u8; 2] = *b"pd";

/// Makes answers smaller for whoever takes it.
pub(crate) async fn packed(request: Request, next: Next) -> Response {
    let bare = *request.method() == Method::GET && request.uri().query().is_none();
    let wanted = bare && is_wanted(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !is_text(headers) || headers.contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let size = response.body().size_hint().exact();
    if !wanted || response.status() != StatusCode::OK || size.is_none_or(|size| size < LEAST) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Some(smaller) = gzip(&bytes, EACH, secret::chance()) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(parts, Body::from(smaller))
}

/// Whether somebody takes gzip (RFC 9110, section 12.5.3): named, and not with a weight of nothing.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|said| said.to_str().ok());
    let mut kinds = all.flat_map(|said| said.split(',')).map(|kind| {
        let (name, weight) = kind.split_once(';').unwrap_or((kind, ""));
        (name.trim(), weight.trim().trim_start_matches("q=").parse::<f32>())
    });
    kinds.any(|(name, weight)| name.eq_ignore_ascii_case("gzip") && weight != Ok(0.0))
}

/// Whether it is text: pictures and fonts are small already.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let name = kind.split(';').next().unwrap_or("").trim();
    (name.starts_with("text/") && name != "text/event-stream") || name.ends_with("json")
}

/// The same as a gzip stream, with so many bytes more; none where that fails, as on nothing in the world.
pub(crate) fn gzip(bytes: &[u8], level: i32, more: u8) -> Option<Bytes> {
    let mut made = vec![0; compress_bound(bytes.len())];
    let config = DeflateConfig { level, window_bits: RAW, ..DeflateConfig::default() };
    let (deflated, ReturnCode::Ok) = compress_slice(&mut made, bytes, config) else { return None };
    let mut whole = Vec::with_capacity(deflated.len() + usize::from(more) + 24);
    whole.extend(HEAD);
    whole.extend((u16::from(more) + 4).to_le_bytes());
    whole.extend(FIELD);
    whole.extend(u16::from(more).to_le_bytes());
    whole.resize(whole.len() + usize::from(more), 0);
    whole.extend(&*deflated);
    whole.extend(zlib_rs::crc32::crc32(0, bytes).to_le_bytes());
    // Modulo 2^32, as the format has it.
    whole.extend((bytes.len() as u32).to_le_bytes());
    Some(whole.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_the_same_unpacked_whatever_it_gets_more() {
        let text = "a page of the train\n".repeat(400);
        for more in [0, 1, 77, 255] {
            let packed = gzip(text.as_bytes(), EACH, more).unwrap();
            assert!(packed.len() < 400 + usize::from(more), "{}", packed.len());
            let body = &packed[16 + usize::from(more)..packed.len() - 8];
            let mut back = vec![0; text.len()];
            let config = zlib_rs::InflateConfig { window_bits: RAW };
            let (read, code) = zlib_rs::decompress_slice(&mut back, body, config);
            assert_eq!((code, &*read), (ReturnCode::Ok, text.as_bytes()));
        }
        assert_eq!(gzip(b"", EACH, 0).unwrap().len(), 16 + 2 + 8);
    }

    #[test]
    fn only_who_names_it_gets_it() {
        let said = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            is_wanted(&headers)
        };
        assert!(said("gzip") && said("br, GZIP;q=0.5, deflate") && said("deflate , gzip"));
        assert!(
            !said("br") && !said("gzip;q=0") && !said("gzip; q=0.0") && !said("xgzip") && !said("")
        );
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
