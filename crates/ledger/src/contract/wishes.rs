//! What any store of keyed wishes must do.

use conductor::ports::{Begun, KeyedWish, Wishes};
use jiff::{SignedDuration, Timestamp};
use train::id::PersonName;

fn person(name: &str) -> PersonName {
    name.parse().expect("a name")
}

fn wish(whose: &str, key: &str, minutes: i64) -> KeyedWish {
    KeyedWish {
        person: person(whose),
        key: key.to_owned(),
        digest: "of a wish".to_owned(),
        step: format!("the step of {key}"),
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes),
    }
}

fn before(answer: Option<&str>) -> Begun {
    Begun::Before {
        digest: "of a wish".to_owned(),
        step: "the step of k".to_owned(),
        answer: answer.map(str::to_owned),
    }
}

/// All of it, on a store that is new.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn wishes(store: &dyn Wishes) {
    let begin = async |whose, key: &str, minutes| {
        store.begin(&wish(whose, key, minutes)).await.expect("it is noted")
    };
    assert_eq!(begin("mat", "k", 0).await, Begun::New);
    assert_eq!(begin("mat", "k", 1).await, before(None), "it has not ended");
    assert_eq!(begin("kumar", "k", 1).await, Begun::New, "another's key is another");
    store.end(&person("mat"), "k", "{}").await.expect("its end is noted");
    assert_eq!(begin("mat", "k", 2).await, before(Some("{}")));
    assert_eq!(begin("kumar", "k", 2).await, before(None), "the other's has not ended");
    let (first, second) = (wish("mat", "twice", 3), wish("mat", "twice", 3));
    let (one, other) = futures_util::future::join(store.begin(&first), store.begin(&second)).await;
    let new = [one, other].into_iter().filter(|one| one.as_ref() == Ok(&Begun::New));
    assert_eq!(new.count(), 1, "of two at once one is new");
    assert_eq!(begin("mat", "k", 24 * 60).await, Begun::New, "a day later it is forgotten");
}

/// How many of one person are kept: of more, the oldest go, and nobody else's.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn wishes_are_bounded(store: &dyn Wishes, most: i64) {
    let begin = async |whose, key: &str, minutes| {
        store.begin(&wish(whose, key, minutes)).await.expect("it is noted")
    };
    assert_eq!(begin("kumar", "k", 0).await, Begun::New);
    for n in 0..most + 2 {
        assert_eq!(begin("mat", &n.to_string(), 1).await, Begun::New);
    }
    assert_eq!(begin("mat", "0", 1).await, Begun::New, "the oldest are gone");
    assert_eq!(begin("kumar", "k", 1).await, before(None), "another's stays");
}
