#![doc = include_str!("../README.md")]

#[cfg(any(test, fuzzing))]
pub mod any;
mod apply;
mod batch;
mod compare;
mod diff;
mod discover;
mod environment;
mod examine;
mod footer;
mod group;
mod guard;
mod history;
mod line;
mod look;
mod make;
mod merge;
mod numbers;
mod objects;
mod order;
mod output;
mod picked;
mod port;
mod process;
mod publish;
mod raw;
mod read;
mod refs;
mod report;
mod resolve;
mod resolve_tree;
mod sanitise;
mod security_look;
mod security_store;
mod store;
mod tidy;
mod trouble;
mod twin;
pub mod url;
mod user;
mod write;

pub use look::{Fetched, MovedTag};
pub use security_store::SecurityStore;
pub use store::{Options, Store};
pub use user::{remotes_of, user};
