//! Somebody who could guess at commits that are under embargo.

use crate::failure::Result;

/// Whose guesses are counted.
pub trait Guesser: Send + Sync {
    /// Takes in words that may be hashes, before they are held against what is under embargo: refuses them, as if none had been
    /// looked at, where they are too many after all that came before (P9).
    fn names(&self, hashes: &[&str]) -> Result<()>;
}
