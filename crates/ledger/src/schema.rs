//! The database file: how it is opened, made, and brought up to this version's form.

use std::path::Path;
use std::time::Duration;

use conductor::failure::Result;
use conductor::ports::LedgerIdentity;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::append::random;
use crate::failure::{broken, migration, newer, store};

/// How long SQLite waits for another process's transaction: those last milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every form the file ever had. Each migration ends by setting `user_version` to its own number, so that opening
/// asks one number instead of a table.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!();

/// The newest form.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Opens the file, made empty where it is missing. What is committed is on the disk; what is deleted is overwritten.
pub(crate) async fn connect(file: &Path) -> Result<SqliteConnection> {
    opened(options(file).create_if_missing(true)).await
}

/// Opens the file for reading alone, beside whoever writes: neither waits for the other.
pub(crate) async fn reading(file: &Path) -> Result<SqliteConnection> {
    opened(options(file).read_only(true)).await
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

async fn opened(options: SqliteConnectOptions) -> Result<SqliteConnection> {
    options.connect().await.map_err(|e| store(&e))
}

/// Opens a file beside the ledger, with forms of its own, and brings it up to the newest of them.
pub(crate) async fn beside(file: &Path, forms: &Migrator) -> Result<SqliteConnection> {
    let mut db = connect(file).await?;
    sqlx::query("PRAGMA journal_mode = WAL").execute(&mut db).await.map_err(|e| store(&e))?;
    forms.run_direct(None, &mut db, false).await.map_err(migration)?;
    Ok(db)
}

/// The ledger's name; none when the file is not in this version's form yet.
pub(crate) async fn identity(db: &mut SqliteConnection) -> Result<Option<LedgerIdentity>> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *db)
        .await
        .map_err(|e| store(&e))?;
    if version > newest() {
        return Err(newer());
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *db)
        .await
        .map_err(|e| store(&e))?;
    if version < newest() || mode != "wal" {
        return Ok(None);
    }
    let row: Option<(String, bool)> = sqlx::query_as("SELECT id, rehearsal FROM ledger")
        .fetch_optional(db)
        .await
        .map_err(|e| store(&e))?;
    Ok(row.map(|(id, rehearsal)| LedgerIdentity { id, rehearsal }))
}

/// Makes the ledger, or brings it up to this version's form. The caller holds the lock: SQLite's migrations have none.
pub(crate) async fn bring_up(db: &mut SqliteConnection, rehearsal: bool) -> Result<LedgerIdentity> {
    sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *db).await.map_err(|e| store(&e))?;
    MIGRATIONS.run_direct(None, &mut *db, false).await.map_err(migration)?;
    // A name is given to an empty ledger only: entries without one were made by another.
    sqlx::query(
        "INSERT INTO ledger (one, id, rehearsal) SELECT 1, ?, ? \
         WHERE NOT EXISTS (SELECT 1 FROM ledger) AND NOT EXISTS (SELECT 1 FROM entry)",
    )
    .bind(&random()?[..32])
    .bind(rehearsal)
    .execute(&mut *db)
    .await
    .map_err(|e| store(&e))?;
    identity(db).await?.ok_or_else(|| broken("the ledger has entries, but lost its name"))
}
