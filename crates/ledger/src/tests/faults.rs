//! Full disks, missing rights, locked and damaged files: each a sentence and its mend, and nothing half-written.

use std::fs;

use conductor::ports::{Entry, Ledger, Projection};
use sqlx::Connection;
use train::refusal::Code;

use super::{World, ask, on, run};
use crate::contract::{PATIENCE, add, no_views, of_train};
use crate::open;

#[tokio::test]
async fn a_full_disk_takes_nothing_and_loses_nothing() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    let head = ledger.head().await.unwrap();
    let pages: i64 = ask(&ledger, "PRAGMA page_count").await;
    let disk_ends = format!("PRAGMA max_page_count = {pages}");
    on(&ledger, &disk_ends).await;
    let long = "x".repeat(100_000);
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let refused = ledger
        .append(&lock, &head, vec![of_train(6, "short"), of_train(7, &long)], &no_views)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::Io, "the disk is full, so the ledger can't be written")
    );
    assert!(refused.hint.contains("nothing was lost"));
    let full = |entries: &[Entry]| {
        vec![Projection { name: "state".to_owned(), seq: entries[0].seq, body: long.clone() }]
    };
    on(&ledger, &disk_ends).await;
    let refused = ledger.append(&lock, &head, vec![of_train(6, "short")], &full).await.unwrap_err();
    assert_eq!(refused.code, Code::Io, "{refused}");
    assert_eq!(ledger.head().await.unwrap(), head);
    ledger.append(&lock, &head, vec![of_train(7, &long)], &no_views).await.unwrap();
    let report = ledger.verify().await.unwrap();
    assert_eq!((report.entries, report.broken), (6, None));
}

#[tokio::test]
async fn a_transaction_of_another_program_is_waited_for_then_told() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    on(&ledger, "PRAGMA busy_timeout = 10").await;
    let mut other = world.by_hand().await;
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let refused = add(&ledger, vec![of_train(6, "x")]).await.unwrap_err();
    assert_eq!((refused.code, refused.code.retry()), (Code::Busy, true));
    assert_eq!(refused.message, "another program keeps the ledger's database to itself");
    assert_eq!(ledger.head().await.unwrap().seq, 5, "looking goes on");
    held.rollback().await.unwrap();
    add(&ledger, vec![of_train(6, "x")]).await.unwrap();
}

#[tokio::test]
async fn files_that_hold_no_ledger_are_told() {
    let world = World::new();
    fs::write(
        world.file(),
        "a text of somebody's, long enough to be taken for a header of a hundred bytes".repeat(20),
    )
    .unwrap();
    let refused = open(world.path(), None).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::BrokenChain, "the ledger's file holds no ledger")
    );
    assert!(refused.hint.contains("adopt"), "{}", refused.hint);

    let world = World::new();
    fs::create_dir(world.file()).unwrap();
    assert_eq!(open(world.path(), None).await.unwrap_err().code, Code::Io);
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_told() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    on(&ledger, "PRAGMA query_only = ON").await;
    let refused = add(&ledger, vec![of_train(6, "x")]).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::Io, "the ledger's file may only be read")
    );
}

#[tokio::test]
async fn damaged_pages_are_found() {
    let world = World::with_entries().await;
    let mut db = world.by_hand().await;
    run(&mut db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'entry'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    let mut bytes = fs::read(world.file()).unwrap();
    let end = usize::try_from(page).unwrap() * 4096;
    bytes[end - 4096..end].fill(0xa5);
    fs::write(world.file(), bytes).unwrap();
    let ledger = world.open().await;
    let said = ledger.verify().await.unwrap().broken.unwrap();
    assert!(said.starts_with("the ledger's file is damaged: "), "{said}");
    assert_eq!(ledger.head().await.unwrap_err().code, Code::BrokenChain);
}

#[tokio::test]
async fn what_is_erased_is_on_no_page_of_the_disk() {
    const CANARY: &str = "a-name-that-must-be-forgotten";
    let world = World::new();
    let ledger = world.open().await;
    add(&ledger, vec![of_train(1, "a"), of_train(2, CANARY), of_train(3, "b")]).await.unwrap();
    let on_disk = || {
        let files =
            fs::read_dir(world.path()).unwrap().map(|f| fs::read(f.unwrap().path()).unwrap());
        files.flatten().collect::<Vec<u8>>().windows(CANARY.len()).any(|w| w == CANARY.as_bytes())
    };
    assert!(on_disk(), "the canary is looked for in the right place");
    let lock = ledger.lock(PATIENCE).await.unwrap();
    ledger.erase(&lock, 2).await.unwrap();
    assert!(!on_disk());
}

#[tokio::test]
async fn an_erasure_that_a_reader_holds_up_is_told() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    on(&ledger, "PRAGMA busy_timeout = 10").await;
    let mut reader = world.by_hand().await;
    let mut snapshot = reader.begin().await.unwrap();
    let _: i64 =
        sqlx::query_scalar("SELECT count(*) FROM payload").fetch_one(&mut *snapshot).await.unwrap();
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let told = ledger.erase(&lock, 2).await.unwrap_err();
    assert_eq!(told.code, Code::Busy);
    assert!(told.message.starts_with("entry 2 is erased, but a program that reads"), "{told}");
    assert_eq!(ledger.read(1, 1, None).await.unwrap()[0].content, None);
    snapshot.rollback().await.unwrap();
    ledger.erase(&lock, 2).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_can_not_be_made_is_told() {
    let world = World::new();
    fs::write(world.path().join("file"), "").unwrap();
    let refused = open(&world.path().join("file/in/it"), None).await.unwrap_err();
    assert_eq!(refused.code, Code::Io);
}
