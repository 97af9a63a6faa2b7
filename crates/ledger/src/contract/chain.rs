//! The chain: provable from the start to its end, also after an erasure.

use std::collections::BTreeSet;

use conductor::ports::ChainReport;
use train::refusal::Code;

use super::{PATIENCE, Store, add, of_push, of_train};

pub(super) async fn the_chain_holds_and_hashes_are_found(store: &dyn Store) {
    let ledger = store.open().await;
    let same = || of_train(1, "same");
    let made = add(&*ledger, vec![same(), same(), same()]).await.expect("appended");
    let hashes: BTreeSet<_> = made.iter().map(|e| e.hash.clone()).collect();
    assert_eq!(hashes.len(), 3, "equal events hash otherwise in another place");
    for entry in &made {
        assert!(
            entry.hash.len() == 64 && entry.hash.bytes().all(|b| b.is_ascii_hexdigit()),
            "{}",
            entry.hash
        );
        assert_eq!(ledger.seq_of(&entry.hash).await.expect("a number"), Some(entry.seq));
    }
    for none in ["", "1", &made[0].hash[..63], &"0".repeat(64), &"f".repeat(64)] {
        assert_eq!(ledger.seq_of(none).await.expect("no number"), None, "{none}");
    }
    assert_eq!(ledger.verify().await.expect("report"), ChainReport { entries: 3, broken: None });
}

pub(super) async fn what_is_erased_is_gone_and_the_chain_holds(store: &dyn Store) {
    let ledger = store.open().await;
    let drafts = (1..=4).map(|n| of_push(n, "2026.11.26", "a name to forget"));
    let made = add(&*ledger, drafts.collect()).await.expect("appended");
    let lock = ledger.lock(PATIENCE).await.expect("lock");
    for _ in 0..2 {
        ledger.erase(&lock, 2).await.expect("erased, and once more the same");
        let mut expected = made.clone();
        expected[1].content = None;
        assert_eq!(store.open().await.read(0, 10, None).await.expect("entries"), expected);
        assert_eq!(
            ledger.verify().await.expect("report"),
            ChainReport { entries: 4, broken: None }
        );
    }
    drop(lock);
    add(&*ledger, vec![of_train(5, "on")]).await.expect("the chain goes on");
    let lock = ledger.lock(PATIENCE).await.expect("lock");
    for nothing in [0, 6] {
        assert_eq!(ledger.erase(&lock, nothing).await.expect_err("no entry").code, Code::NotFound);
    }
    assert_eq!(ledger.verify().await.expect("report"), ChainReport { entries: 5, broken: None });
}
