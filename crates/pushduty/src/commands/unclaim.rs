//! `unclaim`: not take a push to production after all.

use train::command::Command;
use train::id::PushDate;

use super::{departure_move, named};
use crate::options::Consent;
use crate::session::{Ended, Session};

/// Give your claim of a push back, for somebody else to take it to production
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty unclaim
  pushduty unclaim --push 2026.11.26 --yes")]
pub struct Args {
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Gives it back.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Unclaim { push: args.push };
    departure_move::change(session, &args.consent, &wish).await
}
