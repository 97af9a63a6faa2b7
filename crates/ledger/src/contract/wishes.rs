//! What any store of keyed wishes must do.

use conductor::ports::{Begun, KeptStep, KeptSteps, KeyedWish};
use jiff::{SignedDuration, Timestamp};
use train::id::PersonName;

use super::steps::{end, step};

fn person(name: &str) -> PersonName {
    name.parse().expect("a name")
}

fn wish(whose: &str, key: &str, minutes: i64) -> KeyedWish {
    KeyedWish {
        person: person(whose),
        key: key.to_owned(),
        digest: "of a wish".to_owned(),
        step: format!("the step of {whose}'s {key}"),
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes),
        hears: whose == "mat",
    }
}

fn before(wish: KeyedWish, answer: Option<&str>) -> Begun {
    Begun::Before { wish, answer: answer.map(str::to_owned) }
}

/// All of it, on a store that is new.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn wishes(store: &dyn KeptSteps) {
    let begin = async |whose, key: &str, minutes| {
        store.begin(&wish(whose, key, minutes)).await.expect("it is noted")
    };
    let (mats, kumars) = (wish("mat", "k", 0), wish("kumar", "k", 1));
    assert_eq!(begin("mat", "k", 0).await, Begun::New);
    assert_eq!(begin("mat", "k", 1).await, before(mats.clone(), None), "it has not ended");
    assert_eq!(begin("kumar", "k", 1).await, Begun::New, "another's key is another");
    let begun = step(&mats.step, 0);
    store.keep(&begun).await.expect("its step is kept");
    assert_eq!(begin("mat", "k", 1).await, before(mats.clone(), None), "it goes on");
    store.keep(&KeptStep { end: Some(end("{}")), ..begun }).await.expect("its end is kept");
    assert_eq!(begin("mat", "k", 2).await, before(mats, Some("{}")), "with the end of its step");
    assert_eq!(begin("kumar", "k", 2).await, before(kumars, None), "the other's has not ended");
    let (first, second) = (wish("mat", "twice", 3), wish("mat", "twice", 3));
    let (one, other) = futures_util::future::join(store.begin(&first), store.begin(&second)).await;
    let new = [one, other].into_iter().filter(|one| one.as_ref() == Ok(&Begun::New));
    assert_eq!(new.count(), 1, "of two at once one is new");
    assert_eq!(begin("mat", "k", 24 * 60).await, Begun::New, "a day later it is forgotten");
}

/// A key has its answer also when its step is forgotten, as `most` newer ones came.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn keys_outlive_steps(store: &dyn KeptSteps, most: i64) {
    let first = wish("mat", "k", 0);
    assert_eq!(store.begin(&first).await, Ok(Begun::New));
    let over = |id: &str, n| KeptStep { end: Some(end(id)), ..step(id, n) };
    store.keep(&over(&first.step, 0)).await.expect("it is kept");
    for n in 1..=most {
        store.keep(&over(&n.to_string(), n)).await.expect("it is kept");
    }
    assert_eq!(store.kept(&first.step).await, Ok(None), "the oldest is gone");
    let again = store.begin(&wish("mat", "k", 1)).await;
    assert_eq!(again, Ok(before(first.clone(), Some(first.step.as_str()))));
}

/// How many of one person are kept: of more, the oldest go, and nobody else's.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn wishes_are_bounded(store: &dyn KeptSteps, most: i64) {
    let begin = async |whose, key: &str, minutes| {
        store.begin(&wish(whose, key, minutes)).await.expect("it is noted")
    };
    assert_eq!(begin("kumar", "k", 0).await, Begun::New);
    for n in 0..most + 2 {
        assert_eq!(begin("mat", &n.to_string(), 1).await, Begun::New);
    }
    assert_eq!(begin("mat", "0", 1).await, Begun::New, "the oldest are gone");
    let kumars = before(wish("kumar", "k", 0), None);
    assert_eq!(begin("kumar", "k", 1).await, kumars, "another's stays");
}
