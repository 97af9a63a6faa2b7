//! What any store of what people type must do.

use conductor::ports::{Typed, Typing};
use train::id::PushDate;
use train::people::{Actor, Proof};

fn push(day: u8) -> PushDate {
    format!("2026.11.{day:02}").parse().expect("a date")
}

fn typed(page: u8, by: &str, update: &[u8]) -> Typed {
    let by = Actor {
        name: by.to_owned(),
        roles: [train::people::Role::Qa].into(),
        proof: Proof::Token("t1".to_owned()),
    };
    Typed { push: push(page), page: push(page), by, update: update.to_vec() }
}

/// Runs every check over an empty store; `again` opens it once more, as another process would.
///
/// # Panics
/// At the first promise that the store breaks.
pub async fn typing(store: &dyn Typing, again: &dyn Typing) {
    assert!(store.pages().await.expect("read").is_empty());
    assert!(store.typed(push(26)).await.expect("read").is_empty());
    store.forget(push(26), 7).await.expect("nothing to forget");

    let (one, two) = (typed(26, "mat", b"a"), typed(26, "kumar", b""));
    store.keep(&[one.clone(), typed(19, "mat", &[0, 255]), two.clone()]).await.expect("kept");
    let kept = again.typed(push(26)).await.expect("read");
    let pieces: Vec<&Typed> = kept.iter().map(|(_, typed)| typed).collect();
    assert_eq!(pieces, [&one, &two], "of that page, in their order, whole");
    let mut pages = again.pages().await.expect("read");
    pages.sort();
    assert_eq!(pages, [push(19), push(26)]);

    again.keep(&[typed(26, "mat", b"later")]).await.expect("kept by another process");
    store.forget(push(26), kept[1].0).await.expect("forgotten");
    let left = store.typed(push(26)).await.expect("read");
    assert_eq!(left.len(), 1, "what came meanwhile stays");
    assert!(left[0].0 > kept[1].0, "numbers are never given twice");
    store.forget(push(26), left[0].0).await.expect("forgotten");
    again.keep(&[typed(26, "mat", b"new")]).await.expect("kept");
    assert!(store.typed(push(26)).await.expect("read")[0].0 > left[0].0);
    assert_eq!(store.typed(push(19)).await.expect("read").len(), 1, "another page's stays");
}
