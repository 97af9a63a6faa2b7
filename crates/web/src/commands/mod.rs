//! Wishes from people: a form is read as a `Command`, its plan is shown, and a yes to it carries it out.

mod form;
mod told;

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use train::command::Command;
use train::refusal::{Code, Refusal};

use crate::fields::parsed;
use crate::house::House;
use crate::keyed::Key;
use crate::pages::{self, Around, NoPage};
use crate::sent::WishForm;
use crate::steps::Open;
use crate::wishes::{Yes, begin, planned};
use form::wish;
pub(crate) use told::told;

/// How long a browser is let wait for the end of a step before it is shown on its way.
const PATIENCE: Duration = Duration::from_secs(2);

/// A form's wish, shown before the yes.
pub(crate) async fn plan(
    State(house): State<House>,
    WishForm { visitor, train, fields, from }: WishForm,
) -> Result<Response, NoPage> {
    let change = pages::filled_in(&train, &fields);
    let back = change.clone().or_else(|| from.clone());
    let no = |refusal| NoPage::back_to(&house, &visitor, refusal, back.clone());
    if let Some(show) = &house.show {
        // What somebody reads a plan of stays as it is until they said yes or no.
        show.plays(false);
    }
    let conductor = house.open.trains.conductor(&train, &visitor.who()).await;
    let settings = conductor.map_err(no)?.settings;
    let wish = wish(&fields, (&settings.timetable, house.open.clock.now())).map_err(no)?;
    let plan = planned(&house, &visitor, &train, &wish).await.map_err(no)?;
    let forms = format!("/trains/{train}/act");
    let leave = from.clone().filter(|page| !page.starts_with(&forms));
    let leave = leave.unwrap_or_else(|| format!("/trains/{train}"));
    let zone = settings.timetable.zone_name().to_owned();
    let names = settings.names();
    let then = pages::then(fields.one("then"));
    let around = Around { zone, names, change, leave, then };
    pages::plan(&house, &visitor, &train, &wish, &plan, around).map_err(no)
}

/// The wish to be asked later: it changes nothing but what waits for whoever says so, and takes no yes. They are back at once.
pub(crate) async fn later(
    State(house): State<House>,
    WishForm { visitor, train, fields, from }: WishForm,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::back_to(&house, &visitor, refusal, from.clone());
    let key = fields.needed("key").and_then(|key| parsed("key", &key)).map_err(no)?;
    let wish = Command::Later { key, until: fields.text("until") };
    let yes = Yes { wish, saw: None, key: None };
    let step = begin(&house, &visitor, &train, yes).await.map_err(no)?;
    step.ended(PATIENCE).await;
    let answer = step.answer(visitor.reads(&house, &train));
    let well = answer.is_some_and(|answer| answer.refusal().is_none());
    let to = match well {
        true => "/waiting".to_owned(),
        false => format!("/trains/{train}/steps/{}", step.id),
    };
    Ok(Redirect::to(&house.path(&to)).into_response())
}

/// The yes to it.
pub(crate) async fn carry(
    State(house): State<House>,
    WishForm { visitor, train, fields, .. }: WishForm,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let wish = fields.one("wish").map(serde_json::from_str::<Command>);
    let Some(Ok(wish)) = wish else {
        let what = "this form says yes to nothing";
        return Err(no(Refusal::new(Code::Usage, what, "go back, and ask for the plan once more")));
    };
    let saw = fields.one("if").map(str::to_owned);
    let then = fields.one("then");
    let key = fields.one("key").map(Key::read).transpose().map_err(no)?;
    let yes = Yes { wish, saw, key };
    let step = begin(&house, &visitor, &train, yes).await.map_err(no)?;
    step.ended(PATIENCE).await;
    if house.steps.get(&step.id).await.map_err(no)?.is_some() {
        let page = format!("/trains/{train}/steps/{}{}", step.id, pages::behind(then));
        return Ok(Redirect::to(&house.path(&page)).into_response());
    }
    // The same yes, sent again long after: the step is forgotten, and has no page any more. What its key knows is said at once.
    pages::of_step(&house, &visitor, step, Open::Whole, then).await.map_err(no)
}
