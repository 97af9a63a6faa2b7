//! Remotes over HTTP that let in whoever knows the password: `git http-backend` behind a small server on loopback.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::background::Background;
use crate::remote::Remote;
use crate::sealed::Sealed;

/// Some remotes over HTTP, for reading and pushing, each under its name. It ends when dropped.
#[derive(Debug)]
pub struct Http {
    background: Background,
    seen: Arc<Mutex<Vec<Comer>>>,
    _sealed: Arc<Sealed>,
}

/// Who came with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comer {
    Nobody,
    Stranger,
    Known,
}

impl Http {
    /// Serves these remotes to this user with this password, and to nobody else.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn serving(remotes: &[&Remote], user: &str, password: &str) -> Self {
        let sealed = Arc::new(Sealed::new());
        let served = sealed.path("served");
        std::fs::create_dir(&served).expect("a new directory is writable");
        for remote in remotes {
            let place = served.join(format!("{}.git", remote.name()));
            std::os::unix::fs::symlink(remote.path(), place).expect("each remote has its own name");
        }
        let wanted = format!("Basic {}", base64(format!("{user}:{password}").as_bytes()));
        let seen = Arc::default();
        let (shared, home) = (Arc::clone(&seen), Arc::clone(&sealed));
        let background = Background::serve(async move |listener: TcpListener| {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, sealed) = (Arc::clone(&shared), Arc::clone(&home));
                tokio::spawn(converse(stream, seen, sealed, wanted.clone()));
            }
        });
        Self { background, seen, _sealed: sealed }
    }

    /// A remote's URL.
    #[must_use]
    pub fn url(&self, remote: &Remote) -> String {
        format!("{}/{}.git", self.host(), remote.name())
    }

    /// What comes before a path in every URL.
    #[must_use]
    pub fn host(&self) -> String {
        format!("http://{}", self.background.address())
    }

    /// How many requests came with a user name and password that are not right.
    #[must_use]
    pub fn turned_away(&self) -> usize {
        held(&self.seen).iter().filter(|comer| **comer == Comer::Stranger).count()
    }

    /// How many requests came in.
    #[must_use]
    pub fn let_in(&self) -> usize {
        held(&self.seen).iter().filter(|comer| **comer == Comer::Known).count()
    }
}

fn held(seen: &Mutex<Vec<Comer>>) -> MutexGuard<'_, Vec<Comer>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request as it came: its first line, its headers with names in small letters, its body.
struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let (line, rest) = head.split_once("\r\n")?;
        let headers = rest.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
        let mut request = Self { line: line.to_owned(), headers, body: Vec::new() };
        let length = request.header("content-length").parse().unwrap_or(0);
        request.body = vec![0; length];
        stream.read_exact(&mut request.body).await.ok()?;
        Some(request)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

/// Answers one request; each connection has one.
async fn converse(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<Comer>>>,
    sealed: Arc<Sealed>,
    wanted: String,
) {
    let Some(request) = Request::read(&mut stream).await else { return };
    let comer = match request.header("authorization") {
        "" => Comer::Nobody,
        given if given == wanted => Comer::Known,
        _ => Comer::Stranger,
    };
    held(&seen).push(comer);
    let answer = if comer == Comer::Known {
        let mut backend = sealed.git_program("git");
        let asked = tokio::task::spawn_blocking(move || ask(&mut backend, &sealed, &request));
        asked.await.ok().flatten().unwrap_or_else(|| b"HTTP/1.1 500 No\r\n\r\n".to_vec())
    } else {
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
    };
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

/// Has `git http-backend` answer, as a server's common gateway does.
fn ask(backend: &mut Command, sealed: &Sealed, request: &Request) -> Option<Vec<u8>> {
    let mut words = request.line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", sealed.path("served"))
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REMOTE_USER", "somebody")
        .env("CONTENT_TYPE", request.header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", request.header("content-encoding"))
        .env("GIT_PROTOCOL", request.header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = backend.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let body = request.body.clone();
    let feeding = std::thread::spawn(move || stdin.write_all(&body));
    let output = child.wait_with_output().ok()?;
    let _ = feeding.join();
    let status = String::from_utf8_lossy(&output.stdout);
    let status = status.lines().next()?.strip_prefix("Status: ").unwrap_or("200 OK").to_owned();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    Some([head.as_bytes(), &output.stdout].concat())
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|part| {
        let at = |n: usize| u32::from(part.get(n).copied().unwrap_or(0));
        let all = (at(0) << 16) | (at(1) << 8) | at(2);
        let digit = move |n: usize| match n <= part.len() {
            true => char::from(DIGITS[(all >> (18 - 6 * n)) as usize & 63]),
            false => '=',
        };
        [digit(0), digit(1), digit(2), digit(3)]
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_as_its_rfc_shows() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(super::base64(plain.as_bytes()), coded);
        }
    }
}
