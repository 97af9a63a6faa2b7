//! What is SQLite's own: the file, the chain's bytes, tampering, full disks, processes.

mod bytes;
mod faults;
mod migrations;
mod opening;
mod processes;
mod size;
mod suite;
mod tampering;
mod wishes;

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, SqliteConnection};
use tempfile::TempDir;

use crate::contract::{add, of_push, of_train};
use crate::{Sqlite, open, schema};

/// A directory with a ledger, gone at the end.
struct World {
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// With five entries, of which the third is erased, and a projection.
    async fn with_entries() -> Self {
        let world = Self::new();
        let ledger = world.open().await;
        fill(&ledger).await;
        world
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join("ledger.db")
    }

    async fn open(&self) -> Sqlite {
        open(self.path(), None).await.unwrap()
    }

    /// Another tool's connection: no foreign keys, no checks.
    async fn by_hand(&self) -> SqliteConnection {
        let mut db = schema::connect(&self.file()).await.unwrap();
        run(&mut db, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").await;
        db
    }
}

/// Runs `sql` on the ledger's own connection.
async fn on(ledger: &Sqlite, sql: &str) {
    let mut lent = ledger.lend().await.unwrap();
    run(&mut lent.db, sql).await;
    lent.end(Ok(())).unwrap();
}

/// Asks the ledger's own connection for one value.
async fn ask<T>(ledger: &Sqlite, sql: &'static str) -> T
where
    T: Send + Unpin + sqlx::Type<sqlx::Sqlite> + for<'r> sqlx::Decode<'r, sqlx::Sqlite>,
{
    let mut lent = ledger.lend().await.unwrap();
    let value = sqlx::query_scalar(sql).fetch_one(&mut lent.db).await.unwrap();
    lent.end(Ok(value)).unwrap()
}

async fn fill(ledger: &Sqlite) {
    use conductor::ports::{Ledger, Projection};

    add(ledger, vec![of_train(1, "one"), of_push(2, "2026.11.26", "two")]).await.unwrap();
    add(ledger, vec![of_push(3, "2026.11.26", "three"), of_train(4, "four"), of_train(5, "five")])
        .await
        .unwrap();
    let lock = ledger.lock(crate::contract::PATIENCE).await.unwrap();
    ledger.erase(&lock, 3).await.unwrap();
    ledger
        .put_projection(Projection { name: "state".to_owned(), seq: 5, body: "{}".to_owned() })
        .await
        .unwrap();
}

async fn run(db: &mut SqliteConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.unwrap();
}
