//! The trains, and one train: its calendar, its past, its record, and where a commit is.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use train::id::TrainName;

use super::{NoPage, push};
use crate::house::House;
use crate::visitor::Visitor;

/// `/`: the trains; of one alone its push.
pub(crate) async fn home(State(house): State<House>, visitor: Visitor) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_look(&house).map_err(no)?;
    let names = house.open.trains.names();
    let first = names.first().map(|name| house.path(&format!("/trains/{name}")));
    Ok(Redirect::to(&first.unwrap_or_default()).into_response())
}

/// `/trains/{train}`.
pub(crate) async fn train(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    push::one(&house, &visitor, &train, None).await
}
