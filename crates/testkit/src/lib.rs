#![doc = include_str!("../README.md")]

mod background;
mod daemon;
mod proxy;
mod reaper;
mod remote;
mod sealed;
mod services;
mod world;

pub use daemon::Daemon;
pub use proxy::{Line, Proxy};
pub use reaper::Reaped;
pub use remote::{CommitDraft, Remote, TagSeen, shared};
pub use sealed::{AUTHOR, COMMITTER, Sealed};
pub use services::{Answer, Services};
pub use world::{Person, PushDuty, Ran, Running};
