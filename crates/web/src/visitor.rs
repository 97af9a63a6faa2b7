//! Who a request comes from: a session's cookie, a token, or nobody.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use conductor::Looking;
use conductor::ports::{Key, KeyKind, Scope};
use train::command::Command;
use train::id::{PersonName, TrainName};
use train::people::Role;
use train::refusal::{Code, Refusal};

use crate::attempts::From;
use crate::door;
use crate::house::House;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::steps::Open;
use crate::trains::Who;

/// Who comes.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Their key; none of somebody who is not signed in.
    pub key: Option<Key>,
    /// The page that they ask for; none where they send something.
    pub page: Option<String>,
    /// The train that the address names, whatever they ask there.
    pub train: Option<TrainName>,
}

impl Visitor {
    /// Somebody who is not known.
    pub fn nobody() -> Self {
        Self { key: None, page: None, train: None }
    }

    /// Whoever made the key in the address of a calendar. No page leads back there: the key would stand in it.
    pub async fn with_calendar(house: &House, parts: &Parts, key: &str) -> Result<Self, Problem> {
        let key = known(house, KeyKind::Calendar, &Secret::given(key)).await?;
        let key = key.ok_or_else(|| {
            let what = "this calendar key is not, or no longer, one of this server";
            let hint = "make another with “Subscribe to the calendar” on the page of the train";
            kept_out(house, parts, "calendar", Refusal::new(Code::NotSignedIn, what, hint))
        })?;
        Ok(Self { key: Some(key), page: None, train: train(house, parts) })
    }

    /// Who acts.
    pub fn who(&self) -> Who {
        match &self.key {
            Some(key) => who(key),
            None => Who::Anybody,
        }
    }

    /// Their name.
    pub fn name(&self) -> Option<&PersonName> {
        self.key.as_ref().map(|key| &key.person)
    }

    /// The name of whoever is an admin of a train of this server.
    pub async fn admin(&self, house: &House) -> Result<String, Refusal> {
        for train in house.open.trains.names() {
            let conductor = house.open.trains.conductor(&train, &self.who()).await?;
            // Its state is asked for whoever acts, as everywhere.
            if conductor.acting(&*conductor.state().await?).holds(&[Role::Admin]) {
                return Ok(conductor.actor.name);
            }
        }
        let what = "links for others are made by an admin";
        Err(Refusal::new(Code::NotAllowed, what, "ask somebody with the role admin"))
    }

    /// The same, where they are an admin of every train that knows `person`: a link opens all of them.
    pub async fn admin_of(&self, house: &House, person: &PersonName) -> Result<String, Refusal> {
        let by = self.admin(house).await?;
        let key = self.may_act()?;
        let whole = Who::Person(person.clone(), key.proof.clone());
        for train in house.open.trains.of(&whole) {
            let conductor = house.open.trains.conductor(&train, &self.who()).await?;
            if !conductor.acting(&*conductor.state().await?).holds(&[Role::Admin]) {
                let what = format!("{person} is of {train} too, and you are no admin there");
                let hint = "ask somebody who is one of all their trains";
                return Err(Refusal::new(Code::NotAllowed, what, hint));
            }
        }
        Ok(by)
    }

    /// Refuses whoever is not known, where only people who are may look.
    pub fn may_look(&self, house: &House) -> Result<(), Refusal> {
        match self.key.is_some() || house.open.public {
            true => Ok(()),
            false => Err(unknown("these pages are for people who are signed in")),
        }
    }

    /// Refuses whoever is not known, though anybody may look.
    pub fn is_known(&self) -> Result<(), Refusal> {
        match self.key {
            Some(_) => Ok(()),
            None => Err(unknown("this is for people who are signed in")),
        }
    }

    /// Who is asked when they look at a train: for those who may act on it whatever there is, once in a few seconds; for
    /// everybody else nobody.
    pub fn looking(&self, house: &House, train: &TrainName) -> Looking {
        let shared = house.seen.get(train).filter(|_| self.may_act_on(house, train).is_ok());
        shared.map_or(Looking::Remembers, |shared| Looking::Shares(Arc::clone(shared)))
    }

    /// Refuses whoever may not act on a train: it has to know them.
    pub fn may_act_on(&self, house: &House, train: &TrainName) -> Result<(), Refusal> {
        self.may_act()?;
        self.is_aboard(house, train)
    }

    /// The same of whoever may at least write in its notes.
    pub fn may_write_on(&self, house: &House, train: &TrainName) -> Result<(), Refusal> {
        self.may_write()?;
        self.is_aboard(house, train)
    }

    /// Their name, where the train knows them.
    pub fn aboard(&self, house: &House, train: &TrainName) -> Option<&PersonName> {
        self.name().filter(|_| house.open.trains.of(&self.who()).contains(train))
    }

    /// What they read of what a train says: whoever it does not know reads nothing of what programs and remotes said.
    pub fn reads(&self, house: &House, train: &TrainName) -> Open {
        Open::of(self.aboard(house, train).is_some())
    }

    /// Refuses whoever the train does not know.
    pub fn is_aboard(&self, house: &House, train: &TrainName) -> Result<(), Refusal> {
        // One that is not there is said to be not there.
        house.open.trains.ledger(train)?;
        match self.aboard(house, train) {
            Some(_) => Ok(()),
            None => {
                let what = format!("the train {train} does not know you");
                let hint = "ask an admin to name you under [people] of its configuration";
                Err(Refusal::new(Code::NotAllowed, what, hint))
            }
        }
    }

    /// The key of somebody who may act and sits at a browser: a token lets a program act, but makes nothing that lets somebody in.
    pub fn at_a_browser(&self) -> Result<&Key, Refusal> {
        let key = self.may_act()?;
        match key.kind {
            KeyKind::Session => Ok(key),
            KeyKind::Token | KeyKind::Link | KeyKind::Calendar => Err(Refusal::new(
                Code::NotAllowed,
                "a token neither makes nor takes away what lets somebody in",
                "sign in with a browser, and do it on the page of your name",
            )),
        }
    }

    /// The key of somebody who may have this wish.
    pub fn may_wish(&self, wish: &Command) -> Result<&Key, Refusal> {
        match wish {
            Command::Notes(_) => self.may_write(),
            _ => self.may_act(),
        }
    }

    /// The key of somebody who may act; refuses whoever may only look, or only write in notes.
    pub fn may_act(&self) -> Result<&Key, Refusal> {
        let key = self.signed_in()?;
        match key.scope {
            Scope::Act => Ok(key),
            Scope::Notes => Err(too_little("this token is for looking, and for writing in notes")),
            Scope::Read => Err(too_little(LOOKS)),
        }
    }

    /// The key of somebody who may write in notes, if nothing else; refuses whoever may only look.
    pub fn may_write(&self) -> Result<&Key, Refusal> {
        let key = self.signed_in()?;
        match key.scope {
            Scope::Act | Scope::Notes => Ok(key),
            Scope::Read => Err(too_little(LOOKS)),
        }
    }

    fn signed_in(&self) -> Result<&Key, Refusal> {
        self.key.as_ref().ok_or_else(|| unknown("this takes somebody who is signed in"))
    }
}

/// What a token is for that may only look.
const LOOKS: &str = "this token is for looking";

/// Where a token may too little: what it is for.
fn too_little(what: &str) -> Refusal {
    Refusal::new(Code::NotAllowed, what, "make one that may do it, on the page of your name")
}

/// Somebody who is not known, where only known people come in.
pub(crate) fn unknown(what: &str) -> Refusal {
    Refusal::new(Code::NotSignedIn, what, "sign in, or send a token of yours")
}

impl FromRequestParts<House> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        let (page, train) = (page(house, parts), train(house, parts));
        let session = cookie(&parts.headers, house.cookie_name());
        let key = match (bearer(&parts.headers), session) {
            (Some(token), _) => Some(with_token(house, parts, &token).await?),
            (None, Some(session)) => known(house, KeyKind::Session, &session).await?,
            (None, None) => None,
        };
        Ok(Self { key, page, train })
    }
}

/// The key of that kind; none of whoever is no person of the configuration any more.
async fn known(house: &House, kind: KeyKind, secret: &Secret) -> Result<Option<Key>, Refusal> {
    let key = house.open.accounts.used(kind, &secret.hash(), house.open.clock.now()).await?;
    Ok(key.filter(|key| !house.open.trains.of(&who(key)).is_empty()))
}

/// The key of a program.
async fn with_token(house: &House, parts: &Parts, token: &Secret) -> Result<Key, Problem> {
    let key = known(house, KeyKind::Token, token).await?;
    key.ok_or_else(|| {
        let refusal = unknown("this token is not, or no longer, one of this server");
        kept_out(house, parts, "token", refusal)
    })
}

/// A program brought what opens nothing: it tried to come in.
fn kept_out(house: &House, parts: &Parts, way: &str, refusal: Refusal) -> Problem {
    let from = From::read(&parts.extensions, &parts.headers, house.open.behind_proxy);
    door::refused(house, from, way, refusal).problem()
}

/// The page asked for, without what stands before every path.
fn page(house: &House, parts: &Parts) -> Option<String> {
    let asked = asked(house, parts)?;
    (parts.method == Method::GET).then(|| asked.to_owned())
}

/// The train that an address of the pages names.
fn train(house: &House, parts: &Parts) -> Option<TrainName> {
    let below = asked(house, parts)?.strip_prefix("/trains/")?;
    below.split(['/', '?']).next()?.parse().ok()
}

/// What is asked for, without what stands before every path.
fn asked<'a>(house: &House, parts: &'a Parts) -> Option<&'a str> {
    let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |asked| &asked.0);
    let whole = asked.path_and_query()?.as_str();
    let below = whole.strip_prefix(&*house.prefix);
    // The first page is asked for without its slash too.
    let below = below.map(|path| if path.is_empty() { "/" } else { path });
    Some(below.filter(|path| path.starts_with('/')).unwrap_or(whole))
}

/// Whom a key lets in.
fn who(key: &Key) -> Who {
    Who::Person(key.person.clone(), key.proof.clone())
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::given(token.trim()))
}

/// A cookie by its name (RFC 6265, section 4.2).
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    Some(Secret::given(value.trim()))
}
