//! Every address, and who answers there.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::house::House;
use crate::{answered, api, assets, commands, demo, guard, health, notes, pages, signin, ways};

/// The server. Behind a proxy with a path prefix it answers with the prefix and without: some proxies take it off.
pub fn router(house: House) -> Router {
    let routes = match &house.show {
        Some(show) => routes().merge(demo::routes(Arc::clone(show))),
        None => routes(),
    };
    let whole = match &*house.prefix {
        "" => routes,
        prefix => routes.clone().nest(prefix, routes),
    };
    whole
        .layer(middleware::from_fn_with_state(house.clone(), guard::guard))
        .layer(middleware::from_fn_with_state(house.clone(), answered::answered))
        .layer(DefaultBodyLimit::max(guard::MOST_BYTES))
        .with_state(house)
}

fn routes() -> Router<House> {
    Router::new()
        .route("/", get(pages::home))
        .route("/trains/{train}", get(pages::train))
        .route("/trains/{train}/pushes/{push}", get(pages::push))
        .route("/trains/{train}/pushes/{push}/notes", get(pages::notes))
        .route("/trains/{train}/pushes/{push}/notes/history", get(pages::notes_past))
        .route("/trains/{train}/pushes/{push}/notes/live", get(notes::join))
        .route("/trains/{train}/schedule", get(pages::schedule))
        .route("/trains/{train}/calendar.ics", get(pages::calendar))
        .route("/trains/{train}/where", get(pages::whereis))
        .route("/trains/{train}/history", get(pages::history))
        .route("/trains/{train}/people", get(pages::people))
        .route("/trains/{train}/ledger", get(pages::ledger))
        .route("/trains/{train}/events", get(api::events))
        .route("/trains/{train}/act", get(pages::act_page))
        .route("/trains/{train}/plan", post(commands::plan))
        .route("/trains/{train}/do", post(commands::carry))
        .route("/trains/{train}/steps/{step}", get(pages::step))
        .route("/sign-in", get(signin::page))
        .route("/sign-in/{secret}", get(signin::ask).post(signin::enter))
        .route("/sign-in/with/{way}", get(ways::begin))
        .route("/sign-in/with/{way}/back", get(ways::end))
        .route("/sign-out", post(signin::leave))
        .route("/sign-out/everywhere", post(signin::leave_all))
        .route("/me", get(pages::me_page))
        .route("/me/tokens", post(signin::make_token))
        .route("/me/links", post(signin::make_link))
        .route("/me/revoke", post(signin::revoke))
        .route("/assets/{name}", get(assets::asset))
        .route("/__version__", get(health::version))
        .route("/__heartbeat__", get(health::heartbeat))
        .route("/__lbheartbeat__", get(health::alive))
        .route("/metrics", get(health::metrics))
        .merge(api::routes())
        .fallback(pages::nowhere)
}
