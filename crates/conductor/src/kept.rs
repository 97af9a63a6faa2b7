//! What took long to find out, kept until it is asked of something else. A cache: to lose it costs time alone.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::Observation;

/// What was found, and the digest of what it was found of.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    of: String,
    found: T,
}

impl Conductor {
    /// What was found last under `name`, if it was found of the same.
    pub(crate) async fn recalled<T: DeserializeOwned + Clone + Send + Sync + 'static>(
        &self,
        name: &str,
        of: &str,
    ) -> Result<Option<T>> {
        if let Some(found) = self.remembered.found(name, of) {
            return Ok(Some(found));
        }
        let Some(seen) = self.ledger.observation(name).await? else { return Ok(None) };
        // What another version kept is found again.
        let kept: Option<Kept<T>> = serde_json::from_str(&seen.body).ok();
        let found = kept.filter(|kept| kept.of == of).map(|kept| kept.found);
        if let Some(found) = &found {
            self.remembered.keep_found(name, of, T::clone(found));
        }
        Ok(found)
    }

    /// Keeps what was `found`, for [`Self::recalled`].
    pub(crate) async fn keep_found<T: Serialize + Clone + Send + Sync + 'static>(
        &self,
        name: String,
        of: String,
        found: T,
    ) -> Result<T> {
        self.remembered.keep_found(&name, &of, T::clone(&found));
        let kept = Kept { of, found };
        let body = serde_json::to_string(&kept).unwrap_or_default();
        self.ledger
            .observe(vec![Observation { name, observed_at: self.clock.now(), body }])
            .await?;
        Ok(kept.found)
    }
}
