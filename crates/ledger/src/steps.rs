//! The steps that carry wishes out, beside the keys of wishes: each before it begins, and once more when it is over, together with
//! what its key is answered.

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Begun, KeptEnd, KeptStep, KeptSteps, KeyedWish};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};
use train::id::PersonName;

use crate::failure::{broken, store};
use crate::wishes::{self, SqliteWishes};

/// How many are kept: the newest.
pub(crate) const MOST: i64 = 1_000;
/// How many bytes all of them have together: a wish may be a whole page of notes, and a step says much.
pub(crate) const BYTES: i64 = 32_000_000;
/// How many bytes those of one person have: nobody's large ones push out what others did.
pub(crate) const BYTES_OF_ONE: i64 = 8_000_000;

/// A step's columns behind its id.
type Row = (String, String, i64, bool, bool, String, Option<String>, Option<String>);

fn step(id: &str, row: Row) -> Result<KeptStep> {
    let (train, by, at, hears, secret, wish, said, answer) = row;
    let unread = || broken("a step of wishes.db can't be read");
    Ok(KeptStep {
        id: id.to_owned(),
        train: train.parse().map_err(|_| unread())?,
        by: by.parse().map_err(|_| unread())?,
        at: Timestamp::from_millisecond(at).map_err(|_| unread())?,
        hears,
        secret,
        wish,
        end: said.zip(answer).map(|(said, answer)| KeptEnd { said, answer }),
    })
}

/// Forgets the oldest of one person, or of all, where there are too many or too large ones; the newest stays however large it
/// is, and so does what goes on in this run: of a step that a kill ends, it has to be known that it was left off.
async fn forget(
    db: &mut SqliteConnection,
    run: &str,
    (of, bytes): (Option<&PersonName>, i64),
) -> Result<()> {
    sqlx::query(
        "DELETE FROM step WHERE rowid IN (SELECT number FROM \
         (SELECT rowid AS number, ROW_NUMBER() OVER newest AS place, SUM(bytes) OVER newest AS total \
         FROM step WHERE person = COALESCE(?3, person) \
         WINDOW newest AS (ORDER BY at DESC, rowid DESC)) \
         WHERE place > ?1 OR (place > 1 AND total > ?2)) \
         AND (answer IS NOT NULL OR run <> ?4)",
    )
    .bind(MOST)
    .bind(bytes)
    .bind(of.map(PersonName::as_str))
    .bind(run)
    .execute(db)
    .await
    .map_err(|e| store(&e))?;
    Ok(())
}

#[async_trait]
impl KeptSteps for SqliteWishes {
    async fn begin(&self, wish: &KeyedWish) -> Result<Begun> {
        let mut db = self.db.lock().await;
        wishes::begin(&mut db, wish).await
    }

    async fn keep(&self, step: &KeptStep) -> Result<()> {
        let mut db = self.db.lock().await;
        let mut kept = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store(&e))?;
        let end = step.end.as_ref().map(|end| (end.said.as_str(), end.answer.as_str()));
        let (said, answer) = end.unzip();
        let bytes = step.wish.len() + said.map_or(0, str::len) + answer.map_or(0, str::len);
        sqlx::query(
            "INSERT INTO step (id, train, person, at, hears, secret, bytes, wish, run, said, answer) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (id) DO UPDATE \
             SET bytes = excluded.bytes, said = excluded.said, answer = excluded.answer",
        )
        .bind(&step.id)
        .bind(step.train.as_str())
        .bind(step.by.as_str())
        .bind(step.at.as_millisecond())
        .bind(step.hears)
        .bind(step.secret)
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
        .bind(&step.wish)
        .bind(&self.run)
        .bind(said)
        .bind(answer)
        .execute(&mut *kept)
        .await
        .map_err(|e| store(&e))?;
        wishes::answered(&mut kept, step).await?;
        forget(&mut kept, &self.run, (Some(&step.by), BYTES_OF_ONE)).await?;
        forget(&mut kept, &self.run, (None, BYTES)).await?;
        kept.commit().await.map_err(|e| store(&e))
    }

    async fn kept(&self, id: &str) -> Result<Option<KeptStep>> {
        let mut db = self.db.lock().await;
        let row: Option<Row> = sqlx::query_as(
            "SELECT train, person, at, hears, secret, wish, said, answer FROM step WHERE id = ?",
        )
        .bind(id)
        .fetch_optional(&mut *db)
        .await
        .map_err(|e| store(&e))?;
        row.map(|row| step(id, row)).transpose()
    }
}
