//! How one comes in, and what lets one in: a person's own page.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::ports::{Key, KeyKind, Scope};
use jiff::Timestamp;

use super::{Layout, NoPage, shown};
use crate::house::House;
use crate::secret::Secret;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    layout: Layout,
    link: Option<&'a str>,
}

/// How to come in; with a link, the question whether to.
pub(crate) fn sign_in(
    house: &House,
    visitor: &Visitor,
    link: Option<&str>,
) -> Result<Response, NoPage> {
    Ok(shown(&SignIn { layout: Layout::of(house, visitor, "Sign in"), link }))
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me<'a> {
    layout: Layout,
    keys: Vec<KeyRow>,
    token: Option<&'a str>,
}

/// A key, as it is shown.
struct KeyRow {
    id: String,
    what: &'static str,
    label: String,
    made_at: Timestamp,
    seen_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    this: bool,
}

impl KeyRow {
    fn of(key: Key, this: Option<&Key>) -> Self {
        let what = match (key.kind, key.scope) {
            (KeyKind::Session, _) => "browser",
            (KeyKind::Link, _) => "link",
            (KeyKind::Token, Scope::Read) => "token, to look",
            (KeyKind::Token, Scope::Act) => "token, to act",
        };
        let this = this.is_some_and(|own| own.id == key.id);
        let Key { id, label, made_at, seen_at, expires_at, .. } = key;
        Self { id, what, label, made_at, seen_at, expires_at, this }
    }
}

/// `/me`.
pub(crate) async fn me_page(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    me(&house, &visitor, None).await
}

/// A person's own page; with a token that was just made.
pub(crate) async fn me(
    house: &House,
    visitor: &Visitor,
    token: Option<Secret>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(house, visitor, refusal);
    let Some(name) = visitor.name() else {
        return Err(no(crate::visitor::unknown("this page is of somebody who is signed in")));
    };
    let keys = house.open.accounts.of(name, house.open.clock.now()).await.map_err(no)?;
    let keys = keys.into_iter().map(|key| KeyRow::of(key, visitor.key.as_ref())).collect();
    let layout = Layout::of(house, visitor, name.as_str());
    Ok(shown(&Me { layout, keys, token: token.as_ref().map(Secret::shown) }))
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
