//! Reading: entries, the head, projections and observations.

use conductor::failure::{Failure, Result};
use conductor::ports::{Entry, Glimpse, Observation, Projection, Pulse};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, FromRow, SqliteConnection};
use train::event::Event;
use train::facts::Head;
use train::id::quoted;
use train::people::Actor;
use train::refusal::Code;

use crate::chain::{GENESIS, payload_hash};
use crate::failure::{broken, store};

/// A payload's JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) actor: Actor,
    pub(crate) event: Event,
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    at: String,
    stream: String,
    kind: String,
    hash: String,
    payload_hash: String,
    salt: Option<String>,
    body: Option<String>,
}

impl Row {
    /// The entry, if it still says what was recorded (P10); what was erased says nothing.
    fn entry(self) -> Result<Entry> {
        let seq = number(self.seq)?;
        let as_recorded =
            |(salt, body): (&String, &String)| payload_hash(salt, body) == self.payload_hash;
        if !self.salt.as_ref().zip(self.body.as_ref()).is_none_or(as_recorded) {
            return Err(broken(
                "an entry of the ledger says something else than was recorded".to_owned(),
            ));
        }
        let content = self.body.map(|body| content(seq, &self.kind, &body)).transpose()?;
        Ok(Entry {
            seq,
            at: time(seq, &self.at)?,
            stream: self.stream,
            kind: self.kind,
            hash: self.hash,
            content: content.map(|c| (c.actor, c.event)),
        })
    }
}

/// Reads a payload. What this version doesn't know is refused, never dropped.
pub(crate) fn content(seq: u64, kind: &str, body: &str) -> Result<Content> {
    serde_json::from_str(body).map_err(|_| {
        Failure::new(
            Code::Ledger,
            format!("entry {seq}, of kind {}, can't be read: it was made by a newer version of pushduty", quoted(kind)),
            "use that version, or a newer one, on this data directory",
        )
    })
}

fn number(seq: i64) -> Result<u64> {
    u64::try_from(seq).map_err(|_| broken(format!("an entry of the ledger has the number {seq}")))
}

/// Reads an entry's time.
pub(crate) fn time(seq: u64, at: &str) -> Result<Timestamp> {
    at.parse().map_err(|_| broken(format!("entry {seq} of the ledger has no readable time")))
}

/// SQLite's integers have a sign; no ledger comes near the difference.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The last entry's place and time.
pub(crate) async fn last(db: &mut SqliteConnection) -> Result<(Head, Timestamp)> {
    let row: Option<(i64, String, String)> =
        sqlx::query_as("SELECT seq, hash, at FROM entry ORDER BY seq DESC LIMIT 1")
            .fetch_optional(db)
            .await
            .map_err(|e| store(&e))?;
    let Some((seq, hash, at)) = row else {
        return Ok((Head { seq: 0, hash: GENESIS.to_owned() }, Timestamp::MIN));
    };
    let seq = number(seq)?;
    Ok((Head { seq, hash }, time(seq, &at)?))
}

pub(crate) async fn head(db: &mut SqliteConnection) -> Result<Head> {
    Ok(last(db).await?.0)
}

pub(crate) async fn entries(
    db: &mut SqliteConnection,
    after: u64,
    limit: usize,
    stream: Option<&str>,
) -> Result<Vec<Entry>> {
    const ALL: &str = "SELECT seq, at, stream, kind, hash, payload_hash, salt, body FROM entry LEFT JOIN payload USING (seq) \
                       WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    const OF_STREAM: &str = "SELECT seq, at, stream, kind, hash, payload_hash, salt, body FROM entry LEFT JOIN payload USING (seq) \
                             WHERE stream = ?3 AND seq > ?1 ORDER BY seq LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = sqlx::query_as(if stream.is_some() { OF_STREAM } else { ALL })
        .bind(signed(after))
        .bind(limit);
    let query = if let Some(stream) = stream { query.bind(stream) } else { query };
    let rows: Vec<Row> = query.fetch_all(db).await.map_err(|e| store(&e))?;
    rows.into_iter().map(Row::entry).collect()
}

/// From the end, where an anchor that is asked for mostly is: so it takes few rows without an index.
pub(crate) const SEQ_OF: &str = "SELECT seq FROM entry WHERE hash = ? ORDER BY seq DESC LIMIT 1";

pub(crate) async fn seq_of(db: &mut SqliteConnection, hash: &str) -> Result<Option<u64>> {
    let found: Option<i64> =
        sqlx::query_scalar(SEQ_OF).bind(hash).fetch_optional(db).await.map_err(|e| store(&e))?;
    found.map(number).transpose()
}

/// Whether there is an entry of that number.
pub(crate) async fn has(db: &mut SqliteConnection, seq: u64) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT seq FROM entry WHERE seq = ?")
        .bind(signed(seq))
        .fetch_optional(db)
        .await
        .map_err(|e| store(&e))?;
    Ok(found.is_some())
}

pub(crate) async fn projection(
    db: &mut SqliteConnection,
    name: &str,
) -> Result<Option<Projection>> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("SELECT name, seq, body FROM projection WHERE name = ?")
            .bind(name)
            .fetch_optional(db)
            .await
            .map_err(|e| store(&e))?;
    row.map(|(name, seq, body)| Ok(Projection { name, seq: number(seq)?, body })).transpose()
}

type Observed = (String, String, String);

fn observed((name, at, body): Observed) -> Result<Observation> {
    let observed_at = at.parse().map_err(|_| {
        Failure::new(
            Code::Ledger,
            format!("the observation {} has no readable time", quoted(&name)),
            "look again with a command that asks the remotes: it is replaced",
        )
    })?;
    Ok(Observation { name, observed_at, body })
}

pub(crate) async fn observation(
    db: &mut SqliteConnection,
    name: &str,
) -> Result<Option<Observation>> {
    let row: Option<Observed> =
        sqlx::query_as("SELECT name, observed_at, body FROM observation WHERE name = ?")
            .bind(name)
            .fetch_optional(db)
            .await
            .map_err(|e| store(&e))?;
    row.map(observed).transpose()
}

pub(crate) async fn observations(
    db: &mut SqliteConnection,
    prefix: &str,
) -> Result<Vec<Observation>> {
    let rows: Vec<Observed> = sqlx::query_as(
        "SELECT name, observed_at, body FROM observation WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )
    .bind(prefix)
    .fetch_all(db)
    .await
    .map_err(|e| store(&e))?;
    rows.into_iter().map(observed).collect()
}

/// How often something was written: by other connections, and by this one.
pub(crate) async fn writes(db: &mut SqliteConnection) -> Result<u64> {
    let others: i64 = sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(&mut *db)
        .await
        .map_err(|e| store(&e))?;
    let own: i64 = sqlx::query_scalar("SELECT total_changes()")
        .fetch_one(&mut *db)
        .await
        .map_err(|e| store(&e))?;
    Ok(others.cast_unsigned().rotate_left(32) ^ own.cast_unsigned())
}

/// How much of a time changes every ten minutes: `2026-11-24T08:0`.
const TEN_MINUTES: usize = 15;

/// All that was seen and where the chain ends, of one moment.
pub(crate) async fn glimpse(db: &mut SqliteConnection) -> Result<Glimpse> {
    let mut moment = db.begin().await.map_err(|e| store(&e))?;
    let head = head(&mut moment).await?;
    let erased: i64 = sqlx::query_scalar("SELECT count(*) FROM erased")
        .fetch_one(&mut *moment)
        .await
        .map_err(|e| store(&e))?;
    let all = observations(&mut moment, "").await?;
    moment.commit().await.map_err(|e| store(&e))?;
    let entries = head.seq ^ erased.cast_unsigned().rotate_left(32);
    let pulse = Pulse { entries, seen: seen(&all) };
    let observations = all.into_iter().map(|seen| (seen.name.clone(), seen)).collect();
    Ok(Glimpse { head, pulse, observations })
}

/// All that was seen in a number. When it was seen is left out to the ten minutes: whoever looks again and sees the same
/// changes nothing.
fn seen(all: &[Observation]) -> u64 {
    let mut hash = blake3::Hasher::new();
    let mut newest = String::new();
    for seen in all {
        let at = seen.observed_at.to_string();
        hash.update(seen.name.as_bytes()).update(&[0]);
        hash.update(seen.body.replace(&at, "").as_bytes()).update(&[0]);
        newest = newest.max(at);
    }
    hash.update(newest.get(..TEN_MINUTES).unwrap_or(&newest).as_bytes());
    let [a, b, c, d, e, f, g, h, ..] = *hash.finalize().as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}
