//! Opening: what is made, what is refused, and who may be there at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use conductor::ports::Ledger;
use sqlx::Connection;
use train::refusal::Code;

use super::{World, ask, run};
use crate::contract::{PATIENCE, add, of_train, second};
use crate::{open, schema};

#[tokio::test]
async fn a_ledger_has_a_random_name_for_ever() {
    let (one, two) = (World::new(), World::new());
    let name = one.open().await.identity().clone();
    assert_eq!((name.id.len(), name.rehearsal), (32, false));
    assert!(name.id.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(one.open().await.identity(), &name);
    assert_ne!(two.open().await.identity().id, name.id);
    assert_eq!(fs::metadata(one.path().join("lock")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn the_clock_is_set_in_rehearsals_only() {
    let (real, rehearsal) = (World::new(), World::new());
    real.open().await;
    let refused = open(real.path(), Some(second(0))).await.unwrap_err();
    assert_eq!(refused.code, Code::NotARehearsal);
    assert_eq!(
        refused.message,
        "the clock is set to 2026-11-24T06:00:00Z, but this ledger is no rehearsal"
    );
    assert!(open(rehearsal.path(), Some(second(0))).await.unwrap().identity().rehearsal);
    assert!(rehearsal.open().await.identity().rehearsal, "for ever, whatever the clock");
    open(rehearsal.path(), Some(second(9))).await.unwrap();
}

#[tokio::test]
async fn eight_who_make_it_at_once_make_one() {
    let world = World::new();
    let all: Vec<_> = (0..8)
        .map(|_| {
            let dir = world.path().to_owned();
            tokio::spawn(async move { open(&dir, None).await.map(|l| l.identity().clone()) })
        })
        .collect();
    let name = world.open().await.identity().clone();
    for one in all {
        assert_eq!(one.await.unwrap().unwrap(), name);
    }
}

#[tokio::test]
async fn opening_takes_no_lock_once_the_ledger_is_made() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    let _held = ledger.lock(PATIENCE).await.unwrap();
    assert_eq!(world.open().await.head().await.unwrap().seq, 5);
}

#[tokio::test]
async fn commits_are_synced_keys_are_kept_and_readers_wait_for_nobody() {
    let world = World::new();
    let ledger = world.open().await;
    let mut settings: Vec<i64> = Vec::new();
    for pragma in
        ["PRAGMA synchronous", "PRAGMA foreign_keys", "PRAGMA secure_delete", "PRAGMA busy_timeout"]
    {
        settings.push(ask(&ledger, pragma).await);
    }
    assert_eq!(settings, [2, 1, 1, 5000]);
    let mode: String = ask(&ledger, "PRAGMA journal_mode").await;
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_proof_waits_for_nobody_and_nobody_for_it() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    let lent = ledger.lend().await.unwrap();
    let proof = tokio::time::timeout(PATIENCE, ledger.verify()).await;
    let report = proof.expect("it takes no connection that others wait for").unwrap();
    assert_eq!((report.entries, report.broken), (5, None));
    lent.end(Ok(())).unwrap();
    let mut reader = schema::reading(&world.file()).await.unwrap();
    let mut snapshot = reader.begin().await.unwrap();
    let count = "SELECT count(*) FROM entry";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&mut *snapshot).await.unwrap();
    add(&ledger, vec![of_train(6, "meanwhile")]).await.unwrap();
    let meanwhile: i64 = sqlx::query_scalar(count).fetch_one(&mut *snapshot).await.unwrap();
    assert_eq!((before, meanwhile), (5, 5), "it is of one moment");
    let wrote = sqlx::query("DELETE FROM erased").execute(&mut *snapshot).await;
    assert!(wrote.is_err(), "it only reads");
    assert_eq!(ledger.verify().await.unwrap().entries, 6);
}

#[tokio::test]
async fn a_copy_without_the_write_ahead_log_gets_it_back() {
    let world = World::with_entries().await;
    // The connection that wrote the entries closes on a thread of its own, and this takes the file alone.
    let mut db = world.by_hand().await;
    while sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut db).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(db);
    let ledger = world.open().await;
    let mode: String = ask(&ledger, "PRAGMA journal_mode").await;
    assert_eq!((mode.as_str(), ledger.head().await.unwrap().seq), ("wal", 5));
}

#[tokio::test]
async fn a_newer_form_is_left_alone() {
    let world = World::with_entries().await;
    let version = schema::newest() + 1;
    run(&mut world.by_hand().await, &format!("PRAGMA user_version = {version}")).await;
    let refused = open(world.path(), None).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::Ledger, "the ledger was made by a newer version of pushduty")
    );
    let now: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut world.by_hand().await)
        .await
        .unwrap();
    assert_eq!(now, version);
}

#[tokio::test]
async fn entries_without_a_name_get_none() {
    let world = World::with_entries().await;
    run(&mut world.by_hand().await, "DELETE FROM ledger").await;
    let refused = open(world.path(), None).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::BrokenChain, "the ledger has entries, but lost its name")
    );
}

#[tokio::test]
async fn a_making_that_was_cut_off_is_finished() {
    let world = World::new();
    world.open().await;
    run(&mut world.by_hand().await, "DELETE FROM ledger").await;
    assert_eq!(world.open().await.identity().id.len(), 32);
}

#[tokio::test]
async fn a_lock_on_another_ledger_is_none_on_this() {
    let (mine, yours) = (World::new(), World::new());
    let (ledger, other) = (mine.open().await, yours.open().await);
    let head = ledger.head().await.unwrap();
    let wrong = other.lock(PATIENCE).await.unwrap();
    let write =
        |lock| ledger.append(lock, &head, vec![of_train(1, "x")], &crate::contract::no_views);
    assert_eq!(write(&wrong).await.unwrap_err().code, Code::Busy);

    let stale = ledger.lock(PATIENCE).await.unwrap();
    fs::remove_file(mine.path().join("lock")).unwrap();
    let fresh = ledger.lock(PATIENCE).await.unwrap();
    assert_eq!(
        write(&stale).await.unwrap_err().message,
        "the ledger's lock file was replaced while it was held"
    );
    assert_eq!(ledger.erase(&stale, 1).await.unwrap_err().code, Code::Busy);
    write(&fresh).await.unwrap();
    drop(fresh);
    add(&ledger, vec![of_train(2, "y")]).await.unwrap();
}
