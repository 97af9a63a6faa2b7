#![doc = include_str!("../README.md")]

pub mod calendars;
pub mod http;
pub mod programs;
pub mod versions;

pub use programs::TeamPrograms;
pub use versions::HttpVersions;
