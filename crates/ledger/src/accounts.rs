//! The keys of a server: a file of their own beside the ledgers of its trains, since they are of no train and are deleted.

use std::path::Path;

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Accounts, Key, KeyKind, SecretHash};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::Mutex;
use train::id::PersonName;

use crate::failure::{broken, store};
use crate::{place, schema};

static MIGRATIONS: Migrator = sqlx::migrate!("./accounts");

/// How often a key's last use is noted: every request would be a write.
const NOTED_EVERY_MS: i64 = 60_000;

/// A key's columns, in the order of [`Row`].
macro_rules! columns {
    () => {
        "id, hash, kind, person, proof, scope, label, made_at, expires_at, seen_at"
    };
}

type Row = (String, String, String, String, String, String, String, i64, Option<i64>, Option<i64>);

/// Keys in `accounts.db` of a directory.
#[derive(Debug)]
pub struct SqliteAccounts {
    db: Mutex<SqliteConnection>,
}

/// Opens the keys in `dir`; makes directory and file where there is none yet.
///
/// # Errors
/// `unsupported` on a file system of the network; `ledger` where the file can't be read or written.
pub async fn open_accounts(dir: &Path) -> Result<SqliteAccounts> {
    place::prepare(dir)?;
    let db = schema::beside(&dir.join("accounts.db"), &MIGRATIONS).await?;
    Ok(SqliteAccounts { db: Mutex::new(db) })
}

/// A value of one word, or a small document, as its column.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn value<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| broken("a key of accounts.db can't be read"))
}

fn time(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|_| broken("a key of accounts.db is of no time"))
}

fn key(row: Row) -> Result<Key> {
    let (id, hash, kind, person, proof, scope, label, made_at, expires_at, seen_at) = row;
    Ok(Key {
        id,
        hash: SecretHash(hash),
        kind: value(&kind)?,
        person: person.parse().map_err(|_| broken("a key of accounts.db is nobody's"))?,
        proof: value(&proof)?,
        scope: value(&scope)?,
        label,
        made_at: time(made_at)?,
        expires_at: expires_at.map(time).transpose()?,
        seen_at: seen_at.map(time).transpose()?,
    })
}

#[async_trait]
impl Accounts for SqliteAccounts {
    async fn add(&self, key: Key) -> Result<()> {
        let mut db = self.db.lock().await;
        let mut made = db.begin().await.map_err(|e| store(&e))?;
        let now = key.made_at.as_millisecond();
        sqlx::query("DELETE FROM key WHERE expires_at <= ?")
            .bind(now)
            .execute(&mut *made)
            .await
            .map_err(|e| store(&e))?;
        sqlx::query(
            "INSERT INTO key (id, hash, kind, person, proof, scope, label, made_at, expires_at, seen_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&key.id)
        .bind(&key.hash.0)
        .bind(text(&key.kind))
        .bind(key.person.as_str())
        .bind(text(&key.proof))
        .bind(text(&key.scope))
        .bind(&key.label)
        .bind(now)
        .bind(key.expires_at.map(Timestamp::as_millisecond))
        .bind(key.seen_at.map(Timestamp::as_millisecond))
        .execute(&mut *made)
        .await
        .map_err(|e| store(&e))?;
        if key.kind != KeyKind::Link {
            sqlx::query("INSERT OR IGNORE INTO opened (one) VALUES (1)")
                .execute(&mut *made)
                .await
                .map_err(|e| store(&e))?;
        }
        made.commit().await.map_err(|e| store(&e))
    }

    async fn used(&self, kind: KeyKind, hash: &SecretHash, now: Timestamp) -> Result<Option<Key>> {
        let (mut db, now) = (self.db.lock().await, now.as_millisecond());
        let found: Option<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM key WHERE hash = ? AND kind = ? AND (expires_at IS NULL OR expires_at > ?)"
        ))
        .bind(&hash.0)
        .bind(text(&kind))
        .bind(now)
        .fetch_optional(&mut *db)
        .await
        .map_err(|e| store(&e))?;
        let Some(found) = found else { return Ok(None) };
        if found.9.is_none_or(|seen| now - seen >= NOTED_EVERY_MS) {
            sqlx::query("UPDATE key SET seen_at = ? WHERE id = ?")
                .bind(now)
                .bind(&found.0)
                .execute(&mut *db)
                .await
                .map_err(|e| store(&e))?;
        }
        key(found).map(Some)
    }

    async fn take(&self, kind: KeyKind, hash: &SecretHash, now: Timestamp) -> Result<Option<Key>> {
        let mut db = self.db.lock().await;
        let taken: Option<Row> = sqlx::query_as(concat!(
            "DELETE FROM key WHERE hash = ? AND kind = ? AND (expires_at IS NULL OR expires_at > ?) RETURNING ",
            columns!()
        ))
        .bind(&hash.0)
        .bind(text(&kind))
        .bind(now.as_millisecond())
        .fetch_optional(&mut *db)
        .await
        .map_err(|e| store(&e))?;
        taken.map(key).transpose()
    }

    async fn of(&self, person: &PersonName, now: Timestamp) -> Result<Vec<Key>> {
        let mut db = self.db.lock().await;
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM key WHERE person = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY made_at DESC, id"
        ))
        .bind(person.as_str())
        .bind(now.as_millisecond())
        .fetch_all(&mut *db)
        .await
        .map_err(|e| store(&e))?;
        rows.into_iter().map(key).collect()
    }

    async fn revoke(&self, person: &PersonName, id: &str) -> Result<bool> {
        let mut db = self.db.lock().await;
        let gone = sqlx::query("DELETE FROM key WHERE id = ? AND person = ?")
            .bind(id)
            .bind(person.as_str())
            .execute(&mut *db)
            .await
            .map_err(|e| store(&e))?;
        Ok(gone.rows_affected() > 0)
    }

    async fn is_new(&self) -> Result<bool> {
        let mut db = self.db.lock().await;
        let opened: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM opened)")
            .fetch_one(&mut *db)
            .await
            .map_err(|e| store(&e))?;
        Ok(!opened)
    }
}
