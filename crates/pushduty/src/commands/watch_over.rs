//! The watch of one deploy: no command for people, but the process that each deploy is followed by.

use std::path::PathBuf;

use crate::session::{Ended, Session};

/// Watch over one run of a program that deploys
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run's folder
    folder: PathBuf,
}

/// Watches to the end.
pub async fn run(args: &Args, _: &Session) -> Ended {
    adapters::deploys::watch_over(&args.folder)
        .map_err(|error| conductor::failure::io("the deploy can't be watched over", &error).into())
}
