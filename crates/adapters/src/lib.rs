#![doc = include_str!("../README.md")]

pub mod calendars;
pub mod http;
pub mod versions;

pub use versions::HttpVersions;
