//! Copies of the files while they are in use, and what a copy must hold before anybody relies on it.

use std::path::Path;

use conductor::failure::Result;
use conductor::ports::LedgerIdentity;
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::failure::{broken, newer, store};
use crate::{read, schema, verify};

/// What a copy of a ledger was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whose it is.
    pub ledger: LedgerIdentity,
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last.
    pub head: String,
    /// When that was added; none where there is none.
    pub last: Option<Timestamp>,
}

/// Copies a file of SQLite as it is at one instant, whoever writes meanwhile. What was erased is in no copy: pages that hold
/// nothing are not taken along.
///
/// `VACUUM INTO` and not SQLite's online backup: that begins anew with each write of another process, and under steady
/// writing never ends.
///
/// # Errors
/// `io` on a full disk; `broken_chain` for a damaged file.
pub async fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut db = schema::connect(from).await?;
    let to = to.to_string_lossy().into_owned();
    let done = sqlx::query("VACUUM INTO ?").bind(to).execute(&mut db).await;
    done.map_err(|e| store(&e))?;
    close(db).await
}

/// Proves a copy that nobody uses: its chain, and the file.
///
/// # Errors
/// `broken_chain` where it does not hold; `ledger` for one made by a newer version.
pub async fn prove(file: &Path) -> Result<Proof> {
    let mut db = schema::connect(file).await?;
    let version: i64 = one(&mut db, "PRAGMA user_version").await?;
    if version > schema::newest() {
        return Err(newer());
    }
    if version == 0 {
        return Err(broken("the copy holds no ledger"));
    }
    let row: Option<(String, bool)> = sqlx::query_as("SELECT id, rehearsal FROM ledger")
        .fetch_optional(&mut db)
        .await
        .map_err(|e| store(&e))?;
    let (id, rehearsal) = row.ok_or_else(|| broken("the copy of the ledger has no name"))?;
    let ledger = LedgerIdentity { id, rehearsal };
    if let Some(why) = verify::chain(&mut db, &ledger).await?.broken {
        return Err(broken(why));
    }
    let head = read::head(&mut db).await?;
    let last: Option<String> = sqlx::query_scalar("SELECT at FROM entry ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut db)
        .await
        .map_err(|e| store(&e))?;
    close(db).await?;
    let last = last.and_then(|at| at.parse().ok());
    Ok(Proof { ledger, entries: head.seq, head: head.hash, last })
}

/// Takes out of a copy of the keys whatever lets somebody in.
///
/// # Errors
/// `ledger` where the file can't be read or written.
pub async fn forget_keys(file: &Path) -> Result<()> {
    let mut db = schema::connect(file).await?;
    for text in ["DELETE FROM key", "VACUUM"] {
        sqlx::query(text).execute(&mut db).await.map_err(|e| store(&e))?;
    }
    close(db).await
}

/// Examines any other copy of a file of SQLite.
///
/// # Errors
/// `broken_chain` for one that is damaged.
pub async fn examine(file: &Path) -> Result<()> {
    let mut db = schema::connect(file).await?;
    let word: String = one(&mut db, "PRAGMA integrity_check(1)").await?;
    close(db).await?;
    if word == "ok" { Ok(()) } else { Err(broken("a file beside the ledger is damaged")) }
}

async fn one<T>(db: &mut SqliteConnection, text: &'static str) -> Result<T>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    sqlx::query_scalar(text).fetch_one(db).await.map_err(|e| store(&e))
}

/// Waits until the file is closed: it is read or moved next.
async fn close(db: SqliteConnection) -> Result<()> {
    db.close().await.map_err(|e| store(&e))
}
