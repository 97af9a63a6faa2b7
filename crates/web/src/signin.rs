//! Coming in and going out: by a link that is good once. What lets programs in is made here too.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use conductor::ports::{Key, KeyKind, Scope};
use jiff::SignedDuration;
use train::event::{Event, KeyWord};
use train::id::{TrainName, quoted};
use train::people::Proof;
use train::refusal::{Code, Refusal};

use crate::asked::{Path, Query};
use crate::attempts::From;
use crate::door;
use crate::fields::Fields;
use crate::house::House;
use crate::pages::{self, Made, NoPage};
use crate::secret::{self, Secret};
use crate::sent::Form;
use crate::visitor::Visitor;
use crate::ways::Wanted;

/// How long a token opens, where its maker says nothing else.
const TOKEN: SignedDuration = SignedDuration::from_hours(24 * 365);

/// How to come in.
pub(crate) async fn page(
    State(house): State<House>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, NoPage> {
    pages::sign_in(&house, &visitor, wanted.next.as_deref())
}

/// A link that somebody followed: asked once more, since programs that look ahead follow links too, and this one is good once.
pub(crate) async fn ask(
    State(house): State<House>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Response, NoPage> {
    pages::follow_link(&house, &visitor, &secret)
}

/// The yes to that.
pub(crate) async fn enter(
    State(house): State<House>,
    from: From,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, NoPage> {
    let (accounts, now) = (&house.open.accounts, house.open.clock.now());
    let tried = door::tried(&house, from, "link", async {
        let link = accounts.take(KeyKind::Link, &Secret::given(&secret).hash(), now).await?;
        let link = link.ok_or_else(|| {
            let what = "this link was used, or is over";
            let hint = "ask an admin for another; `pushduty serve --link NAME` makes one";
            Refusal::new(Code::NotAllowed, what, hint)
        })?;
        door::session(&house, &headers, link.person, link.proof).await
    });
    let session = tried.await.map_err(|no| pages::kept_out(&house, &Visitor::nobody(), no))?;
    let mut response = Redirect::to(&house.path("/")).into_response();
    door::let_in(&house, &mut response, &session);
    Ok(response)
}

/// Out again.
pub(crate) async fn leave(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    if let Some(key) = &visitor.key {
        let gone = house.open.accounts.revoke(&key.person, &key.id).await;
        if gone.map_err(|refusal| NoPage::of(&house, &visitor, refusal))? {
            let left = match key.kind {
                KeyKind::Session => Event::SignedOut { here: true },
                kind => Event::KeyRevoked { key: word(kind) },
            };
            door::note(&house, &visitor.who(), &left).await;
        }
    }
    Ok(out(&house))
}

/// Out of every browser.
pub(crate) async fn leave_all(
    State(house): State<House>,
    visitor: Visitor,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let mine = visitor.at_a_browser().map_err(no)?;
    let keys = house.open.accounts.of(&mine.person, house.open.clock.now()).await.map_err(no)?;
    for key in keys.iter().filter(|key| key.kind == KeyKind::Session) {
        house.open.accounts.revoke(&key.person, &key.id).await.map_err(no)?;
    }
    door::note(&house, &visitor.who(), &Event::SignedOut { here: false }).await;
    Ok(out(&house))
}

fn out(house: &House) -> Response {
    let mut response = Redirect::to(&house.path("/sign-in")).into_response();
    door::set_cookie(house, &mut response, house.cookie_name(), "", 0);
    response
}

/// A token for a program, or the address of a calendar with a key of its own; shown once.
pub(crate) async fn make_token(
    State(house): State<House>,
    Form { visitor, fields }: Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let mine = visitor.at_a_browser().map_err(no)?;
    let calendar = calendar(&house, &fields).map_err(no)?;
    let (kind, scope, named) = match (&calendar, fields.one("scope")) {
        (Some(_), _) => (KeyKind::Calendar, Scope::Read, "a calendar program"),
        (None, Some("act")) => (KeyKind::Token, Scope::Act, "a program"),
        (None, Some("notes")) => (KeyKind::Token, Scope::Notes, "a program"),
        (None, _) => (KeyKind::Token, Scope::Read, "a program"),
    };
    let (token, now, id) =
        (Secret::new().map_err(no)?, house.open.clock.now(), secret::key_id().map_err(no)?);
    let key = Key {
        hash: token.hash(),
        kind,
        person: mine.person.clone(),
        proof: Proof::Token(id.clone()),
        scope,
        label: door::label(fields.one("label").unwrap_or(named)),
        made_at: now,
        expires_at: now.checked_add(TOKEN).ok(),
        seen_at: None,
        id,
    };
    let (acts, notes) = (key.scope == Scope::Act, key.scope == Scope::Notes);
    let made = Event::TokenMade { acts, notes, calendar: calendar.is_some() };
    house.open.accounts.add(key).await.map_err(no)?;
    door::note(&house, &visitor.who(), &made).await;
    pages::me(&house, &visitor, Some(&Made { secret: token, calendar })).await
}

/// The train whose calendar is asked for with what is made; none where that is a token.
fn calendar(house: &House, fields: &Fields) -> Result<Option<TrainName>, Refusal> {
    if fields.one("scope") != Some("calendar") {
        return Ok(None);
    }
    let named = fields.one("train").unwrap_or_default();
    let train = house.open.trains.names().into_iter().find(|train| train.as_str() == named);
    train.map(Some).ok_or_else(|| {
        let what = format!("there is no train {}", quoted(named));
        Refusal::new(Code::NotFound, what, "the first page lists them")
    })
}

/// A link that lets somebody else in, made by an admin.
pub(crate) async fn make_link(
    State(house): State<House>,
    Form { visitor, fields }: Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.at_a_browser().map_err(no)?;
    visitor.admin(&house).await.map_err(no)?;
    let named = fields.one("name").unwrap_or_default();
    let person = house.open.trains.person(named).await.map_err(no)?.ok_or_else(|| {
        let what = format!("{} is nobody in the configuration", quoted(named));
        no(Refusal::new(Code::NotFound, what, "name somebody under [people]"))
    })?;
    let by = visitor.admin_of(&house, &person).await.map_err(no)?;
    let link = Secret::new().map_err(no)?;
    let made = Event::LinkMade { who: person.clone() };
    let key = secret::link_key(&link, person, &by, house.open.clock.now()).map_err(no)?;
    house.open.accounts.add(key).await.map_err(no)?;
    door::note(&house, &visitor.who(), &made).await;
    pages::made_link(&house, &visitor, named, &link)
}

/// Takes a key of one's own away.
pub(crate) async fn revoke(
    State(house): State<House>,
    Form { visitor, fields }: Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let mine = visitor.at_a_browser().map_err(no)?;
    let (accounts, now) = (&house.open.accounts, house.open.clock.now());
    let keys = accounts.of(&mine.person, now).await.map_err(no)?;
    let meant = keys.into_iter().find(|key| fields.one("id") == Some(key.id.as_str()));
    if let Some(key) = meant
        && accounts.revoke(&mine.person, &key.id).await.map_err(no)?
    {
        let key = word(key.kind);
        door::note(&house, &visitor.who(), &Event::KeyRevoked { key }).await;
    }
    Ok(Redirect::to(&house.path("/me")).into_response())
}

/// What it was, for the record.
fn word(kind: KeyKind) -> KeyWord {
    match kind {
        KeyKind::Link => KeyWord::Link,
        KeyKind::Session => KeyWord::Session,
        KeyKind::Token => KeyWord::Token,
        KeyKind::Calendar => KeyWord::Calendar,
    }
}
