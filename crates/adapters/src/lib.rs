#![doc = include_str!("../README.md")]

pub mod calendars;
pub mod deploys;
pub mod http;
pub mod programs;
pub mod versions;

pub use deploys::DeployFolders;
pub use programs::TeamPrograms;
pub use versions::HttpVersions;
