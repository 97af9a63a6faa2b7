#![doc = include_str!("../README.md")]

mod environment;
mod process;
mod sanitise;
mod security_store;
mod store;
pub mod url;

pub use security_store::SecurityStore;
pub use store::{Options, Store};
