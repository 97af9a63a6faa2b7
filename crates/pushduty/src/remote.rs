//! A train that a server runs: wishes and looks go there, and come back as the same values that they have here.

mod answers;
mod token;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapters::server::{Answered, Asked, Lost, Server};
use conductor::carry::{Beside, Done, Plan, Shown};
use conductor::failure::Failure;
use conductor::ports::Progress;
use conductor::view::{self, AboutView, FailureView};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use train::command::Command;
use train::id::quoted;
use train::refusal::{Code, Refusal};
use train::settings::Settings;
use url::{Host, Url};

use crate::environment::Environment;
use answers::{No, read, settings, strange, unreached};

pub use token::{keep, token};

/// How long is waited before a wish is sent again whose answer was lost, each time.
const AGAIN: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

/// A train of a server.
pub struct Remote {
    server: Server,
    /// Its address, fit to be shown.
    pub place: String,
    progress: Arc<dyn Progress>,
    /// What it is.
    pub about: AboutView,
    /// As much of its configuration as reading what people name takes.
    pub settings: Arc<Settings>,
    /// Its zone.
    pub zone: TimeZone,
    /// Whether its ledger is a rehearsal.
    pub rehearsal: bool,
    as_of: Mutex<Timestamp>,
}

/// An address as it is shown, and kept by: without what could be secret.
pub fn shown(url: &Url) -> String {
    let mut plain = url.clone();
    let _ = (plain.set_username(""), plain.set_password(None));
    plain.set_query(None);
    plain.set_fragment(None);
    plain.as_str().trim_end_matches('/').to_owned()
}

/// The server at an address that somebody named; `token` is sent to nobody in the open.
pub fn server(url: &Url, token: Option<&str>) -> Result<Server, Failure> {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "http" && !here && token.is_some() {
        let what = format!(
            "{} is asked in the open, where everybody on the way reads the token",
            shown(url)
        );
        return Err(Refusal::new(Code::Usage, what, "name its https address"));
    }
    Server::new(url.clone(), token).map_err(|why| unreached(&shown(url), &why))
}

impl Remote {
    /// The train of that name at the server that a run names, or its only one.
    pub async fn open(
        url: &str,
        train: Option<String>,
        environment: &Environment,
        progress: Arc<dyn Progress>,
    ) -> Result<Self, Failure> {
        let url: Url = url.parse().map_err(|_| {
            let what = format!("{} is no address of a server", quoted(url));
            Refusal::new(Code::Usage, what, "write it with https://")
        })?;
        let place = shown(&url);
        let server = server(&url, token(environment, &place)?.as_deref())?;
        let train = match train {
            Some(train) => train,
            None => only(&server, &place).await?,
        };
        let asked = Asked::Look(&[]);
        let answered = server.ask(&["trains", &train], asked, &mut |_| ()).await;
        let body = read(&place, answered.map_err(|lost| unreached(&place, lost.why()))?)?;
        let about: AboutView =
            view::read(body.clone(), &TimeZone::UTC).map_err(|_| strange(&place))?;
        let zone = TimeZone::get(&about.zone).map_err(|_| strange(&place))?;
        let settings = settings(&about).ok_or_else(|| strange(&place))?;
        let as_of = moment(&body).ok_or_else(|| strange(&place))?;
        Ok(Self {
            server,
            place,
            progress,
            settings: Arc::new(settings),
            zone,
            rehearsal: body["rehearsal"] == true,
            as_of: Mutex::new(as_of),
            about,
        })
    }

    /// When the server answered last, by its clock.
    pub fn as_of(&self) -> Timestamp {
        *self.as_of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A view, by its name.
    pub async fn look<T: DeserializeOwned>(
        &self,
        name: &[&str],
        query: &impl Serialize,
    ) -> Result<T, Failure> {
        let body = self.looked(name, query).await?;
        self.view(body)
    }

    /// A view that tells all that could be looked at, and why not the rest.
    pub async fn partly<T: DeserializeOwned>(
        &self,
        name: &[&str],
        query: &impl Serialize,
    ) -> Result<(T, Vec<Refusal>), Failure> {
        match self.looked(name, query).await {
            Ok(body) => Ok((self.view(body)?, Vec::new())),
            Err(No { refusal, found }) => match found.shown {
                Some(shown) => {
                    let failed = std::iter::once(refusal).chain(found.also).collect();
                    Ok((self.view(shown)?, failed))
                }
                None => Err(refusal),
            },
        }
    }

    async fn looked(&self, name: &[&str], query: &impl Serialize) -> Result<Value, No> {
        let path = [&["trains", self.about.train.as_str()], name].concat();
        let asked = Asked::Look(&pairs(query));
        let answered = self.server.ask(&path, asked, &mut self.telling(0)).await;
        self.answer(answered.map_err(|lost| unreached(&self.place, lost.why()))?)
    }

    /// What `wish` comes to. Nothing is changed anywhere.
    pub async fn plan(&self, wish: &Command) -> Result<Plan, Failure> {
        let body = json!({ "wish": wish, "dry_run": true });
        let answered = self.wished(Asked::Wish { body: &body, key: None }, 0).await;
        let answered = answered.map_err(|lost| unreached(&self.place, lost.why()))?;
        let (body, refusal) = match self.answer(answered) {
            Ok(body) => (body, None),
            Err(No { refusal, found }) => match found.shown {
                Some(body) => (body, Some(refusal)),
                None => return Err(refusal),
            },
        };
        let beside = self.view::<Beside>(body["beside"].clone())?;
        let unknown: Option<FailureView> = self.view(body["unknown"].clone())?;
        Ok(Plan {
            shown: self.shown(wish, body["plan"].clone())?,
            digest: body["digest"].as_str().map(str::to_owned),
            changes: body["changes"] == true,
            follows: body["follows"] == true,
            refusal,
            unknown: unknown.map(Refusal::from),
            beside,
        })
    }

    /// Carries `wish` out. It has a key: where the answer is lost on its way, it is asked for again, and what is on its way
    /// there is joined.
    pub async fn carry(&self, wish: &Command, saw: Option<&str>) -> Result<Done, Failure> {
        let key = web::Secret::new()?;
        let body = json!({ "wish": wish, "if": saw });
        let asked = Asked::Wish { body: &body, key: Some(key.shown()) };
        let mut waits = AGAIN.into_iter();
        let (mut heard, mut sent) = (0, false);
        let answered = loop {
            let lost = match self.wished_counting(asked, &mut heard).await {
                Ok(answered) => break answered,
                Err(lost) => lost,
            };
            sent |= matches!(lost, Lost::Sent(_));
            match waits.next().filter(|_| sent) {
                Some(wait) => tokio::time::sleep(wait).await,
                None if sent => return Err(not_known(&self.place, &lost)),
                None => return Err(unreached(&self.place, lost.why())),
            }
        };
        match self.answer(answered) {
            Ok(body) => {
                let remarks = self.view(body["beside"].clone())?;
                Ok(Done { shown: self.shown(wish, body)?, refusal: None, remarks })
            }
            Err(No { refusal, found }) => match found.shown {
                Some(body) => {
                    let shown = self.shown(wish, body)?;
                    Ok(Done { shown, refusal: Some(refusal), remarks: Vec::new() })
                }
                None => Err(refusal),
            },
        }
    }

    async fn wished_counting(&self, asked: Asked<'_>, heard: &mut usize) -> Result<Answered, Lost> {
        let mut telling = self.telling(*heard);
        let mut count = 0;
        let path = ["trains", self.about.train.as_str(), "commands"];
        let mut hear = |said| {
            count += 1;
            telling(said);
        };
        let answered = self.server.ask(&path, asked, &mut hear).await;
        *heard = count.max(*heard);
        answered
    }

    async fn wished(&self, asked: Asked<'_>, heard: usize) -> Result<Answered, Lost> {
        let mut heard = heard;
        self.wished_counting(asked, &mut heard).await
    }

    /// Tells people of what goes on there, from the one after so many on.
    fn telling(&self, mut known: usize) -> impl FnMut(Value) + Send {
        let progress = Arc::clone(&self.progress);
        move |said| {
            if known > 0 {
                known -= 1;
            } else if let Ok(said) = serde_json::from_value::<web::Said>(said) {
                said.tell(&*progress);
            }
        }
    }

    fn answer(&self, answered: Answered) -> Result<Value, No> {
        let body = read(&self.place, answered)?;
        if let Some(at) = moment(&body) {
            *self.as_of.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }
        Ok(body)
    }

    fn view<T: DeserializeOwned>(&self, value: Value) -> Result<T, Failure> {
        view::read(value, &self.zone).map_err(|_| strange(&self.place))
    }

    fn shown(&self, wish: &Command, value: Value) -> Result<Shown, Failure> {
        Shown::read(wish, value, &self.zone).map_err(|_| strange(&self.place))
    }
}

/// When a document was made.
fn moment(body: &Value) -> Option<Timestamp> {
    body["as_of"].as_str()?.parse().ok()
}

/// The one train of a server; where it has several, one is to be named.
async fn only(server: &Server, place: &str) -> Result<String, Failure> {
    let names = trains(place, server.ask(&["trains"], Asked::Look(&[]), &mut |_| ()).await)?;
    match names.as_slice() {
        [only] => Ok(only.clone()),
        _ => {
            let what = format!("{place} runs {}", names.join(", "));
            Err(Refusal::new(Code::Usage, what, "say which with --train NAME"))
        }
    }
}

/// The trains of a server, as it answered.
pub fn trains(place: &str, answered: Result<Answered, Lost>) -> Result<Vec<String>, Failure> {
    let body = read(place, answered.map_err(|lost| unreached(place, lost.why()))?)?;
    serde_json::from_value(body["trains"].clone()).map_err(|_| strange(place))
}

/// What stands behind the question mark.
fn pairs(query: &impl Serialize) -> Vec<(String, String)> {
    let value = serde_json::to_value(query).unwrap_or_default();
    let pairs = value.as_object().into_iter().flatten().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), text)
    });
    pairs.collect()
}

/// A wish was sent, and nobody told what came of it.
fn not_known(place: &str, lost: &Lost) -> Failure {
    let what = format!("{place} {}: whether it was done is not known", lost.why());
    Refusal::new(Code::Incomplete, what, "`pushduty log` tells what was done, once it answers")
}
