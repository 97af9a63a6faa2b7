//! `claim`: take a push to production.

use train::command::Command;

use super::departure_move;
use super::which::OfTheCut;
use crate::session::{Ended, Session};

/// Say that you will take the push to production
///
/// The gate `ops` waits until somebody with the ops role has.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty claim
  pushduty claim --push 2026.11.26 --yes")]
pub struct Args {
    #[command(flatten)]
    which: OfTheCut,
}

/// Claims it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Claim { push: args.which.push };
    departure_move::change(session, &args.which.consent, &wish).await
}
