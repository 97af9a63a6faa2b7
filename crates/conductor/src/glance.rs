//! The ledger for whoever only looks: all of one moment, so that nothing shown is of another, and nothing is read twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use train::facts::Head;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{
    ChainReport, Draft, Entry, Glimpse, Ledger, LedgerIdentity, Lock, Observation, Projection,
};

impl Conductor {
    /// The same for a look: what it reads of the ledger is of this moment.
    pub async fn at_a_glance(self) -> Result<Self> {
        Ok(Self { ledger: glance(&self.ledger).await?, ..self })
    }
}

/// A ledger as it is at this moment; once something is kept through it, or seen that is of later, it is read as it is.
pub async fn glance(ledger: &Arc<dyn Ledger>) -> Result<Arc<dyn Ledger>> {
    let (ledger, glimpse) = (Arc::clone(ledger), ledger.glimpse().await?);
    Ok(Arc::new(Glance { ledger, glimpse, is_past: AtomicBool::new(false) }))
}

/// A ledger as it was at one moment.
struct Glance {
    ledger: Arc<dyn Ledger>,
    glimpse: Arc<Glimpse>,
    /// Whether the ledger is known to have gone on: then it is read as it is. Whoever asked remotes judges what they showed by
    /// what was recorded since.
    is_past: AtomicBool,
}

impl Glance {
    fn is_past(&self) -> bool {
        self.is_past.load(Ordering::Relaxed)
    }

    fn goes_on(&self) {
        self.is_past.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Ledger for Glance {
    fn identity(&self) -> &LedgerIdentity {
        self.ledger.identity()
    }

    async fn lock(&self, patience: Duration) -> Result<Lock> {
        self.goes_on();
        self.ledger.lock(patience).await
    }

    async fn head(&self) -> Result<Head> {
        if self.is_past() {
            return self.ledger.head().await;
        }
        Ok(self.glimpse.head.clone())
    }

    async fn glimpse(&self) -> Result<Arc<Glimpse>> {
        self.ledger.glimpse().await
    }

    async fn append(
        &self,
        lock: &Lock,
        head: &Head,
        drafts: Vec<Draft>,
        project: &(dyn for<'a> Fn(&'a [Entry]) -> Vec<Projection> + Send + Sync),
    ) -> Result<Vec<Entry>> {
        self.goes_on();
        self.ledger.append(lock, head, drafts, project).await
    }

    async fn read(&self, after: u64, limit: usize, stream: Option<&str>) -> Result<Vec<Entry>> {
        let mut entries = self.ledger.read(after, limit, stream).await?;
        if !self.is_past() {
            entries.retain(|entry| entry.seq <= self.glimpse.head.seq);
        }
        Ok(entries)
    }

    async fn projection(&self, name: &str) -> Result<Option<Projection>> {
        let kept = self.ledger.projection(name).await?;
        if kept.as_ref().is_some_and(|kept| kept.seq > self.glimpse.head.seq) {
            self.goes_on();
        }
        Ok(kept)
    }

    async fn put_projection(&self, projection: Projection) -> Result<()> {
        self.ledger.put_projection(projection).await
    }

    async fn observation(&self, name: &str) -> Result<Option<Observation>> {
        if self.is_past() {
            return self.ledger.observation(name).await;
        }
        Ok(self.glimpse.observations.get(name).cloned())
    }

    async fn observations(&self, prefix: &str) -> Result<Vec<Observation>> {
        if self.is_past() {
            return self.ledger.observations(prefix).await;
        }
        let from = self.glimpse.observations.range(prefix.to_owned()..);
        let of_prefix = from.take_while(|(name, _)| name.starts_with(prefix));
        Ok(of_prefix.map(|(_, seen)| seen.clone()).collect())
    }

    async fn observe(&self, observations: Vec<Observation>) -> Result<()> {
        self.ledger.observe(observations).await?;
        self.goes_on();
        Ok(())
    }

    async fn seq_of(&self, hash: &str) -> Result<Option<u64>> {
        self.ledger.seq_of(hash).await
    }

    async fn erase(&self, lock: &Lock, seq: u64) -> Result<()> {
        self.goes_on();
        self.ledger.erase(lock, seq).await
    }

    async fn verify(&self) -> Result<ChainReport> {
        self.ledger.verify().await
    }
}
