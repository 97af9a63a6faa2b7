//! What a key stands for: a wish that is sent twice with the same one is carried out once.

use std::sync::Arc;

use conductor::ports::{Begun, KeyedWish};
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::house::House;
use crate::keyed::Key;
use crate::steps::{Step, gone};

/// What stands for a wish: the same for the same.
fn digest(train: &TrainName, wish: &Command, saw: Option<&str>) -> String {
    let whole = serde_json::to_vec(&(train, wish, saw)).unwrap_or_default();
    blake3::hash(&whole).to_hex().to_string()
}

/// The step that `key` stands for since before; none where it is new, and stands for `step` from now on. `hears`: whether
/// whoever wants it is told of what is embargoed. The caller holds the right to begin keyed wishes, one at a time: what is on its
/// way here is among the steps.
pub(super) async fn before(
    house: &House,
    key: &Key,
    step: &Step,
    saw: Option<&str>,
    hears: bool,
) -> Result<Option<Arc<Step>>, Refusal> {
    let wish = KeyedWish {
        person: step.by.clone(),
        key: key.as_str().to_owned(),
        digest: digest(&step.train, &step.wish, saw),
        step: step.id.clone(),
        at: step.at,
        hears: step.hears,
    };
    let Begun::Before { wish: before, answer } = house.open.steps.begin(&wish).await? else {
        return Ok(None);
    };
    if before.digest != wish.digest {
        let what = "this Idempotency-Key came before with another wish";
        return Err(Refusal::new(Code::KeyReused, what, "make up another key for this one"));
    }
    if before.hears && !hears {
        return Err(gone());
    }
    if let Some(step) = house.steps.get(&before.step).await? {
        return Ok(Some(step));
    }
    // Steps are forgotten before keys are: then the key alone knows what was answered.
    let answer = answer.and_then(|answer| serde_json::from_str(&answer).ok());
    let (train, wish) = (step.train.clone(), step.wish.clone());
    let forgotten = Step::new(before.step, train, before.person, before.at, wish)
        .embargoed(before.hears, step.secret)
        .over_with(answer);
    Ok(Some(Arc::new(forgotten)))
}
