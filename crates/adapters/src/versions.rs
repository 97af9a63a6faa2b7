//! What services run, by their `/__version__`
//! ([Dockerflow](https://github.com/mozilla-services/Dockerflow): JSON with source, version, commit, build).

use std::sync::Arc;

use async_trait::async_trait;
use conductor::ports::{Clock, Sample, ServiceVersions, Versions};
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use train::settings::Service;

use crate::http::{Limits, NoAnswer, Web, shown};

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// The longest version, commit or link that is kept, in characters.
const LONGEST_WORD: usize = 200;
/// How many samples of one service are under way at once.
const AT_ONCE: usize = 8;

/// Asks services over HTTP. Each sample is a connection of its own, so that a load balancer hands them to
/// different instances.
pub struct HttpVersions {
    web: Web,
    clock: Arc<dyn Clock>,
}

impl HttpVersions {
    /// Asks within these limits; answers are dated by the clock.
    #[must_use]
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self { web: Web::new(limits), clock }
    }

    async fn sample(&self, url: &str) -> Sample {
        let answer = self.web.get(url, "application/json", LONGEST_ANSWER).await;
        match answer.and_then(|body| read(&body)) {
            Ok(told) => told,
            Err(why) => Sample::Failed(why.to_string()),
        }
    }
}

#[async_trait]
impl Versions for HttpVersions {
    async fn ask(&self, environment: &str, service: &Service) -> ServiceVersions {
        let observed_at = self.clock.now();
        let samples = stream::iter(0..service.samples.max(1))
            .map(|_| self.sample(&service.version))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        ServiceVersions {
            environment: environment.to_owned(),
            service: service.name.clone(),
            observed_at,
            samples,
        }
    }
}

/// Reads Dockerflow's JSON. Anything but the four keys is ignored; one of `version` and `commit` is there. What is kept is
/// fit to be shown.
///
/// # Errors
/// What was answered instead.
pub fn read(body: &[u8]) -> Result<Sample, NoAnswer> {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        let page = body.trim_ascii_start().starts_with(b"<");
        return Err(NoAnswer::new(if page {
            "answers a web page, not JSON"
        } else {
            "answers something that is not JSON"
        }));
    };
    let Value::Object(told) = json else {
        return Err(NoAnswer::new("answers JSON that is no object"));
    };
    if !told.contains_key("version") && !told.contains_key("commit") {
        return Err(NoAnswer::new("answers JSON with neither version nor commit"));
    }
    Ok(Sample::Told {
        version: word(&told, "version")?,
        commit: word(&told, "commit")?,
        source: word(&told, "source")?,
        build: word(&told, "build")?,
    })
}

/// A text or a number; null and empty text are none.
fn word(told: &Map<String, Value>, key: &str) -> Result<Option<String>, NoAnswer> {
    let text = match told.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => shown(text.trim(), LONGEST_WORD),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(NoAnswer::new(format!("answers JSON whose {key} is no text"))),
    };
    Ok(Some(text).filter(|t| !t.is_empty()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(body: &str) -> Result<Sample, String> {
        read(body.as_bytes()).map_err(|why| why.to_string())
    }

    #[test]
    fn text_from_outside_is_cut_and_filtered() {
        let body =
            r#"{"version":" 2026.11.26\u001b[31m\u202e\n","commit":"","build":12,"source":null}"#;
        let version = Some("2026.11.26[31m".to_owned());
        let build = Some("12".to_owned());
        assert_eq!(told(body), Ok(Sample::Told { version, commit: None, source: None, build }));
        let long = format!(r#"{{"version":"{}"}}"#, "é".repeat(500));
        let Ok(Sample::Told { version: Some(version), .. }) = told(&long) else {
            panic!("a long version is a version")
        };
        assert_eq!(version, "é".repeat(200) + "…");
    }

    #[test]
    fn json_of_another_shape_is_said_to_be_one() {
        for (body, words) in [
            ("[]", "answers JSON that is no object"),
            ("{\"status\":\"ok\"}", "answers JSON with neither version nor commit"),
            ("{\"version\":{\"n\":1}}", "answers JSON whose version is no text"),
            ("{\"commit\":\"a\",\"build\":[]}", "answers JSON whose build is no text"),
            ("  <!doctype html>", "answers a web page, not JSON"),
            ("{\"version\":", "answers something that is not JSON"),
            ("", "answers something that is not JSON"),
        ] {
            assert_eq!(told(body), Err(words.to_owned()), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_brings_a_control_character_in(version in any::<String>(), commit in any::<String>()) {
            let body = serde_json::json!({ "version": version, "commit": commit }).to_string();
            let Ok(Sample::Told { version, commit, .. }) = told(&body) else { panic!("{body} is Dockerflow") };
            for word in [version, commit].into_iter().flatten() {
                prop_assert!(!word.chars().any(char::is_control));
                prop_assert!(word.chars().count() <= LONGEST_WORD + 1);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(body in any::<Vec<u8>>()) {
            let _ = read(&body);
        }
    }
}
