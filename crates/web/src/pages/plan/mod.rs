//! What a wish comes to, before the yes.

mod back;
mod conflict;
mod cut;
mod laid;
mod left;
mod sheet;
mod signoff;
mod stay;

use askama::Template;
use axum::response::Response;
use conductor::carry::{Plan, Shown};
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use super::lines::{Line, lines};
use super::read::Read;
use super::{Layout, on_a_page, shown};
use crate::house::House;
use crate::secret;
use crate::visitor::Visitor;
use laid::Laid;
use left::Left;

/// What stands around a plan.
pub(crate) struct Around {
    /// The train's zone, by its name.
    pub zone: String,
    /// What stands in sentences as it is configured.
    pub names: Vec<String>,
    /// The form that the wish comes from, as it was filled in; none where it comes from none of those.
    pub change: Option<String>,
    /// Where whoever says no goes on.
    pub leave: String,
    /// The wish of the plan that this settles something of, to which they are led back; none where there is no such plan.
    pub then: Option<String>,
}

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
    /// Laid out; of small wishes there are the words of the command alone.
    laid: Option<Laid>,
    lines: Vec<Line>,
    /// What is open, and can be settled before.
    left: Option<Left>,
    /// What of private twins is read before the yes.
    read: Option<Read>,
    document: String,
    around: Around,
}

/// The plan, with the question.
pub(crate) fn plan(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    wish: &Command,
    plan: &Plan,
    around: Around,
) -> Result<Response, Refusal> {
    let unwritten = |_| {
        let what = "this plan can't be written down";
        Refusal::new(Code::Io, what, "use the command line for it")
    };
    let asked = super::words::asked(wish);
    let layout = Layout::of(house, visitor, asked.0).in_zone(&around.zone);
    let written = serde_json::to_string(wish).map_err(unwritten)?;
    let page = PlanPage {
        layout: Layout { train: Some(train.to_string()), ..layout },
        asked,
        laid: laid_out(train, wish, plan, &around.names),
        lines: lines(house.open.trains.words(wish, &plan.shown, false)),
        read: Read::of(&plan.beside),
        left: Left::of(&plan.shown, &written),
        wish: written,
        document: serde_json::to_string_pretty(&plan.shown).map_err(unwritten)?,
        key: secret::key_id()?,
        refusal: plan.refusal.clone().map(on_a_page),
        unknown: plan.unknown.clone().map(on_a_page),
        plan,
        around,
    };
    Ok(shown(&page))
}

/// The plans that somebody has to read with care: what is published, signed off, started and brought back.
fn laid_out(train: &TrainName, wish: &Command, plan: &Plan, names: &[String]) -> Option<Laid> {
    match &plan.shown {
        Shown::Cut(view) => Some(cut::laid(train, wish, view, plan.beside.hero.as_deref())),
        Shown::Approve(view) => Some(signoff::laid(view)),
        Shown::RunSheet(view) => Some(sheet::laid(view, names)),
        Shown::Rollback(view) => Some(back::laid(view)),
        _ => None,
    }
}
