#![doc = include_str!("../README.md")]

mod adopt;
mod build;
mod calendar;
mod compare;
mod conductor;
mod cut;
mod drive;
mod environments;
pub mod failure;
pub mod journal;
pub mod outcome;
mod pick;
pub mod ports;
mod put;
mod record;
mod resolve;
mod security;
mod status;
mod telling;
pub mod view;
mod watch;
mod whereis;

pub use adopt::AdoptPlan;
pub use build::anchor_in;
pub use calendar::CalendarChange;
pub use compare::CompareWish;
pub use conductor::{Aboard, Conductor};
pub use cut::{Cut, Planned};
pub use drive::{Carried, Ended};
pub use environments::{Answers, fleet};
pub use pick::{PickDone, PlannedPick};
pub use put::Resolution;
pub use record::LogWish;
pub use resolve::Opened;
pub use security::{MergePlan, Pair, RepoMerge};
pub use watch::Watched;
