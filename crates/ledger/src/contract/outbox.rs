//! What is on its way to channels: known for ever once it was added, and handed over by one process at a time (P13).

use std::time::Duration;

use train::announce::{Announcement, Audience, Delivery, Kind, Stage};
use train::refusal::Code;

use super::{PATIENCE, Store, add, of_train, second};

fn delivery(id: &str, channel: &str) -> Delivery {
    let announcement = Announcement {
        id: id.to_owned(),
        kind: Kind::Held,
        train: "amo".parse().expect("a name"),
        push: "2026.11.26".parse().ok(),
        audience: Audience::Channel,
        subject: "2026.11.26 is held".to_owned(),
        text: "By jason: no power.".to_owned(),
        at: second(1),
        expires_at: second(100),
        rehearsal: false,
    };
    Delivery::new(announcement, channel)
}

pub(super) async fn what_is_older_than_the_outbox_is_not_announced(store: &dyn Store) {
    let (ledger, outbox) = (store.open().await, store.open_outbox().await);
    add(&*ledger, vec![of_train(1, "a"), of_train(2, "b")]).await.expect("appended");
    assert_eq!(outbox.reached().await.expect("nothing yet"), None);
    outbox.begin().await.expect("begun");
    assert_eq!(outbox.reached().await.expect("where it began"), Some(2));
    add(&*ledger, vec![of_train(3, "c")]).await.expect("appended");
    store.open_outbox().await.begin().await.expect("begun before");
    assert_eq!(outbox.reached().await.expect("where it began"), Some(2));
    let lock = outbox.hold(PATIENCE).await.expect("nobody hands over");
    outbox.add(&lock, &[], 3).await.expect("kept");
    outbox.add(&lock, &[], 1).await.expect("never back");
    assert_eq!(store.open_outbox().await.reached().await.expect("kept"), Some(3));
    assert_eq!(ledger.verify().await.expect("report").broken, None);
    assert_eq!(ledger.head().await.expect("head").seq, 3, "no part of the chain");
}

pub(super) async fn what_was_added_once_is_never_added_again(store: &dyn Store) {
    let outbox = store.open_outbox().await;
    outbox.begin().await.expect("begun");
    let lock = outbox.hold(PATIENCE).await.expect("nobody hands over");
    let (mut first, second_one, other) =
        (delivery("b", "file"), delivery("a", "file"), delivery("b", "terminal"));
    let all = [first.clone(), second_one.clone(), other.clone()];
    outbox.add(&lock, &all, 0).await.expect("added");
    assert_eq!(outbox.on_its_way().await.expect("all"), all, "in their order");
    first.begin();
    outbox.keep(&lock, &first).await.expect("kept");
    assert_eq!(outbox.on_its_way().await.expect("all")[0], first);
    first.handed(second(2));
    outbox.keep(&lock, &first).await.expect("kept");
    outbox.add(&lock, &all, 0).await.expect("added before");
    assert_eq!(outbox.on_its_way().await.expect("the rest"), [second_one, other]);
    for (id, channel, known) in [("b", "file", true), ("b", "mail", false), ("c", "file", false)] {
        assert_eq!(outbox.knows(id, channel).await.expect("an answer"), known, "{id} {channel}");
    }
    assert!(matches!(first.stage, Stage::Handed { .. }));
}

pub(super) async fn one_process_hands_over_at_a_time(store: &dyn Store) {
    let (one, other) = (store.open_outbox().await, store.open_outbox().await);
    let held = one.hold(PATIENCE).await.expect("nobody hands over");
    let refused = other.hold(Duration::from_millis(30)).await.expect_err("somebody does");
    assert_eq!(refused.code, Code::Busy);
    let ledger = store.open().await;
    ledger.lock(Duration::from_millis(500)).await.expect("who writes does not wait for channels");
    drop(held);
    other.hold(PATIENCE).await.expect("nobody hands over");
}
