//! What is on its way to channels: rows beside the chain, in the same file.

use std::path::Path;
use std::time::Duration;

use conductor::failure::{self, Failure, Result};
use conductor::ports::OutboxLock;
use sqlx::{Connection, SqliteConnection};
use train::announce::Delivery;
use train::refusal::Code;

use crate::failure::store;
use crate::lock;
use crate::read::signed;

/// The name of its lock file, beside the ledger's.
pub(crate) const LOCK: &str = "outbox.lock";

/// Waits for the right to hand over: a lock of the operating system on a file of its own, so that nobody who writes waits for
/// a channel.
pub(crate) async fn hold(path: &Path, patience: Duration) -> Result<OutboxLock> {
    match lock::hold(path, patience).await? {
        Ok(file) => Ok(OutboxLock::held_by(file)),
        Err(_) => Err(Failure::new(
            Code::Busy,
            "another process is handing announcements over",
            "it hands over these too, or the next command does",
        )),
    }
}

pub(crate) async fn begin(db: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "INSERT INTO outbox (one, reached) SELECT 1, COALESCE((SELECT MAX(seq) FROM entry), 0) \
         WHERE NOT EXISTS (SELECT 1 FROM outbox)",
    )
    .execute(db)
    .await
    .map_err(|e| store(&e))?;
    Ok(())
}

pub(crate) async fn reached(db: &mut SqliteConnection) -> Result<Option<u64>> {
    let reached: Option<i64> = sqlx::query_scalar("SELECT reached FROM outbox")
        .fetch_optional(db)
        .await
        .map_err(|e| store(&e))?;
    Ok(reached.and_then(|reached| u64::try_from(reached).ok()))
}

pub(crate) async fn knows(db: &mut SqliteConnection, id: &str, channel: &str) -> Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ? AND channel = ?)")
        .bind(id)
        .bind(channel)
        .fetch_one(db)
        .await
        .map_err(|e| store(&e))
}

pub(crate) async fn on_its_way(db: &mut SqliteConnection) -> Result<Vec<Delivery>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT id, body FROM delivery WHERE over = 0 ORDER BY place")
            .fetch_all(db)
            .await
            .map_err(|e| store(&e))?;
    let read = |(id, body): (String, String)| {
        serde_json::from_str(&body).map_err(|_| {
            Failure::new(
                Code::Ledger,
                format!("the announcement {id} can't be read: it was made by a newer version of pushduty"),
                "use that version, or a newer one, on this data directory",
            )
        })
    };
    rows.into_iter().map(read).collect()
}

fn body(delivery: &Delivery) -> Result<String> {
    let mut kept = delivery.clone();
    if kept.is_over() {
        kept.announcement.subject.clear();
        kept.announcement.text.clear();
    }
    serde_json::to_string(&kept)
        .map_err(|e| failure::io("an announcement can't be written", &e.into()))
}

pub(crate) async fn add(db: &mut SqliteConnection, new: &[Delivery], reached: u64) -> Result<()> {
    let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store(&e))?;
    for delivery in new {
        sqlx::query(
            "INSERT INTO delivery (id, channel, over, body) VALUES (?, ?, ?, ?) \
             ON CONFLICT (id, channel) DO NOTHING",
        )
        .bind(&delivery.announcement.id)
        .bind(&delivery.channel)
        .bind(delivery.is_over())
        .bind(body(delivery)?)
        .execute(&mut *transaction)
        .await
        .map_err(|e| store(&e))?;
    }
    sqlx::query("UPDATE outbox SET reached = MAX(reached, ?)")
        .bind(signed(reached))
        .execute(&mut *transaction)
        .await
        .map_err(|e| store(&e))?;
    transaction.commit().await.map_err(|e| store(&e))
}

pub(crate) async fn keep(db: &mut SqliteConnection, delivery: &Delivery) -> Result<()> {
    sqlx::query("UPDATE delivery SET over = ?, body = ? WHERE id = ? AND channel = ?")
        .bind(delivery.is_over())
        .bind(body(delivery)?)
        .bind(&delivery.announcement.id)
        .bind(&delivery.channel)
        .execute(db)
        .await
        .map_err(|e| store(&e))?;
    Ok(())
}
