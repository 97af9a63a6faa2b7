//! Whether whoever stays, with a stream or an editor that is open, still has what let them in.

use std::time::Duration;

use crate::house::House;
use crate::visitor::Visitor;

/// How often it is asked.
pub(crate) const AGAIN: Duration = Duration::from_secs(5);

impl Visitor {
    /// Whether what let them in still does. Where keys can't be read for a moment, nobody is thrown out.
    pub async fn is_still_in(&self, house: &House) -> bool {
        let Some(key) = &self.key else { return true };
        if house.open.trains.of(&self.who()).is_empty() {
            return false;
        }
        match house.open.accounts.of(&key.person, house.open.clock.now()).await {
            Ok(keys) => keys.iter().any(|one| one.id == key.id),
            Err(_) => true,
        }
    }

    /// Until a few seconds after what let them in is taken away, by whatever process; for ever where they are not known.
    pub async fn gone(self, house: House) {
        if self.key.is_none() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(AGAIN).await;
            if !self.is_still_in(&house).await {
                return;
            }
        }
    }
}
