//! Answers that are made smaller on their way: which are, that they say the same, and which are never.

use crate::cut;
use crate::server::{Answer, Server};

const PAGE: &str = "/trains/amo/pushes/2026.11.26";

/// What a browser makes of an answer.
fn unpacked(answer: &Answer) -> String {
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut text = vec![0; 2_000_000];
    let (text, code) = zlib_rs::decompress_slice(
        &mut text,
        &answer.bytes,
        zlib_rs::InflateConfig { window_bits: 31 },
    );
    assert_eq!(code, zlib_rs::ReturnCode::Ok, "it is gzip to its end");
    String::from_utf8(text.to_vec()).expect("it is text")
}

/// A page without the number that each reader of notes is given.
fn numberless(page: &str) -> String {
    let (before, rest) = page.split_once("&#34;client&#34;:").expect("the notes are on the page");
    let (_, after) = rest.split_once(',').expect("there is more");
    format!("{before}{after}")
}

fn is_plain(answer: &Answer) {
    assert_eq!(answer.header("content-encoding"), None, "{answer:?}");
}

#[test]
fn a_page_that_is_asked_for_by_a_bare_address_comes_smaller_and_says_the_same() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let reader = server.anybody();
    let plain = reader.get(PAGE).is(200);
    is_plain(&plain);
    let packed = reader.with("accept-encoding", "br, gzip").get(PAGE).is(200);
    assert_eq!(numberless(&unpacked(&packed)), numberless(&plain.body));
    assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{} bytes", packed.bytes.len());
    for answer in [&plain, &packed] {
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        let length = answer.header("content-length").map(str::to_owned);
        assert_eq!(length, Some(answer.bytes.len().to_string()));
    }
    // Not always as large as the last time: its size tells little of what is in it.
    let sizes =
        (0..20).map(|_| server.anybody().with("accept-encoding", "gzip").get(PAGE).bytes.len());
    assert!(sizes.collect::<std::collections::BTreeSet<_>>().len() > 1);
}

#[test]
fn what_has_words_of_its_question_in_it_or_shows_a_secret_goes_as_it_is() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first().with("accept-encoding", "gzip");
    is_plain(&mat.get("/trains/amo/history?search=session").is(200));
    is_plain(&mat.get(&format!("{PAGE}?from=somewhere")).is(200));
    is_plain(&mat.get("/trains/amo/where?commit=deadbeef").is(404));
    is_plain(&mat.get("/nothing-of-that-name").is(404));
    // A token, shown once.
    let made = mat.post("/me/tokens", &[("label", "a program"), ("scope", "act")]).is(200);
    is_plain(&made);
    made.says("shown this once");
    unpacked(&mat.get("/trains/amo/history").is(200));
}

#[test]
fn assets_come_smaller_and_a_font_and_a_stream_as_they_are() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let browser = server.anybody().with("accept-encoding", "gzip");
    for name in ["look.css", "notes.js", "live.js"] {
        let path = format!("/assets/{name}?mark");
        let (packed, plain) = (browser.get(&path).is(200), server.anybody().get(&path).is(200));
        assert_eq!(unpacked(&packed), plain.body, "{name}");
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        assert!(packed.header("cache-control").is_some_and(|kept| kept.contains("immutable")));
        assert!(packed.bytes.len() < 150_000, "{name}: {} bytes", packed.bytes.len());
    }
    is_plain(&browser.get("/assets/archivo.woff2").is(200));
    let mut stream = server.stream("/trains/amo/events", "accept-encoding: gzip\r\n");
    stream.changes(1);
}
