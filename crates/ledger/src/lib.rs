#![doc = include_str!("../README.md")]

mod accounts;
mod append;
mod chain;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod copy;
mod failure;
mod lock;
mod outbox;
mod place;
mod read;
mod schema;
mod sqlite;
mod steps;
#[cfg(test)]
mod tests;
mod typing;
mod verify;
mod wishes;

pub use accounts::{SqliteAccounts, open_accounts};
pub use copy::{Proof, copy, examine, forget_keys, prove};
pub use sqlite::{Sqlite, open};
pub use typing::{SqliteTyping, typing};
pub use wishes::{SqliteWishes, open_wishes};
