#![doc = include_str!("../README.md")]

mod background;
mod copy;
mod daemon;
mod disk;
mod gate;
mod home;
mod http;
mod node;
mod processes;
mod proxy;
mod reaper;
mod remote;
mod sealed;
mod seeds;
mod services;
mod trace;
mod world;

pub use daemon::Daemon;
pub use disk::Disk;
pub use gate::Gate;
pub use http::Http;
pub use node::node;
pub use proxy::{Line, Proxy};
pub use reaper::Reaped;
pub use remote::{CommitDraft, Remote, TagSeen, shared};
pub use sealed::{AUTHOR, COMMITTER, Sealed};
pub use seeds::hold;
pub use services::{Answer, Services};
pub use trace::{Call, Place, Trace};
pub use world::{Person, PushDuty, Ran, Running, words};
