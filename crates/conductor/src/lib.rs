#![doc = include_str!("../README.md")]

mod build;
mod conductor;
mod cut;
mod drive;
mod environments;
pub mod failure;
pub mod journal;
mod pick;
pub mod ports;
mod put;
mod security;

pub use build::anchor_in;
pub use conductor::{Aboard, Conductor};
pub use cut::{Cut, Planned};
pub use drive::{Carried, Ended};
pub use environments::{Answers, fleet};
pub use pick::{PickDone, PlannedPick};
pub use put::Resolution;
