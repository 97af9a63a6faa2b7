//! The store in one SQLite file, and how it is opened.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use conductor::failure::{Failure, Result};
use conductor::ports::{
    ChainReport, Draft, Entry, Glimpse, Ledger, LedgerIdentity, Lock, Observation, Outbox,
    OutboxLock, Projection,
};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use train::announce::Delivery;
use train::facts::Head;
use train::refusal::Code;

use crate::failure::store;
use crate::{append, lock, outbox, place, read, schema, verify};

/// How long opening waits for another process that makes the ledger, or brings its form up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ledger in `ledger.db` of its directory, on one connection.
#[derive(Debug)]
pub struct Sqlite {
    identity: LedgerIdentity,
    lock: PathBuf,
    outbox: PathBuf,
    file: PathBuf,
    db: Mutex<Option<SqliteConnection>>,
    /// What is mixed into the number of writes: SQLite counts anew on each connection, and no count of one is to pass for another's.
    salt: AtomicU64,
    /// What was seen of it last, and after what number of writes.
    glimpse: std::sync::Mutex<Option<(u64, Arc<Glimpse>)>>,
}

/// Opens the ledger in `dir`; makes directory and ledger where there is none yet.
///
/// `rehearsal` is the time the clock is set to, if it is: a ledger made with it is a rehearsal for ever, and one that
/// was made without takes none.
///
/// # Errors
///
/// `not_a_rehearsal`; `unsupported` on a file system of the network; `ledger` for one made by a newer version;
/// `broken_chain` for a damaged file; `busy` while another process makes or migrates it; `io`.
pub async fn open(dir: &Path, rehearsal: Option<Timestamp>) -> Result<Sqlite> {
    place::prepare(dir)?;
    let (lock, file) = (dir.join("lock"), dir.join("ledger.db"));
    let mut db = schema::connect(&file).await?;
    let identity = if let Some(identity) = schema::identity(&mut db).await? {
        identity
    } else {
        let _held = lock::acquire(&lock, PATIENCE).await?;
        schema::bring_up(&mut db, rehearsal.is_some()).await?
    };
    match rehearsal {
        Some(now) if !identity.rehearsal => Err(Failure::new(
            Code::NotARehearsal,
            format!("the clock is set to {now}, but this ledger is no rehearsal"),
            "unset PUSHDUTY_NOW, or rehearse in another directory with --data",
        )),
        _ => {
            let outbox = dir.join(outbox::LOCK);
            let (db, salt) = (Mutex::new(Some(db)), AtomicU64::new(salt()?));
            let glimpse = std::sync::Mutex::default();
            Ok(Sqlite { identity, lock, outbox, file, db, salt, glimpse })
        }
    }
}

/// A number of a new connection's own.
fn salt() -> Result<u64> {
    let random = append::random()?;
    Ok(u64::from_str_radix(random.get(..16).unwrap_or_default(), 16).unwrap_or_default())
}

/// The connection, lent for one task. Where the task fails, panics or is given up, the connection is closed and the next
/// task gets a new one: SQLite ends a transaction by itself on some failures (a full disk), which sqlx does not notice.
pub(crate) struct Lent<'a> {
    place: MutexGuard<'a, Option<SqliteConnection>>,
    pub(crate) db: SqliteConnection,
}

impl Lent<'_> {
    /// Gives the connection back, if the task ended well.
    pub(crate) fn end<T>(mut self, done: Result<T>) -> Result<T> {
        if done.is_ok() {
            *self.place = Some(self.db);
        }
        done
    }
}

impl Sqlite {
    pub(crate) async fn lend(&self) -> Result<Lent<'_>> {
        let mut place = self.db.lock().await;
        let db = match place.take() {
            Some(db) => db,
            None => {
                self.salt.store(salt()?, Ordering::Relaxed);
                schema::connect(&self.file).await?
            }
        };
        Ok(Lent { place, db })
    }

    /// What is kept is read anew only after a write, by whomever.
    async fn glimpse_of(&self, db: &mut SqliteConnection, salt: u64) -> Result<Arc<Glimpse>> {
        let writes = read::writes(db).await? ^ salt;
        let known = || self.glimpse.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, glimpse)) = known().as_ref().filter(|(at, _)| *at == writes) {
            return Ok(Arc::clone(glimpse));
        }
        let glimpse = Arc::new(read::glimpse(db).await?);
        *known() = Some((writes, Arc::clone(&glimpse)));
        Ok(glimpse)
    }

    /// Refuses a lock on anything but this ledger's lock file as it is now.
    fn accept(&self, lock: &Lock) -> Result<()> {
        if lock::covers(lock, &self.lock) {
            return Ok(());
        }
        Err(Failure::new(
            Code::Busy,
            "the ledger's lock file was replaced while it was held",
            "leave the file in place and run the same command again",
        ))
    }
}

#[async_trait]
impl Ledger for Sqlite {
    fn identity(&self) -> &LedgerIdentity {
        &self.identity
    }

    async fn lock(&self, patience: Duration) -> Result<Lock> {
        let lock = lock::acquire(&self.lock, patience).await?;
        // Nobody acts on a ledger that was cut short, and under the lock nobody makes it longer meanwhile.
        let mut lent = self.lend().await?;
        let done = verify::whole(&mut lent.db).await;
        lent.end(done)?;
        Ok(lock)
    }

    async fn head(&self) -> Result<Head> {
        let mut lent = self.lend().await?;
        let done = read::head(&mut lent.db).await;
        lent.end(done)
    }

    async fn glimpse(&self) -> Result<Arc<Glimpse>> {
        let mut lent = self.lend().await?;
        let salt = self.salt.load(Ordering::Relaxed);
        let done = self.glimpse_of(&mut lent.db, salt).await;
        lent.end(done)
    }

    async fn append(
        &self,
        lock: &Lock,
        head: &Head,
        drafts: Vec<Draft>,
        project: &(dyn for<'a> Fn(&'a [Entry]) -> Vec<Projection> + Send + Sync),
    ) -> Result<Vec<Entry>> {
        self.accept(lock)?;
        let mut lent = self.lend().await?;
        let done = append::append(&mut lent.db, head, drafts, project).await;
        lent.end(done)
    }

    async fn read(&self, after: u64, limit: usize, stream: Option<&str>) -> Result<Vec<Entry>> {
        let mut lent = self.lend().await?;
        let done = read::entries(&mut lent.db, after, limit, stream).await;
        lent.end(done)
    }

    async fn projection(&self, name: &str) -> Result<Option<Projection>> {
        let mut lent = self.lend().await?;
        let done = read::projection(&mut lent.db, name).await;
        lent.end(done)
    }

    async fn put_projection(&self, projection: Projection) -> Result<()> {
        let mut lent = self.lend().await?;
        let done = append::put_projection(&mut lent.db, &projection).await;
        lent.end(done)
    }

    async fn observation(&self, name: &str) -> Result<Option<Observation>> {
        let mut lent = self.lend().await?;
        let done = read::observation(&mut lent.db, name).await;
        lent.end(done)
    }

    async fn observations(&self, prefix: &str) -> Result<Vec<Observation>> {
        let mut lent = self.lend().await?;
        let done = read::observations(&mut lent.db, prefix).await;
        lent.end(done)
    }

    async fn observe(&self, observations: Vec<Observation>) -> Result<()> {
        if observations.is_empty() {
            return Ok(());
        }
        let mut lent = self.lend().await?;
        let done = append::observe(&mut lent.db, &observations).await;
        lent.end(done)
    }

    async fn seq_of(&self, hash: &str) -> Result<Option<u64>> {
        let mut lent = self.lend().await?;
        let done = read::seq_of(&mut lent.db, hash).await;
        lent.end(done)
    }

    async fn erase(&self, lock: &Lock, seq: u64) -> Result<()> {
        self.accept(lock)?;
        let mut lent = self.lend().await?;
        let done = append::erase(&mut lent.db, seq).await;
        lent.end(done)
    }

    async fn verify(&self) -> Result<ChainReport> {
        // The whole file is read: on a connection of its own, so that nobody waits for the one that is lent.
        let mut db = schema::reading(&self.file).await?;
        let report = verify::chain(&mut db, &self.identity).await?;
        db.close().await.map_err(|e| store(&e))?;
        Ok(report)
    }
}

#[async_trait]
impl Outbox for Sqlite {
    async fn begin(&self) -> Result<()> {
        let mut lent = self.lend().await?;
        let done = outbox::begin(&mut lent.db).await;
        lent.end(done)
    }

    async fn hold(&self, patience: Duration) -> Result<OutboxLock> {
        outbox::hold(&self.outbox, patience).await
    }

    async fn reached(&self) -> Result<Option<u64>> {
        let mut lent = self.lend().await?;
        let done = outbox::reached(&mut lent.db).await;
        lent.end(done)
    }

    async fn knows(&self, id: &str, channel: &str) -> Result<bool> {
        let mut lent = self.lend().await?;
        let done = outbox::knows(&mut lent.db, id, channel).await;
        lent.end(done)
    }

    async fn on_its_way(&self) -> Result<Vec<Delivery>> {
        let mut lent = self.lend().await?;
        let done = outbox::on_its_way(&mut lent.db).await;
        lent.end(done)
    }

    async fn add(&self, _: &OutboxLock, new: &[Delivery], reached: u64) -> Result<()> {
        let mut lent = self.lend().await?;
        let done = outbox::add(&mut lent.db, new, reached).await;
        lent.end(done)
    }

    async fn keep(&self, _: &OutboxLock, delivery: &Delivery) -> Result<()> {
        let mut lent = self.lend().await?;
        let done = outbox::keep(&mut lent.db, delivery).await;
        lent.end(done)
    }
}
