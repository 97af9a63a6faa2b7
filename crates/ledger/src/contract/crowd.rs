//! Several at once: the lock, and writers that race.

use std::collections::BTreeSet;
use std::time::Duration;

use conductor::ports::{Ledger, Observation, Projection};
use train::event::Event;
use train::refusal::Code;

use super::{PATIENCE, Store, no_views, of_train, second};

pub(super) async fn the_lock_is_one_persons_at_a_time(store: &dyn Store) {
    let (mine, yours) = (store.open().await, store.open().await);
    let held = mine.lock(PATIENCE).await.expect("the lock is free");
    for ledger in [&mine, &yours] {
        let busy = ledger.lock(Duration::from_millis(20)).await.expect_err("held");
        assert_eq!(busy.code, Code::Busy);
        assert!(busy.code.retry() && !busy.hint.is_empty());
    }
    assert_eq!(yours.head().await.expect("looking takes no lock").seq, 0);
    drop(held);
    yours.lock(PATIENCE).await.expect("the lock is free again");
}

pub(super) async fn who_waits_for_the_lock_gets_it(store: &dyn Store) {
    let (mine, yours) = (store.open().await, store.open().await);
    let held = mine.lock(PATIENCE).await.expect("the lock is free");
    let waiting = tokio::spawn(async move { yours.lock(PATIENCE).await.map(drop) });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "it waits");
    drop(held);
    waiting.await.expect("no panic").expect("the lock");
}

pub(super) async fn eight_writers_lose_nothing<S: Store>(store: &S) {
    const EACH: usize = 10;
    let mut writers = Vec::new();
    for n in 0..8 {
        let ledger = store.open().await;
        writers.push(tokio::spawn(async move { race(&*ledger, &n.to_string(), EACH).await }));
    }
    for writer in writers {
        writer.await.expect("a writer that ends well");
    }
    let ledger = store.open().await;
    let entries = ledger.read(0, usize::MAX, None).await.expect("entries");
    assert_eq!(
        entries.iter().map(|e| e.seq).collect::<Vec<_>>(),
        (1..=8 * EACH as u64).collect::<Vec<_>>()
    );
    let because = |event: Event| match event {
        Event::Adopted { because, .. } => because,
        other => panic!("nobody wrote {other:?}"),
    };
    let written: BTreeSet<_> =
        entries.into_iter().filter_map(|e| e.content).map(|(_, e)| because(e)).collect();
    let expected: BTreeSet<_> =
        (0..8).flat_map(|n| (0..EACH).map(move |i| format!("{n}/{i}"))).collect();
    assert_eq!(written, expected);
    assert_eq!(ledger.verify().await.expect("report").broken, None);
}

/// Observations and views take no lock, so they come between what a writer reads and what it writes.
pub(super) async fn who_observes_disturbs_no_writer<S: Store>(store: &S) {
    let (writer, observer) = (store.open().await, store.open().await);
    let writing = tokio::spawn(async move { race(&*writer, "w", 50).await });
    while !writing.is_finished() {
        let observed_at = second(0);
        let (name, body) = ("look/server".to_owned(), "{}".to_owned());
        observer
            .observe(vec![Observation { name, observed_at, body: body.clone() }])
            .await
            .expect("kept");
        let seq = observer.head().await.expect("head").seq;
        let view = Projection { name: "state".to_owned(), seq, body };
        observer.put_projection(view).await.expect("kept");
    }
    writing.await.expect("a writer that ends well");
    assert_eq!(store.open().await.head().await.expect("head").seq, 50);
}

/// Appends `count` entries one by one, each after a head that was looked at before the lock was taken.
pub(crate) async fn race(ledger: &dyn Ledger, name: &str, count: usize) {
    for i in 0..count {
        loop {
            let head = ledger.head().await.expect("head");
            let lock = ledger.lock(PATIENCE).await.expect("lock");
            let draft = of_train(0, &format!("{name}/{i}"));
            match ledger.append(&lock, &head, vec![draft], &no_views).await {
                Ok(_) => break,
                Err(refused) => assert_eq!(refused.code, Code::PlanChanged, "{refused}"),
            }
        }
    }
}
