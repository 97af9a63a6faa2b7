//! Services that answer `/__version__` as a test wants them to: well, badly, late or not at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::background::Background;

/// One way to answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Dockerflow JSON with this `version` and `commit`.
    Version(String, String),
    /// This body as JSON, well-formed or not.
    Json(String),
    /// This body as another kind of content.
    Body(&'static str, Vec<u8>),
    /// An error page with this status.
    Status(u16),
    /// A redirect to this address.
    Redirect(String),
    /// The other answer, after this long.
    Slow(Duration, Box<Answer>),
    /// Nothing, while the connection stays open.
    Hang,
    /// The head of an answer and the beginning of its body, then nothing.
    HangInBody,
    /// A body that says it is longer than it is, then the end of the connection.
    CutShort,
    /// A JSON string of this many bytes.
    Huge(usize),
    /// A connection that is reset.
    Reset,
    /// Bytes that are no HTTP.
    NotHttp,
}

impl Answer {
    /// Dockerflow JSON with this version and a commit made of nothing but `c`.
    #[must_use]
    pub fn version(version: &str) -> Self {
        Self::Version(version.to_owned(), "c".repeat(40))
    }

    /// The other answer, this many milliseconds later.
    #[must_use]
    pub fn after_ms(self, ms: u64) -> Self {
        Self::Slow(Duration::from_millis(ms), Box::new(self))
    }
}

#[derive(Debug, Default)]
struct Script {
    answers: Vec<Answer>,
    turn: usize,
    requests: Vec<String>,
}

type Scripts = Arc<Mutex<BTreeMap<String, Script>>>;

/// Any number of named services on one loopback port. As behind a load balancer, each connection
/// belongs to one instance: a service with several answers gives its next one to each new connection.
#[derive(Debug)]
pub struct Services {
    scripts: Scripts,
    background: Background,
}

impl Default for Services {
    fn default() -> Self {
        Self::new()
    }
}

impl Services {
    /// No service yet: every request gets 404.
    #[must_use]
    pub fn new() -> Self {
        let scripts = Scripts::default();
        let shared = Arc::clone(&scripts);
        let background = Background::serve(move |listener| accept(listener, shared));
        Self { scripts, background }
    }

    /// Services that run these versions: `(name, version)`.
    #[must_use]
    pub fn running(versions: &[(&str, &str)]) -> Self {
        let services = Self::new();
        for (name, version) in versions {
            services.answers(name, &[Answer::version(version)]);
        }
        services
    }

    /// From now on the service gives these answers in turn; its requests so far are kept.
    pub fn answers(&self, name: &str, answers: &[Answer]) -> &Self {
        let mut scripts = held(&self.scripts);
        let script = scripts.entry(name.to_owned()).or_default();
        answers.clone_into(&mut script.answers);
        script.turn = 0;
        drop(scripts);
        self
    }

    /// Deploys: from now on every instance of the service runs this version at this commit.
    pub fn runs(&self, name: &str, version: &str, commit: &str) -> &Self {
        self.answers(name, &[Answer::Version(version.to_owned(), commit.to_owned())])
    }

    /// The address of a service's `/__version__`.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        self.url_of(name, "__version__")
    }

    /// The address of anything else of a service; the answers are the same.
    #[must_use]
    pub fn url_of(&self, name: &str, path: &str) -> String {
        format!("http://{}/{name}/{path}", self.background.address())
    }

    /// How often the service was asked.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.requests(name).len()
    }

    /// The head of each request to the service, as sent.
    #[must_use]
    pub fn requests(&self, name: &str) -> Vec<String> {
        held(&self.scripts).get(name).map(|s| s.requests.clone()).unwrap_or_default()
    }
}

fn held(scripts: &Scripts) -> MutexGuard<'_, BTreeMap<String, Script>> {
    scripts.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, scripts: Scripts) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&scripts)));
    }
}

/// Answers one connection's requests until it is closed; it keeps its place in each rotation.
async fn converse(mut stream: TcpStream, scripts: Scripts) {
    let mut instance = BTreeMap::new();
    while let Some(head) = read_head(&mut stream).await {
        let name = head.split(['/', ' ']).nth(2).unwrap_or_default().to_owned();
        let answer = {
            let mut scripts = held(&scripts);
            match scripts.get_mut(&name) {
                Some(script) => {
                    script.requests.push(head.clone());
                    let turn = *instance.entry(name).or_insert_with(|| {
                        script.turn += 1;
                        script.turn - 1
                    });
                    let count = script.answers.len().max(1);
                    script.answers.get(turn % count).cloned().unwrap_or(Answer::Status(404))
                }
                None => Answer::Status(404),
            }
        };
        if !give(&mut stream, answer).await {
            return;
        }
        if head.to_ascii_lowercase().contains("\r\nconnection: close\r\n") {
            return;
        }
    }
}

/// One request's head; none when the connection ends.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Gives one answer; false when the connection is over with it.
async fn give(stream: &mut TcpStream, answer: Answer) -> bool {
    let mut answer = answer;
    while let Answer::Slow(time, then) = answer {
        tokio::time::sleep(time).await;
        answer = *then;
    }
    let json = "application/json";
    let bytes = match answer {
        Answer::Version(version, commit) => {
            let body = serde_json::json!({
                "source": "https://example.org/source",
                "version": version,
                "commit": commit,
                "build": "https://example.org/build/1",
            });
            whole("200 OK", json, body.to_string().as_bytes(), "")
        }
        Answer::Json(body) => whole("200 OK", json, body.as_bytes(), ""),
        Answer::Body(kind, body) => whole("200 OK", kind, &body, ""),
        Answer::Status(code) => whole(&format!("{code} Said So"), "text/html", b"<h1>no</h1>", ""),
        Answer::Redirect(to) => {
            whole("302 Found", "text/html", b"", &format!("location: {to}\r\n"))
        }
        Answer::Huge(size) => {
            whole("200 OK", json, format!("\"{}\"", "x".repeat(size)).as_bytes(), "")
        }
        Answer::HangInBody => {
            let _ = stream.write_all(&promised()).await;
            std::future::pending().await
        }
        Answer::Hang => std::future::pending().await,
        Answer::CutShort => promised(),
        Answer::NotHttp => b"220 mail.example.org ESMTP\r\n".to_vec(),
        Answer::Reset => {
            let _ = stream.set_zero_linger();
            return false;
        }
        Answer::Slow(..) => unreachable!("slow answers were unwrapped above"),
    };
    stream.write_all(&bytes).await.is_ok() && bytes.starts_with(b"HTTP") && bytes != promised()
}

fn whole(status: &str, kind: &str, body: &[u8], more: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// An answer that ends before the length that its head promises.
fn promised() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"ver"
        .to_vec()
}
