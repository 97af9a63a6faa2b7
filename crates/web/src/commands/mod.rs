//! Wishes from people: a form is read as a `Command`, its plan is shown, and a yes to it carries it out.

mod form;

pub(crate) use form::wish;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use conductor::carry::Plan;
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::asked::{Form, Path};
use crate::house::House;
use crate::pages::{self, NoPage};
use crate::secret;
use crate::steps::Step;
use crate::visitor::Visitor;

/// How long a browser is let wait for the end of a step before it is shown on its way.
const PATIENCE: Duration = Duration::from_secs(2);

/// Begins to carry a wish out, for somebody who may act.
pub(crate) async fn begin(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    wish: Command,
    saw: Option<String>,
) -> Result<Arc<Step>, Refusal> {
    let by = visitor.may_act()?.person.clone();
    conductor::carry::must_be_read(&wish, saw.as_deref())?;
    let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
    let id = secret::key_id()?;
    let step = Arc::new(Step::new(id, train.clone(), by, house.open.clock.now(), wish));
    house.steps.begin(&house.stage, conductor, Arc::clone(&step), saw);
    Ok(step)
}

/// What a wish comes to, for somebody who may act.
pub(crate) async fn planned(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    wish: &Command,
) -> Result<Plan, Refusal> {
    visitor.may_act()?;
    let wish = wish.clone();
    house.story(&visitor.who(), train, async move |conductor| conductor.plan(&wish).await).await
}

/// A form's wish, shown before the yes.
pub(crate) async fn plan(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Form(form): Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let wish = wish(&form).map_err(no)?;
    let plan = planned(&house, &visitor, &train, &wish).await.map_err(no)?;
    pages::plan(&house, &visitor, &train, &wish, &plan)
}

/// The yes to it.
pub(crate) async fn carry(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Form(form): Form,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let wish = form.one("wish").map(serde_json::from_str::<Command>);
    let Some(Ok(wish)) = wish else {
        let what = "this form says yes to nothing";
        return Err(no(Refusal::new(Code::Usage, what, "go back, and ask for the plan once more")));
    };
    let saw = form.one("if").map(str::to_owned);
    let step = begin(&house, &visitor, &train, wish, saw).await.map_err(no)?;
    step.ended(PATIENCE).await;
    let to = house.path(&format!("/trains/{train}/steps/{}", step.id));
    Ok(Redirect::to(&to).into_response())
}
