#![doc = include_str!("../README.md")]

pub mod calendars;
pub mod channels;
pub mod http;
pub mod programs;
pub mod versions;

pub use channels::JsonLines;
pub use programs::TeamPrograms;
pub use versions::HttpVersions;
