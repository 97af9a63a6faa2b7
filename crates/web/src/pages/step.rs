//! A wish that is being carried out, or was: what it says, and what became of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use train::id::TrainName;
use train::refusal::Refusal;

use super::{Layout, NoPage, shown};
use crate::asked::Path;
use crate::gathered::counted;
use crate::house::House;
use crate::steps::Step;
use crate::trains::Words;
use crate::visitor::Visitor;
use crate::wishes::readable;

#[derive(Template)]
#[template(path = "step.html")]
struct StepPage {
    layout: Layout,
    step: Arc<Step>,
    /// What it said on the way.
    told: Vec<String>,
    /// What came of it.
    lines: Vec<Words>,
    refusal: Option<Refusal>,
    remarks: Vec<String>,
    over: bool,
}

/// `/trains/{train}/steps/{step}`.
pub(crate) async fn step(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let step = readable(&house, &visitor, &train, &id).await.map_err(no)?;
    let (refusal, remarks) = match step.end() {
        Some(Ok(done)) => (done.refusal.clone(), done.remarks.clone()),
        Some(Err(refusal)) => (Some(refusal.clone()), Vec::new()),
        None => (None, Vec::new()),
    };
    let lines = match step.end() {
        Some(Ok(done)) => house.open.trains.words(&step.wish, &done.shown, true),
        _ => Vec::new(),
    };
    counted(&house, &visitor).await;
    let title = super::words::asked(&step.wish).0;
    let layout = Layout::of(&house, &visitor, title).about(&train);
    let (told, over) = (step.lines(), step.end().is_some());
    let mut response = shown(&StepPage { layout, step, told, lines, refusal, remarks, over });
    if !over {
        // What is said on the way is in no record that a page could follow.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    Ok(response)
}
