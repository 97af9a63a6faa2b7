//! How one comes in, and what lets one in: a person's own page.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::ports::{Key, KeyKind, Scope};
use conductor::view::Moment;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use train::id::TrainName;

use super::words::When;
use super::{Layout, NoPage, encoded, shown};
use crate::asked::own_page;
use crate::house::House;
use crate::secret::Secret;
use crate::visitor::Visitor;

/// An issuer that people sign in with.
struct Way {
    name: String,
    label: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    layout: Layout,
    ways: Vec<Way>,
    /// What stands behind the address of each way: the page that was asked for.
    next: String,
    public: bool,
}

/// How to come in, and where to after that.
pub(crate) fn sign_in(
    house: &House,
    visitor: &Visitor,
    next: Option<&str>,
) -> Result<Response, NoPage> {
    let issuers = house.open.trains.issuers().into_iter();
    let ways = issuers.map(|(name, issuer)| Way { name, label: issuer.label().to_owned() });
    let next = next.map(own_page).filter(|next| *next != "/");
    let next = next.map(|next| format!("?next={}", encoded(next))).unwrap_or_default();
    let layout = Layout::of(house, visitor, "Sign in");
    Ok(shown(&SignIn { layout, ways: ways.collect(), next, public: house.open.public }))
}

#[derive(Template)]
#[template(path = "follow_link.html")]
struct FollowLink<'a> {
    layout: Layout,
    secret: &'a str,
}

/// The question whether to come in by a link.
pub(crate) fn follow_link(
    house: &House,
    visitor: &Visitor,
    secret: &str,
) -> Result<Response, NoPage> {
    Ok(shown(&FollowLink { layout: Layout::of(house, visitor, "Sign in"), secret }))
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me<'a> {
    layout: Layout,
    sessions: Vec<KeyRow>,
    tokens: Vec<KeyRow>,
    links: Vec<KeyRow>,
    token: Option<&'a str>,
    /// The address of a calendar, with the key to it.
    calendar: Option<String>,
    admin: bool,
}

/// What was just made, and is shown this once.
pub(crate) struct Made {
    pub secret: Secret,
    /// Whose calendar it reads; none of a token.
    pub calendar: Option<TrainName>,
}

/// A key, as it is shown.
struct KeyRow {
    id: String,
    label: String,
    may: &'static str,
    made: When,
    seen: Option<When>,
    ends: Option<When>,
    this: bool,
}

impl KeyRow {
    fn of(key: Key, this: Option<&Key>) -> Self {
        let this = this.is_some_and(|own| own.id == key.id);
        let when = |at: Timestamp| When::date(&Moment::new(at, TimeZone::UTC));
        Self {
            label: key.label,
            may: match (key.kind, key.scope) {
                (KeyKind::Calendar, _) => "read the calendars",
                (_, Scope::Read) => "look",
                (_, Scope::Notes) => "write in notes",
                (_, Scope::Act) => "act",
            },
            made: when(key.made_at),
            seen: key.seen_at.map(when),
            ends: key.expires_at.map(when),
            id: key.id,
            this,
        }
    }
}

/// `/me`.
pub(crate) async fn me_page(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    me(&house, &visitor, None).await
}

/// A person's own page; with what was just made.
pub(crate) async fn me(
    house: &House,
    visitor: &Visitor,
    made: Option<&Made>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(house, visitor, refusal);
    let Some(name) = visitor.name() else {
        return Err(no(crate::visitor::unknown("this page is of somebody who is signed in")));
    };
    let keys = house.open.accounts.of(name, house.open.clock.now()).await.map_err(no)?;
    let of = |kinds: &[KeyKind]| {
        let rows = keys.iter().filter(|key| kinds.contains(&key.kind)).cloned();
        rows.map(|key| KeyRow::of(key, visitor.key.as_ref())).collect()
    };
    let calendar = made.and_then(|made| {
        let (train, base) = (made.calendar.as_ref()?, house.open.base.as_str());
        let (base, key) = (base.trim_end_matches('/'), made.secret.shown());
        Some(format!("{base}/trains/{train}/calendar.ics?key={key}"))
    });
    let layout = Layout::of(house, visitor, name.as_str()).in_zone("UTC");
    Ok(shown(&Me {
        layout,
        sessions: of(&[KeyKind::Session]),
        tokens: of(&[KeyKind::Token, KeyKind::Calendar]),
        links: of(&[KeyKind::Link]),
        token: made.filter(|made| made.calendar.is_none()).map(|made| made.secret.shown()),
        calendar,
        admin: visitor.admin(house).await.is_ok(),
    }))
}

#[derive(Template)]
#[template(path = "link.html")]
struct MadeLink<'a> {
    layout: Layout,
    name: &'a str,
    address: String,
}

/// A link for somebody, shown once.
pub(crate) fn made_link(
    house: &House,
    visitor: &Visitor,
    name: &str,
    link: &Secret,
) -> Result<Response, NoPage> {
    let address =
        format!("{}/sign-in/{}", house.open.base.as_str().trim_end_matches('/'), link.shown());
    Ok(shown(&MadeLink { layout: Layout::of(house, visitor, "A link"), name, address }))
}
