#![doc = include_str!("../README.md")]

pub mod artifacts;
pub mod calendars;
pub mod channels;
pub mod deploys;
pub mod http;
pub mod issuers;
pub mod programs;
pub mod server;
pub mod versions;

pub use artifacts::HttpArtifacts;
pub use channels::JsonLines;
pub use deploys::DeployFolders;
pub use issuers::{Client, Github, OpenId};
pub use programs::TeamPrograms;
pub use server::Server;
pub use versions::HttpVersions;
