//! Wishes with keys: beside the keys of a server in a file of their own, since they are gone after a day. The steps that carry
//! wishes out are kept in the same file, so that a step's end and the answer that its key stands for are written at once.

use std::path::Path;

use conductor::failure::Result;
use conductor::ports::{Begun, KeptStep, KeyedWish};
use jiff::Timestamp;
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::Mutex;
use train::id::PersonName;

use crate::append::random;
use crate::failure::{broken, store};
use crate::{place, schema};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./wishes");

/// How long a key stands for its wish.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many keys of one person are kept: the newest.
pub(crate) const MOST: i64 = 1_000;

/// Keyed wishes, and steps, in `wishes.db` of a directory.
#[derive(Debug)]
pub struct SqliteWishes {
    pub(crate) db: Mutex<SqliteConnection>,
    /// The name of this run, drawn when it was opened: a step of another that has no end was left off.
    pub(crate) run: String,
}

/// Opens the keyed wishes and the steps in `dir`; makes directory and file where there is none yet.
///
/// # Errors
/// `unsupported` on a file system of the network; `ledger` where the file can't be read or written; `io` where this machine
/// gives no random numbers.
pub async fn open_wishes(dir: &Path) -> Result<SqliteWishes> {
    place::prepare(dir)?;
    let db = schema::beside(&dir.join("wishes.db"), &MIGRATIONS).await?;
    Ok(SqliteWishes { db: Mutex::new(db), run: random()? })
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

/// What the key of a wish came with before.
async fn before(db: &mut SqliteConnection, wish: &KeyedWish) -> Result<Option<Begun>> {
    let row: Option<(String, String, i64, bool, Option<String>)> = sqlx::query_as(
        "SELECT digest, step, at, hears, answer FROM wish WHERE person = ? AND key = ?",
    )
    .bind(wish.person.as_str())
    .bind(&wish.key)
    .fetch_optional(db)
    .await
    .map_err(|e| store(&e))?;
    let Some((digest, step, at, hears, answer)) = row else { return Ok(None) };
    let at =
        Timestamp::from_millisecond(at).map_err(|_| broken("a wish of wishes.db can't be read"))?;
    let wish = KeyedWish { digest, step, at, hears, ..wish.clone() };
    Ok(Some(Begun::Before { wish, answer }))
}

/// Notes a wish, unless its key is there.
pub(crate) async fn begin(db: &mut SqliteConnection, wish: &KeyedWish) -> Result<Begun> {
    let mut noted = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store(&e))?;
    let now = wish.at.as_millisecond();
    forget(&mut noted, &wish.person, now).await?;
    if let Some(before) = before(&mut noted, wish).await? {
        noted.commit().await.map_err(|e| store(&e))?;
        return Ok(before);
    }
    sqlx::query(
        "INSERT INTO wish (person, key, digest, step, at, hears) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(wish.person.as_str())
    .bind(&wish.key)
    .bind(&wish.digest)
    .bind(&wish.step)
    .bind(now)
    .bind(wish.hears)
    .execute(&mut *noted)
    .await
    .map_err(|e| store(&e))?;
    noted.commit().await.map_err(|e| store(&e))?;
    Ok(Begun::New)
}

/// Gives the key that a step was wished with what was answered, where the step is over: within the transaction that keeps it.
pub(crate) async fn answered(db: &mut SqliteConnection, step: &KeptStep) -> Result<()> {
    let Some(end) = &step.end else { return Ok(()) };
    sqlx::query("UPDATE wish SET answer = ? WHERE step = ?")
        .bind(&end.answer)
        .bind(&step.id)
        .execute(db)
        .await
        .map_err(|e| store(&e))?;
    Ok(())
}
