//! What any store of steps must do.

use conductor::ports::{KeptStep, KeptSteps};
use jiff::{SignedDuration, Timestamp};

fn step(id: &str, minutes: i64) -> KeptStep {
    KeptStep {
        id: id.to_owned(),
        train: "amo".parse().expect("a name"),
        by: "mat".parse().expect("a name"),
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes),
        hears: false,
        secret: false,
        wish: format!("the wish of {id}"),
        end: None,
    }
}

async fn is_kept(store: &dyn KeptSteps, id: &str) -> bool {
    store.kept(id).await.expect("it is read").is_some()
}

/// All of it, on a store that is new, by two handles of it.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn steps(store: &dyn KeptSteps, other: &dyn KeptSteps) {
    assert_eq!(store.kept("a").await, Ok(None), "nothing is kept yet");
    let begun = KeptStep { hears: true, ..step("a", 1) };
    let second = KeptStep { secret: true, ..step("b", 0) };
    for one in [&begun, &second] {
        store.keep(one).await.expect("its beginning is kept");
        assert_eq!(other.kept(&one.id).await, Ok(Some(one.clone())), "as it is, on the disk");
    }
    let over = KeptStep { end: Some("what came of it".to_owned()), ..begun };
    store.keep(&over).await.expect("its end is kept");
    assert_eq!(other.kept("a").await, Ok(Some(over)), "in the place of its beginning");
    assert_eq!(other.kept("b").await, Ok(Some(second)), "the other goes on");
}

/// How many are kept, and how many bytes: of more, the oldest go.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn steps_are_bounded(store: &dyn KeptSteps, most: i64, bytes: i64) {
    for n in 0..=most {
        store.keep(&step(&n.to_string(), n)).await.expect("it is kept");
    }
    assert!(!is_kept(store, "0").await, "the oldest is gone");
    assert!(is_kept(store, "1").await, "and no other");
    let half = usize::try_from(bytes / 2 + 1).expect("a size");
    let large =
        |id: &str, minutes: i64| KeptStep { wish: "x".repeat(half), ..step(id, most + minutes) };
    store.keep(&large("first", 1)).await.expect("it is kept");
    store.keep(&step("small", most + 2)).await.expect("it is kept");
    store.keep(&large("second", 3)).await.expect("it is kept");
    assert!(!is_kept(store, "first").await, "the two are too large together");
    assert!(is_kept(store, "small").await && is_kept(store, "second").await, "the newest stay");
    let whole = KeptStep { end: Some("x".repeat(half)), ..large("third", 4) };
    store.keep(&whole).await.expect("it is kept");
    assert!(is_kept(store, "third").await, "the newest stays, however large");
    assert!(!is_kept(store, "small").await, "alone");
}
