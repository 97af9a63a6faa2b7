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
use crate::notes::{Opening, called};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "notes.html")]
struct NotesPage {
    layout: Layout,
    train: String,
    notes: NotesView,
    /// What an editor is opened with.
    live: Option<String>,
}

/// `/trains/{train}/pushes/{push}/notes`.
pub(crate) async fn notes(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    visitor.may_write().map_err(no)?;
    let socket = socket(&house, &train, push);
    let look = async move |conductor: Conductor| {
        let notes = conductor.notes(WhichPush::On(push), ShownNotes::default()).await?;
        let called = called(&conductor).await;
        let live = Opening::of(&conductor, notes.push, notes.version, socket, &called).await?;
        let live = live.shown();
        Ok((notes, Some(live)))
    };
    let (notes, live) = house.story(&visitor.who(), &train, look).await.map_err(no)?;
    // What is typed here is not to be replaced by what is new.
    let layout = Layout::of(&house, &visitor, &format!("Notes of {push}")).about(&train);
    let layout = Layout { events: None, ..layout };
    Ok(shown(&NotesPage { layout, train: train.to_string(), notes, live }))
}

/// Where a page's editors meet.
pub(crate) fn socket(house: &House, train: &TrainName, push: PushDate) -> String {
    house.path(&format!("/trains/{train}/pushes/{push}/notes/live"))
}
