//! Programs that a team configured: they open gates of its own.

use async_trait::async_trait;
use train::gates::Told;

/// Runs programs that the configuration names; nothing else names one.
#[async_trait]
pub trait Programs: Send + Sync {
    /// Runs one with its arguments, never by a shell. Never fails: that it could not be started is what it told.
    async fn run(&self, command: &[String]) -> Told;
}
