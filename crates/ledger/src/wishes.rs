//! Wishes with keys: beside the keys of a server in a file of their own, since they are gone after a day. The steps that carry
//! wishes out are kept in the same file.

use std::path::Path;

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Begun, KeyedWish, Wishes};
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::Mutex;
use train::id::PersonName;

use crate::failure::store;
use crate::{place, schema};

static MIGRATIONS: Migrator = sqlx::migrate!("./wishes");

/// How long a key stands for its wish.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many keys of one person are kept: the newest.
pub(crate) const MOST: i64 = 1_000;

/// Keyed wishes, and steps, in `wishes.db` of a directory.
#[derive(Debug)]
pub struct SqliteWishes {
    pub(crate) db: Mutex<SqliteConnection>,
    /// The last step of earlier processes, by its number: what goes on after it is of this one.
    pub(crate) earlier: i64,
}

/// Opens the keyed wishes and the steps in `dir`; makes directory and file where there is none yet.
///
/// # Errors
/// `unsupported` on a file system of the network; `ledger` where the file can't be read or written.
pub async fn open_wishes(dir: &Path) -> Result<SqliteWishes> {
    place::prepare(dir)?;
    let mut db = schema::beside(&dir.join("wishes.db"), &MIGRATIONS).await?;
    let earlier: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(rowid), 0) FROM step")
        .fetch_one(&mut db)
        .await
        .map_err(|e| store(&e))?;
    Ok(SqliteWishes { db: Mutex::new(db), earlier })
}

/// Forgets what is over: by its age, and of one person what is more than is kept.
async fn forget(db: &mut SqliteConnection, person: &PersonName, now: i64) -> Result<()> {
    sqlx::query(
        "DELETE FROM wish WHERE at <= ?1 - ?2 OR rowid IN \
         (SELECT rowid FROM wish WHERE person = ?3 ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?4)",
    )
    .bind(now)
    .bind(KEPT_MS)
    .bind(person.as_str())
    .bind(MOST)
    .execute(db)
    .await
    .map_err(|e| store(&e))?;
    Ok(())
}

#[async_trait]
impl Wishes for SqliteWishes {
    async fn begin(&self, wish: &KeyedWish) -> Result<Begun> {
        let mut db = self.db.lock().await;
        let mut noted = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store(&e))?;
        let now = wish.at.as_millisecond();
        forget(&mut noted, &wish.person, now).await?;
        let before: Option<(String, String, Option<String>)> =
            sqlx::query_as("SELECT digest, step, answer FROM wish WHERE person = ? AND key = ?")
                .bind(wish.person.as_str())
                .bind(&wish.key)
                .fetch_optional(&mut *noted)
                .await
                .map_err(|e| store(&e))?;
        if let Some((digest, step, answer)) = before {
            noted.commit().await.map_err(|e| store(&e))?;
            return Ok(Begun::Before { digest, step, answer });
        }
        sqlx::query("INSERT INTO wish (person, key, digest, step, at) VALUES (?, ?, ?, ?, ?)")
            .bind(wish.person.as_str())
            .bind(&wish.key)
            .bind(&wish.digest)
            .bind(&wish.step)
            .bind(now)
            .execute(&mut *noted)
            .await
            .map_err(|e| store(&e))?;
        noted.commit().await.map_err(|e| store(&e))?;
        Ok(Begun::New)
    }

    async fn end(&self, person: &PersonName, key: &str, answer: &str) -> Result<()> {
        let mut db = self.db.lock().await;
        sqlx::query("UPDATE wish SET answer = ? WHERE person = ? AND key = ?")
            .bind(answer)
            .bind(person.as_str())
            .bind(key)
            .execute(&mut *db)
            .await
            .map_err(|e| store(&e))?;
        Ok(())
    }
}
