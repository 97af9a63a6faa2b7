//! `waiting`: what needs whoever asks.

use crate::session::{Ended, Session};
use crate::words;

/// What waits for you: each thing that needs you, by when, and how you answer it
///
/// From what was recorded and last seen: no remote is asked. What you put off is told at the end, with the time at which it
/// comes again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty waiting
  pushduty waiting --json")]
pub struct Args {}

/// Shows it.
pub async fn run(_: &Args, session: &Session) -> Ended {
    let view = session.desk().await?.waiting().await?;
    session.header().await?;
    session.screen.show(&words::waiting(&view));
    session.document(view).await
}
