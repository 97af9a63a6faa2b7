//! `import notes`, `history`, `stats`: past pushes, as the ledger has them and as notes tell of them.
//!
//! All of it is folded from the entries alone. What the fold came to is kept as a view, so that the next look reads only what
//! came since.

mod import;
mod shown;
mod stats;

pub use import::{ImportDone, ImportPlan};
pub use shown::HistoryWish;

use train::past::Past;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::Projection;

/// The view of all past pushes. Its number changes with what is folded: one of another form is made anew.
const VIEW: &str = "past/3";
/// How many entries are read at once.
const PAGE: usize = 1_000;
/// How many entries a view may lag behind before it is kept again: reading those again costs little.
const LAG: u64 = 200;

impl Conductor {
    /// All past pushes.
    pub(crate) async fn past(&self) -> Result<Past> {
        let kept = self.ledger.projection(VIEW).await?;
        let kept = kept.and_then(|kept| Some((serde_json::from_str(&kept.body).ok()?, kept.seq)));
        let (mut past, from): (Past, u64) = kept.unwrap_or_default();
        let mut seq = from;
        loop {
            let entries = self.ledger.read(seq, PAGE, None).await?;
            let Some(last) = entries.last() else { break };
            seq = last.seq;
            for entry in &entries {
                if let Some((actor, event)) = &entry.content {
                    past.apply(event, entry.at, &actor.name);
                }
            }
        }
        if seq > from + LAG
            && let Ok(body) = serde_json::to_string(&past)
        {
            // A look that can't be kept is a whole one all the same.
            let view = Projection { name: VIEW.to_owned(), seq, body };
            self.ledger.put_projection(view).await.ok();
        }
        Ok(past)
    }
}
