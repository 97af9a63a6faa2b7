//! Wishes that people and programs send: planned, carried out once, and read along by whoever may.

mod once;

use std::sync::Arc;

use conductor::carry::Plan;
use train::command::Command;
use train::id::TrainName;
use train::refusal::Refusal;

use crate::answer::Answer;
use crate::house::House;
use crate::keyed::Key;
use crate::secret;
use crate::steps::{Step, gone};
use crate::visitor::Visitor;
use once::Stands;

/// A wish that somebody says yes to.
pub(crate) struct Yes {
    pub wish: Command,
    /// The digest of the plan that they read.
    pub saw: Option<String>,
    /// What makes it the same when it is sent again.
    pub key: Option<Key>,
}

/// What became of a yes so far.
pub(crate) enum Begun {
    /// It is on its way, or was not long ago.
    Step(Arc<Step>),
    /// It was answered so, before.
    Over(Answer),
}

/// Begins to carry a wish out, for somebody who may act. One with a key that came before is not begun again.
pub(crate) async fn begin(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    yes: Yes,
) -> Result<Begun, Refusal> {
    let Yes { wish, saw, key } = yes;
    let by = visitor.may_act()?.person.clone();
    conductor::carry::must_be_read(&wish, saw.as_deref())?;
    let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
    let hears = conductor.hears_of_embargoed().await?;
    let embargoed = hears || (wish.is_security() && conductor.has_twins());
    let (id, now) = (secret::key_id()?, house.open.clock.now());
    let step = Step::new(id, train.clone(), by, now, wish).embargoed(embargoed);
    let one_at_a_time = house.keyed.lock().await;
    let noted = match key {
        None => None,
        Some(key) => match once::stands(house, key, &step, saw.as_deref(), hears).await? {
            Stands::Fresh(noted) => Some(noted),
            Stands::Step(step) => return Ok(Begun::Step(step)),
            Stands::Over(answer) => return Ok(Begun::Over(answer)),
        },
    };
    let step = Arc::new(step);
    house.steps.begin(&house.stage, conductor, Arc::clone(&step), saw, noted);
    drop(one_at_a_time);
    Ok(Begun::Step(step))
}

/// A step of a train, for somebody who may read it. What it says to somebody with the security role, nobody without it reads
/// (P9); it is as if it were not there.
pub(crate) async fn readable(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    id: &str,
) -> Result<Arc<Step>, Refusal> {
    visitor.may_look(house)?;
    let step = house.steps.get(id).filter(|step| step.train == *train).ok_or_else(gone)?;
    if step.embargoed {
        let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
        if !conductor.hears_of_embargoed().await? {
            return Err(gone());
        }
    }
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
