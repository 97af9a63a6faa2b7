//! Checks the whole record: every entry, then what hangs on them, then the file. Memory stays flat.

use conductor::failure::{Failure, Result};
use conductor::ports::{ChainReport, LedgerIdentity};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use train::event::Event;
use train::refusal::Code;

use crate::chain::{self, GENESIS, Link};
use crate::failure::{broken, cut_short, store};
use crate::read;

/// The first thing wrong, as a sentence. Damage that keeps the file from being read counts as found, too.
pub(crate) async fn chain(
    db: &mut SqliteConnection,
    identity: &LedgerIdentity,
) -> Result<ChainReport> {
    // One snapshot: others may write meanwhile.
    let mut snapshot = db.begin().await.map_err(|e| store(&e))?;
    let mut walk = Walk::start();
    let found = match look(&mut snapshot, identity, &mut walk).await {
        Ok(()) => None,
        // A newer version's entry is whole, but its payload can't be compared with its columns.
        Err(found) if matches!(found.code, Code::BrokenChain | Code::Ledger) => Some(found.message),
        Err(failure) => return Err(failure),
    };
    Ok(ChainReport { entries: walk.seq, broken: found })
}

async fn look(db: &mut SqliteConnection, identity: &LedgerIdentity, walk: &mut Walk) -> Result<()> {
    {
        let mut rows = sqlx::query(
            "SELECT seq, at, stream, kind, payload_hash, hash, salt, body, erased.seq IS NOT NULL AS erased \
             FROM entry LEFT JOIN payload USING (seq) LEFT JOIN erased USING (seq) ORDER BY entry.seq",
        )
        .fetch(&mut *db);
        while let Some(row) = rows.try_next().await.map_err(|e| store(&e))? {
            walk.step(&row, identity)?;
        }
    }
    not_cut_short(db, walk.seq).await?;
    orphans(db).await?;
    file(db).await
}

/// How far the walk along the chain has come.
struct Walk {
    seq: u64,
    hash: String,
    at: Timestamp,
}

impl Walk {
    fn start() -> Self {
        Self { seq: 0, hash: GENESIS.to_owned(), at: Timestamp::MIN }
    }

    fn step(&mut self, row: &SqliteRow, identity: &LedgerIdentity) -> Result<()> {
        let seq = self.seq + 1;
        if column::<i64>(row, seq, "seq")? != read::signed(seq) {
            return Err(broken(format!("entry {seq} is missing")));
        }
        let text = |name| column::<String>(row, seq, name);
        let (at, stream, kind, payload_hash) =
            (text("at")?, text("stream")?, text("kind")?, text("payload_hash")?);
        let link = Link {
            previous: &self.hash,
            seq,
            at: &at,
            stream: &stream,
            kind: &kind,
            payload_hash: &payload_hash,
        };
        let hash = link.hash();
        if hash != text("hash")? {
            return Err(broken(format!(
                "entry {seq} is not as it was written, or does not follow the one before it"
            )));
        }
        let time = read::time(seq, &at)?;
        if time < self.at {
            return Err(broken(format!("entry {seq} is dated before entry {}", self.seq)));
        }
        payload(row, seq, &kind, &payload_hash, identity)?;
        (self.seq, self.hash, self.at) = (seq, hash, time);
        Ok(())
    }
}

fn payload(
    row: &SqliteRow,
    seq: u64,
    kind: &str,
    payload_hash: &str,
    identity: &LedgerIdentity,
) -> Result<()> {
    let body: Option<String> = column(row, seq, "body")?;
    let erased: bool = column(row, seq, "erased")?;
    let Some(body) = body else {
        return if erased {
            Ok(())
        } else {
            Err(broken(format!(
                "the payload of entry {seq} is gone, and nothing says that it was erased"
            )))
        };
    };
    if erased {
        return Err(broken(format!("entry {seq} is marked as erased, but has a payload")));
    }
    if chain::payload_hash(&column::<String>(row, seq, "salt")?, &body) != payload_hash {
        return Err(broken(format!("the payload of entry {seq} is not as it was written")));
    }
    let event = read::content(seq, kind, &body)?.event;
    if event.kind() != kind {
        return Err(broken(format!("entry {seq} is filed under another kind than its payload's")));
    }
    if matches!(event, Event::Began { rehearsal, .. } if rehearsal != identity.rehearsal) {
        return Err(broken(format!(
            "entry {seq} and the ledger disagree on whether this is a rehearsal"
        )));
    }
    Ok(())
}

/// A column as what it must be.
fn column<'r, T>(row: &'r SqliteRow, seq: u64, name: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(name)
        .map_err(|_| broken(format!("entry {seq} is damaged: its {name} can't be read")))
}

/// Refuses a ledger whose end is gone.
pub(crate) async fn whole(db: &mut SqliteConnection) -> Result<()> {
    let head = read::head(db).await?;
    not_cut_short(db, head.seq).await
}

/// Refuses a ledger whose end is gone (P10): a view has seen more than there is. What is written on it would hide that.
pub(crate) async fn not_cut_short(db: &mut SqliteConnection, head: u64) -> Result<()> {
    let ahead: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM projection WHERE seq > ? ORDER BY seq DESC")
            .bind(read::signed(head))
            .fetch_optional(db)
            .await
            .map_err(|e| store(&e))?;
    match ahead {
        None => Ok(()),
        Some(seq) => Err(cut_short(seq, head)),
    }
}

/// Payloads and marks that belong to no entry.
async fn orphans(db: &mut SqliteConnection) -> Result<()> {
    let orphan: Option<i64> = sqlx::query_scalar(
        "SELECT seq FROM (SELECT seq FROM payload UNION ALL SELECT seq FROM erased) \
         WHERE seq NOT IN (SELECT seq FROM entry) ORDER BY seq",
    )
    .fetch_optional(db)
    .await
    .map_err(|e| store(&e))?;
    match orphan {
        None => Ok(()),
        Some(seq) => Err(broken(format!(
            "there is a payload, or the mark of one erased, for entry {seq}, which is missing"
        ))),
    }
}

/// SQLite's own check of the file, its indexes included.
async fn file(db: &mut SqliteConnection) -> Result<()> {
    let word: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(db)
        .await
        .map_err(|e| store(&e))?;
    if word == "ok" { Ok(()) } else { Err(damaged(&word)) }
}

fn damaged(word: &str) -> Failure {
    broken(format!("the ledger's file is damaged: {}", train::id::quoted(word)))
}
