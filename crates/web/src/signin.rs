//! Coming in and going out: by a link that is good once. What lets programs in is made here too.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use conductor::ports::{Key, KeyKind, Scope};
use jiff::SignedDuration;
use train::people::{Proof, Role};
use train::refusal::{Code, Refusal};

use crate::asked::{Form, Path};
use crate::house::House;
use crate::pages::{self, NoPage};
use crate::secret::{self, Secret};
use crate::visitor::{Visitor, cookie_name};

/// How long a browser stays signed in.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long a token opens, where its maker says nothing else.
const TOKEN: SignedDuration = SignedDuration::from_hours(24 * 365);
/// The longest name of a key, in characters.
const LABEL: usize = 80;

/// How to come in.
pub(crate) async fn page(State(house): State<House>, visitor: Visitor) -> Result<Response, NoPage> {
    pages::sign_in(&house, &visitor, None)
}

/// A link that somebody followed: asked once more, since programs that look ahead follow links too, and this one is good once.
pub(crate) async fn ask(
    State(house): State<House>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Response, NoPage> {
    pages::sign_in(&house, &visitor, Some(&secret))
}

/// The yes to that.
pub(crate) async fn enter(
    State(house): State<House>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, NoPage> {
    let nobody = Visitor { key: None };
    let no = |refusal| NoPage::of(&house, &nobody, refusal);
    let (accounts, now) = (&house.open.accounts, house.open.clock.now());
    let link = accounts.take(KeyKind::Link, &Secret::given(&secret).hash(), now).await;
    let Some(link) = link.map_err(no)? else {
        let what = "this link was used, or is over";
        let hint = "ask an admin for another; `pushduty serve --link NAME` makes one";
        return Err(no(Refusal::new(Code::NotSignedIn, what, hint)));
    };
    let session = Secret::new().map_err(no)?;
    let browser = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let key = Key {
        id: secret::key_id().map_err(no)?,
        hash: session.hash(),
        kind: KeyKind::Session,
        label: label(browser.unwrap_or("a browser")),
        made_at: now,
        expires_at: now.checked_add(SESSION).ok(),
        seen_at: Some(now),
        ..link
    };
    accounts.add(key).await.map_err(no)?;
    let mut response = Redirect::to(&house.path("/")).into_response();
    set_cookie(&house, &mut response, session.shown(), SESSION.as_secs());
    Ok(response)
}

/// Out again.
pub(crate) async fn leave(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    if let Some(key) = &visitor.key {
        let gone = house.open.accounts.revoke(&key.person, &key.id).await;
        gone.map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    }
    let mut response = Redirect::to(&house.path("/sign-in")).into_response();
    set_cookie(&house, &mut response, "", 0);
    Ok(response)
}

/// A token for a program, shown once.
pub(crate) async fn make_token(
    State(house): State<House>,
    visitor: Visitor,
    Form(form): Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let mine = visitor.may_act().map_err(no)?;
    let (token, now, id) =
        (Secret::new().map_err(no)?, house.open.clock.now(), secret::key_id().map_err(no)?);
    let key = Key {
        hash: token.hash(),
        kind: KeyKind::Token,
        person: mine.person.clone(),
        proof: Proof::Token(id.clone()),
        scope: if form.one("scope") == Some("act") { Scope::Act } else { Scope::Read },
        label: label(form.one("label").unwrap_or("a program")),
        made_at: now,
        expires_at: now.checked_add(TOKEN).ok(),
        seen_at: None,
        id,
    };
    house.open.accounts.add(key).await.map_err(no)?;
    pages::me(&house, &visitor, Some(token)).await
}

/// A link that lets somebody else in, made by an admin.
pub(crate) async fn make_link(
    State(house): State<House>,
    visitor: Visitor,
    Form(form): Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_act().map_err(no)?;
    let by = admin(&house, &visitor).await.map_err(no)?;
    let named = form.one("name").unwrap_or_default();
    let person = house.open.trains.person(named).await.map_err(no)?.ok_or_else(|| {
        let what = format!("{} is nobody in the configuration", train::id::quoted(named));
        no(Refusal::new(Code::NotFound, what, "name somebody under [people]"))
    })?;
    let link = Secret::new().map_err(no)?;
    let key = secret::link_key(&link, person, &by, house.open.clock.now()).map_err(no)?;
    house.open.accounts.add(key).await.map_err(no)?;
    pages::made_link(&house, &visitor, named, &link)
}

/// The name of whoever is an admin of a train of this server.
async fn admin(house: &House, visitor: &Visitor) -> Result<String, Refusal> {
    for train in house.open.trains.names() {
        let conductor = house.open.trains.conductor(&train, &visitor.who()).await?;
        if conductor.actor.roles.contains(&Role::Admin) {
            return Ok(conductor.actor.name);
        }
    }
    let what = "links for others are made by an admin";
    Err(Refusal::new(Code::NotAllowed, what, "ask somebody with the role admin"))
}

/// Takes a key of one's own away.
pub(crate) async fn revoke(
    State(house): State<House>,
    visitor: Visitor,
    Form(form): Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let key = visitor.may_act().map_err(no)?;
    if let Some(id) = form.one("id") {
        house.open.accounts.revoke(&key.person, id).await.map_err(no)?;
    }
    Ok(Redirect::to(&house.path("/me")).into_response())
}

/// A name as it may be shown: short, and without control characters.
fn label(text: &str) -> String {
    text.chars().filter(|c| !train::letter::is_harmful(*c)).take(LABEL).collect()
}

fn set_cookie(house: &House, response: &mut Response, value: &str, seconds: i64) {
    let (name, secure) = (cookie_name(house), if house.is_secure() { "; Secure" } else { "" });
    let cookie =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
