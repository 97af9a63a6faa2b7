//! How much one person may send from all of their editors together: as fast as anybody types and as much as a page holds, and
//! no more for long. Whoever is not known shares with all who come from the same address.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::attempts::From;
use crate::trains::Who;

/// How many bytes a person may send at once, and on and on each second.
const BYTES: (f64, f64) = (4_000_000.0, 32_000.0);
/// How many messages.
const MESSAGES: (f64, f64) = (400.0, 60.0);

/// Whose allowance it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Person(String),
    Address(From),
}

impl Whose {
    /// That of somebody who comes from an address.
    pub fn of(who: &Who, from: From) -> Self {
        match who {
            Who::Person(name, _) => Self::Person(name.to_string()),
            Who::Anybody | Who::Itself => Self::Address(from),
        }
    }
}

/// What is left of everybody's.
#[derive(Debug, Default)]
pub(crate) struct Allowances {
    all: Mutex<HashMap<Whose, (Allowance, Allowance)>>,
}

impl Allowances {
    /// Whether a message of so many bytes is within somebody's allowance; it is taken.
    pub fn take(&self, whose: &Whose, bytes: f64) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(whose) {
            // Of those who sent nothing for long nothing has to be remembered.
            all.retain(|_, (messages, bytes)| !messages.is_whole() || !bytes.is_whole());
        }
        let new = || (Allowance::new(MESSAGES.0, MESSAGES.1), Allowance::new(BYTES.0, BYTES.1));
        let (messages, left) = all.entry(whose.clone()).or_insert_with(new);
        messages.take(1.0) && left.take(bytes)
    }
}

/// What is left of an allowance that comes back with time.
#[derive(Debug)]
struct Allowance {
    most: f64,
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Allowance {
    fn new(most: f64, per_second: f64) -> Self {
        Self { most, per_second, left: most, at: Instant::now() }
    }

    /// Whether so much is left; it is taken.
    fn take(&mut self, amount: f64) -> bool {
        self.come_back();
        if self.left < amount {
            return false;
        }
        self.left -= amount;
        true
    }

    /// Whether nothing of it is gone.
    fn is_whole(&mut self) -> bool {
        self.come_back();
        self.left >= self.most
    }

    fn come_back(&mut self) {
        let now = Instant::now();
        let back = (now - self.at).as_secs_f64() * self.per_second;
        self.left = (self.left + back).min(self.most);
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use train::people::Proof;

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

    #[tokio::test(start_paused = true)]
    async fn it_is_a_persons_whatever_they_come_with_and_forgotten_once_it_is_whole() {
        let all = Allowances::default();
        let from = |address: &str| From::of(address.parse().unwrap());
        let of = |name: &str, by: &str, address: &str| {
            let proof = Proof::Token(by.to_owned());
            Whose::of(&Who::Person(name.parse().unwrap(), proof), from(address))
        };
        assert!(all.take(&of("mat", "a", "192.0.2.1"), 3_000_000.0));
        assert!(!all.take(&of("mat", "b", "192.0.2.2"), 3_000_000.0), "another browser of theirs");
        assert!(all.take(&of("ada", "a", "192.0.2.1"), 3_000_000.0), "somebody else");
        let nobody = |address: &str| Whose::of(&Who::Anybody, from(address));
        assert!(all.take(&nobody("192.0.2.1"), 3_000_000.0));
        assert!(!all.take(&nobody("192.0.2.1"), 3_000_000.0), "somebody from the same address");
        tokio::time::advance(Duration::from_hours(1)).await;
        assert!(all.take(&nobody("192.0.2.9"), 1.0));
        assert_eq!(all.all.lock().unwrap().len(), 1);
    }
}
