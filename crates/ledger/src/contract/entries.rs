//! Entries: appended, read back, numbered, dated.

use train::facts::Head;
use train::refusal::Code;

use super::{PATIENCE, Store, add, no_views, of_push, of_train, second};

pub(super) async fn an_empty_ledger_ends_at_zero(store: &dyn Store) {
    let ledger = store.open().await;
    assert_eq!(ledger.head().await.expect("head"), Head { seq: 0, hash: "0".repeat(64) });
    assert_eq!(ledger.read(0, 10, None).await.expect("entries"), []);
    assert_eq!(ledger.verify().await.expect("report").entries, 0);
    assert!(!ledger.identity().id.is_empty());
    assert_eq!(store.open().await.identity(), ledger.identity(), "the name is given once");
}

pub(super) async fn what_is_appended_reads_back(store: &dyn Store) {
    let ledger = store.open().await;
    let drafts = vec![of_train(1, "a \u{1b}[31m “b”\n\0 ü"), of_push(2, "2026.11.26", "c")];
    let made = add(&*ledger, drafts.clone()).await.expect("appended");
    let more = add(&*ledger, vec![of_push(3, "2026.11.26", "d")]).await.expect("appended");
    let read = store.open().await.read(0, 10, None).await.expect("entries");
    assert_eq!(read, [made.clone(), more].concat());
    for ((entry, draft), seq) in made.iter().zip(&drafts).zip(1..) {
        assert_eq!(entry.seq, seq);
        assert_eq!(
            (&entry.stream, entry.kind.as_str()),
            (&draft.event.stream(), draft.event.kind())
        );
        assert_eq!(entry.at, draft.at);
        assert_eq!(entry.content, Some((draft.actor.clone(), draft.event.clone())));
    }
    let end = Head { seq: 3, hash: read[2].hash.clone() };
    assert_eq!(ledger.head().await.expect("head"), end);
}

pub(super) async fn a_head_that_is_gone_is_refused(store: &dyn Store) {
    let ledger = store.open().await;
    let empty = ledger.head().await.expect("head");
    add(&*ledger, vec![of_train(1, "first")]).await.expect("appended");
    let head = ledger.head().await.expect("head");
    let lock = ledger.lock(PATIENCE).await.expect("lock");
    let other = Head { hash: "1".repeat(64), ..head.clone() };
    let ahead = Head { seq: 2, ..head.clone() };
    for gone in [empty, other, ahead] {
        let refused = ledger.append(&lock, &gone, vec![of_train(2, "late")], &no_views).await;
        assert_eq!(refused.expect_err("a head that is gone").code, Code::PlanChanged, "{gone:?}");
        assert_eq!(ledger.head().await.expect("head"), head, "nothing was written");
    }
    let none = ledger.append(&lock, &head, Vec::new(), &no_views).await.expect("nothing to append");
    assert_eq!((none, ledger.head().await.expect("head")), (Vec::new(), head));
}

pub(super) async fn time_never_runs_backwards(store: &dyn Store) {
    let ledger = store.open().await;
    let made = add(&*ledger, vec![of_train(5, "a"), of_train(3, "b"), of_train(7, "c")])
        .await
        .expect("appended");
    let later = add(&*ledger, vec![of_train(6, "d"), of_train(8, "e")]).await.expect("appended");
    let times: Vec<_> = made.iter().chain(&later).map(|e| e.at).collect();
    assert_eq!(times, [5, 5, 7, 7, 8].map(second));
    assert_eq!(ledger.verify().await.expect("report").broken, None);
}

pub(super) async fn pages_and_streams_leave_nothing_out(store: &dyn Store) {
    let ledger = store.open().await;
    let push = ["2026.11.26", "2026.12.03"];
    let drafts = (0..50).map(|n| match n % 3 {
        0 => of_train(n, "t"),
        one_or_two => of_push(n, push[usize::from(one_or_two == 2)], "p"),
    });
    let made = add(&*ledger, drafts.collect()).await.expect("appended");
    for stream in [
        None,
        Some("train"),
        Some("push/2026.11.26"),
        Some("push/2026.12.03"),
        Some("push/"),
        Some(""),
    ] {
        let expected: Vec<_> =
            made.iter().filter(|e| stream.is_none_or(|s| s == e.stream)).cloned().collect();
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let page = ledger.read(after, 7, stream).await.expect("a page");
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 7 && last.seq > after);
            after = last.seq;
            all.extend(page);
        }
        assert_eq!(all, expected, "{stream:?}");
    }
    assert_eq!(ledger.read(0, usize::MAX, None).await.expect("all"), made);
    assert_eq!(ledger.read(u64::MAX, 1, None).await.expect("none"), []);
}
