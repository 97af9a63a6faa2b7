//! What any store of steps must do.

use conductor::ports::{KeptEnd, KeptStep, KeptSteps};
use jiff::{SignedDuration, Timestamp};

pub(super) fn step(id: &str, minutes: i64) -> KeptStep {
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

pub(super) fn end(answer: &str) -> KeptEnd {
    KeptEnd { said: "what it said".to_owned(), answer: answer.to_owned() }
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
    let over = KeptStep { end: Some(end("what came of it")), ..begun };
    store.keep(&over).await.expect("its end is kept");
    assert_eq!(other.kept("a").await, Ok(Some(over)), "in the place of its beginning");
    assert_eq!(other.kept("b").await, Ok(Some(second)), "the other goes on");
}

fn over(id: &str, by: &str, minutes: i64) -> KeptStep {
    let end = KeptEnd { said: String::new(), answer: String::new() };
    KeptStep { by: by.parse().expect("a name"), end: Some(end), ..step(id, minutes) }
}

/// One of so many bytes.
fn large(id: &str, by: &str, minutes: i64, bytes: i64) -> KeptStep {
    let wish = "x".repeat(usize::try_from(bytes).expect("a size"));
    KeptStep { wish, ..over(id, by, minutes) }
}

/// How many are kept, and how many bytes of all and of one person: of more, the oldest go.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn steps_are_bounded(store: &dyn KeptSteps, most: i64, (bytes, of_one): (i64, i64)) {
    for n in 0..=most {
        store.keep(&over(&n.to_string(), "mat", n)).await.expect("it is kept");
    }
    assert!(!is_kept(store, "0").await, "the oldest is gone");
    assert!(is_kept(store, "1").await, "and no other");
    for (id, minutes) in [("hers", 1), ("hers too", 2)] {
        let hers = large(id, "krupa", most + minutes, of_one / 2 + 1);
        store.keep(&hers).await.expect("it is kept");
    }
    assert!(!is_kept(store, "hers").await, "her two are too large together");
    assert!(is_kept(store, &most.to_string()).await, "another's stays");
    let half = bytes / 2 + 1;
    store.keep(&large("first", "ada", most + 3, half)).await.expect("it is kept");
    store.keep(&over("small", "mat", most + 4)).await.expect("it is kept");
    store.keep(&large("second", "kumar", most + 5, half)).await.expect("it is kept");
    assert!(!is_kept(store, "first").await, "the two are too large together");
    assert!(is_kept(store, "small").await && is_kept(store, "second").await, "the newest stay");
    store.keep(&large("third", "iris", most + 6, bytes + 1)).await.expect("it is kept");
    assert!(is_kept(store, "third").await, "the newest stays, however large");
    assert!(!is_kept(store, "small").await, "alone");
}

/// What goes on is not forgotten, however much comes after it.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn steps_that_go_on_stay(store: &dyn KeptSteps, bytes: i64) {
    store.keep(&step("goes on", 0)).await.expect("it is kept");
    for (id, by, minutes) in [("large", "kumar", 1), ("larger", "mat", 2)] {
        store.keep(&large(id, by, minutes, bytes + minutes)).await.expect("it is kept");
    }
    assert!(!is_kept(store, "large").await, "what is over is gone");
    assert!(is_kept(store, "goes on").await, "what goes on is not");
}

/// The same store in the next process: what was left off is as what is over.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn steps_left_off_go(next: &dyn KeptSteps, bytes: i64) {
    assert!(is_kept(next, "goes on").await, "it was left off");
    next.keep(&large("largest", "mat", 3, bytes + 3)).await.expect("it is kept");
    assert!(!is_kept(next, "goes on").await, "and goes as others do");
}
