//! The server among the tests, and browsers and programs that talk to it: HTTP by hand, so that a request can be anything.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{PushDuty, Running};

/// How long is waited for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// `pushduty serve` of a world, on a port of its own.
pub struct Server {
    running: Mutex<Running>,
    address: SocketAddr,
    /// The path of the link that the first start prints.
    pub link: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The body, where it is no text.
    pub bytes: Vec<u8>,
}

/// Somebody with a browser, or a program.
#[derive(Clone)]
pub struct Visitor<'s> {
    server: &'s Server,
    headers: Vec<(String, String)>,
}

impl Server {
    /// Starts it as `who`, with further options; at any free port, where they name none.
    pub fn start(world: &PushDuty, who: &str, more: &str) -> Self {
        let place = if more.contains("--listen") { "" } else { "--listen 127.0.0.1:0" };
        let line = format!("serve {place} {more}");
        let running = world.as_person(who).starts(&line.split_whitespace().collect::<Vec<_>>());
        let address = until("the server listens", || {
            let out = running.stdout_so_far();
            let at = out.lines().find_map(|line| line.strip_prefix("listening on "))?;
            at.trim().parse().ok()
        });
        let out = running.stdout_so_far();
        let link = out.lines().find_map(|line| Some(line.trim().split_once("/sign-in/")?.1));
        let link = link.map(|secret| format!("/sign-in/{secret}"));
        Self { running: Mutex::new(running), address, link }
    }

    /// Its address, as of the web.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody who is not known.
    pub fn anybody(&self) -> Visitor<'_> {
        Visitor { server: self, headers: Vec::new() }
    }

    /// Whoever the link of the first start lets in.
    pub fn first(&self) -> Visitor<'_> {
        self.enter(self.link.as_deref().expect("the first start prints a link"))
    }

    /// Somebody who follows a link.
    pub fn enter(&self, link: &str) -> Visitor<'_> {
        let answer = self.anybody().post(link, &[]).is(303);
        let cookie = answer.header("set-cookie").expect("a session is begun").to_owned();
        let pair = cookie.split(';').next().unwrap_or_default().to_owned();
        self.anybody().with("cookie", &pair)
    }

    /// Somebody whom the machine's owner lets in by a link.
    pub fn let_in(&self, world: &PushDuty, name: &str) -> Visitor<'_> {
        self.enter(&self.link_for(world, name))
    }

    /// The path of a link by which the machine's owner lets somebody in.
    pub fn link_for(&self, world: &PushDuty, name: &str) -> String {
        let made = world.as_person("mat").types(&format!("serve --link {name} --json")).ok().json();
        let link = made["link"].as_str().expect("a link is made");
        let (_, secret) = link.split_once("/sign-in/").expect("the link signs in");
        format!("/sign-in/{secret}")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody whom an earlier server of the same world let in.
    pub fn known(&self, headers: &[(String, String)]) -> Visitor<'_> {
        Visitor { server: self, headers: headers.to_vec() }
    }

    /// Is killed.
    pub fn killed(self) {
        self.kill();
        self.running.into_inner().expect("nobody failed with it").wait();
    }

    /// What it said on its standard output so far.
    pub fn out_so_far(&self) -> String {
        self.running.lock().expect("nobody failed with it").stdout_so_far()
    }

    /// What it told in its log so far.
    pub fn log_so_far(&self) -> String {
        self.running.lock().expect("nobody failed with it").stderr_so_far()
    }

    /// Tells it to end, and waits for it.
    pub fn ends(self) -> testkit::Ran {
        self.is_told_to_end();
        self.over()
    }

    /// Tells it to end.
    pub fn is_told_to_end(&self) {
        self.running.lock().expect("nobody failed with it").terminate();
    }

    /// Waits for its end.
    pub fn over(self) -> testkit::Ran {
        self.running.into_inner().expect("nobody failed with it").wait()
    }

    /// Whether it takes connections.
    pub fn listens(&self) -> bool {
        TcpStream::connect(self.address).is_ok()
    }

    /// A connection to it, on which these bytes are sent.
    pub fn connection(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has time-outs");
        stream.write_all(bytes).expect("the server reads");
        stream
    }

    /// Kills it as nothing else can, with what it started.
    pub fn kill(&self) {
        self.running.lock().expect("nobody failed with it").kill();
    }

    /// Sends bytes as they are, and reads what comes.
    pub fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address()).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has time-outs");
        // One that is refused may be cut off while it is still being sent.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::read(&bytes)
    }

    /// Opens the stream of a train's changes.
    pub fn stream(&self, path: &str, headers: &str) -> Stream {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket has time-outs");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.address);
        stream.write_all(request.as_bytes()).expect("the server reads");
        Stream { stream, text: String::new() }
    }
}

/// A stream of events.
pub struct Stream {
    stream: TcpStream,
    text: String,
}

impl Stream {
    /// Waits until so many changes have come, and gives the last one's id.
    pub fn changes(&mut self, n: usize) -> String {
        until("the stream tells of it", || {
            let mut bytes = [0; 4096];
            if let Ok(read) = self.stream.read(&mut bytes) {
                self.text += &String::from_utf8_lossy(&bytes[..read]);
            }
            let ids: Vec<&str> =
                self.text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
            (ids.len() >= n).then(|| ids[n - 1].to_owned())
        })
    }

    /// Waits for its head, and gives the status.
    pub fn status(&mut self) -> u16 {
        until("the stream has a head", || {
            let mut bytes = [0; 4096];
            if let Ok(read) = self.stream.read(&mut bytes) {
                self.text += &String::from_utf8_lossy(&bytes[..read]);
            }
            let (first, _) = self.text.split_once("\r\n")?;
            first.split(' ').nth(1)?.parse().ok()
        })
    }

    /// Waits until it has said this.
    pub fn says(&mut self, words: &str) {
        until(words, || {
            let mut bytes = [0; 4096];
            if let Ok(read) = self.stream.read(&mut bytes) {
                self.text += &String::from_utf8_lossy(&bytes[..read]);
            }
            self.text.contains(words).then_some(())
        });
    }

    /// Waits until the server ends it.
    pub fn ends(&mut self) {
        until("the stream ends", || {
            let mut bytes = [0; 4096];
            if let Ok(read) = self.stream.read(&mut bytes) {
                self.text += &String::from_utf8_lossy(&bytes[..read]);
            }
            // The last chunk has nothing in it (RFC 9112, section 7.1).
            self.text.ends_with("\r\n0\r\n\r\n").then_some(())
        });
    }

    /// What it has said so far, its head apart.
    pub fn text(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, text)| text)
    }

    /// How often some words have come so far.
    pub fn told(&mut self, words: &str) -> usize {
        let mut bytes = [0; 4096];
        if let Ok(read) = self.stream.read(&mut bytes) {
            self.text += &String::from_utf8_lossy(&bytes[..read]);
        }
        self.text.matches(words).count()
    }

    /// Whether nothing more comes for a while.
    pub fn is_still(&mut self, after: usize) -> bool {
        std::thread::sleep(Duration::from_millis(300));
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = self.stream.read(&mut bytes) {
            self.text += &String::from_utf8_lossy(&bytes[..read]);
        }
        self.text.lines().filter(|line| line.starts_with("id: ")).count() == after
    }
}

pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Visitor<'_> {
    /// The head of a request of theirs that is to bring so many bytes, of which it has none yet.
    pub fn head(&self, path: &str, length: usize) -> String {
        let own = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let (own, host) = (own.collect::<String>(), self.server.address);
        format!("POST {path} HTTP/1.1\r\nhost: {host}\r\n{own}content-length: {length}\r\n\r\n")
    }

    /// What it says with every request.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The same, with one more header on every request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, path: &str) -> Answer {
        self.sends("GET", path, "")
    }

    /// Posts a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        self.sends("POST", path, &pairs.collect::<Vec<_>>().join("&"))
    }

    /// Posts a document.
    pub fn asks(&self, path: &str, body: &Value) -> Answer {
        self.sends("POST", path, &body.to_string())
    }

    /// Posts anything.
    pub fn asks_raw(&self, path: &str, body: &str) -> Answer {
        self.sends("POST", path, body)
    }

    /// Says yes to the plan that a form of `fields` asks for.
    pub fn agrees(&self, train: &str, fields: &[(&str, &str)]) -> Answer {
        let plan = self.post(&format!("/trains/{train}/plan"), fields).is(200);
        let hidden = |name: &str| plan.hidden(name);
        let wish = hidden("wish").expect("the plan can be agreed to");
        let digest = hidden("if");
        let mut yes = vec![("wish", wish.as_str())];
        yes.extend(digest.as_deref().map(|digest| ("if", digest)));
        let step = self.post(&format!("/trains/{train}/do"), &yes).is(303);
        self.get(step.header("location").expect("the step has a page"))
    }

    /// A token of theirs, to act.
    pub fn token(&self) -> String {
        self.token_to("act")
    }

    /// A token of theirs for so much.
    pub fn token_to(&self, scope: &str) -> String {
        let fields = [("label", "a program"), ("scope", scope)];
        let made = self.post("/me/tokens", &fields).is(200);
        let (_, rest) = made.body.split_once("shown this once: <code>").expect("it is shown");
        rest.split('<').next().unwrap_or_default().to_owned()
    }

    /// Asks with another method.
    pub fn with_method(&self, method: &str, path: &str) -> Answer {
        self.sends(method, path, "")
    }

    fn sends(&self, method: &str, path: &str, body: &str) -> Answer {
        let own = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers: String = own.collect();
        let (host, length) = (self.server.address, body.len());
        self.server.raw(
            format!(
                "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        )
    }
}

/// A value as it stands in a form.
pub fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Answer {
    pub fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let begin = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let bytes = begin.map(|at| bytes[at + 4..].to_vec()).unwrap_or_default();
        Self { status, headers, body: body.to_owned(), bytes }
    }

    /// How many bytes it came in.
    pub fn size(&self) -> u64 {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len() + 4);
        let first = "HTTP/1.1 200 OK\r\n\r\n".len();
        u64::try_from(first + headers.sum::<usize>() + self.body.len()).unwrap_or(u64::MAX)
    }

    /// The body of an answer that came in chunks.
    pub fn unchunked(&self) -> String {
        let (mut text, mut rest) = (String::new(), self.body.as_str());
        while let Some((size, more)) = rest.split_once("\r\n") {
            let size = usize::from_str_radix(size, 16).unwrap_or(0);
            let Some(piece) = more.get(..size).filter(|_| size > 0) else { break };
            text.push_str(piece);
            rest = more[size..].trim_start_matches("\r\n");
        }
        text
    }

    /// Holds that it has this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "{words:?} is not in\n{}", self.body);
        self
    }

    #[track_caller]
    pub fn never_says(self, words: &str) -> Self {
        assert!(!self.body.contains(words), "{words:?} is in\n{}", self.body);
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is a document")
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let field = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&field)?;
        let (value, _) = rest.split_once('"')?;
        let plain = value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<");
        Some(plain.replace("&#62;", ">").replace("&#38;", "&"))
    }
}
