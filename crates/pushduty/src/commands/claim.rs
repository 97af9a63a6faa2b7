//! `claim`: take a push to production.

use train::command::Command;
use train::id::PushDate;

use super::{departure_move, named};
use crate::options::Consent;
use crate::session::{Ended, Session};

/// Say that you will take the push to production
///
/// The gate `ops` waits until somebody with the ops role has.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty claim
  pushduty claim --push 2026.11.26 --yes")]
pub struct Args {
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Claims it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Claim { push: args.push };
    departure_move::change(session, &args.consent, &wish).await
}
