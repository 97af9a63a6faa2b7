//! Wishes that people and programs send: planned, carried out once, and read along by whoever may.

mod once;

use std::sync::Arc;

use conductor::Conductor;
use conductor::carry::Plan;
use train::command::Command;
use train::id::{PersonName, TrainName};
use train::refusal::{Code, Refusal};

use crate::guesses::Look;
use crate::house::House;
use crate::keyed::Key;
use crate::secret;
use crate::staying::AGAIN;
use crate::steps::{Open, Step, gone};
use crate::visitor::Visitor;

/// A wish that somebody says yes to.
pub(crate) struct Yes {
    pub wish: Command,
    /// The digest of the plan that they read.
    pub saw: Option<String>,
    /// What makes it the same when it is sent again.
    pub key: Option<Key>,
}

/// Begins to carry a wish out, for somebody who may act. One with a key that came before is not begun again: its step is that of
/// then.
pub(crate) async fn begin(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    yes: Yes,
) -> Result<Arc<Step>, Refusal> {
    let Yes { wish, saw, key } = yes;
    let by = visitor.may_wish(&wish)?.person.clone();
    let look = may_wish(house, &by, &wish)?;
    conductor::carry::must_be_read(&wish, saw.as_deref())?;
    let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
    let hears = conductor.hears_of_embargoed().await?;
    let secret = wish.is_security() && conductor.has_twins();
    let (id, now) = (secret::key_id()?, house.open.clock.now());
    let step = Step::new(id, train.clone(), by, now, wish).embargoed(hears, secret);
    let one_at_a_time = house.keyed.lock().await;
    house.steps.has_room_for(&step.by)?;
    if let Some(key) = key
        && let Some(before) = once::before(house, &key, &step, saw.as_deref(), hears).await?
    {
        return Ok(before);
    }
    let step = Arc::new(step);
    house.steps.begin(
        &house.stage,
        conductor.counting(look.clone()),
        Arc::clone(&step),
        saw,
        (Arc::clone(&house.open.log), look),
    );
    drop(one_at_a_time);
    told(house, &step);
    Ok(step)
}

/// Lets the pages of its train tell that a step goes on, and that it does no more; of one that is not for everybody to know of
/// nothing is told (P9).
fn told(house: &House, step: &Arc<Step>) {
    if step.secret {
        return;
    }
    house.live.tell(&step.train);
    let (live, step) = (Arc::clone(&house.live), Arc::clone(step));
    tokio::spawn(async move {
        step.over().await;
        live.tell(&step.train);
    });
}

/// A step of a train, for somebody who may read what it says: it is as if it were not there for others.
pub(crate) async fn readable(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    id: &str,
) -> Result<(Arc<Step>, Open), Refusal> {
    match seen(house, visitor, train, id).await? {
        (_, Open::Outline | Open::Nothing) => Err(gone()),
        there => Ok(there),
    }
}

/// A step of a train, and what of it somebody may read. What it says to somebody with the security role, nobody without it
/// reads (P9); of one about security branches it is as if it were not there.
pub(crate) async fn seen(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    id: &str,
) -> Result<(Arc<Step>, Open), Refusal> {
    visitor.may_look(house)?;
    let step = house.steps.get(id).await?;
    let step = step.filter(|step| step.train == *train).ok_or_else(gone)?;
    let reader = visitor.aboard(house, train);
    let mut open = step.open_to(reader, false);
    if matches!(open, Open::Outline | Open::Nothing) {
        let conductor = house.open.trains.conductor(train, &visitor.who()).await?;
        open = step.open_to(reader, conductor.hears_of_embargoed().await?);
    }
    match open {
        Open::Nothing => Err(gone()),
        open => Ok((step, open)),
    }
}

/// Until a few seconds after somebody may read another part of a step than they did, or what let them in is taken away: roles
/// and keys are given and taken meanwhile (P9).
pub(crate) async fn reads_less(house: House, visitor: Visitor, step: Arc<Step>, was: Open) {
    loop {
        tokio::time::sleep(AGAIN).await;
        if !visitor.is_still_in(&house).await {
            return;
        }
        match seen(&house, &visitor, &step.train, &step.id).await {
            Ok((_, open)) if open == was => {}
            _ => return,
        }
    }
}

/// What a wish comes to, for somebody who may act.
pub(crate) async fn planned(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    wish: &Command,
) -> Result<Plan, Refusal> {
    let look = may_wish(house, &visitor.may_wish(wish)?.person, wish)?;
    let (wish, guesser) = (wish.clone(), look.clone());
    let plan = async move |conductor: Conductor| conductor.counting(guesser).plan(&wish).await;
    let plan = house.story(&visitor.who(), train, plan).await;
    heard(look.as_deref(), house, train, &plan);
    let open = visitor.reads(house, train);
    plan.map(|plan| open.plan(plan))
}

/// Takes in a no to words that are under embargo.
pub(crate) fn heard(
    look: Option<&Look>,
    house: &House,
    train: &TrainName,
    plan: &Result<Plan, Refusal>,
) {
    let no = plan.as_ref().map_or_else(Some, |plan| plan.refusal.as_ref());
    if let (Some(look), Some(no)) = (look, no) {
        look.heard(train.as_str(), no, &*house.open.log);
    }
}

/// Refuses what a server does for nobody, and who guesses at words that are under embargo, where a wish would have them
/// looked at: then that look is given back, for as long as it takes.
pub(crate) fn may_wish(
    house: &House,
    by: &PersonName,
    wish: &Command,
) -> Result<Option<Arc<Look>>, Refusal> {
    if matches!(wish, Command::Import(_)) {
        let what = "a server takes no past pushes in: their notes are files of whoever runs it";
        let hint = "on its machine `pushduty import notes FOLDER` takes them in";
        return Err(Refusal::new(Code::NotAllowed, what, hint));
    }
    wish.says_something().then(|| house.guesses.look(by).map(Arc::new)).transpose()
}
