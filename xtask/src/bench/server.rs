//! `pushduty serve` of a world, and whoever asks it: HTTP by hand over one connection, so that nothing but the server is timed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use testkit::{PushDuty, Running};

use super::worlds::{HERO, typed};
use crate::process;
use crate::trouble::Trouble;

/// How long is waited for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs, and ends with this.
pub struct Server {
    running: Running,
    /// Where it listens.
    pub address: SocketAddr,
}

/// A connection that is kept open.
pub struct Line {
    stream: BufReader<TcpStream>,
}

/// An answer.
pub struct Got {
    /// The status.
    pub status: u16,
    /// Lines of headers, in small letters.
    pub headers: Vec<String>,
    /// The body as it came over the wire, without the marks between its pieces.
    pub body: Vec<u8>,
}

impl Server {
    /// Starts it with these options and waits until it listens.
    pub fn start(world: &PushDuty, more: &[&str]) -> Result<Self, Trouble> {
        let mut line = vec!["serve", "--listen", "127.0.0.1:0"];
        line.extend(more);
        let mut running = world.as_person(HERO).starts(&line);
        let began = Instant::now();
        loop {
            let out = running.stdout_so_far();
            let listens = out.lines().find_map(|line| line.strip_prefix("listening on "));
            if let Some(address) = listens.and_then(|address| address.trim().parse().ok()) {
                return Ok(Self { running, address });
            }
            if running.has_ended() || began.elapsed() > PATIENCE {
                let said = running.stderr_so_far();
                return Err(Trouble::new(format!("the server does not start: {said}"), SEE));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.running.id()
    }

    /// Its address, as of the web.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets somebody of the configuration in; the cookie that says so.
    pub fn let_in(&self, world: &PushDuty, name: &str) -> Result<String, Trouble> {
        let made = process::output(&mut typed(world, &["serve", "--link", name]))?;
        let said = String::from_utf8_lossy(&made.stdout).into_owned();
        let no = || Trouble::new(format!("{name} is not let in: {said}"), SEE);
        let (_, secret) = said.trim().split_once("/sign-in/").ok_or_else(no)?;
        let path = format!("/sign-in/{secret}");
        let answer = Line::to(self.address)?.ask("POST", &path, &["content-length: 0"])?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        cookie.map(str::to_owned).ok_or_else(no)
    }

    /// The memory that it has now, in bytes; none where the system does not tell.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    }
}

/// What to do where a server does not do what it does elsewhere.
const SEE: &str = "run `pushduty serve` by hand and see";

impl Line {
    /// Opens one.
    pub fn to(address: SocketAddr) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address).and_then(|stream| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            Ok(stream)
        });
        Ok(Self { stream: BufReader::new(stream.map_err(|e| broken(&e))?) })
    }

    /// Asks for a page, and holds that there is one.
    pub fn get(&mut self, path: &str, headers: &[&str]) -> Result<Got, Trouble> {
        let got = self.ask("GET", path, headers)?;
        match got.status {
            200 => Ok(got),
            status => Err(Trouble::new(format!("{path} is answered with {status}"), SEE)),
        }
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[&str]) -> Result<Got, Trouble> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        headers.iter().for_each(|header| request += &format!("{header}\r\n"));
        request += "\r\n";
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.and_then(|()| self.read()).map_err(|e| broken(&e))
    }

    fn read(&mut self) -> std::io::Result<Got> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut got = Got { status: status.unwrap_or(0), headers: Vec::new(), body: Vec::new() };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            got.headers.push(format!("{}:{value}", name.to_ascii_lowercase()));
        }
        if let Some(size) = got.header("content-length").and_then(|size| size.parse().ok()) {
            got.body.resize(size, 0);
            self.stream.read_exact(&mut got.body)?;
            return Ok(got);
        }
        while got.header("transfer-encoding").is_some() {
            let size = usize::from_str_radix(&self.line()?, 16).unwrap_or(0);
            let mut piece = vec![0; size];
            self.stream.read_exact(&mut piece)?;
            got.body.append(&mut piece);
            self.line()?;
            if size == 0 {
                break;
            }
        }
        Ok(got)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Got {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let of =
            |line: &'_ String| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        let line = self.headers.iter().find(|line| of(line))?;
        line.get(name.len() + 1..).map(str::trim)
    }

    /// The body, where it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What came over the wire: headers and body.
    pub fn size(&self) -> u64 {
        let headers: usize = self.headers.iter().map(|line| line.len() + 3).sum();
        u64::try_from(headers + self.body.len()).unwrap_or(u64::MAX)
    }
}

fn broken(error: &std::io::Error) -> Trouble {
    Trouble::new(format!("the server's answer breaks off: {error}"), SEE)
}
