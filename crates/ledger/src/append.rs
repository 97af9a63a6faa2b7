//! Writing: entries with their projections in one transaction, observations, and erasure.

use std::io;

use conductor::failure::{self, Failure, Result};
use conductor::ports::{Draft, Entry, Observation, Projection};
use jiff::Timestamp;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection, Transaction};
use train::facts::Head;
use train::refusal::Code;

use crate::chain::{self, Link};
use crate::failure::store;
use crate::read::{self, Content, signed};
use crate::verify;

/// Rows that go into one statement: SQLite takes 32,766 parameters.
const AT_ONCE: usize = 1_000;

/// 32 random bytes, 64 hexadecimal digits.
pub(crate) fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| {
        failure::io("this machine gives no random numbers", &io::Error::other(e.to_string()))
    })?;
    Ok(blake3::Hash::from_bytes(bytes).to_hex().to_string())
}

/// A transaction that may write from its start, so that what it reads is still so when it writes.
async fn begin(db: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>> {
    db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store(&e))
}

pub(crate) async fn append(
    db: &mut SqliteConnection,
    head: &Head,
    drafts: Vec<Draft>,
    project: &(dyn for<'a> Fn(&'a [Entry]) -> Vec<Projection> + Send + Sync),
) -> Result<Vec<Entry>> {
    let mut transaction = begin(db).await?;
    let (mut last, mut at) = read::last(&mut transaction).await?;
    if last != *head {
        return Err(Failure::new(
            Code::PlanChanged,
            format!(
                "the ledger went on meanwhile: it ends with entry {}, not with entry {} as seen",
                last.seq, head.seq
            ),
            "look at the new state and run the same command again",
        ));
    }
    verify::not_cut_short(&mut transaction, last.seq).await?;
    let mut records = Vec::with_capacity(drafts.len());
    for draft in drafts {
        at = at.max(draft.at);
        let record = Record::after(&last, at, draft)?;
        last = Head { seq: record.entry.seq, hash: record.entry.hash.clone() };
        records.push(record);
    }
    for some in records.chunks(AT_ONCE) {
        insert(&mut transaction, some).await?;
    }
    let entries: Vec<Entry> = records.into_iter().map(|r| r.entry).collect();
    for projection in project(&entries) {
        keep(&mut transaction, &projection, last.seq).await?;
    }
    transaction.commit().await.map_err(|e| store(&e))?;
    Ok(entries)
}

/// An entry with what is stored beside it.
struct Record {
    entry: Entry,
    at: String,
    payload_hash: String,
    salt: String,
    body: String,
}

impl Record {
    fn after(last: &Head, at: Timestamp, draft: Draft) -> Result<Self> {
        let (seq, stream, kind) =
            (last.seq + 1, draft.event.stream(), draft.event.kind().to_owned());
        let content = Content { actor: draft.actor, event: draft.event };
        let body = serde_json::to_string(&content)
            .map_err(|e| failure::io("an entry can't be written", &e.into()))?;
        let (salt, when) = (random()?, at.to_string());
        let payload_hash = chain::payload_hash(&salt, &body);
        let hash = Link {
            previous: &last.hash,
            seq,
            at: &when,
            stream: &stream,
            kind: &kind,
            payload_hash: &payload_hash,
        }
        .hash();
        let entry =
            Entry { seq, at, stream, kind, hash, content: Some((content.actor, content.event)) };
        Ok(Self { entry, at: when, payload_hash, salt, body })
    }
}

async fn insert(db: &mut SqliteConnection, records: &[Record]) -> Result<()> {
    let mut entries =
        QueryBuilder::new("INSERT INTO entry (seq, at, stream, kind, payload_hash, hash) ");
    entries.push_values(records, |mut row, record| {
        row.push_bind(signed(record.entry.seq))
            .push_bind(&record.at)
            .push_bind(&record.entry.stream)
            .push_bind(&record.entry.kind)
            .push_bind(&record.payload_hash)
            .push_bind(&record.entry.hash);
    });
    let mut payloads = QueryBuilder::new("INSERT INTO payload (seq, salt, body) ");
    payloads.push_values(records, |mut row, record| {
        row.push_bind(signed(record.entry.seq)).push_bind(&record.salt).push_bind(&record.body);
    });
    for mut rows in [entries, payloads] {
        rows.build().persistent(false).execute(&mut *db).await.map_err(|e| store(&e))?;
    }
    Ok(())
}

/// Stores a projection unless one is there that has seen more; refuses one that has seen more than there is. One that is there
/// and has seen more than there is shows that the ledger was cut short: it stays.
async fn keep(db: &mut SqliteConnection, projection: &Projection, head: u64) -> Result<()> {
    if projection.seq > head {
        return Err(Failure::new(
            Code::Ledger,
            format!(
                "a view of entry {} was to be kept, but the ledger ends with entry {head}",
                projection.seq
            ),
            "run the same command again",
        ));
    }
    sqlx::query(
        "INSERT INTO projection (name, seq, body) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name) DO UPDATE SET seq = ?2, body = ?3 WHERE seq <= ?2",
    )
    .bind(&projection.name)
    .bind(signed(projection.seq))
    .bind(&projection.body)
    .execute(db)
    .await
    .map_err(|e| store(&e))?;
    Ok(())
}

pub(crate) async fn put_projection(
    db: &mut SqliteConnection,
    projection: &Projection,
) -> Result<()> {
    let mut transaction = begin(db).await?;
    let head = read::head(&mut transaction).await?;
    keep(&mut transaction, projection, head.seq).await?;
    transaction.commit().await.map_err(|e| store(&e))
}

pub(crate) async fn observe(db: &mut SqliteConnection, observations: &[Observation]) -> Result<()> {
    let mut transaction = begin(db).await?;
    for observation in observations {
        sqlx::query(
            "INSERT INTO observation (name, observed_at, body) VALUES (?1, ?2, ?3) \
             ON CONFLICT (name) DO UPDATE SET observed_at = ?2, body = ?3",
        )
        .bind(&observation.name)
        .bind(observation.observed_at.to_string())
        .bind(&observation.body)
        .execute(&mut *transaction)
        .await
        .map_err(|e| store(&e))?;
    }
    transaction.commit().await.map_err(|e| store(&e))
}

/// Deletes an entry's payload and salt, in the file and in the write-ahead log; says that it was on purpose.
pub(crate) async fn erase(db: &mut SqliteConnection, seq: u64) -> Result<()> {
    let mut transaction = begin(db).await?;
    if !read::has(&mut transaction, seq).await? {
        return Err(Failure::new(
            Code::NotFound,
            format!("the ledger has no entry {seq}"),
            "`pushduty log` lists the entries with their numbers",
        ));
    }
    for statement in [
        "DELETE FROM payload WHERE seq = ?",
        "INSERT INTO erased (seq) VALUES (?) ON CONFLICT DO NOTHING",
    ] {
        sqlx::query(statement)
            .bind(signed(seq))
            .execute(&mut *transaction)
            .await
            .map_err(|e| store(&e))?;
    }
    transaction.commit().await.map_err(|e| store(&e))?;
    let (kept, ..): (bool, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(db)
        .await
        .map_err(|e| store(&e))?;
    if kept {
        return Err(Failure::new(
            Code::Busy,
            format!(
                "entry {seq} is erased, but a program that reads the ledger keeps an old copy of it on the disk"
            ),
            "end that program and run the same command again",
        ));
    }
    Ok(())
}
