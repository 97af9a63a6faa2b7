//! One file per command, with the same paragraphs in each: what it is for (the help), what it takes, what it does.

pub mod adopt;
pub mod approve;
pub mod block;
pub mod cancel;
pub mod check;
pub mod claim;
pub mod compare;
pub mod completions;
pub mod config;
pub mod demo;
pub mod departure_move;
pub mod history;
pub mod hold;
pub mod import;
pub mod init;
pub mod log;
pub mod man;
pub mod notes;
pub mod pick;
pub mod ready;
pub mod resume;
pub mod rotation;
pub mod schedule;
pub mod security;
pub mod stats;
pub mod status;
pub mod tag;
pub mod task;
pub mod unblock;
pub mod unclaim;
pub mod verify;
pub mod watch;
pub mod whereis;

pub(crate) mod named;
pub(crate) mod writing;
