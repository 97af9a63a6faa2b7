//! One push: what ships, where it is, what holds it, and what to do next.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use conductor::Conductor;
use conductor::view::StatusView;
use train::id::{PushDate, TrainName};

use super::{Layout, NoPage, shown};
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "push.html")]
struct PushPage {
    layout: Layout,
    status: StatusView,
}

/// `/trains/{train}/pushes/{push}`.
pub(crate) async fn push(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
) -> Result<Response, NoPage> {
    one(&house, &visitor, &train, Some(push)).await
}

/// The page of a push; of the one that matters now where none is named.
pub(super) async fn one(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    push: Option<PushDate>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(house, visitor, refusal);
    visitor.may_look(house).map_err(no)?;
    let status = async move |conductor: Conductor| conductor.status(push).await;
    let status = house.story(visitor, train, status).await.map_err(no)?;
    let layout = Layout::of(house, visitor, &format!("{train}")).about(train);
    Ok(shown(&PushPage { layout, status }))
}
