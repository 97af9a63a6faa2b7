//! Every change by hand is found, and said with its number.

use conductor::ports::{Entry, Ledger, Projection};
use train::refusal::Code;

use super::{World, run};
use crate::contract::{PATIENCE, of_train};

/// What `verify` says after `sql` was run by hand over five entries, of which the third is erased.
async fn after(sql: &str) -> Option<String> {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    assert_eq!(ledger.verify().await.unwrap().broken, None, "the chain holds before");
    run(&mut world.by_hand().await, sql).await;
    ledger.verify().await.unwrap().broken
}

async fn found(sql: &str, sentence: &str) {
    assert_eq!(after(sql).await.as_deref(), Some(sentence), "{sql}");
}

const NOT_AS_WRITTEN: &str =
    "entry 2 is not as it was written, or does not follow the one before it";

#[tokio::test]
async fn each_column_of_an_entry_is_guarded() {
    for change in [
        "at = '2026-11-24T17:00:00Z'",
        "stream = 'train'",
        "stream = ''",
        "kind = 'moved'",
        "payload_hash = (SELECT payload_hash FROM entry WHERE seq = 1)",
        "hash = (SELECT hash FROM entry WHERE seq = 1)",
        "hash = upper(hash)",
    ] {
        found(&format!("UPDATE entry SET {change} WHERE seq = 2"), NOT_AS_WRITTEN).await;
    }
    found("UPDATE entry SET seq = 7 WHERE seq = 2", "entry 2 is missing").await;
    found("UPDATE entry SET seq = 0 WHERE seq = 1", "entry 1 is missing").await;
    found(
        "UPDATE entry SET at = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "entry 2 is damaged: its at can't be read",
    )
    .await;
}

#[tokio::test]
async fn payloads_and_salts_are_guarded() {
    let changed = "the payload of entry 2 is not as it was written";
    found("UPDATE payload SET body = replace(body, 'two', 'too') WHERE seq = 2", changed).await;
    found("UPDATE payload SET body = body || ' ' WHERE seq = 2", changed).await;
    found(
        "UPDATE payload SET salt = (SELECT salt FROM payload WHERE seq = 1) WHERE seq = 2",
        changed,
    )
    .await;
    let swap = "UPDATE payload SET seq = -1 WHERE seq = 2; UPDATE payload SET seq = 2 WHERE seq = 1; \
                UPDATE payload SET seq = 1 WHERE seq = -1";
    found(swap, "the payload of entry 1 is not as it was written").await;
    // A byte that moves from the payload to the salt changes neither's bytes put together.
    let moved = "UPDATE payload SET salt = salt || substr(body, 1, 1), body = substr(body, 2) WHERE seq = 2";
    found(moved, changed).await;
}

#[tokio::test]
async fn an_erasure_is_told_from_a_loss() {
    let gone = "the payload of entry 2 is gone, and nothing says that it was erased";
    found("DELETE FROM payload WHERE seq = 2", gone).await;
    found(
        "DELETE FROM erased",
        "the payload of entry 3 is gone, and nothing says that it was erased",
    )
    .await;
    found("UPDATE erased SET seq = 2", "entry 2 is marked as erased, but has a payload").await;
    let invented =
        "DELETE FROM erased; INSERT INTO payload SELECT 3, salt, body FROM payload WHERE seq = 2";
    found(invented, "the payload of entry 3 is not as it was written").await;
    let orphan = "there is a payload, or the mark of one erased, for entry 9, which is missing";
    found("INSERT INTO payload SELECT 9, salt, body FROM payload WHERE seq = 2", orphan).await;
    found("INSERT INTO erased VALUES (9)", orphan).await;
}

#[tokio::test]
async fn entries_can_be_neither_taken_out_nor_put_in_nor_swapped() {
    found("DELETE FROM entry WHERE seq = 1", "entry 1 is missing").await;
    found("DELETE FROM entry WHERE seq = 3", "entry 3 is missing").await;
    let closed_up = "DELETE FROM payload WHERE seq = 2; DELETE FROM entry WHERE seq = 2; DELETE FROM erased; \
                     UPDATE payload SET seq = seq - 1 WHERE seq > 2; UPDATE entry SET seq = seq - 1 WHERE seq > 2";
    found(closed_up, NOT_AS_WRITTEN).await;
    let swapped = "UPDATE entry SET seq = -1 WHERE seq = 1; UPDATE entry SET seq = 1 WHERE seq = 2; \
                   UPDATE entry SET seq = 2 WHERE seq = -1";
    found(swapped, "entry 1 is not as it was written, or does not follow the one before it").await;
    let put_in =
        "INSERT INTO entry SELECT 6, at, stream, kind, payload_hash, hash FROM entry WHERE seq = 5";
    found(put_in, "entry 6 is not as it was written, or does not follow the one before it").await;
    found(
        "INSERT INTO entry SELECT 0, at, stream, kind, payload_hash, hash FROM entry WHERE seq = 5",
        "entry 1 is missing",
    )
    .await;
}

#[tokio::test]
async fn a_tail_cut_off_is_found_by_views_and_anchors_alone() {
    let cut = "DELETE FROM payload WHERE seq > 3; DELETE FROM entry WHERE seq > 3";
    found(cut, "a view has seen entry 5, but the ledger ends with entry 3").await;
    let clean = format!("{cut}; DELETE FROM projection");
    assert_eq!(after(&clean).await, None, "what is left is a chain: the anchor outside tells");

    let world = World::with_entries().await;
    let ledger = world.open().await;
    let end = ledger.head().await.unwrap();
    assert_eq!(ledger.seq_of(&end.hash).await.unwrap(), Some(end.seq));
    run(&mut world.by_hand().await, &clean).await;
    assert_eq!(
        ledger.seq_of(&end.hash).await.unwrap(),
        None,
        "the anchor outside names what is gone"
    );
}

#[tokio::test]
async fn nothing_is_written_on_a_ledger_cut_short_and_what_shows_it_stays() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let cut = "DELETE FROM payload WHERE seq > 3; DELETE FROM entry WHERE seq > 3";
    run(&mut world.by_hand().await, cut).await;
    let sentence = "a view has seen entry 5, but the ledger ends with entry 3";
    let head = ledger.head().await.unwrap();
    let view = |seq| Projection { name: "state".to_owned(), seq, body: "anew".to_owned() };
    let project =
        |entries: &[Entry]| entries.last().map(|last| view(last.seq)).into_iter().collect();
    let refusal = ledger.append(&lock, &head, vec![of_train(4, "on")], &project).await.unwrap_err();
    assert_eq!((refusal.code, refusal.message.as_str()), (Code::BrokenChain, sentence));
    assert_eq!(ledger.head().await.unwrap(), head, "nothing was written");
    drop(lock);
    assert_eq!(ledger.lock(PATIENCE).await.unwrap_err().message, sentence, "nobody may act on it");
    // Nor does a look, which keeps what it came to.
    ledger.put_projection(view(3)).await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().broken.as_deref(), Some(sentence));
}

#[tokio::test]
async fn an_index_that_hides_entries_is_found() {
    let hide = "PRAGMA writable_schema = ON; \
                UPDATE sqlite_schema SET sql = 'CREATE INDEX entry_by_stream ON entry (stream, seq) WHERE seq < 4' \
                WHERE name = 'entry_by_stream'; \
                PRAGMA writable_schema = RESET; REINDEX; PRAGMA writable_schema = ON; \
                UPDATE sqlite_schema SET sql = 'CREATE INDEX entry_by_stream ON entry (stream, seq)' \
                WHERE name = 'entry_by_stream'; PRAGMA writable_schema = RESET";
    let said = after(hide).await.unwrap();
    assert!(said.starts_with("the ledger's file is damaged: "), "{said}");
}

/// Writes entry 6 as the store would, but with the columns and payload given.
async fn forged(at: &str, kind: &str, body: &str) -> Option<String> {
    use crate::chain::{Link, payload_hash};

    let world = World::with_entries().await;
    let ledger = world.open().await;
    let (previous, salt) = (ledger.head().await.unwrap().hash, "5".repeat(64));
    let payload_hash = payload_hash(&salt, body);
    let hash = Link {
        previous: &previous,
        seq: 6,
        at,
        stream: "train",
        kind,
        payload_hash: &payload_hash,
    }
    .hash();
    let sql = format!(
        "INSERT INTO entry VALUES (6, '{at}', 'train', '{kind}', '{payload_hash}', '{hash}'); \
         INSERT INTO payload VALUES (6, '{salt}', '{body}')"
    );
    run(&mut world.by_hand().await, &sql).await;
    let read = ledger.read(5, 10, None).await;
    let report = ledger.verify().await.unwrap();
    assert_eq!(report.entries, if report.broken.is_some() { 5 } else { 6 });
    if kind == "yodelled" {
        let refused = read.unwrap_err();
        assert_eq!(Some(refused.message), report.broken, "reading says the same");
        assert!(refused.hint.contains("newer"), "{}", refused.hint);
        assert_eq!(ledger.read(0, 5, None).await.unwrap().len(), 5, "what is known is read");
    }
    report.broken
}

const LATER: &str = "2026-12-24T17:00:00Z";

fn body(event: &str) -> String {
    format!(r#"{{"actor":{{"name":"mat","roles":[],"proof":{{"local":1}}}},"event":{event}}}"#)
}

#[tokio::test]
async fn well_chained_entries_that_make_no_sense_are_found() {
    let fine = body(r#"{"kind":"adopted","from":null,"head":null,"because":"d"}"#);
    assert_eq!(forged(LATER, "adopted", &fine).await, None, "the forger knows the form");
    let earlier = forged("2020-01-01T00:00:00Z", "adopted", &fine).await;
    assert_eq!(earlier.as_deref(), Some("entry 6 is dated before entry 5"));
    let undated = forged("soon", "adopted", &fine).await;
    assert_eq!(undated.as_deref(), Some("entry 6 of the ledger has no readable time"));
    let misfiled = forged(LATER, "moved", &fine).await;
    assert_eq!(misfiled.as_deref(), Some("entry 6 is filed under another kind than its payload's"));
    let rehearsed = body(r#"{"kind":"began","on":"2026-11-24","rehearsal":true}"#);
    let said = forged(LATER, "began", &rehearsed).await;
    assert_eq!(
        said.as_deref(),
        Some("entry 6 and the ledger disagree on whether this is a rehearsal")
    );
}

#[tokio::test]
async fn an_entry_of_a_newer_version_is_named_and_kept() {
    let unknown = body(r#"{"kind":"yodelled","loudly":true}"#);
    let said = forged(LATER, "yodelled", &unknown).await;
    let expected =
        "entry 6, of kind “yodelled”, can't be read: it was made by a newer version of pushduty";
    assert_eq!(said.as_deref(), Some(expected));
}
