//! What a wish comes to, before the yes.

use askama::Template;
use axum::response::Response;
use conductor::carry::Plan;
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use super::read::Read;
use super::{Layout, NoPage, on_a_page, shown};
use crate::house::House;
use crate::secret;
use crate::trains::Words;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage<'a> {
    layout: Layout,
    wish: String,
    /// The yes is one, however often it is sent.
    key: String,
    plan: &'a Plan,
    refusal: Option<Refusal>,
    unknown: Option<Refusal>,
    /// What the wish is, in a word or two, and the yes to it.
    asked: (&'static str, &'static str),
    lines: Vec<Words>,
    /// What of private twins is read before the yes.
    read: Option<Read>,
    document: String,
}

/// The plan, with the question.
pub(crate) fn plan(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    wish: &Command,
    plan: &Plan,
) -> Result<Response, NoPage> {
    let unwritten = |_| {
        let what = "this plan can't be written down";
        NoPage::of(house, visitor, Refusal::new(Code::Io, what, "use the command line for it"))
    };
    let asked = super::words::asked(wish);
    let page = PlanPage {
        layout: Layout { train: Some(train.to_string()), ..Layout::of(house, visitor, asked.0) },
        asked,
        lines: house.open.trains.words(wish, &plan.shown, false),
        read: Read::of(&plan.beside),
        wish: serde_json::to_string(wish).map_err(unwritten)?,
        document: serde_json::to_string_pretty(&plan.shown).map_err(unwritten)?,
        key: secret::key_id().map_err(|refusal| NoPage::of(house, visitor, refusal))?,
        refusal: plan.refusal.clone().map(on_a_page),
        unknown: plan.unknown.clone().map(on_a_page),
        plan,
    };
    Ok(shown(&page))
}
