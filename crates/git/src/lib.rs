#![doc = include_str!("../README.md")]

mod apply;
mod batch;
mod compare;
mod diff;
mod discover;
mod environment;
mod examine;
mod footer;
mod guard;
mod look;
mod merge;
mod numbers;
mod order;
mod picked;
mod port;
mod process;
mod publish;
mod raw;
mod read;
mod report;
mod resolve;
mod resolve_tree;
mod sanitise;
mod security_look;
mod security_store;
mod store;
mod tidy;
mod trouble;
pub mod url;
mod user;
mod write;

pub use look::{Fetched, MovedTag};
pub use security_store::SecurityStore;
pub use store::{Options, Store};
pub use user::{remotes_of, user};
