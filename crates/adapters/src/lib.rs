#![doc = include_str!("../README.md")]

pub mod http;
mod versions;

pub use versions::HttpVersions;
