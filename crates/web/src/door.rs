//! The door: whoever comes in by whatever way gets a session, is counted where they don't, and is noted in the record.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use conductor::ports::{Key, KeyKind, Scope};
use jiff::SignedDuration;
use train::event::Event;
use train::id::PersonName;
use train::people::Proof;
use train::refusal::{Code, Refusal};

use crate::attempts::From;
use crate::browser;
use crate::house::House;
use crate::problem::Problem;
use crate::secret::{self, Secret};
use crate::trains::Who;

/// How long a browser stays signed in.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The longest name of a key, in characters.
const LABEL: usize = 80;
/// How long somebody waits for the record to have them. It goes on by itself where another command holds it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried, where another command holds the record for long.
const TRIES: usize = 10;

/// Why somebody does not come in.
pub(crate) struct No {
    refusal: Refusal,
    /// How many seconds they are to wait.
    wait: Option<i64>,
}

impl No {
    /// Too many tries have failed.
    fn wait(seconds: i64) -> Self {
        let what = "too many tries to come in have failed";
        let hint = format!("wait for {seconds} s; whoever is signed in already goes on");
        Self { refusal: Refusal::new(Code::TooMany, what, hint), wait: Some(seconds) }
    }

    /// What is said, and how many seconds they are to wait.
    pub fn parts(self) -> (Refusal, Option<i64>) {
        (self.refusal, self.wait)
    }

    /// As a document.
    pub fn problem(self) -> Problem {
        Problem::from(self.refusal).after(self.wait)
    }
}

/// Lets somebody try to come in by `way`, unless too many tries have failed. What fails is told, and counts; what fails since
/// somebody else does not answer counts for nobody.
pub(crate) async fn tried<T>(
    house: &House,
    from: From,
    way: &str,
    attempt: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, No> {
    house.attempts.begin(from, house.open.clock.now()).map_err(No::wait)?;
    let ended = attempt.await;
    if ended.as_ref().is_err_and(is_ours) || ended.is_ok() {
        house.attempts.well(from);
    }
    ended.map_err(|refusal| {
        turned_away(house, from, way, refusal.code);
        No { refusal, wait: None }
    })
}

/// Something failed that nobody at the door can help.
fn is_ours(refusal: &Refusal) -> bool {
    refusal.code.status() >= 500
}

/// Somebody came with what opens nothing; says so, or that they are to wait.
pub(crate) fn refused(house: &House, from: From, way: &str, refusal: Refusal) -> No {
    if let Err(seconds) = house.attempts.begin(from, house.open.clock.now()) {
        return No::wait(seconds);
    }
    turned_away(house, from, way, refusal.code);
    No { refusal, wait: None }
}

/// One line for whoever runs the server.
fn turned_away(house: &House, from: From, way: &str, code: Code) {
    house.open.log.turned_away(way, &from.to_string(), code);
}

/// A session for whoever came in, noted in the record.
pub(crate) async fn session(
    house: &House,
    headers: &HeaderMap,
    person: PersonName,
    proof: Proof,
) -> Result<Secret, Refusal> {
    let (secret, now) = (Secret::new()?, house.open.clock.now());
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let key = Key {
        id: secret::key_id()?,
        hash: secret.hash(),
        kind: KeyKind::Session,
        person,
        proof,
        scope: Scope::Act,
        label: label(&browser::called(agent.unwrap_or("a browser"))),
        made_at: now,
        expires_at: now.checked_add(SESSION).ok(),
        seen_at: Some(now),
    };
    let who = Who::Person(key.person.clone(), key.proof.clone());
    house.open.accounts.add(key).await?;
    let browser = agent.is_some_and(|agent| agent.starts_with("Mozilla/"));
    note(house, &who, &Event::SignedIn { browser }).await;
    Ok(secret)
}

/// A name as it may be shown: short, and without control characters.
pub(crate) fn label(text: &str) -> String {
    text.chars().filter(|c| !train::letter::is_harmful(*c)).take(LABEL).collect()
}

/// Gives a browser its session.
pub(crate) fn let_in(house: &House, response: &mut Response, session: &Secret) {
    set_cookie(house, response, house.cookie_name(), session.shown(), SESSION.as_secs());
}

/// A cookie that no script and no other site has; without a value it is taken away.
pub(crate) fn set_cookie(
    house: &House,
    response: &mut Response,
    name: &str,
    value: &str,
    seconds: i64,
) {
    let secure = if house.is_secure() { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Notes what somebody did at the door in the record of every train that knows them. It is waited for, but not for long:
/// nobody stays outside while another command holds a record.
pub(crate) async fn note(house: &House, who: &Who, event: &Event) {
    let trains = house.open.trains.of(who);
    let noted = trains.into_iter().map(|train| {
        let (inside, who, event) = (house.clone(), who.clone(), event.clone());
        house.noting.spawn(async move {
            for _ in 0..TRIES {
                let event = event.clone();
                let told = inside
                    .story(&who, &train, async move |c| c.note_at_the_door(event).await)
                    .await;
                match told {
                    Ok(()) => return,
                    Err(refusal) if refusal.code.retry() => {}
                    Err(refusal) => return unnoted(&inside, &refusal),
                }
            }
            let what = "the record was held by another command all the time";
            unnoted(&inside, &Refusal::new(Code::Busy, what, ""));
        })
    });
    let all = futures_util::future::join_all(noted.collect::<Vec<_>>());
    let _ = tokio::time::timeout(PATIENCE, all).await;
}

fn unnoted(house: &House, refusal: &Refusal) {
    house.open.log.failed("a sign-in is not in the record", refusal);
}

impl FromRequestParts<House> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Self::Rejection> {
        Ok(Self::read(&parts.extensions, &parts.headers, house.open.behind_proxy))
    }
}
