//! `cancel`: a push does not run.

use train::command::Command;
use train::id::PushDate;
use train::reason::Reason;

use super::{departure_move, named};
use crate::options::Consent;
use crate::session::{Ended, Session};

/// Let a push not run; its hero keeps the turn
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty cancel --because \"all hands\"
  pushduty cancel --push 2026.12.24 --because holidays")]
pub struct Args {
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Reason,
    /// The push, by its date; the next one by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Cancels it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Cancel { push: args.push, because: args.because.clone() };
    departure_move::change(session, &args.consent, &wish).await
}
