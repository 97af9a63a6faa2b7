//! Every address, and who answers there.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
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
        // Nested, the first page stands at the prefix alone; what leads to it ends with a slash.
        prefix => {
            routes.clone().nest(prefix, routes).route(&format!("{prefix}/"), get(pages::home))
        }
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
fn pages() -> [(&'static str, MethodRouter<House>); 21] {
    [
        ("/", get(pages::home)),
        ("/waiting", get(pages::waiting)),
        ("/trains/{train}", get(pages::train)),
        ("/trains/{train}/pushes/{push}", get(pages::push)),
        ("/trains/{train}/pushes/{push}/notes", get(pages::notes)),
        ("/trains/{train}/pushes/{push}/notes/history", get(pages::notes_past)),
        ("/trains/{train}/pushes/{push}/notes/check", get(pages::notes_check)),
        ("/trains/{train}/pushes/{push}/deploys/{key}", get(pages::deploy)),
        ("/trains/{train}/schedule", get(pages::schedule)),
        ("/trains/{train}/where", get(pages::whereis)),
        ("/trains/{train}/compare/{repo}", get(pages::compare)),
        ("/trains/{train}/history", get(pages::history)),
        ("/trains/{train}/stats", get(pages::stats)),
        ("/trains/{train}/people", get(pages::people)),
        ("/trains/{train}/ledger", get(pages::ledger)),
        ("/trains/{train}/told", get(pages::told)),
        ("/trains/{train}/act", get(pages::act_page)),
        ("/trains/{train}/steps/{step}", get(pages::step)),
        ("/sign-in", get(signin::page)),
        ("/sign-in/{secret}", get(signin::ask)),
        ("/me", get(pages::me_page)),
    ]
}

/// An address that is no page: by which method it is asked, where it is, and who answers there.
type Other = (Method, &'static str, MethodRouter<House>);

/// What is neither a page nor below `/api/v1`. A test asks each as everybody there is, and shows who is let in.
fn others() -> [Other; 23] {
    [
        read("/trains/{train}/pushes/{push}/notes/live", notes::join),
        read("/trains/{train}/calendar.ics", pages::calendar),
        read("/trains/{train}/events", api::events),
        read("/trains/{train}/steps/{step}/events", pages::step_events),
        send("/trains/{train}/plan", commands::plan),
        send("/trains/{train}/do", commands::carry),
        read("/events", api::every_train),
        read("/waiting/events", api::all_events),
        send("/trains/{train}/later", commands::later),
        send("/trains/{train}/told", commands::told),
        send("/sign-in/{secret}", signin::enter),
        read("/sign-in/with/{way}", ways::begin),
        read("/sign-in/with/{way}/back", ways::end),
        send("/sign-out", signin::leave),
        send("/sign-out/everywhere", signin::leave_all),
        send("/me/tokens", signin::make_token),
        send("/me/links", signin::make_link),
        send("/me/revoke", signin::revoke),
        read("/assets/{name}", assets::asset),
        read("/__version__", health::version),
        read("/__heartbeat__", health::heartbeat),
        read("/__lbheartbeat__", health::alive),
        read("/metrics", health::metrics),
    ]
}

/// An address that is read.
fn read<H, T>(address: &'static str, handler: H) -> Other
where
    H: Handler<T, House>,
    T: 'static,
{
    (Method::GET, address, get(handler))
}

/// An address that something is sent to.
fn send<H, T>(address: &'static str, handler: H) -> Other
where
    H: Handler<T, House>,
    T: 'static,
{
    (Method::POST, address, post(handler))
}

/// The addresses of all pages that a browser can ask for, as the router has them: `/trains/{train}`.
#[must_use]
pub fn page_addresses() -> Vec<String> {
    let pages = pages().into_iter().map(|(address, _)| address.to_owned());
    pages.chain(api::page_addresses()).collect()
}

/// Every address that is not below `/api/v1`, with its method, as the router has it: `GET /trains/{train}`. What a demo alone
/// has is not among them.
#[must_use]
pub fn addresses() -> Vec<String> {
    let pages = pages().into_iter().map(|(address, _)| format!("GET {address}"));
    let others = others().into_iter().map(|(method, address, _)| format!("{method} {address}"));
    pages.chain(others).collect()
}

fn routes() -> Router<House> {
    let others = others().into_iter().map(|(_, address, answers)| (address, answers));
    pages()
        .into_iter()
        .chain(others)
        .fold(Router::new(), |router, (address, answers)| router.route(address, answers))
        .merge(api::routes())
        .fallback(pages::nowhere)
}
