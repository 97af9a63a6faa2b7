#![doc = include_str!("../README.md")]

mod discover;
mod environment;
mod guard;
mod look;
mod process;
mod sanitise;
mod security_store;
mod store;
mod trouble;
pub mod url;

pub use look::{Fetched, MovedTag};
pub use security_store::SecurityStore;
pub use store::{Options, Store};
