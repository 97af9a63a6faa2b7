//! Addresses of what is built, as they are in life, against a real server.

use std::time::{Duration, Instant};

use adapters::HttpArtifacts;
use adapters::http::Limits;
use conductor::ports::Artifacts;
use testkit::{Answer, Services};
use train::gates::Told;

async fn told(answer: Answer) -> (Told, Vec<String>) {
    let services = Services::new();
    services.answers("web", &[answer]);
    let limit = Duration::from_millis(500);
    let asker = HttpArtifacts::new(Limits { whole: limit, connect: limit });
    let told = asker.ask(&services.url_of("web", "2026.11.26.tar.gz")).await;
    (told, services.requests("web"))
}

#[tokio::test]
async fn what_is_there_is_asked_for_its_head_alone() {
    let (told, requests) = told(Answer::Body("application/gzip", b"bytes".to_vec())).await;
    assert_eq!(told, Told { exit: Some(0), sentence: String::new() });
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with("HEAD /web/2026.11.26.tar.gz "), "{}", requests[0]);
}

#[tokio::test]
async fn one_that_takes_no_head_is_asked_for_all_and_not_read() {
    let (said, requests) = told(Answer::Status(405)).await;
    assert_eq!(said.sentence, "its address answers 405");
    assert!(requests[1].starts_with("GET "), "{requests:?}");
    let begun = Instant::now();
    let services = Services::new();
    services.answers("web", &[Answer::Status(501), Answer::HangInBody]);
    let limit = Duration::from_secs(20);
    let asker = HttpArtifacts::new(Limits { whole: limit, connect: limit });
    assert_eq!(asker.ask(&services.url_of("web", "x")).await.exit, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "its body was waited for");
}

#[tokio::test]
async fn what_is_not_there_yet_is_told_from_what_can_not_be_asked() {
    for code in [404, 410] {
        let (told, _) = told(Answer::Status(code)).await;
        assert_eq!(
            (told.exit, &*told.sentence),
            (Some(3), "its address answers that there is none")
        );
    }
    for (answer, words) in [
        (Answer::Status(401), "its address answers 401"),
        (Answer::Status(503), "its address answers 503"),
        (Answer::Hang, "its address gives no whole answer within 500 ms"),
        (Answer::Reset, "its address breaks the connection off"),
    ] {
        let (told, _) = told(answer).await;
        assert_eq!((told.exit, &*told.sentence), (None, words));
    }
    let (told, _) =
        told(Answer::Redirect("https://u:secret@example.org/login?token=x".into())).await;
    assert_eq!(
        (told.exit, &*told.sentence),
        (None, "its address redirects to https://example.org/login")
    );
}
