#![doc = include_str!("../README.md")]

mod discover;
mod environment;
mod examine;
mod guard;
mod look;
mod numbers;
mod process;
mod publish;
mod report;
mod sanitise;
mod security_look;
mod security_store;
mod store;
mod trouble;
pub mod url;
mod write;

pub use look::{Fetched, MovedTag};
pub use security_store::SecurityStore;
pub use store::{Options, Store};
