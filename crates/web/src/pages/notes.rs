//! The notes of a push as a text to be changed: saving shows what it comes to first, and merges what others wrote.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::NotesView;
use conductor::{Conductor, ShownNotes};
use train::command::WhichPush;
use train::id::{PushDate, TrainName};

use super::{Layout, NoPage, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "notes.html")]
struct NotesPage {
    layout: Layout,
    train: String,
    notes: NotesView,
}

/// `/trains/{train}/pushes/{push}/notes`.
pub(crate) async fn notes(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_act().map_err(no)?;
    let look = async move |conductor: Conductor| {
        conductor.notes(WhichPush::On(push), ShownNotes::default()).await
    };
    let notes = house.story(&visitor.who(), &train, look).await.map_err(no)?;
    // What is typed here is not to be replaced by what is new.
    let layout = Layout::of(&house, &visitor, &format!("Notes of {push}")).about(&train);
    let layout = Layout { events: None, ..layout };
    Ok(shown(&NotesPage { layout, train: train.to_string(), notes }))
}
