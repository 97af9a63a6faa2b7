//! P12 and P3 under a crowd: any number of processes act on one train, with one ledger and with one each, and every effect
//! happens once.
//!
//! That they really meet is arranged, not hoped for: who would be first is held, by the lock or at its remote, until all
//! the others are there too.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod separate;
mod shared;
mod track;
mod unfenced;
