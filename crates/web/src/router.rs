//! Every address, and who answers there.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};

use crate::house::House;
use crate::{
    answered, api, assets, body, commands, demo, faults, guard, health, notes, packed, pages,
    signin, ways,
};

/// The server. Behind a proxy with a path prefix it answers with the prefix and without: some proxies take it off.
pub(crate) fn router(house: House) -> Router {
    let routes = match &house.show {
        Some(show) => routes().merge(demo::routes(Arc::clone(show))),
        None => routes(),
    };
    let whole = match &*house.prefix {
        "" => routes,
        prefix => routes.clone().nest(prefix, routes),
    };
    whole
        .layer(middleware::from_fn(packed::packed))
        .layer(middleware::from_fn_with_state(house.clone(), faults::answered))
        .layer(middleware::from_fn_with_state(house.clone(), guard::guard))
        .layer(middleware::from_fn_with_state(house.clone(), answered::answered))
        .layer(DefaultBodyLimit::max(body::ELSEWHERE))
        .with_state(house)
}

/// What people read, by its address. A test looks at each in a browser, and fails where one is not told to it.
fn pages() -> [(&'static str, MethodRouter<House>); 17] {
    [
        ("/", get(pages::home)),
        ("/waiting", get(pages::waiting)),
        ("/trains/{train}", get(pages::train)),
        ("/trains/{train}/pushes/{push}", get(pages::push)),
        ("/trains/{train}/pushes/{push}/notes", get(pages::notes)),
        ("/trains/{train}/pushes/{push}/notes/history", get(pages::notes_past)),
        ("/trains/{train}/schedule", get(pages::schedule)),
        ("/trains/{train}/where", get(pages::whereis)),
        ("/trains/{train}/compare/{repo}", get(pages::compare)),
        ("/trains/{train}/history", get(pages::history)),
        ("/trains/{train}/people", get(pages::people)),
        ("/trains/{train}/ledger", get(pages::ledger)),
        ("/trains/{train}/act", get(pages::act_page)),
        ("/trains/{train}/steps/{step}", get(pages::step)),
        ("/sign-in", get(signin::page)),
        ("/sign-in/{secret}", get(signin::ask).post(signin::enter)),
        ("/me", get(pages::me_page)),
    ]
}

/// The addresses of all pages that a browser can ask for, as the router has them: `/trains/{train}`.
#[must_use]
pub fn page_addresses() -> Vec<String> {
    let pages = pages().into_iter().map(|(address, _)| address.to_owned());
    pages.chain(api::page_addresses()).collect()
}

fn routes() -> Router<House> {
    pages()
        .into_iter()
        .fold(Router::new(), |router, (address, page)| router.route(address, page))
        .route("/trains/{train}/pushes/{push}/notes/live", get(notes::join))
        .route("/trains/{train}/calendar.ics", get(pages::calendar))
        .route("/trains/{train}/events", get(api::events))
        .route("/trains/{train}/steps/{step}/events", get(pages::step_events))
        .route("/trains/{train}/plan", post(commands::plan))
        .route("/trains/{train}/do", post(commands::carry))
        .route("/events", get(api::every_train))
        .route("/waiting/events", get(api::all_events))
        .route("/trains/{train}/later", post(commands::later))
        .route("/sign-in/with/{way}", get(ways::begin))
        .route("/sign-in/with/{way}/back", get(ways::end))
        .route("/sign-out", post(signin::leave))
        .route("/sign-out/everywhere", post(signin::leave_all))
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
