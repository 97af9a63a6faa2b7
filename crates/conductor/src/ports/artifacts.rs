//! Whether what is built from a tag is there.

use async_trait::async_trait;
use train::gates::Told;

/// Asks addresses whether there is anything.
#[async_trait]
pub trait Artifacts: Send + Sync {
    /// Asks one: 0 where there is something, 3 where there is nothing yet. Never fails: that it could not be asked is what it
    /// told.
    async fn ask(&self, url: &str) -> Told;
}
