//! `later`: be asked again at another time.

use train::command::Command;
use train::key::Key;

use super::departure_move;
use crate::options::Consent;
use crate::session::{Ended, Session};

/// Be asked again at another time about something that waits for you
///
/// `pushduty waiting` tells what does, and its names. A thing comes again then, or as soon as it is another one: with a new
/// tag, or where an ask that could be picked no longer can. Of an ask others see that you said so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty later a3
  pushduty later a3 --until 14:30
  pushduty later ask:2026.11.26:a3.5f2a --until \"tomorrow morning\" --yes")]
pub struct Args {
    /// What: its name, or what it is about where that is plain
    #[arg(value_name = "KEY")]
    key: Key,
    /// Until when, by the train's clock: 2h, 14:30, tomorrow, Friday, a date; an hour by default
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

/// Puts it off.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Later { key: args.key.clone(), until: args.until.clone() };
    departure_move::change(session, &args.consent, &wish).await
}
