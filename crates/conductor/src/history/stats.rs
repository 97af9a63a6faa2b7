//! `stats`: past pushes in numbers.

use train::stats::{Stats, stats};

use super::shown::{HistoryWish, Told};
use crate::conductor::Conductor;
use crate::failure::Result;

impl Conductor {
    /// Counts the pushes that are meant. The mirrors are read as they were last fetched.
    pub async fn stats(&self, wish: &HistoryWish) -> Result<Stats> {
        let Told { facts, .. } = self.known_past(wish).await?;
        Ok(stats(&facts, &self.settings.timetable))
    }
}
