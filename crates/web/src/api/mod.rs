//! The same for programs: views under the names of the commands, and one address that takes every wish. Documents are those
//! of `--json`; a no is a document of problem details.

mod command;
mod events;
mod views;

use axum::Router;
use axum::routing::{get, post};

use crate::house::House;

pub(crate) use events::events;

/// What is below `/api/v1`.
pub(crate) fn routes() -> Router<House> {
    Router::new()
        .route("/trains", get(views::trains))
        .route("/trains/{train}/status", get(views::status))
        .route("/trains/{train}/ready", get(views::ready))
        .route("/trains/{train}/compare", get(views::compare))
        .route("/trains/{train}/where", get(views::whereis))
        .route("/trains/{train}/history", get(views::history))
        .route("/trains/{train}/stats", get(views::stats))
        .route("/trains/{train}/log", get(views::log))
        .route("/trains/{train}/schedule", get(views::schedule))
        .route("/trains/{train}/notes", get(views::notes))
        .route("/trains/{train}/commands", post(command::post))
        .route("/trains/{train}/steps/{step}", get(command::step))
        .route("/trains/{train}/events", get(events))
}
