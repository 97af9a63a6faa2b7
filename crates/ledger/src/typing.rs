//! What people are typing: a file of its own beside the ledger, so that nobody who follows the ledger is told of each key.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Typed, Typing};
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use train::id::PushDate;

use crate::failure::{broken, store};
use crate::schema;

static MIGRATIONS: Migrator = sqlx::migrate!("./typing");

type Row = (i64, String, String, String, Vec<u8>);

/// What was typed, in `typed.db` of a directory. Most commands never ask: the file is opened by the first that does, and made
/// by the first piece that is kept.
#[derive(Debug)]
pub struct SqliteTyping {
    file: PathBuf,
    db: Mutex<Option<SqliteConnection>>,
}

/// What was typed in `dir`.
#[must_use]
pub fn typing(dir: &Path) -> SqliteTyping {
    SqliteTyping { file: dir.join("typed.db"), db: Mutex::new(None) }
}

/// The file, open.
struct Opened<'a>(MutexGuard<'a, Option<SqliteConnection>>);

impl SqliteTyping {
    /// The file; none where nothing was ever kept and nothing is to be.
    async fn open(&self, make: bool) -> Result<Option<Opened<'_>>> {
        let mut place = self.db.lock().await;
        if place.is_none() {
            if !make && !self.file.exists() {
                return Ok(None);
            }
            *place = Some(schema::beside(&self.file, &MIGRATIONS).await?);
        }
        Ok(Some(Opened(place)))
    }
}

impl Opened<'_> {
    /// The connection. One that failed is closed by whoever it failed: the next opens another.
    async fn with<T>(
        mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> Result<T> {
        let Some(mut db) = self.0.take() else { return Err(broken("typed.db is closed")) };
        let done = work(&mut db).await.map_err(|e| store(&e))?;
        *self.0 = Some(db);
        Ok(done)
    }
}

fn typed((id, push, page, actor, update): Row) -> Result<(i64, Typed)> {
    let odd = || broken("a row of typed.db can't be read");
    let push = push.parse().map_err(|_| odd())?;
    let page = page.parse().map_err(|_| odd())?;
    let by = serde_json::from_str(&actor).map_err(|_| odd())?;
    Ok((id, Typed { push, page, by, update }))
}

#[async_trait]
impl Typing for SqliteTyping {
    async fn keep(&self, typed: &[Typed]) -> Result<()> {
        let Some(opened) = self.open(true).await? else { return Ok(()) };
        let add = async |db: &mut SqliteConnection| {
            let mut kept = db.begin().await?;
            for one in typed {
                sqlx::query("INSERT INTO typed (push, page, actor, contents) VALUES (?, ?, ?, ?)")
                    .bind(one.push.to_string())
                    .bind(one.page.to_string())
                    .bind(serde_json::to_string(&one.by).unwrap_or_default())
                    .bind(&one.update)
                    .execute(&mut *kept)
                    .await?;
            }
            kept.commit().await
        };
        opened.with(add).await
    }

    async fn typed(&self, page: PushDate) -> Result<Vec<(i64, Typed)>> {
        let Some(opened) = self.open(false).await? else { return Ok(Vec::new()) };
        let text = "SELECT id, push, page, actor, contents FROM typed WHERE page = ? ORDER BY id";
        let ask = async |db: &mut SqliteConnection| {
            sqlx::query_as(text).bind(page.to_string()).fetch_all(db).await
        };
        let rows: Vec<Row> = opened.with(ask).await?;
        rows.into_iter().map(typed).collect()
    }

    async fn pages(&self) -> Result<Vec<PushDate>> {
        let Some(opened) = self.open(false).await? else { return Ok(Vec::new()) };
        let ask = async |db: &mut SqliteConnection| {
            sqlx::query_scalar("SELECT DISTINCT page FROM typed").fetch_all(db).await
        };
        let pages: Vec<String> = opened.with(ask).await?;
        let odd = |_| broken("a row of typed.db can't be read");
        pages.into_iter().map(|page| page.parse().map_err(odd)).collect()
    }

    async fn forget(&self, page: PushDate, last: i64) -> Result<()> {
        let Some(opened) = self.open(false).await? else { return Ok(()) };
        let take_out = async |db: &mut SqliteConnection| {
            let gone = sqlx::query("DELETE FROM typed WHERE page = ? AND id <= ?");
            gone.bind(page.to_string()).bind(last).execute(db).await.map(|_| ())
        };
        opened.with(take_out).await
    }
}
