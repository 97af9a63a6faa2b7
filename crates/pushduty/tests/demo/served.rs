//! The demo in the browser, as HTTP has it: a process, and visitors of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use testkit::Sealed;

/// How long is waited for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// `pushduty demo`.
pub fn demo(sealed: &Sealed) -> Command {
    let mut command = sealed.command(env!("CARGO_BIN_EXE_pushduty"));
    command.arg("demo").current_dir(sealed.home());
    command
}

/// The processes that have this home.
pub fn living(home: &Path) -> Vec<String> {
    let home = format!("HOME={}", home.display()).into_bytes();
    let has_it = |environ: Vec<u8>| environ.split(|b| *b == 0).any(|variable| variable == home);
    let processes =
        std::fs::read_dir("/proc").expect("processes are listed").filter_map(Result::ok);
    processes
        .filter(|p| std::fs::read(p.path().join("environ")).is_ok_and(has_it))
        .map(|p| std::fs::read_to_string(p.path().join("cmdline")).unwrap_or_default())
        .filter(|line| !line.is_empty())
        .collect()
}

/// `pushduty demo --serve`, on a port of its own.
pub struct Served {
    pub sealed: Sealed,
    child: Child,
    address: SocketAddr,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Served {
    /// Starts it with further options, and waits until it says where it is.
    pub fn start(more: &[&str]) -> Self {
        let sealed = Sealed::new();
        let mut command = demo(&sealed);
        command.args(["--serve", "--listen", "127.0.0.1:0"]).args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("it has an output");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it is");
        let (_, at) = line.trim().split_once("http://").expect("it says where it is");
        let address = at.trim_end_matches('/').parse().expect("it is an address");
        Self { sealed, child, address }
    }

    /// Its address, as of the web.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody whom nobody knows.
    pub fn stranger(&self) -> Visitor {
        Visitor { address: self.address, cookie: String::new() }
    }

    /// Somebody who takes a part.
    pub fn part(&self, name: &str) -> Visitor {
        let taken = self.stranger().post("/demo/as", &[("name", name)]).is(303);
        let cookie = taken.header("set-cookie").expect("a session is begun");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Visitor { address: self.address, cookie }
    }

    /// A remote of the sandbox.
    pub fn remote(&self, name: &str) -> PathBuf {
        let tmp = std::fs::read_dir(self.sealed.path("tmp")).expect("there is a place for it");
        let mut dirs = tmp.filter_map(Result::ok).map(|entry| entry.path());
        let sandbox = dirs.find(|dir| dir.join("remotes").is_dir()).expect("there is a sandbox");
        sandbox.join(format!("remotes/{name}.git"))
    }

    /// Tells it to end as a terminal does, and waits for it. Nothing is left.
    pub fn ends(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
        assert!(told.success(), "it runs until it is told to end");
        let ended = self.child.wait().expect("it ends");
        assert_eq!(living(self.sealed.home()), Vec::<String>::new());
        let left: Vec<_> =
            std::fs::read_dir(self.sealed.path("tmp")).expect("it has a folder").collect();
        assert!(left.is_empty(), "{left:?}");
        ended
    }
}

/// Somebody at the pages.
pub struct Visitor {
    address: SocketAddr,
    cookie: String,
}

impl Visitor {
    pub fn get(&self, path: &str) -> Answer {
        self.sends("GET", path, "", "")
    }

    /// The push's page.
    pub fn looks(&self) -> Answer {
        self.get("/trains/demo").is(200)
    }

    /// Posts a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.sends("POST", path, &form(fields), "")
    }

    /// Asks for a page by another name of the server.
    pub fn asks_by(&self, host: &str, path: &str) -> Answer {
        self.sends("GET", path, "", host)
    }

    /// Plays the next scene.
    pub fn next(&self) -> Answer {
        self.post("/demo/next", &[]).is(303);
        self.looks()
    }

    /// Plays on until the bar says that this comes next.
    pub fn plays_to(&self, words: &str) -> Answer {
        let mut page = self.looks();
        while page.line("Next, ").is_none_or(|next| !next.contains(words)) {
            assert!(!page.bar().contains("Look around"), "in vain: {words}\n{}", page.bar());
            page = self.next();
        }
        page
    }

    /// Says yes to the plan of a form; gives the page of what became of it.
    pub fn agrees(&self, fields: &[(&str, &str)]) -> Answer {
        let plan = self.post("/trains/demo/plan", fields).is(200);
        let wish = plan.hidden("wish").expect("the plan can be agreed to");
        let digest = plan.hidden("if");
        let mut yes = vec![("wish", wish.as_str())];
        yes.extend(digest.as_deref().map(|digest| ("if", digest)));
        let step = self.post("/trains/demo/do", &yes).is(303);
        let page = step.header("location").expect("the step has a page").to_owned();
        let begun = Instant::now();
        loop {
            let told = self.get(&page).is(200);
            if told.header("refresh").is_none() {
                return told;
            }
            assert!(begun.elapsed() < PATIENCE, "the step goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn sends(&self, method: &str, path: &str, body: &str, host: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has time-outs");
        let own = self.address.to_string();
        let host = if host.is_empty() { &own } else { host };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers");
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("it answers in HTTP");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let (head, body) = (head.to_owned(), body.to_owned());
        Answer { status: status.expect("an answer has a status"), head, body }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
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
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    /// The bar of the demo.
    pub fn bar(&self) -> &str {
        let (_, rest) = self.body.split_once("<aside class=\"demo\"").unwrap_or_default();
        rest.split("</aside>").next().unwrap_or_default()
    }

    /// The line of the bar that begins so.
    pub fn line(&self, begin: &str) -> Option<&str> {
        self.bar().lines().find(|line| line.contains(begin))
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        let (value, _) = rest.split_once('"')?;
        let plain = value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<");
        Some(plain.replace("&#62;", ">").replace("&#38;", "&"))
    }
}
