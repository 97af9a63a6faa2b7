//! How much one editor may send: as fast as anybody types and as much as a page holds, and no more for long.

use tokio::time::Instant;

/// What is left of an allowance that comes back with time.
#[derive(Debug)]
pub(super) struct Allowance {
    most: f64,
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Allowance {
    pub fn new(most: f64, per_second: f64) -> Self {
        Self { most, per_second, left: most, at: Instant::now() }
    }

    /// Whether so much is left; it is taken.
    pub fn take(&mut self, amount: f64) -> bool {
        let now = Instant::now();
        let back = (now - self.at).as_secs_f64() * self.per_second;
        self.left = (self.left + back).min(self.most);
        self.at = now;
        if self.left < amount {
            return false;
        }
        self.left -= amount;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn what_is_used_up_comes_back_with_time() {
        let mut allowance = Allowance::new(10.0, 2.0);
        assert!(allowance.take(10.0));
        assert!(!allowance.take(1.0));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(allowance.take(2.0) && !allowance.take(0.5));
        tokio::time::advance(Duration::from_hours(1)).await;
        assert!(!allowance.take(10.5), "no more than it holds");
        assert!(allowance.take(10.0));
    }
}
