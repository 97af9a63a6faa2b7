//! What a key stands for: a wish that is sent twice with the same one is carried out once.

use std::sync::Arc;

use conductor::ports::{Begun, KeyedWish};
use train::command::Command;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::answer::Answer;
use crate::house::House;
use crate::keyed::{Kept, Key, Noted};
use crate::steps::{Step, gone, left_off};

/// What a key stands for.
pub(super) enum Stands {
    /// For this wish, which begins now.
    Fresh(Noted),
    /// For one that is on its way, or was not long ago.
    Step(Arc<Step>),
    /// For one that this step carried out, and that was answered so.
    Over { step: String, answer: Answer },
}

/// What stands for a wish: the same for the same.
fn digest(train: &TrainName, wish: &Command, saw: Option<&str>) -> String {
    let whole = serde_json::to_vec(&(train, wish, saw)).unwrap_or_default();
    blake3::hash(&whole).to_hex().to_string()
}

/// What `key` stands for, of whoever wants `step`; `hears`: whether they are told of what is embargoed. The caller holds the
/// right to begin keyed wishes, one at a time: what is on its way here is among the steps.
pub(super) async fn stands(
    house: &House,
    key: Key,
    step: &Step,
    saw: Option<&str>,
    hears: bool,
) -> Result<Stands, Refusal> {
    let (wishes, person) = (Arc::clone(&house.open.wishes), step.by.clone());
    let wish = KeyedWish {
        person: person.clone(),
        key: key.as_str().to_owned(),
        digest: digest(&step.train, &step.wish, saw),
        step: step.id.clone(),
        at: step.at,
    };
    let (before, of, answer) = match wishes.begin(&wish).await? {
        Begun::New => return Ok(Stands::Fresh(Noted { wishes, person, key })),
        Begun::Before { digest, step, answer } => (digest, step, answer),
    };
    if before != wish.digest {
        let what = "this Idempotency-Key came before with another wish";
        return Err(Refusal::new(Code::KeyReused, what, "make up another key for this one"));
    }
    if let Some(step) = house.steps.at_hand(&of) {
        return if step.hears && !hears { Err(gone()) } else { Ok(Stands::Step(step)) };
    }
    let kept = answer.and_then(|answer| serde_json::from_str::<Kept>(&answer).ok());
    match kept {
        Some(kept) if kept.embargoed && !hears => Err(gone()),
        Some(kept) => Ok(Stands::Over { step: of, answer: kept.answer }),
        None => {
            let left_off = left_off("the same wish with another key");
            Ok(Stands::Over { step: of, answer: Answer::no(&left_off.into()) })
        }
    }
}
