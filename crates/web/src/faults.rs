//! A request whose handling panics is answered all the same, and told to whoever runs the server.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use train::refusal::Refusal;

use crate::caught::caught;
use crate::house::House;
use crate::log::Name;
use crate::pages::NoPage;
use crate::problem::Problem;
use crate::visitor::Visitor;

/// The answer; where that panics, a page or a document that names the request, as the log does.
pub(crate) async fn answered(State(house): State<House>, request: Request, next: Next) -> Response {
    let name = request.extensions().get::<Name>().map(|name| name.0.clone()).unwrap_or_default();
    let page = !request.uri().path().contains("/api/v1");
    match caught(&*house.open.log, &format!("request {name}"), next.run(request)).await {
        Ok(response) => response,
        Err(fault) => broken(&house, &name, fault, page),
    }
}

fn broken(house: &House, name: &str, fault: Refusal, page: bool) -> Response {
    let hint = format!("{}: it is request {name} in the log", fault.hint);
    let fault = Refusal { hint, ..fault };
    match page {
        true => NoPage::of(house, &Visitor::nobody(), fault).into_response(),
        false => Problem::from(fault).into_response(),
    }
}
