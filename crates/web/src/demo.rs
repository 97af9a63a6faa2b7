//! The addresses that only a demo has: its week goes on, and its visitor is somebody of the cast. They are put together from
//! the week that is played, so that a server without one has none of them.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::{Stream, stream};
use tokio::sync::watch;
use train::people::Proof;
use train::refusal::{Code, Refusal};

use crate::asked::own_page;
use crate::door;
use crate::fields::Fields;
use crate::house::House;
use crate::live::Of;
use crate::pages::NoPage;
use crate::sent::OpenForm;
use crate::show::Show;
use crate::visitor::Visitor;

/// A week that is played.
type Played = Extension<Arc<dyn Show>>;

/// The addresses of a demo.
pub(crate) fn routes(show: Arc<dyn Show>) -> Router<House> {
    Router::new()
        .route("/demo/next", post(next))
        .route("/demo/play", post(play))
        .route("/demo/pause", post(pause))
        .route("/demo/anew", post(anew))
        .route("/demo/as", post(become_somebody))
        .route("/demo/events", get(events))
        .layer(Extension(show))
}

async fn next(
    State(house): State<House>,
    played: Played,
    visitor: Visitor,
    OpenForm(form): OpenForm,
) -> Response {
    played.plays(false);
    played.next(played.knows(visitor.name())).await;
    back(&house, &form)
}

async fn play(State(house): State<House>, played: Played, OpenForm(form): OpenForm) -> Response {
    played.plays(true);
    back(&house, &form)
}

async fn pause(State(house): State<House>, played: Played, OpenForm(form): OpenForm) -> Response {
    played.plays(false);
    back(&house, &form)
}

async fn anew(State(house): State<House>, played: Played) -> Response {
    played.anew();
    Redirect::to(&house.path("/")).into_response()
}

/// Makes this browser's session one of somebody of the cast, or of nobody. The week waits meanwhile: whoever takes a part wants
/// to act in it.
async fn become_somebody(
    State(house): State<House>,
    played: Played,
    visitor: Visitor,
    headers: HeaderMap,
    OpenForm(form): OpenForm,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let named = form.one("name").unwrap_or_default();
    let part = played.cast().iter().find(|part| part.name.as_str() == named);
    if part.is_none() && !named.is_empty() {
        let what = format!("{} is nobody of the cast", train::id::quoted(named));
        return Err(no(Refusal::new(
            Code::NotFound,
            what,
            "the bar of the demo names all of them",
        )));
    }
    played.plays(false);
    if let Some(key) = &visitor.key {
        house.open.accounts.revoke(&key.person, &key.id).await.map_err(no)?;
    }
    let mut response = back(&house, &form);
    match part {
        Some(part) => {
            let proof = Proof::Link("demo".to_owned());
            let session = door::session(&house, &headers, part.name.clone(), proof).await;
            door::let_in(&house, &mut response, &session.map_err(no)?);
        }
        None => door::set_cookie(&house, &mut response, house.cookie_name(), "", 0),
    }
    Ok(response)
}

/// The page that one came from.
fn back(house: &House, form: &Fields) -> Response {
    let page = own_page(form.one("next").unwrap_or("/"));
    Redirect::to(&house.path(page)).into_response()
}

/// The stream that says when a page is another, by the train or by the bar of the demo.
async fn events(
    State(house): State<House>,
    visitor: Visitor,
    played: Played,
) -> Result<Response, NoPage> {
    let of = Of::those_who(played.knows(visitor.name()));
    let trains = house.open.trains.names();
    let train = trains.first().and_then(|train| house.live.changes(train, of));
    let Some(train) = train else {
        let refusal = Refusal::new(Code::NotFound, "there is no train here", "play the demo anew");
        return Err(NoPage::of(&house, &Visitor::nobody(), refusal));
    };
    let news = News { train, scenes: played.changes(), over: house.live.over() };
    Ok(Sse::new(told(news)).keep_alive(KeepAlive::default()).into_response())
}

/// What a page of the demo follows.
struct News {
    train: watch::Receiver<Option<u64>>,
    scenes: watch::Receiver<u64>,
    over: watch::Receiver<bool>,
}

fn change() -> Result<Event, Infallible> {
    // A browser drops an event without data (HTML, section 9.2.6).
    Ok(Event::default().event("change").data("demo"))
}

/// One event at first, so that nothing is lost between a page and its stream, then one for each change.
fn told(news: News) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = stream::once(async move { change() });
    let changes = stream::unfold(news, |mut news: News| async move {
        tokio::select! {
            changed = news.train.changed() => changed.ok()?,
            changed = news.scenes.changed() => changed.ok()?,
            _ = news.over.wait_for(|over| *over) => return None,
        }
        Some((change(), news))
    });
    futures_util::StreamExt::chain(first, changes)
}
