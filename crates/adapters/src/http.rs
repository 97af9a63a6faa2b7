//! Asking over HTTP, with one policy for all: strict limits, no redirects, no cookies, a new connection for
//! each question, and short words for people about what went wrong.

use std::error::Error;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, LOCATION,
};
use reqwest::{Client, ClientBuilder, Method, Response, StatusCode, redirect};
use rustls::CertificateError;
use train::letter::is_harmful;
use url::{Host, Url};

/// Why there is no answer: what the other side does, as the end of a sentence that begins with its name
/// (“refuses the connection”). Fit to be shown; it never holds the address that was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

impl NoAnswer {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// How long a question may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the first attempt to connect to the answer's last byte.
    pub whole: Duration,
    /// Until there is a connection, TLS included.
    pub connect: Duration,
}

impl Default for Limits {
    /// Ten seconds, three of them to connect.
    fn default() -> Self {
        Self { whole: Duration::from_secs(10), connect: Duration::from_secs(3) }
    }
}

/// A question with more to it than an address. Of what it brings nothing is ever shown.
pub(crate) struct Question<'a> {
    pub url: &'a Url,
    /// A form to post, encoded; nothing is posted without one.
    pub form: Option<String>,
    /// What stands in `Authorization`.
    pub credential: Option<String>,
}

/// Asks over HTTP. Proxies of the environment (`HTTPS_PROXY` and so on) are used, but never to loopback.
#[derive(Debug, Default)]
pub struct Web {
    limits: Limits,
    // Made when first needed: reading the system's certificates takes longer than most commands do, and a
    // machine without any can still ask over plain HTTP.
    clients: [OnceLock<Result<Client, NoAnswer>>; 4],
}

impl Web {
    /// With these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The answer's body, of at most `most` bytes, when the answer is 200.
    ///
    /// # Errors
    /// What the other side did instead.
    pub async fn get(&self, url: &str, accept: &str, most: usize) -> Result<Vec<u8>, NoAnswer> {
        let url = Url::parse(url).map_err(|_| NoAnswer::new("has an address that is none"))?;
        let request = self.client(&url)?.get(url.clone());
        let request = request
            .header(ACCEPT, accept)
            .header(CACHE_CONTROL, "no-cache")
            .header(CONNECTION, "close");
        let answer = request.send().await.map_err(|why| words(&why, &self.limits))?;
        judge(&url, &answer)?;
        self.body(answer, most).await
    }

    /// As [`Web::get`], as text.
    ///
    /// # Errors
    /// What the other side did instead, also when its answer is not UTF-8.
    pub async fn fetch_text(&self, url: &str, most: usize) -> Result<String, NoAnswer> {
        let body = self.get(url, "*/*", most).await?;
        String::from_utf8(body)
            .map_err(|_| NoAnswer::new("answers something that is no UTF-8 text"))
    }

    /// Whether there is anything at an address: it is asked for its head, and where that kind of question is not known, for
    /// all of it; what is there is not read.
    ///
    /// # Errors
    /// What the other side did instead of saying yes (any 2xx) or no (404, 410).
    pub async fn is_there(&self, url: &str) -> Result<bool, NoAnswer> {
        let url = Url::parse(url).map_err(|_| NoAnswer::new("has an address that is none"))?;
        let mut answer = self.asked(Method::HEAD, &url).await?;
        if matches!(answer.status(), StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) {
            answer = self.asked(Method::GET, &url).await?;
        }
        match answer.status() {
            status if status.is_success() => Ok(true),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(false),
            _ => judge(&url, &answer).map(|()| true),
        }
    }

    async fn asked(&self, method: Method, url: &Url) -> Result<Response, NoAnswer> {
        let request = self.client(url)?.request(method, url.clone());
        let request = request.header(ACCEPT, "*/*").header(CONNECTION, "close");
        request.send().await.map_err(|why| words(&why, &self.limits))
    }

    /// What is answered to a question with more to it than an address: the status, and the body of at most `most` bytes.
    ///
    /// # Errors
    /// What the other side did instead of answering.
    pub(crate) async fn ask(
        &self,
        question: &Question<'_>,
        most: usize,
    ) -> Result<(u16, Vec<u8>), NoAnswer> {
        let url = question.url;
        let client = self.client(url)?;
        let mut request = match &question.form {
            None => client.get(url.clone()),
            Some(form) => client
                .post(url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.clone()),
        };
        if let Some(credential) = &question.credential {
            let value = HeaderValue::from_str(credential);
            let mut value = value.map_err(|_| NoAnswer::new("is given a secret that is none"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.header(ACCEPT, "application/json").header(CONNECTION, "close");
        let answer = request.send().await.map_err(|why| words(&why, &self.limits))?;
        let status = answer.status();
        if status.is_redirection() {
            judge(url, &answer)?;
        }
        Ok((status.as_u16(), self.body(answer, most).await?))
    }

    fn client(&self, url: &Url) -> Result<&Client, NoAnswer> {
        let (tls, direct) = (is_tls(url)?, is_loopback(url));
        let place = usize::from(tls) + 2 * usize::from(direct);
        let made = self.clients[place].get_or_init(|| {
            let connect = self.limits.connect;
            client(url, connect, |builder| builder.timeout(self.limits.whole))
        });
        made.as_ref().map_err(NoAnswer::clone)
    }

    async fn body(&self, mut answer: Response, most: usize) -> Result<Vec<u8>, NoAnswer> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|why| words(&why, &self.limits))? {
            if body.len() + chunk.len() > most {
                return Err(NoAnswer::new(format!("answers with more than {}", size(most))));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Whether an address is asked over TLS.
fn is_tls(url: &Url) -> Result<bool, NoAnswer> {
    match url.scheme() {
        "https" => Ok(true),
        "http" => Ok(false),
        _ => Err(NoAnswer::new("has an address that is neither http nor https")),
    }
}

/// What asks at `url`, by the one policy; `more` sets how long it may take.
pub(crate) fn client(
    url: &Url,
    connect: Duration,
    more: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, NoAnswer> {
    let (tls, direct) = (is_tls(url)?, is_loopback(url));
    // An earlier choice of the process stands: there is one kind of provider in it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("pushduty/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(connect);
    builder = more(builder);
    if direct {
        builder = builder.no_proxy();
    }
    if !tls {
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|_| {
        NoAnswer::new("cannot be asked over https: this machine has no certificates to trust")
    })
}

/// What went wrong, for people.
pub(crate) fn words(why: &reqwest::Error, limits: &Limits) -> NoAnswer {
    if why.is_timeout() {
        return NoAnswer::new(if why.is_connect() {
            format!("cannot be reached within {}", seconds(limits.connect))
        } else {
            format!("gives no whole answer within {}", seconds(limits.whole))
        });
    }
    if why.is_dns() {
        return NoAnswer::new("has a name that is not found");
    }
    let known = causes(why).find_map(|cause| {
        let tls = cause.downcast_ref().map(tls_words);
        tls.or_else(|| cause.downcast_ref().and_then(io_words))
    });
    NoAnswer::new(known.unwrap_or(if why.is_connect() {
        "cannot be connected to"
    } else {
        "gives no whole answer in HTTP"
    }))
}

/// The text behind an address, with the limits that [`Limits::default`] names.
///
/// # Errors
/// What the other side did instead.
pub async fn fetch_text(url: &str, most: usize) -> Result<String, NoAnswer> {
    Web::default().fetch_text(url, most).await
}

/// Text from outside made fit to be shown: no control characters, none that turn the direction of text or
/// that nobody sees, at most `most` characters.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut kept = text.chars().filter(|c| !is_harmful(*c));
    let mut shown: String = kept.by_ref().take(most).collect();
    if kept.next().is_some() {
        shown.push('…');
    }
    shown
}

fn judge(asked: &Url, answer: &Response) -> Result<(), NoAnswer> {
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(());
    }
    let location = answer.headers().get(LOCATION).filter(|_| status.is_redirection());
    Err(NoAnswer::new(match location {
        Some(to) => format!("redirects to {}", place(asked, to.to_str().unwrap_or_default())),
        None => format!("answers {}", status.as_u16()),
    }))
}

/// Where a redirect leads, without what could be secret: name, password, query.
fn place(asked: &Url, location: &str) -> String {
    match asked.join(location) {
        Ok(url) if url.has_host() => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
            shown(&format!("{}://{host}{port}{}", url.scheme(), url.path()), 120)
        }
        _ => "an address that is none".to_owned(),
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}

fn size(bytes: usize) -> String {
    if bytes < 1024 { format!("{bytes} bytes") } else { format!("{} KB", bytes / 1024) }
}

/// What an error comes from, and that in turn. An I/O error passes over what it wraps when asked for its
/// source, so what it wraps is asked for first.
fn causes<'a>(why: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(why.source(), |&cause| {
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| cause.source())
    })
}

fn io_words(why: &io::Error) -> Option<&'static str> {
    match why.kind() {
        io::ErrorKind::ConnectionRefused => Some("refuses the connection"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some("cannot be reached from here")
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Some("breaks the connection off"),
        _ => None,
    }
}

fn tls_words(why: &rustls::Error) -> &'static str {
    match why {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "shows a certificate that has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "shows a certificate that is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "shows a certificate for another name"
            }
            CertificateError::UnknownIssuer => {
                "shows a certificate that nobody vouches for whom this machine trusts"
            }
            _ => "shows a certificate that is not valid",
        },
        rustls::Error::InvalidMessage(_) => "does not speak TLS, as its https address says it does",
        _ => "does not agree on TLS",
    }
}
