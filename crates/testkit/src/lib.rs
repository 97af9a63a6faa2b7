#![doc = include_str!("../README.md")]

mod reaper;
mod remote;
mod sealed;

pub use reaper::Reaped;
pub use remote::{CommitDraft, Remote, TagSeen, shared};
pub use sealed::{AUTHOR, COMMITTER, Sealed};
