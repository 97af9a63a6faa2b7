//! Proofs of records, remembered for a short time: each reads a whole chain, and many look at the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use conductor::failure::Result;
use conductor::ports::ChainReport;
use conductor::view::Moment;
use tokio::time::Instant;
use train::id::TrainName;

/// How long a proof is good: it reads a whole chain, which grows for ever.
const GOOD: Duration = Duration::from_secs(60);

/// What a proof found, and when.
#[derive(Debug)]
pub(crate) struct Proof {
    pub at: Moment,
    pub report: ChainReport,
}

#[derive(Debug)]
struct Kept {
    since: Instant,
    proof: Arc<Proof>,
}

/// A cell: empty until a chain was proved, and taken while it is.
type Cell = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// By train.
#[derive(Debug, Default)]
pub(crate) struct Proofs(Mutex<BTreeMap<TrainName, Cell>>);

impl Proofs {
    /// The proof of a chain: one that is good still, or of somebody who is at it; else a new one. It says when it was made.
    pub async fn of(
        &self,
        train: &TrainName,
        prove: impl Future<Output = Result<Proof>>,
    ) -> Result<Arc<Proof>> {
        let cell = self.cell(train);
        let mut known = cell.lock().await;
        if let Some(kept) = &*known
            && kept.since.elapsed() < GOOD
        {
            return Ok(Arc::clone(&kept.proof));
        }
        let proof = Arc::new(prove.await?);
        let kept = Kept { since: Instant::now(), proof: Arc::clone(&proof) };
        *known = Some(kept);
        Ok(proof)
    }

    fn cell(&self, train: &TrainName) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(train.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    /// A proof that says which it is by its count.
    async fn proof(entries: u64) -> Result<Proof> {
        let at = Moment::new(Timestamp::UNIX_EPOCH, TimeZone::UTC);
        Ok(Proof { at, report: ChainReport { entries, broken: None } })
    }

    #[tokio::test(start_paused = true)]
    async fn a_proof_is_good_for_its_minute() {
        let proofs = Proofs::default();
        let [amo, blog] = ["amo", "blog"].map(|name| name.parse::<TrainName>().unwrap());
        let count = async |train: &TrainName, n: u64| {
            proofs.of(train, proof(n)).await.unwrap().report.entries
        };
        assert_eq!(count(&amo, 1).await, 1);
        assert_eq!(count(&amo, 2).await, 1);
        assert_eq!(count(&blog, 3).await, 3);
        tokio::time::advance(GOOD).await;
        assert_eq!(count(&amo, 4).await, 4);
    }

    #[tokio::test]
    async fn what_could_not_be_proved_is_not_remembered() {
        let proofs = Proofs::default();
        let amo = "amo".parse::<TrainName>().unwrap();
        let no = async { Err(train::refusal::Refusal::new(train::refusal::Code::Io, "no", "no")) };
        assert!(proofs.of(&amo, no).await.is_err());
        assert_eq!(proofs.of(&amo, proof(1)).await.unwrap().report.entries, 1);
    }
}
