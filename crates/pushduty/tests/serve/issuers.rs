//! Issuers of identities among the tests, in node: a real provider of OpenID Connect, and one that does what a test says. And the
//! browser that goes between them and the server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use crate::server::{Answer, Server, encoded};

/// Where the server is reached, behind a proxy that is not there: only its paths are asked for.
pub const BASE: &str = "https://push.example.org/pd";

/// A program of `web/tests`, which ends with its value.
pub struct Issuer {
    process: Child,
    /// Kept open: it may have more to say.
    _out: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: String,
}

impl Issuer {
    /// `oidc-provider`, as `told` says beside where it sends browsers back to; its clock is that of the stories.
    pub fn real(told: &Value) -> Self {
        let mut all = json!({ "back": [format!("{BASE}/sign-in/with/team/back")], "now": "2026-11-24T09:00:00Z" });
        for (key, value) in told.as_object().into_iter().flatten() {
            all[key] = value.clone();
        }
        Self::start("oidc.mjs", &all.to_string())
    }

    /// One that signs anything.
    pub fn obedient() -> Self {
        Self::start("issuer.mjs", "")
    }

    fn start(script: &str, told: &str) -> Self {
        let mut command = testkit::node(script);
        command.arg(told);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = piped.spawn().expect("node starts: apt-get install nodejs npm");
        let mut out = BufReader::new(process.stdout.take().expect("it prints to us"));
        let mut line = String::new();
        out.read_line(&mut line).expect("it prints where it listens");
        let address = line.trim().strip_prefix("listening on ").expect("it listens").to_owned();
        Self { process, _out: out, address }
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.parse::<Url>().ok().and_then(|url| url.port()).expect("it has a port")
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser with its cookies.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn asks(&mut self, method: &str, url: &Url, body: &str) -> Answer {
        let port = url.port().expect("an issuer of the tests has a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(address).expect("the issuer listens");
        stream.write_all(request.as_bytes()).expect("the issuer reads");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("the issuer answers");
        let answer = Answer::read(&bytes);
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Follows redirects to a page, or to where it is sent back: an address of ours.
    fn follows(&mut self, from: &Url, mut answer: Answer) -> Result<(Url, Answer), String> {
        let mut at = from.clone();
        for _ in 0..10 {
            let Some(location) = answer.header("location") else { return Ok((at, answer)) };
            at = at.join(location).expect("an address");
            if at.as_str().starts_with("https://push.example.org") {
                return Err(at[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
            }
            answer = self.asks("GET", &at, "");
        }
        panic!("redirected without end, at last to {at}");
    }
}

/// Signs in at a real provider, where the server sent a browser to; the path that it is sent back to.
pub fn signs_in(location: &str, login: &str) -> String {
    let mut browser = Browser::default();
    let url: Url = location.parse().expect("the server sends a browser to an address");
    let answer = browser.asks("GET", &url, "");
    let mut on = browser.follows(&url, answer);
    for prompt in ["login", "consent"] {
        let (at, page) = match on {
            Ok(page) => page,
            Err(back) => return back,
        };
        let action = page.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let action = action.unwrap_or_else(|| panic!("no form to {prompt}: {}", page.body));
        let to = at.join(action).expect("a form has an address");
        let form = format!("prompt={prompt}&login={login}&password=x");
        let answer = browser.asks("POST", &to, &form);
        on = browser.follows(&to, answer);
    }
    on.expect_err("the browser is sent back")
}

/// A sign-in that was begun.
pub struct Begun {
    /// Where the browser was sent to.
    pub location: String,
    /// The cookie that binds it.
    pub cookie: String,
}

impl Begun {
    /// Begins to sign in by `way`.
    pub fn by(server: &Server, way: &str) -> Self {
        Self::at(server, &format!("/sign-in/with/{way}"))
    }

    /// The same, by a whole path.
    pub fn at(server: &Server, path: &str) -> Self {
        let answer = server.anybody().get(path).is(303);
        let location = answer.header("location").expect("it is sent on").to_owned();
        Self { location, cookie: cookie(&answer, "__Host-pushduty-way").expect("it is bound") }
    }

    /// A value in the address that it was sent to.
    pub fn asked(&self, name: &str) -> String {
        let url: Url = self.location.parse().expect("an address");
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// The path by which it comes back with `code`.
    pub fn back(&self, way: &str, code: &str) -> String {
        format!("/sign-in/with/{way}/back?code={}&state={}", encoded(code), self.asked("state"))
    }

    /// A code that tells the obedient issuer what to do.
    pub fn code(&self, mut told: Value) -> String {
        told["challenge"] = json!(self.asked("code_challenge"));
        URL_SAFE_NO_PAD.encode(told.to_string())
    }

    /// Comes back.
    pub fn comes_back(&self, server: &Server, path: &str) -> Answer {
        server.anybody().with("cookie", &self.cookie).get(path)
    }
}

/// A cookie that an answer sets, as a browser sends it back.
pub fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.iter().filter(|(header, _)| header == "set-cookie");
    let pairs = set.filter_map(|(_, cookie)| cookie.split(';').next());
    let mut found =
        pairs.filter(|pair| pair.split_once('=').is_some_and(|(k, v)| k == name && !v.is_empty()));
    found.next_back().map(str::to_owned)
}
