//! `unclaim`: not take a push to production after all.

use train::command::Command;

use super::departure_move;
use super::which::OfTheCut;
use crate::session::{Ended, Session};

/// Give your claim of a push back, for somebody else to take it to production
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty unclaim
  pushduty unclaim --push 2026.11.26 --yes")]
pub struct Args {
    #[command(flatten)]
    which: OfTheCut,
}

/// Gives it back.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Unclaim { push: args.which.push };
    departure_move::change(session, &args.which.consent, &wish).await
}
