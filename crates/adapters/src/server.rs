//! A server of ours, as a program: questions and wishes over HTTP, each answered after a stream of what goes on meanwhile.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

use crate::http::{self, Limits, NoAnswer};

/// The most bytes of an answer.
const MOST: usize = 64_000_000;
/// How long nothing may come: a server says every few seconds that it is alive.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a question may take: as long as something comes.
const LIMITS: Limits = Limits { whole: SILENCE, connect: Duration::from_secs(3) };

/// A server, and what it knows us by.
#[derive(Debug)]
pub struct Server {
    base: Url,
    token: Option<HeaderValue>,
    client: Client,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The document.
    pub body: Value,
}

/// Why nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// The question did not get there.
    NotSent(NoAnswer),
    /// It may have got there.
    Sent(NoAnswer),
}

impl Lost {
    /// What the server does instead of answering, as the end of a sentence.
    #[must_use]
    pub fn why(&self) -> &NoAnswer {
        match self {
            Self::NotSent(why) | Self::Sent(why) => why,
        }
    }
}

/// A question, or a wish with its key.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// A look, with what stands behind the question mark.
    Look(&'a [(String, String)]),
    /// A wish, as a document.
    Wish {
        /// The document.
        body: &'a Value,
        /// What makes it the same when it is sent again.
        key: Option<&'a str>,
    },
}

impl Server {
    /// The server at `base`; `token` is sent with every question.
    ///
    /// # Errors
    /// Where the address or the token is none, or this machine has no certificates to trust.
    pub fn new(base: Url, token: Option<&str>) -> Result<Self, NoAnswer> {
        let bearer = |token: &str| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                NoAnswer::new("can't be sent this token: it has characters that no token has")
            })?;
            value.set_sensitive(true);
            Ok(value)
        };
        let client = http::client(&base, LIMITS.connect, |builder| builder.read_timeout(SILENCE))?;
        Ok(Self { token: token.map(bearer).transpose()?, base, client })
    }

    /// Asks at a path below the interface's, given by its parts; `hear` is told of what goes on meanwhile.
    ///
    /// # Errors
    /// What came instead of an answer.
    pub async fn ask(
        &self,
        path: &[&str],
        asked: Asked<'_>,
        hear: &mut (dyn FnMut(Value) + Send),
    ) -> Result<Answered, Lost> {
        let request = self.request(path, asked);
        let answer = request.send().await.map_err(|error| match error.is_connect() {
            true => Lost::NotSent(http::words(&error, &LIMITS)),
            false => Lost::Sent(http::words(&error, &LIMITS)),
        })?;
        let status = answer.status();
        if status.is_redirection() {
            return Err(Lost::NotSent(NoAnswer::new("sends elsewhere: name its own address")));
        }
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        match kind.unwrap_or_default() {
            kind if kind.starts_with("text/event-stream") => streamed(answer, hear).await,
            kind if kind.contains("json") => whole(answer).await,
            _ => Err(Lost::Sent(NoAnswer::new("does not answer as a server of pushduty does"))),
        }
    }

    fn request(&self, path: &[&str], asked: Asked<'_>) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let request = match asked {
            Asked::Look(query) => {
                if !query.is_empty() {
                    url.query_pairs_mut().extend_pairs(query);
                }
                self.client.get(url)
            }
            Asked::Wish { body, key } => {
                let request = self.client.post(url).header(CONTENT_TYPE, "application/json");
                let request = request.body(body.to_string());
                match key {
                    Some(key) => request.header("idempotency-key", format!("\"{key}\"")),
                    None => request,
                }
            }
        };
        let request = request.header(ACCEPT, "text/event-stream, application/json");
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        }
    }
}

fn no_document() -> Lost {
    Lost::Sent(NoAnswer::new("answers with what is no document"))
}

async fn piece(answer: &mut Response) -> Result<Option<Vec<u8>>, Lost> {
    let piece = answer.chunk().await;
    let piece = piece.map_err(|error| Lost::Sent(http::words(&error, &LIMITS)))?;
    Ok(piece.map(|piece| piece.to_vec()))
}

async fn whole(mut answer: Response) -> Result<Answered, Lost> {
    let (status, mut bytes) = (answer.status().as_u16(), Vec::new());
    while let Some(piece) = piece(&mut answer).await? {
        bytes.extend(piece);
        if bytes.len() > MOST {
            return Err(Lost::Sent(NoAnswer::new("answers with more than is read")));
        }
    }
    let body = serde_json::from_slice(&bytes).map_err(|_| no_document())?;
    Ok(Answered { status, body })
}

/// Reads events to the last one, `answer`. One that breaks off before is lost.
async fn streamed(
    mut answer: Response,
    hear: &mut (dyn FnMut(Value) + Send),
) -> Result<Answered, Lost> {
    let mut events = Events::default();
    while let Some(piece) = piece(&mut answer).await? {
        events.take(&piece);
        if events.bytes.len() > MOST {
            return Err(Lost::Sent(NoAnswer::new("answers with more than is read")));
        }
        while let Some((name, data)) = events.next() {
            let data: Value = serde_json::from_str(&data).map_err(|_| no_document())?;
            match name.as_str() {
                "said" => hear(data),
                "answer" => return last(&data).ok_or_else(no_document),
                _ => {}
            }
        }
    }
    Err(Lost::Sent(NoAnswer::new("breaks off before it answers")))
}

fn last(data: &Value) -> Option<Answered> {
    let status = u16::try_from(data["status"].as_u64()?).ok()?;
    Some(Answered { status, body: data.get("body")?.clone() })
}

/// Server-sent events, out of the bytes as they come.
#[derive(Default)]
struct Events {
    bytes: Vec<u8>,
}

impl Events {
    fn take(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The next whole event: its name and its data.
    fn next(&mut self) -> Option<(String, String)> {
        let end = self.bytes.windows(2).position(|two| two == b"\n\n")?;
        let text = String::from_utf8_lossy(&self.bytes[..end]).into_owned();
        self.bytes.drain(..end + 2);
        let value = |field: &str| {
            let lines = text.lines().filter_map(|line| line.strip_prefix(field));
            lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>()
        };
        Some((value("event:").join(""), value("data:").join("\n")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let text = b": alive\n\nevent: said\ndata: {\"a\":1}\n\nevent: answer\ndata: {}\n\n";
        let whole = vec![
            (String::new(), String::new()),
            ("said".to_owned(), "{\"a\":1}".to_owned()),
            ("answer".to_owned(), "{}".to_owned()),
        ];
        for size in 1..text.len() {
            let (mut events, mut found) = (Events::default(), Vec::new());
            for piece in text.chunks(size) {
                events.take(piece);
                found.extend(std::iter::from_fn(|| events.next()));
            }
            assert_eq!(found, whole, "in pieces of {size}");
        }
    }
}
