//! Services as they are in life: each answer, and each way to give none, against a real server.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapters::HttpVersions;
use adapters::http::{Limits, Web};
use conductor::ports::{Clock, Sample, ServiceVersions, Versions};
use jiff::Timestamp;
use testkit::{Answer, Services};
use train::settings::Service;

const NOON: i64 = 1_795_600_800;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(NOON).expect("noon is a time")
    }
}

async fn asked_within(ms: u64, url: &str, samples: u32) -> ServiceVersions {
    let limit = Duration::from_millis(ms);
    let limits = Limits { whole: limit, connect: limit };
    let repo = "addons-server".parse().expect("a good name");
    let service = Service { name: "server".to_owned(), repo, version: url.to_owned(), samples };
    HttpVersions::new(limits, Arc::new(Noon)).ask("stage", &service).await
}

/// The words of the only sample.
async fn failure(url: &str) -> String {
    match asked_within(5_000, url, 1).await.samples.remove(0) {
        Sample::Failed(words) => words,
        told @ Sample::Told { .. } => panic!("{told:?} is no failure"),
    }
}

async fn failure_of(answer: Answer) -> String {
    let services = Services::new();
    services.answers("server", &[answer]);
    failure(&services.url("server")).await
}

fn told(version: &str) -> Sample {
    let link = |rest: &str| Some(format!("https://example.org/{rest}"));
    let (version, commit) = (Some(version.to_owned()), Some("c".repeat(40)));
    Sample::Told { version, commit, source: link("source"), build: link("build/1") }
}

#[tokio::test]
async fn a_service_tells_what_it_runs() {
    let services = Services::running(&[("server", "2026.11.26")]);
    let seen = asked_within(5_000, &services.url("server"), 1).await;
    assert_eq!((&*seen.environment, &*seen.service), ("stage", "server"));
    assert_eq!(seen.observed_at.as_second(), NOON);
    assert_eq!(seen.samples, [told("2026.11.26")]);
    assert_eq!(asked_within(5_000, &services.url("server"), 0).await.samples.len(), 1);
}

#[tokio::test]
async fn each_sample_reaches_another_instance_of_a_mixed_fleet() {
    let services = Services::new();
    let fleet = ["2026.11.26", "2026.11.19", "2026.11.26"].map(Answer::version);
    services.answers("server", &fleet);
    let seen = asked_within(5_000, &services.url("server"), 30).await;
    let old = seen.samples.iter().filter(|s| **s == told("2026.11.19")).count();
    assert_eq!((seen.samples.len(), old), (30, 10));
}

#[tokio::test]
async fn a_request_says_who_asks_and_wants_no_stored_answer() {
    let services = Services::running(&[("server", "1")]);
    asked_within(5_000, &services.url("server"), 1).await;
    let head = services.requests("server").remove(0).to_lowercase();
    let expected = concat!("user-agent: pushduty/", env!("CARGO_PKG_VERSION"), "\r\n");
    for line in [expected, "cache-control: no-cache\r\n", "accept: application/json\r\n"] {
        assert!(head.contains(line), "{line} is not in {head}");
    }
    assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
}

#[tokio::test]
async fn samples_are_asked_side_by_side() {
    let services = Services::new();
    services.answers("server", &[Answer::version("1").after_ms(40)]);
    let begun = Instant::now();
    let seen = asked_within(5_000, &services.url("server"), 8).await;
    assert_eq!(seen.samples, vec![told("1"); 8]);
    assert!(begun.elapsed() < Duration::from_millis(8 * 40), "one after the other");
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    let services = Services::new();
    let slow = [Answer::Hang, Answer::HangInBody, Answer::version("1").after_ms(600_000)];
    services.answers("server", &slow);
    let seen = asked_within(80, &services.url("server"), 3).await;
    let words = "gives no whole answer within 80 ms".to_owned();
    assert_eq!(seen.samples, vec![Sample::Failed(words); 3]);
}

#[tokio::test]
async fn a_slow_service_does_not_hide_its_quick_instances() {
    let services = Services::new();
    services.answers("server", &[Answer::Hang, Answer::version("1")]);
    let seen = asked_within(200, &services.url("server"), 2).await;
    assert!(seen.samples.contains(&told("1")));
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let services = Services::running(&[("other", "1")]);
    services.answers("server", &[Answer::Redirect(services.url("other"))]);
    let words = failure(&services.url("server")).await;
    assert_eq!(words, format!("redirects to {}", services.url("other")));
    assert_eq!(services.count("other"), 0);

    let secret = "https://user:pass@login.example.org/\u{1b}[31min?token=s3cret#x";
    let words = failure_of(Answer::Redirect(secret.replace('\u{1b}', "%1b"))).await;
    assert_eq!(words, "redirects to https://login.example.org/%1b[31min");
    let words = failure_of(Answer::Redirect("http://".to_owned())).await;
    assert_eq!(words, "redirects to an address that is none");
}

#[tokio::test]
async fn every_other_answer_is_said_in_a_few_words() {
    let html = Answer::Body("text/html", b"<html>Welcome\x1b[31m</html>".to_vec());
    for (answer, words) in [
        (html, "answers a web page, not JSON"),
        (Answer::Json("{\"version\": tru".to_owned()), "answers something that is not JSON"),
        (Answer::Json("[1]".to_owned()), "answers JSON that is no object"),
        (Answer::Status(500), "answers 500"),
        (Answer::Status(404), "answers 404"),
        (Answer::Status(204), "answers 204"),
        (Answer::Huge(64 * 1024), "answers with more than 64 KB"),
        (Answer::Reset, "breaks the connection off"),
        (Answer::CutShort, "gives no whole answer in HTTP"),
        (Answer::NotHttp, "gives no whole answer in HTTP"),
    ] {
        assert_eq!(failure_of(answer.clone()).await, words, "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_of_just_the_size_is_read() {
    let services = Services::new();
    let fits = format!("{{\"version\":\"1\",\"pad\":\"{}\"}}", "x".repeat(64 * 1024 - 24));
    assert_eq!(fits.len(), 64 * 1024);
    services.answers("server", &[Answer::Json(fits.clone()), Answer::Json(fits + " ")]);
    let seen = asked_within(5_000, &services.url("server"), 2).await.samples;
    assert_eq!(seen.iter().filter(|s| matches!(s, Sample::Told { .. })).count(), 1, "{seen:?}");
}

#[tokio::test]
async fn nobody_there_no_such_name_and_no_address_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let words = failure(&format!("http://{free}/__version__")).await;
    assert_eq!(words, "refuses the connection");
    let words = failure("http://no-such-name.invalid/__version__").await;
    assert_eq!(words, "has a name that is not found");
    assert_eq!(failure("nowhere").await, "has an address that is none");
    let words = failure("file:///etc/passwd").await;
    assert_eq!(words, "has an address that is neither http nor https");
}

#[tokio::test]
async fn plain_http_behind_an_https_address_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let words = failure(&format!("https://{address}/__version__")).await;
    assert_eq!(words, "does not speak TLS, as its https address says it does");
}

#[tokio::test]
async fn text_is_fetched_by_the_same_policy() {
    let services = Services::new();
    let web = Web::new(Limits { whole: Duration::from_secs(5), connect: Duration::from_secs(5) });
    let url = services.url_of("calendar", "holidays.ics");
    let body = |bytes: &[u8]| [Answer::Body("text/calendar", bytes.to_vec())];
    services.answers("calendar", &body("BEGIN:VCALENDAR\r\né\r\n".as_bytes()));
    let text = adapters::http::fetch_text(&url, 1024).await;
    assert_eq!(text.as_deref(), Ok("BEGIN:VCALENDAR\r\né\r\n"));
    let too_long = web.fetch_text(&url, 10).await.unwrap_err();
    assert_eq!(too_long.to_string(), "answers with more than 10 bytes");
    services.answers("calendar", &body(b"\xff\xfe"));
    let not_text = web.fetch_text(&url, 1024).await.unwrap_err();
    assert_eq!(not_text.to_string(), "answers something that is no UTF-8 text");
    services.answers("calendar", &[Answer::Redirect("https://example.org/".to_owned())]);
    let moved = web.fetch_text(&url, 1024).await.unwrap_err();
    assert_eq!(moved.to_string(), "redirects to https://example.org/");
}
