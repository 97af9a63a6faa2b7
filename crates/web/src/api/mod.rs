//! The same for programs: views under the names of the commands, and one address that takes every wish. Documents are those
//! of `--json`; a no is a document of problem details.

mod command;
mod events;
mod openapi;
mod operation;
mod operations;
mod page;
mod shape;
mod views;

use axum::Router;
use axum::routing::get;

use crate::house::House;
use operation::Serves;
use operations::OPERATIONS;

pub(crate) use events::{all_events, events, every_train};

/// What is below `/api/v1`: the table of operations and nothing else.
pub(crate) fn routes() -> Router<House> {
    OPERATIONS.iter().fold(Router::new(), |router, operation| {
        let served = match operation.serves {
            Serves::By(handler) => handler(),
            Serves::Description => get(openapi::described),
            Serves::Page => get(page::page),
        };
        router.route(&format!("{}{}", openapi::BASE, operation.path), served)
    })
}

/// Where its description is a page.
pub(crate) fn page_addresses() -> impl Iterator<Item = String> {
    let pages = OPERATIONS.iter().filter(|operation| matches!(operation.serves, Serves::Page));
    pages.map(|operation| format!("{}{}", openapi::BASE, operation.path))
}
