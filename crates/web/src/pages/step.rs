//! A wish that is being carried out, or was: what it says, and what became of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::carry::Shown;
use conductor::view::Moment;
use jiff::tz::TimeZone;
use serde::Deserialize;
use train::id::TrainName;
use train::refusal::Refusal;

use super::lines::{Line, lines};
use super::words::When;
use super::{Layout, NoPage, on_a_page, shown};
use crate::asked::{Path, Query};
use crate::gathered::counted;
use crate::house::House;
use crate::problem::Problem;
use crate::steps::{Open, Step};
use crate::telling;
use crate::visitor::Visitor;
use crate::wishes::{reads_less, seen};

#[derive(Template)]
#[template(path = "step.html")]
struct StepPage {
    layout: Layout,
    step: Arc<Step>,
    /// Since when it goes on.
    since: When,
    /// What the reader may know of it beside that it goes on; none where it says what is for others (P9).
    told: Option<Told>,
    over: bool,
    /// The wish of the plan that it settles something of, for whoever may ask for that again.
    then: Option<String>,
}

/// What its address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Led {
    then: Option<String>,
}

/// What it says.
#[derive(Default)]
struct Told {
    /// On the way.
    way: Vec<String>,
    /// What came of it.
    lines: Vec<Line>,
    refusal: Option<Refusal>,
    remarks: Vec<String>,
}

impl Told {
    fn of(house: &House, step: &Step, open: Open, zone: &TimeZone) -> Self {
        let way = step.lines(open);
        let Some(answer) = step.answer(open) else { return Self { way, ..Self::default() } };
        let words = |shown: Shown| lines(house.open.trains.words(&step.wish, &shown, true));
        Self {
            way,
            lines: answer.shown(&step.wish, zone).map(words).unwrap_or_default(),
            refusal: answer.refusal().map(on_a_page),
            remarks: answer.beside(),
        }
    }
}

/// `/trains/{train}/steps/{step}`.
pub(crate) async fn step(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
    Query(led): Query<Led>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let (step, open) = seen(&house, &visitor, &train, &id).await.map_err(no)?;
    counted(&house, &visitor).await;
    of_step(&house, &visitor, step, open, led.then.as_deref()).await.map_err(no)
}

/// What is known of a step, to whoever may read so much of it; `then`: the wish of the plan that it settles something of.
pub(crate) async fn of_step(
    house: &House,
    visitor: &Visitor,
    step: Arc<Step>,
    open: Open,
    then: Option<&str>,
) -> Result<Response, Refusal> {
    let title = super::words::asked(&step.wish).0;
    let conductor = house.open.trains.conductor(&step.train, &visitor.who()).await?;
    let timetable = &conductor.settings.timetable;
    let zone = timetable.zone();
    // What it says after this is on the page that follows.
    let over = step.is_over();
    let told = match open {
        Open::Whole | Open::Sentences => Some(Told::of(house, &step, open, &zone)),
        Open::Outline | Open::Nothing => None,
    };
    let since = When::date(&Moment::new(step.at, zone));
    let layout = Layout::of(house, visitor, title).in_zone(timetable.zone_name());
    let layout = match visitor.page {
        Some(_) => layout.about(&step.train),
        // What was sent for can't be asked for again.
        None => Layout { train: Some(step.train.to_string()), ..layout },
    };
    let then = super::then(then).filter(|_| visitor.may_act_on(house, &step.train).is_ok());
    Ok(shown(&StepPage { layout, since, over, step, told, then }))
}

/// `/trains/{train}/steps/{step}/events`: what it says, line by line, and its end.
pub(crate) async fn step_events(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, id)): Path<(TrainName, String)>,
) -> Result<Response, Problem> {
    let (step, open) = seen(&house, &visitor, &train, &id).await?;
    let over = house.live.over();
    let gone = reads_less(house, visitor, Arc::clone(&step), open);
    Ok(telling::shown_on_a_page(step, open, over, gone))
}
