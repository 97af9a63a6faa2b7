//! `status`: the push at a glance.

use train::id::PushDate;

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// The push at a glance: state, who is on duty, tags, what runs where, the next step
///
/// Reads only what was recorded and last seen: it never touches the network, and says how old each observation is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty status
  pushduty status --push 2026.11.26 --json")]
pub struct Args {
    /// The push, by its date; the one that matters now by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
}

/// Shows it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let view = desk.status(args.push).await?;
    session.header().await?;
    session.screen.show(&words::status(&view, desk.now()));
    session.document(view).await
}
